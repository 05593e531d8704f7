use super::*;
use crate::chain::{self, Appended};
use crate::event::Fact;
use crate::ids::RentalId;
use crate::signed::PublicKey;
use crate::time::{ClockQuality, MonoMs};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[5; 32])
}

fn gateway() -> GatewayId {
    GatewayId::new(1_790_000_000_000, [1; 10])
}

fn stamp() -> Stamp {
    Stamp {
        boot: 1,
        mono_ms: MonoMs(10),
        wall_ms: UnixMs(1_790_000_000_000),
        clock: ClockQuality::Server,
    }
}

fn journal(count: usize) -> Vec<Appended> {
    let mut head = Head::empty(&gateway());
    (0..count)
        .map(|i| {
            let fact = Fact::CartDocked {
                bay: BayNo::new(1 + (i % 9) as u16).unwrap(),
                tag: TagUid::new(&(i as u32).to_be_bytes()).unwrap(),
            };
            let appended = chain::append(&key(), gateway(), head, stamp(), fact);
            head = appended.head;
            appended
        })
        .collect()
}

fn header(first_seq: u64, events: &[Appended], head: Hash) -> SyncHeader {
    SyncHeader {
        v: 1,
        gateway: gateway(),
        nonce: "n".into(),
        at: stamp(),
        first_seq,
        count: events.len(),
        head,
        remaining: 0,
        kept_after: None,
        kept_proof: None,
        bays: vec![],
        offline: OfflineState::default(),
    }
}

fn body(events: &[Appended]) -> String {
    let head = events
        .last()
        .map_or(Hash::genesis(&gateway()), |e| e.head.hash);
    let header = header(1, events, head);
    SyncRequest::encode(&key(), &header, events.iter().map(|e| e.line.as_str()))
}

fn decode(body: impl Into<Vec<u8>>) -> Result<SyncRequest, SyncError> {
    SyncRequest::decode(body.into(), &gateway(), &PublicKey::of(&key()))
}

#[test]
fn a_batch_arrives_byte_for_byte() {
    let events = journal(7);
    let request = decode(body(&events)).unwrap();
    assert_eq!(request.head(), events[6].head);
    assert_eq!(request.prev, Hash::genesis(&gateway()));
    for (sent, got) in events.iter().zip(&request.events) {
        assert_eq!(request.line(got), sent.line);
        assert_eq!(got.hash, sent.head.hash);
    }
}

#[test]
fn an_empty_batch_is_a_signed_question() {
    let request = decode(body(&[])).unwrap();
    assert_eq!(request.head(), Head::empty(&gateway()));
}

#[test]
fn an_event_of_tomorrow_keeps_its_place_in_the_chain() {
    for (today, tomorrow) in [
        ("cart_docked", "cart_painted"),
        ("\"clock\":\"server\"", "\"clock\":\"satellite\""),
        ("\"boot\":1", "\"boot\":\"first\""),
        ("\"at\":", "\"when\":"),
        ("\"v\":1", "\"v\":2"),
        ("\"v\":1", "\"v\":\"two\""),
    ] {
        let request = decode(body(&[rewritten(today, tomorrow)])).unwrap();
        assert_eq!(request.events[0].seq, 1, "{tomorrow}");
        assert_eq!(request.events[0].envelope, None, "{tomorrow}");
    }
    for (place, none) in [
        ("\"seq\":1", "\"seq\":\"one\""),
        ("\"prev\":", "\"before\":"),
        ("\"gateway\":", "\"device\":"),
    ] {
        let refused = decode(body(&[rewritten(place, none)])).unwrap_err();
        assert_eq!(refused, SyncError::Malformed { line: 2 }, "{none}");
    }
}

/// The first event of a journal in other words, signed as well.
fn rewritten(from: &str, to: &str) -> Appended {
    let [mut event] = <[Appended; 1]>::try_from(journal(1)).unwrap();
    assert!(signed_text(&event).contains(from), "{from}");
    let text = signed_text(&event).replacen(from, to, 1);
    event.line = crate::signed::sign(&key(), crate::signed::Domain::Event, &text);
    event.head.hash = Hash::of_line(&event.line);
    event
}

fn signed_text(event: &Appended) -> &str {
    crate::signed::text_of(&event.line).unwrap()
}

#[test]
fn refusals_in_order_of_precedence() {
    let events = journal(4);
    let good = body(&events);
    let lines: Vec<&str> = good.lines().collect();
    let joined = |lines: &[&str]| lines.iter().map(|l| format!("{l}\n")).collect::<String>();
    let other = GatewayId::new(2, [2; 10]);
    let stranger = PublicKey::of(&SigningKey::from_bytes(&[6; 32]));
    let altered = lines[2].replace("\"bay\":2", "\"bay\":3");
    let deep = format!("{}{}", lines[2], "[".repeat(9));
    let rows: Vec<(&str, String, SyncError)> = vec![
        (
            "too long",
            "x".repeat(SYNC_BYTES_MAX + 1),
            SyncError::Unbounded,
        ),
        ("no header", "x".into(), SyncError::HeaderMalformed),
        (
            "header only text",
            "{}\n".into(),
            SyncError::HeaderMalformed,
        ),
        (
            "nested header",
            format!("{}\n", "[".repeat(JSON_DEPTH_MAX + 1)),
            SyncError::LineUnbounded { line: 1 },
        ),
        (
            "numbered beyond reason",
            {
                let head = Hash::genesis(&gateway());
                SyncRequest::encode(&key(), &header(u64::MAX, &[], head), [])
            },
            SyncError::HeaderMalformed,
        ),
        (
            "altered header",
            good.replacen("\"remaining\":0", "\"remaining\":1", 1),
            SyncError::BadSignature,
        ),
        (
            "dropped last",
            joined(&lines[..4]),
            SyncError::WrongCount {
                announced: 4,
                found: 3,
            },
        ),
        (
            "dropped middle",
            joined(&[lines[0], lines[1], lines[3], lines[4]]),
            SyncError::OutOfSequence {
                line: 3,
                expected: 2,
                found: 3,
            },
        ),
        (
            "swapped",
            joined(&[lines[0], lines[1], lines[3], lines[2], lines[4]]),
            SyncError::OutOfSequence {
                line: 3,
                expected: 2,
                found: 3,
            },
        ),
        (
            "repeated",
            joined(&[lines[0], lines[1], lines[2], lines[2], lines[3], lines[4]]),
            SyncError::OutOfSequence {
                line: 4,
                expected: 3,
                found: 2,
            },
        ),
        (
            "nested event",
            joined(&[lines[0], lines[1], &deep, lines[3], lines[4]]),
            SyncError::LineUnbounded { line: 3 },
        ),
        (
            "not an event",
            joined(&[lines[0], lines[1], "hello", lines[3], lines[4]]),
            SyncError::Malformed { line: 3 },
        ),
        (
            "altered",
            joined(&[lines[0], lines[1], &altered, lines[3], lines[4]]),
            SyncError::Altered { line: 3 },
        ),
    ];
    for (name, body, error) in rows {
        assert_eq!(decode(body).unwrap_err(), error, "{name}");
    }
    assert_eq!(
        SyncRequest::decode(good.clone().into(), &other, &stranger).unwrap_err(),
        SyncError::OtherGateway
    );
    assert_eq!(
        SyncRequest::decode(good.into(), &gateway(), &stranger).unwrap_err(),
        SyncError::BadSignature
    );
}

#[test]
fn a_genuine_event_of_another_chain_is_refused() {
    let events = journal(3);
    let mut spliced = journal(3);
    let fact = Fact::ReleaseExpired {
        bay: BayNo::new(1).unwrap(),
        grant: crate::ids::GrantId::new(1, [0; 10]),
        rental: RentalId::new(1, [0; 10]),
    };
    spliced[1] = chain::append(&key(), gateway(), events[0].head, stamp(), fact);
    assert_eq!(
        decode(body(&spliced)).unwrap_err(),
        SyncError::Unchained { line: 4 }
    );
    let head = events[2].head.hash;
    let last_swapped = SyncRequest::encode(
        &key(),
        &header(1, &spliced[..2], head),
        spliced[..2].iter().map(|e| e.line.as_str()),
    );
    assert_eq!(
        decode(last_swapped).unwrap_err(),
        SyncError::WrongHead { line: 3 }
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any other byte anywhere, the signatures in the middle included, is refused; where the
    /// events are sound enough to be read, the refusal names a line at or beside the change.
    #[test]
    fn any_changed_byte_is_refused_and_named(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let good = body(&journal(6)).into_bytes();
        let at = at.index(good.len());
        prop_assume!(good[at] != to);
        let mut bad = good.clone();
        bad[at] = to;
        let error = decode(bad).unwrap_err();
        let line = 1 + good[..at].iter().filter(|b| **b == b'\n').count();
        match error {
            SyncError::Unbounded => prop_assert!(to >= 0x80),
            SyncError::HeaderMalformed | SyncError::OtherGateway | SyncError::BadSignature
            | SyncError::WrongCount { .. } => {}
            SyncError::LineUnbounded { line: named } | SyncError::Malformed { line: named }
            | SyncError::Altered { line: named } | SyncError::OutOfSequence { line: named, .. }
            | SyncError::Unchained { line: named } | SyncError::WrongHead { line: named } =>
                prop_assert!(named.abs_diff(line) <= 1, "changed {line}, named {named}"),
        }
    }

    #[test]
    fn any_dropped_swapped_or_repeated_line_is_refused_and_named(
        a in 0usize..6, b in 0usize..6, how in 0u8..3,
    ) {
        let good = body(&journal(6));
        let mut lines: Vec<&str> = good.lines().collect();
        let first = 1 + a.min(b);
        match how {
            0 => { lines.remove(1 + a); }
            1 => { prop_assume!(a != b); lines.swap(1 + a, 1 + b); }
            _ => { let line = lines[1 + a]; lines.insert(1 + b, line); }
        }
        let bad: String = lines.iter().map(|l| format!("{l}\n")).collect();
        match decode(bad).unwrap_err() {
            SyncError::OutOfSequence { line, .. } => prop_assert!(line > first && line <= 8),
            SyncError::WrongCount { announced, found } => prop_assert_eq!(announced.abs_diff(found), 1),
            other => prop_assert!(false, "{other:?}"),
        }
    }
}

#[test]
fn either_side_may_be_older_than_commitments() {
    let text = serde_json::to_string(&OfflineState::default()).unwrap();
    assert!(!text.contains("commitments"), "{text}");
    let old: OfflineState = serde_json::from_str("{\"allowance\":3}").unwrap();
    assert_eq!((old.allowance, old.commitments), (3, None));
    let ack = "{\"v\":1,\"gateway\":\"GATEWAY\",\"nonce\":\"n\",\"server_ms\":1,\"acked\":{\"seq\":0,\
               \"hash\":\"HASH\"},\"grants\":[],\"quarantined\":[]}";
    let genesis = Hash::genesis(&gateway()).to_string();
    let ack = ack.replace("GATEWAY", &gateway().to_string());
    let mut ack: Ack = serde_json::from_str(&ack.replace("HASH", &genesis)).unwrap();
    assert_eq!(ack.commitments, vec![]);
    assert!(!serde_json::to_string(&ack).unwrap().contains("commitments"));
    // The fullest answer stays within its bounds.
    let commitment = crate::commitment::Commitment {
        campaign: crate::ids::CampaignId::new(1, [1; 10]),
        rules_hash: Octets([1; 32]),
        n: u64::MAX,
        root: Octets([2; 32]),
    };
    let shown = Shown {
        name: "\u{1f6d2}".repeat(crate::witness::CAMPAIGN_NAME_CHARS_MAX),
        promise: crate::witness::Promise::new(commitment, &key()),
    };
    ack.commitments = vec![shown; crate::witness::COMMITMENTS_SHOWN_MAX];
    ack.grants = vec!["g".repeat(500); 100];
    let text = serde_json::to_string(&ack).unwrap();
    assert!(text.len() < ACK_BYTES_MAX - 20_000, "{}", text.len());
    crate::json::check_bounds(text.as_bytes(), ACK_BYTES_MAX, JSON_DEPTH_MAX).unwrap();
}

#[test]
fn the_words_of_a_witness_fit_in_a_line() {
    let commitment = crate::commitment::Commitment {
        campaign: crate::ids::CampaignId::new(1, [1; 10]),
        rules_hash: Octets([1; 32]),
        n: u64::MAX,
        root: Octets([2; 32]),
    };
    let promise = crate::witness::Promise::new(commitment, &key());
    let facts = [
        Fact::CommitmentWitnessed {
            name: "\u{1}".repeat(5_000),
            promise,
            seen_ms: UnixMs(1),
            witness: commitment.witness(&key(), UnixMs(1)),
        },
        Fact::CommitmentContradicted {
            held: promise,
            shown: promise,
            seen_ms: UnixMs(1),
        },
    ];
    let mut head = Head::empty(&gateway());
    let mut events = Vec::new();
    for fact in facts {
        let kind = fact.kind();
        let appended = chain::append(&key(), gateway(), head, stamp(), fact.fitted());
        assert!(appended.line.contains(kind));
        assert!(appended.line.len() <= EVENT_BYTES_MAX);
        head = appended.head;
        events.push(appended);
    }
    let request = decode(body(&events)).unwrap();
    assert!(request.events.iter().all(|event| event.envelope.is_some()));
}
