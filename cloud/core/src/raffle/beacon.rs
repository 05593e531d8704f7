//! The public beacon that shuffles the list between the commitment and the extraction: drand's
//! "quicknet", whose rounds come every three seconds and cannot be known before.
//!
//! It decides no prize. It only makes places unpredictable to whoever made the list.

use super::canonical::{Digest, hash};
use drand_verify::{G2PubkeyRfc, Pubkey as _};
use serde::{Deserialize, Serialize};
use shared::octets::Octets;
use shared::time::UnixMs;

/// Chain hash, public key, genesis and period of quicknet, scheme bls-unchained-g1-rfc9380, as
/// <https://api.drand.sh/52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971/info> says.
const QUICKNET_CHAIN: &str = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971";
const QUICKNET_KEY: &str = "83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c\
8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb\
5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a";
const QUICKNET_GENESIS_S: i64 = 1_692_803_367;
const QUICKNET_PERIOD_S: i64 = 3;

/// From the end of the list to the round that shuffles it: room to commit before the round is known.
pub const AFTER_CLOSE_MS: i64 = 30 * 60 * 1_000;
/// Without a verified round this long before the extraction, the list is shuffled without one.
pub const ABSENT_BEFORE_MS: i64 = 2 * 60 * 60 * 1_000;

/// The network and the one round that the rules bind themselves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drand {
    pub chain: Octets<32>,
    pub public_key: Octets<96>,
    pub genesis_s: i64,
    pub period_s: i64,
    pub round: u64,
}

impl Drand {
    /// Quicknet's first round at or after `t_close_ms` + 30 minutes.
    pub fn after_close(t_close_ms: UnixMs) -> Self {
        Self {
            chain: QUICKNET_CHAIN.parse().expect("a constant of 64 digits"),
            public_key: QUICKNET_KEY.parse().expect("a constant of 192 digits"),
            genesis_s: QUICKNET_GENESIS_S,
            period_s: QUICKNET_PERIOD_S,
            round: round_at(t_close_ms.plus(AFTER_CLOSE_MS)),
        }
    }

    /// When the round is published.
    pub fn round_ms(&self) -> UnixMs {
        let rounds = i64::try_from(self.round).unwrap_or(i64::MAX);
        let seconds = rounds
            .saturating_sub(1)
            .saturating_mul(self.period_s)
            .saturating_add(self.genesis_s);
        UnixMs(seconds.saturating_mul(1_000))
    }
}

/// The first round of quicknet at or after `at_ms`; 1 before its genesis.
pub fn round_at(at_ms: UnixMs) -> u64 {
    let at_s = at_ms.0.div_euclid(1_000) + i64::from(at_ms.0.rem_euclid(1_000) > 0);
    let since_s = at_s.saturating_sub(QUICKNET_GENESIS_S).max(0);
    let periods = since_s / QUICKNET_PERIOD_S + i64::from(since_s % QUICKNET_PERIOD_S > 0);
    u64::try_from(periods).expect("not negative") + 1
}

/// What shuffled the list, as the bundle tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Beacon {
    Signed {
        round: u64,
        signature: Octets<48>,
    },
    /// No verified round was there in time. `absent_ms`: when that was stated.
    Absent {
        round: u64,
        absent_ms: UnixMs,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum BeaconRefused {
    #[error("not the round that the rules name")]
    WrongRound,
    #[error("not the signature of this round by the network")]
    Forged,
    #[error("absence may be stated only two hours before the extraction and later")]
    StillExpected,
}

impl Beacon {
    /// The 32 bytes that shuffle. `due_ms`: the earliest moment at which an extraction may decide
    /// (see [`super::commit::due_ms`]).
    pub fn randomness(&self, round: u64, due_ms: UnixMs) -> Result<Digest, BeaconRefused> {
        let named = match self {
            Self::Signed { round, .. } | Self::Absent { round, .. } => *round,
        };
        if named != round {
            return Err(BeaconRefused::WrongRound);
        }
        match self {
            Self::Signed { signature, .. } if is_signed(round, signature) => {
                Ok(hash(&[signature.as_bytes()]))
            }
            Self::Signed { .. } => Err(BeaconRefused::Forged),
            Self::Absent { absent_ms, .. } if *absent_ms < due_ms.plus(-ABSENT_BEFORE_MS) => {
                Err(BeaconRefused::StillExpected)
            }
            Self::Absent { .. } => Ok(Octets([0; 32])),
        }
    }
}

/// Whether quicknet signed `round` with `signature` (BLS12-381, signature in G1, RFC 9380 hashing).
fn is_signed(round: u64, signature: &Octets<48>) -> bool {
    let key: Octets<96> = QUICKNET_KEY.parse().expect("a constant of 192 digits");
    let key = G2PubkeyRfc::from_fixed(key.0).expect("a constant that is a point of the curve");
    key.verify(round, &[], signature.as_bytes())
        .unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROUND: u64 = 657_413;
    const SIGNATURE: &str = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
41076862b98fad56e91a6b85b89cd97b";

    #[test]
    fn a_round_of_quicknet_is_verified_and_nothing_else() {
        let signature: Octets<48> = SIGNATURE.parse().unwrap();
        let due_ms = UnixMs(0);
        let known = Beacon::Signed {
            round: ROUND,
            signature,
        };
        assert_eq!(
            known.randomness(ROUND, due_ms).unwrap().to_string(),
            "fc1873a13f3545aeade8401532ef5519920652eee6b0d2b19ca12643b87b3587"
        );
        assert_eq!(
            known.randomness(ROUND + 1, due_ms),
            Err(BeaconRefused::WrongRound)
        );
        let other = Beacon::Signed {
            round: ROUND + 1,
            signature,
        };
        assert_eq!(
            other.randomness(ROUND + 1, due_ms),
            Err(BeaconRefused::Forged)
        );
        let mut infinity = [0; 48];
        infinity[0] = 0xc0;
        let mut negated = signature.0;
        negated[0] ^= 0x20;
        let mut flipped = signature.0;
        flipped[47] ^= 1;
        for bytes in [[0; 48], [0xff; 48], infinity, negated, flipped] {
            let forged = Beacon::Signed {
                round: ROUND,
                signature: Octets(bytes),
            };
            assert_eq!(forged.randomness(ROUND, due_ms), Err(BeaconRefused::Forged));
        }
    }

    #[test]
    fn absence_is_zero_and_only_near_the_extraction() {
        let due_ms = UnixMs(1_700_000_000_000);
        let absent = |before_ms: i64| Beacon::Absent {
            round: 9,
            absent_ms: due_ms.plus(-before_ms),
        };
        let zero = Ok(Octets([0; 32]));
        assert_eq!(absent(ABSENT_BEFORE_MS).randomness(9, due_ms), zero);
        assert_eq!(absent(0).randomness(9, due_ms), zero);
        assert_eq!(
            absent(ABSENT_BEFORE_MS + 1).randomness(9, due_ms),
            Err(BeaconRefused::StillExpected)
        );
        assert_eq!(
            absent(0).randomness(8, due_ms),
            Err(BeaconRefused::WrongRound)
        );
    }

    #[test]
    fn the_round_is_the_first_at_or_after_the_moment() {
        let genesis_ms = QUICKNET_GENESIS_S * 1_000;
        for (after_ms, round) in [
            (-5_000, 1),
            (0, 1),
            (1, 2),
            (3_000, 2),
            (3_001, 3),
            (5_999, 3),
            (6_000, 3),
        ] {
            assert_eq!(round_at(UnixMs(genesis_ms + after_ms)), round, "{after_ms}");
        }
        for t in 0..20_000 {
            let drand = Drand::after_close(UnixMs(1_763_000_000_000 + t));
            let wanted_ms = 1_763_000_000_000 + t + AFTER_CLOSE_MS;
            let late_ms = drand.round_ms().0 - wanted_ms;
            assert!((0..QUICKNET_PERIOD_S * 1_000).contains(&late_ms), "{t}");
        }
    }
}
