//! What seals the key that makes persons' pseudonyms in one campaign. With it destroyed, nobody can
//! say any more which of the published entries was whose.

use super::Keys;
use super::person::{open, seal_under};
use crate::entropy::Entropy;
use cloud_core::raffle::entry::CampaignKey;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};
use shared::ids::{CampaignId, RentalId};
use std::fmt;

/// A campaign's key, sealed under the cloud's secret number `seal`.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedCampaignKey {
    pub seal: u32,
    pub sealed: Vec<u8>,
}

impl fmt::Debug for SealedCampaignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedCampaignKey(seal {})", self.seal)
    }
}

/// Groups of four symbols in a voucher's code: 80 bits are not guessed at a till.
const CODE_GROUPS: usize = 4;

impl Keys {
    /// A fresh key for `campaign`.
    pub fn new_campaign_key(
        &self,
        campaign: &CampaignId,
        entropy: &mut Entropy,
    ) -> SealedCampaignKey {
        let own: [u8; 32] = entropy.bytes();
        self.seal_campaign_key(&own, campaign, entropy)
    }

    /// None where the key file is another one, or where a row was put in another's place.
    pub fn open_campaign_key(
        &self,
        key: &SealedCampaignKey,
        campaign: &CampaignId,
    ) -> Option<CampaignKey> {
        let index = usize::try_from(key.seal).ok()?.checked_sub(1)?;
        let secret = self.person_seals.get(index)?;
        let own = open(secret, &key.sealed, &key_of(campaign, key.seal))?;
        Some(CampaignKey(own.try_into().ok()?))
    }

    /// The same key under the newest secret.
    pub fn seal_campaign_key_anew(
        &self,
        key: &SealedCampaignKey,
        campaign: &CampaignId,
        entropy: &mut Entropy,
    ) -> Option<SealedCampaignKey> {
        let own = self.open_campaign_key(key, campaign)?;
        Some(self.seal_campaign_key(&own.0, campaign, entropy))
    }

    /// The code of the voucher for one prize of one return: the same whenever it is asked for, and
    /// nobody's guess without the key file.
    pub fn voucher_code(&self, campaign: &CampaignId, rank: u32, rental: &RentalId) -> String {
        const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.cpf_index)
            .expect("HMAC takes a key of any length");
        mac.update(b"prize-voucher/v1");
        mac.update(campaign.as_bytes());
        mac.update(&rank.to_be_bytes());
        mac.update(rental.as_bytes());
        let bytes: [u8; 32] = mac.finalize().into_bytes().into();
        let symbols = bytes.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
        let groups = symbols.chunks(4).take(CODE_GROUPS);
        let groups: Vec<String> = groups.map(|group| group.iter().collect()).collect();
        groups.join("-")
    }

    /// What a till finds the voucher by: the hash of the code as people's typing of it is hashed.
    pub fn voucher_code_hash(
        &self,
        campaign: &CampaignId,
        rank: u32,
        rental: &RentalId,
    ) -> [u8; 32] {
        let code = self.voucher_code(campaign, rank, rental).replace('-', "");
        Sha256::digest(code.as_bytes()).into()
    }

    fn seal_campaign_key(
        &self,
        own: &[u8; 32],
        campaign: &CampaignId,
        entropy: &mut Entropy,
    ) -> SealedCampaignKey {
        let number = self.newest_seal();
        let newest = self.person_seals.last().expect("the first is always there");
        SealedCampaignKey {
            seal: number,
            sealed: seal_under(newest, own, &key_of(campaign, number), entropy.bytes()),
        }
    }
}

/// What a ciphertext is bound to, so that none can be put in the place of another.
fn key_of(campaign: &CampaignId, seal: u32) -> Vec<u8> {
    format!("campaign_key/v1/{seal}/{campaign}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_campaigns_key_opens_only_in_its_own_place() {
        let (ours, others) = (Keys::from_bytes(&[7; 96]), Keys::from_bytes(&[8; 96]));
        let campaign = |n: u8| CampaignId::new(1, [n; 10]);
        let mut entropy = Entropy::default();
        let key = ours.new_campaign_key(&campaign(1), &mut entropy);
        let opened = ours.open_campaign_key(&key, &campaign(1));
        assert!(opened.is_some());
        assert_eq!(others.open_campaign_key(&key, &campaign(1)), None);
        assert_eq!(ours.open_campaign_key(&key, &campaign(2)), None);
        let anew = ours.seal_campaign_key_anew(&key, &campaign(1), &mut entropy);
        let anew = anew.unwrap();
        assert_ne!(anew.sealed, key.sealed);
        assert_eq!(ours.open_campaign_key(&anew, &campaign(1)), opened);
        assert_eq!(format!("{key:?}"), "SealedCampaignKey(seal 1)");
    }

    #[test]
    fn a_vouchers_code_is_the_same_again_and_anothers_is_another() {
        let (ours, others) = (Keys::from_bytes(&[7; 96]), Keys::from_bytes(&[8; 96]));
        let (campaign, rental) = (CampaignId::new(1, [1; 10]), RentalId::new(1, [1; 10]));
        let code = ours.voucher_code(&campaign, 1, &rental);
        assert_eq!(code, ours.voucher_code(&campaign, 1, &rental));
        assert_eq!(code.len(), 19);
        for other in [
            others.voucher_code(&campaign, 1, &rental),
            ours.voucher_code(&campaign, 2, &rental),
            ours.voucher_code(&CampaignId::new(1, [2; 10]), 1, &rental),
            ours.voucher_code(&campaign, 1, &RentalId::new(1, [2; 10])),
        ] {
            assert_ne!(code, other);
        }
    }
}
