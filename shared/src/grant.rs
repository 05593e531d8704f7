//! The cloud's signed, single-use, expiring permission to open one bay of one gateway.

use crate::carried::{Packer, Unpacker};
use crate::ids::{BayNo, GatewayId, GrantId, RentalId};
use crate::json::check_bounds;
use crate::signed::{self, Domain, PublicKey, SIGNATURE_CHARS};
use crate::time::UnixMs;
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

/// A grant names a gateway and a bay, never a cart: the cart is learnt from the tag that leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    pub v: u8,
    pub id: GrantId,
    pub gateway: GatewayId,
    pub bay: BayNo,
    pub rental: RentalId,
    /// Counts the grants of this gateway; the release code for a keypad names it.
    pub serial: u32,
    pub issued_ms: UnixMs,
    /// The bay must begin to open before this, by the cloud's time.
    pub expires_ms: UnixMs,
}

/// A grant's text is about 330 characters; a token longer than this was never ours.
pub const GRANT_TOKEN_CHARS_MAX: usize = 1_024;

/// Why a token is refused, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    #[error("the grant token is too long or nested too deeply")]
    Unbounded,
    #[error("the grant token is not signed by this gateway's cloud")]
    BadSignature,
    #[error("the grant token's text is not a grant of version 1")]
    Malformed,
    #[error("the grant is for another gateway")]
    OtherGateway,
}

impl Grant {
    pub fn to_token(&self, cloud: &SigningKey) -> String {
        signed::sign_value(cloud, Domain::Grant, self)
    }

    /// Reads a token on behalf of `gateway`. Expiry and use are the gateway brain's to judge.
    pub fn from_token(
        token: &str,
        cloud: &PublicKey,
        gateway: &GatewayId,
    ) -> Result<Self, GrantError> {
        check_bounds(token.as_bytes(), GRANT_TOKEN_CHARS_MAX + SIGNATURE_CHARS, 1)
            .map_err(|_| GrantError::Unbounded)?;
        let json =
            signed::verify(cloud, Domain::Grant, token).map_err(|_| GrantError::BadSignature)?;
        let grant: Self = serde_json::from_str(json).map_err(|_| GrantError::Malformed)?;
        if grant.v != 1 {
            return Err(GrantError::Malformed);
        }
        if grant.gateway != *gateway {
            return Err(GrantError::OtherGateway);
        }
        Ok(grant)
    }

    /// The token for a phone to carry to a dark dock, as letters and digits that every scanner and
    /// keyboard layout passes on unharmed, in the dense mode of a QR code: some 190 characters.
    /// None for a text that is no token of this version.
    pub fn carried(token: &str) -> Option<String> {
        let grant: Self = serde_json::from_str(signed::text_of(token).ok()?).ok()?;
        let mut packed = Packer::new(CARRIED_GRANT, token)?;
        packed.put(grant.id.as_bytes());
        packed.put(grant.gateway.as_bytes());
        packed.put(&grant.bay.get().to_be_bytes());
        packed.put(grant.rental.as_bytes());
        packed.put(&grant.serial.to_be_bytes());
        packed.put(&grant.issued_ms.0.to_be_bytes());
        packed.put(&grant.expires_ms.0.to_be_bytes());
        Some(packed.text())
    }

    /// Reads what [`Grant::carried`] made, in either case and with spaces, as
    /// [`Grant::from_token`] does.
    pub fn from_carried(
        text: &str,
        cloud: &PublicKey,
        gateway: &GatewayId,
    ) -> Result<Self, GrantError> {
        let token = Self::unpacked(text).ok_or(GrantError::Malformed)?;
        Self::from_token(&token, cloud, gateway)
    }

    fn unpacked(text: &str) -> Option<String> {
        let mut packed = Unpacker::of(CARRIED_GRANT, text)?;
        let grant = Self {
            v: 1,
            id: GrantId::from_bytes(packed.take()?),
            gateway: GatewayId::from_bytes(packed.take()?),
            bay: BayNo::new(u16::from_be_bytes(packed.take()?)).ok()?,
            rental: RentalId::from_bytes(packed.take()?),
            serial: u32::from_be_bytes(packed.take()?),
            issued_ms: UnixMs(i64::from_be_bytes(packed.take()?)),
            expires_ms: UnixMs(i64::from_be_bytes(packed.take()?)),
        };
        packed.signed(&grant)
    }
}

/// The first byte of a carried grant.
const CARRIED_GRANT: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_one_gateway_of_one_cloud() {
        let cloud = SigningKey::from_bytes(&[3; 32]);
        let here = GatewayId::new(1, [1; 10]);
        let grant = Grant {
            v: 1,
            id: GrantId::new(1, [2; 10]),
            gateway: here,
            bay: BayNo::new(3).unwrap(),
            rental: RentalId::new(1, [3; 10]),
            serial: 7,
            issued_ms: UnixMs(1),
            expires_ms: UnixMs(2),
        };
        let token = grant.to_token(&cloud);
        let key = PublicKey::of(&cloud);
        let carried = Grant::carried(&token).unwrap();
        assert_eq!(carried.len(), 216);
        assert!(
            carried
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        );
        let lower = format!(" {} ", carried.to_lowercase());
        for text in [&carried, &lower] {
            assert_eq!(Grant::from_carried(text, &key, &here), Ok(grant));
        }
        for text in ["", "AAAA", &carried[1..], &carried.replacen('A', "B", 1)] {
            assert!(Grant::from_carried(text, &key, &here).is_err(), "{text}");
        }
        let other_key = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
        let elsewhere = GatewayId::new(1, [9; 10]);
        let v2 = Grant { v: 2, ..grant }.to_token(&cloud);
        let long = format!("{token}{}", " ".repeat(GRANT_TOKEN_CHARS_MAX));
        assert_eq!(Grant::from_token(&token, &key, &here), Ok(grant));
        for (token, key, gateway, error) in [
            (&long, &key, &here, GrantError::Unbounded),
            (&token, &other_key, &elsewhere, GrantError::BadSignature),
            (&v2, &key, &elsewhere, GrantError::Malformed),
            (&token, &key, &elsewhere, GrantError::OtherGateway),
        ] {
            assert_eq!(Grant::from_token(token, key, gateway), Err(error));
        }
    }
}
