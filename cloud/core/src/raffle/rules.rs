//! The rules of one campaign: published and accepted before the first entry, hashed into the
//! commitment, and never changed.

use super::beacon::Drand;
use super::canonical::{self, Digest, hash};
use super::extraction::Extraction;
use serde::{Deserialize, Serialize};
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::UnixMs;

mod check;
pub(super) mod day;
pub mod plan;

pub use check::{Refused, Why};
pub use day::lottery_date;

/// By age, from which a person may take part.
pub const MINIMUM_AGE: u32 = 18;
/// The law's time to claim a prize.
pub const CLAIM_DAYS: u32 = 180;
/// Alternates behind the winners, where nobody says otherwise.
pub const ALTERNATES: u32 = 20;

/// The draw's method by name. Another one would be another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    #[serde(rename = "SA-1")]
    Sa1,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    pub method: Method,
    /// 32 hexadecimal digits, without hyphens.
    #[serde(with = "campaign_id")]
    pub campaign_id: CampaignId,
    pub name: String,
    pub promoter: Promoter,
    /// The authority's certificate of authorisation. Empty in a draft.
    pub certificate: String,
    /// Names of the stores that take part.
    pub stores: Vec<String>,
    pub opens_ms: UnixMs,
    /// Returns after this moment earn no entry here.
    pub closes_ms: UnixMs,
    /// `closes_ms` and the grace for docks without internet: what arrives later joins the next one.
    pub t_close_ms: UnixMs,
    pub entries_per_person_max: u32,
    pub minimum_age: u32,
    pub drand: Drand,
    /// The planned one.
    pub extraction: Extraction,
    /// By rank, from 1.
    pub prizes: Vec<Prize>,
    pub alternates: u32,
    pub claim_days: u32,
    pub disqualification_codes: Vec<DisqualificationCode>,
    /// What happens when the lottery does not take place.
    pub fallback: String,
    /// The whole rules in Portuguese.
    pub text: String,
    /// Of the operator's signatures over this campaign.
    pub operator_key: Octets<32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promoter {
    pub name: String,
    /// 14 characters, without points.
    pub cnpj: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prize {
    pub rank: u32,
    pub name: String,
    pub value_centavos: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisqualificationCode {
    pub code: String,
    pub text: String,
}

impl Rules {
    /// H("SA1/rules" ‖ 0x00 ‖ canonical text). Of checked rules, or of rules read from their text.
    pub fn hash(&self) -> Digest {
        hash(&[b"SA1/rules\0", self.text_to_publish().as_bytes()])
    }

    /// The canonical text, as the campaign's page offers it.
    pub fn text_to_publish(&self) -> String {
        canonical::text(self).expect("checked rules hold no number of 2^53 or more")
    }

    /// Every field that rules may not have so, in the order of the document.
    pub fn check(&self) -> Result<(), Vec<Refused>> {
        check::check(self, true)
    }

    /// As [`Rules::check`], while the certificate is still to come.
    pub fn check_draft(&self) -> Result<(), Vec<Refused>> {
        check::check(self, false)
    }

    /// How many prizes.
    pub fn prizes_count(&self) -> u32 {
        u32::try_from(self.prizes.len()).unwrap_or(u32::MAX)
    }

    pub fn has_code(&self, code: &str) -> bool {
        self.disqualification_codes
            .iter()
            .any(|known| known.code == code)
    }
}

mod campaign_id {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use shared::ids::CampaignId;
    use shared::octets::Octets;

    pub fn serialize<S: Serializer>(id: &CampaignId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Octets(*id.as_bytes()))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(d: D) -> Result<CampaignId, D::Error> {
        Octets::<16>::deserialize(d).map(|octets| CampaignId::from_bytes(octets.0))
    }
}
