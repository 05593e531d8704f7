use super::*;
use ed25519_dalek::SigningKey;
use shared::commitment::Commitment;
use shared::time::{ClockQuality, MonoMs};
use shared::witness::Promise;

const DAY_MS: i64 = 86_400_000;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[4; 32])
}

fn cloud() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn witness() -> Witness {
    Witness::new(BTreeMap::new(), WitnessKey::of(&key()))
}

fn commitment(campaign: u8) -> Commitment {
    Commitment {
        campaign: CampaignId::from_bytes([campaign; 16]),
        rules_hash: Octets([1; 32]),
        n: 10,
        root: Octets([2; 32]),
    }
}

fn shown(commitment: Commitment) -> Shown {
    Shown {
        name: "Natal".to_owned(),
        promise: Promise::new(commitment, &cloud()),
    }
}

fn on_day(day: i64) -> Stamp {
    Stamp {
        boot: 1,
        mono_ms: MonoMs(5),
        wall_ms: UnixMs(day * DAY_MS),
        clock: ClockQuality::Server,
    }
}

#[test]
fn the_first_is_co_signed_and_no_other_ever() {
    let first = commitment(7);
    let others = [
        Commitment {
            root: Octets([9; 32]),
            ..first
        },
        Commitment { n: 11, ..first },
        Commitment {
            rules_hash: Octets([9; 32]),
            ..first
        },
    ];
    for second in others {
        let mut witness = witness();
        let Some(Fact::CommitmentWitnessed {
            name,
            promise,
            seen_ms,
            witness: signature,
        }) = witness.shown(&shown(first), on_day(1))
        else {
            panic!("the first is witnessed");
        };
        assert_eq!((name.as_str(), promise), ("Natal", shown(first).promise));
        assert_eq!(seen_ms, UnixMs(DAY_MS));
        let own = Octets::public_key(&key());
        assert!(first.is_witnessed(&own, seen_ms, &signature));
        assert_eq!(witness.known(), [short(&first)]);
        // Told again, as it is until the cloud has heard: nothing.
        assert_eq!(witness.shown(&shown(first), on_day(2)), None);
        let contradiction = Fact::CommitmentContradicted {
            held: promise,
            shown: shown(second).promise,
            seen_ms: UnixMs(3 * DAY_MS),
        };
        assert_eq!(
            witness.shown(&shown(second), on_day(3)),
            Some(contradiction)
        );
        assert_eq!(witness.known(), [short(&first), short(&second)]);
        // Once is enough to prove it, whatever else is shown, and after a restart too.
        let third = Commitment { n: 12, ..first };
        for again in [second, first, third] {
            assert_eq!(witness.shown(&shown(again), on_day(4)), None, "{again:?}");
        }
        let mut later = Witness::new(witness.seen().clone(), WitnessKey::of(&key()));
        for again in [first, second, third] {
            assert_eq!(later.shown(&shown(again), on_day(5)), None, "{again:?}");
        }
        let held = &later.seen()[&first.campaign];
        assert_eq!(held.promise.commitment, first);
        assert_eq!(
            held.contradicted,
            Some((shown(second).promise, UnixMs(3 * DAY_MS)))
        );
    }
}

#[test]
fn each_campaign_has_its_own() {
    let mut witness = witness();
    for campaign in 1..=3 {
        assert!(
            witness
                .shown(&shown(commitment(campaign)), on_day(1))
                .is_some()
        );
    }
    assert_eq!((witness.seen().len(), witness.known().len()), (3, 3));
}

#[test]
fn a_flood_of_campaigns_washes_nothing_away() {
    let mut witness = witness();
    let full = u8::try_from(COMMITMENTS_KEPT_MAX).unwrap();
    for campaign in 0..full {
        let day = 10 + i64::from(campaign);
        assert!(
            witness
                .shown(&shown(commitment(campaign)), on_day(day))
                .is_some()
        );
    }
    // The first, ten days in, was contradicted: it is never forgotten.
    let other = Commitment {
        n: 99,
        ..commitment(0)
    };
    assert!(witness.shown(&shown(other), on_day(80)).is_some());
    for (day, campaign, taken) in [
        (100, 200, false),
        (410, 200, false),
        (411, 200, true),
        (411, 201, false),
        (412, 201, true),
    ] {
        let fact = witness.shown(&shown(commitment(campaign)), on_day(day));
        assert_eq!(fact.is_some(), taken, "{campaign} on day {day}");
        assert_eq!(witness.seen().len(), COMMITMENTS_KEPT_MAX);
    }
    assert!(witness.seen().contains_key(&commitment(0).campaign));
    assert!(!witness.seen().contains_key(&commitment(1).campaign));
}

#[test]
fn a_long_name_is_cut() {
    let mut witness = witness();
    let long = Shown {
        name: "ã".repeat(500),
        ..shown(commitment(1))
    };
    witness.shown(&long, on_day(1));
    let kept = &witness.seen()[&commitment(1).campaign].name;
    assert_eq!(*kept, "ã".repeat(CAMPAIGN_NAME_CHARS_MAX));
}
