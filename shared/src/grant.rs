//! The cloud's signed, single-use, expiring permission to open one bay of one gateway.

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
}

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
            issued_ms: UnixMs(1),
            expires_ms: UnixMs(2),
        };
        let token = grant.to_token(&cloud);
        let key = PublicKey::of(&cloud);
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
