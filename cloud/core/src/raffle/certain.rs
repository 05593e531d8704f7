//! "Prêmio certo": everybody who returns a cart gets the same small voucher. There is no chance in it,
//! so it needs no permit and no draw.
//!
//! ```text
//! Draft ─open→ Open ─close→ Closed ─account→ Accounted
//!   └─ withdraw → Withdrawn
//! ```

use super::rules::Why;
use super::rules::day::DAY_MS;
use serde::{Deserialize, Serialize};
use shared::ids::CampaignId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// R$ 50: above it the promotion would be no thank-you, and vouchers worth forging.
pub const VOUCHER_CENTAVOS_MAX: i64 = 5_000;
pub const VALID_DAYS_MAX: u32 = 365;
pub const VOUCHERS_PER_PERSON_MAX: u32 = 1_000;
const PERIOD_DAYS_MAX: i64 = 366;
const NAME_CHARS_MAX: usize = 120;
const TEXT_CHARS_MAX: usize = 100_000;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    pub campaign_id: CampaignId,
    pub name: String,
    /// Names of the stores that take part.
    pub stores: Vec<String>,
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
    pub voucher: Centavos,
    /// From its issue.
    pub valid_days: u32,
    pub vouchers_per_person_max: u32,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Certain {
    Draft { offer: Offer },
    Open { offer: Offer },
    Closed { offer: Offer },
    Accounted { offer: Offer, accounted_ms: UnixMs },
    Withdrawn { offer: Offer },
}

/// In order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum CertainRejection {
    #[error("the promotion is not at the stage for this step")]
    WrongStage,
    #[error("before the date that the offer sets for this step")]
    TooEarly,
    #[error("after the date until which this step may be taken")]
    TooLate,
}

impl Offer {
    /// Every field that may not be so, in the order of the document.
    pub fn check(&self) -> Result<(), Vec<(&'static str, Why)>> {
        let open_ms = self.closes_ms.since(self.opens_ms);
        let period = match open_ms {
            ..=0 => Some(Why::TooEarly),
            open_ms if open_ms > PERIOD_DAYS_MAX * DAY_MS => Some(Why::TooLate),
            _ => None,
        };
        let range = |is_in: bool| (!is_in).then_some(Why::OutOfRange);
        let length = |text: &str, max: usize| match text.chars().count() {
            0 => Some(Why::Empty),
            count if count > max => Some(Why::TooLong),
            _ => None,
        };
        let voucher = (1..=VOUCHER_CENTAVOS_MAX).contains(&self.voucher.get());
        let valid = (1..=VALID_DAYS_MAX).contains(&self.valid_days);
        let each = (1..=VOUCHERS_PER_PERSON_MAX).contains(&self.vouchers_per_person_max);
        let found: Vec<(&'static str, Why)> = [
            ("name", length(&self.name, NAME_CHARS_MAX)),
            ("stores", self.stores.is_empty().then_some(Why::Empty)),
            ("closes_ms", period),
            ("voucher", range(voucher)),
            ("valid_days", range(valid)),
            ("vouchers_per_person_max", range(each)),
            ("text", length(&self.text, TEXT_CHARS_MAX)),
        ]
        .into_iter()
        .filter_map(|(field, why)| Some((field, why?)))
        .collect();
        if found.is_empty() { Ok(()) } else { Err(found) }
    }
}

impl Certain {
    pub fn draft(offer: Offer) -> Result<Self, Vec<(&'static str, Why)>> {
        offer.check()?;
        Ok(Self::Draft { offer })
    }

    pub fn offer(&self) -> &Offer {
        match self {
            Self::Draft { offer }
            | Self::Open { offer }
            | Self::Closed { offer }
            | Self::Accounted { offer, .. }
            | Self::Withdrawn { offer } => offer,
        }
    }

    pub fn stage(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Open { .. } => "open",
            Self::Closed { .. } => "closed",
            Self::Accounted { .. } => "accounted",
            Self::Withdrawn { .. } => "withdrawn",
        }
    }

    pub fn open(self, at_ms: UnixMs) -> Result<Self, CertainRejection> {
        let Self::Draft { offer } = self else {
            return Err(CertainRejection::WrongStage);
        };
        if at_ms < offer.opens_ms {
            return Err(CertainRejection::TooEarly);
        }
        if at_ms >= offer.closes_ms {
            return Err(CertainRejection::TooLate);
        }
        Ok(Self::Open { offer })
    }

    /// What people were promised is kept to its end.
    pub fn close(self, at_ms: UnixMs) -> Result<Self, CertainRejection> {
        let Self::Open { offer } = self else {
            return Err(CertainRejection::WrongStage);
        };
        if at_ms < offer.closes_ms {
            return Err(CertainRejection::TooEarly);
        }
        Ok(Self::Closed { offer })
    }

    /// When the last voucher has lapsed.
    pub fn account(self, at_ms: UnixMs) -> Result<Self, CertainRejection> {
        let Self::Closed { offer } = self else {
            return Err(CertainRejection::WrongStage);
        };
        let lapsed_ms = offer.closes_ms.plus(i64::from(offer.valid_days) * DAY_MS);
        if at_ms < lapsed_ms {
            return Err(CertainRejection::TooEarly);
        }
        Ok(Self::Accounted {
            offer,
            accounted_ms: at_ms,
        })
    }

    pub fn withdraw(self) -> Result<Self, CertainRejection> {
        match self {
            Self::Draft { offer } => Ok(Self::Withdrawn { offer }),
            _ => Err(CertainRejection::WrongStage),
        }
    }

    /// Whether one more return of a person who has `so_far` vouchers earns one at `at_ms`.
    pub fn earns(&self, so_far: u32, at_ms: UnixMs) -> bool {
        let Self::Open { offer } = self else {
            return false;
        };
        (offer.opens_ms..=offer.closes_ms).contains(&at_ms)
            && so_far < offer.vouchers_per_person_max
    }
}

#[cfg(test)]
mod tests;
