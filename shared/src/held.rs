//! The cloud's word that it held a gateway's line, and with it every line before. The gateway drops old
//! lines on this word only, and shows it to a cloud that was set back to before them: nobody can say
//! of himself that the cloud has forgotten something.

use crate::chain::Head;
use crate::ids::GatewayId;
use crate::signed::{self, Domain, PublicKey};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};

/// Bytes of such a word: ids, a number and a hash.
pub const HELD_BYTES_MAX: usize = 1024;

#[derive(Serialize, Deserialize)]
struct Held {
    v: u8,
    gateway: GatewayId,
    head: Head,
}

/// The cloud's word for everything of `gateway` up to `head`, as a signed line.
pub fn vouch(key: &SigningKey, gateway: &GatewayId, head: Head) -> String {
    let held = Held {
        v: 1,
        gateway: *gateway,
        head,
    };
    signed::sign_value(key, Domain::Held, &held)
}

/// Whether `line` is the cloud's word for exactly this line of this gateway.
pub fn vouches(cloud: &PublicKey, gateway: &GatewayId, head: Head, line: &str) -> bool {
    if line.len() > HELD_BYTES_MAX {
        return false;
    }
    let json = signed::verify(cloud, Domain::Held, line).ok();
    let held = json.and_then(|json| serde_json::from_str::<Held>(json).ok());
    held.is_some_and(|held| held.v == 1 && held.gateway == *gateway && held.head == head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_serves_one_line_of_one_gateway_under_one_key() {
        let cloud = SigningKey::from_bytes(&[3; 32]);
        let (own, other) = (GatewayId::new(1, [1; 10]), GatewayId::new(2, [2; 10]));
        let head = |seq, of: &GatewayId| Head {
            seq,
            ..Head::empty(of)
        };
        let word = vouch(&cloud, &own, head(7, &own));
        let public = PublicKey::of(&cloud);
        assert!(vouches(&public, &own, head(7, &own), &word));
        let stranger = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
        let long = format!("{word}{}", " ".repeat(HELD_BYTES_MAX));
        let grant = signed::sign(&cloud, Domain::Grant, signed::text_of(&word).unwrap());
        for (key, gateway, head, word) in [
            (&stranger, &own, head(7, &own), word.as_str()),
            (&public, &other, head(7, &own), &word),
            (&public, &own, head(8, &own), &word),
            (&public, &own, head(7, &other), &word),
            (&public, &own, head(7, &own), &grant),
            (&public, &own, head(7, &own), &long),
            (&public, &own, head(7, &own), ""),
        ] {
            assert!(
                !vouches(key, gateway, head, word),
                "{gateway} {head:?} {word}"
            );
        }
    }
}
