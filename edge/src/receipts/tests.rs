use super::*;
use edge_core::io::Now;
use shared::chain::{Hash, Head};
use shared::ids::TagUid;
use shared::signed::PublicKey;
use shared::time::MonoMs;

fn stamp(boot: u32, mono_ms: u64, wall_ms: i64) -> Stamp {
    Stamp {
        boot,
        mono_ms: MonoMs(mono_ms),
        wall_ms: UnixMs(wall_ms),
        clock: ClockQuality::Unset,
    }
}

#[test]
fn every_return_has_a_receipt_and_the_last_ones_survive_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let gateway = GatewayId::new(1, [1; 10]);
    let (device, cloud) = (
        SigningKey::from_bytes(&[1; 32]),
        SigningKey::from_bytes(&[2; 32]),
    );
    let now = Now {
        mono: MonoMs(0),
        wall: UnixMs(0),
        random: 0,
    };
    let open = || Journal::open(&path, gateway, &device, now).unwrap();
    let secret = || SharedSecret::between(&device, &PublicKey::of(&cloud));
    Journal::create(&path, &gateway).unwrap();
    let mut journal = open();
    let mut receipts = Receipts::of(&journal, secret());
    let bay = BayNo::new(1).unwrap();
    let tag = |n: u8| TagUid::new(&[4, 1, 1, n]).unwrap();
    let memory = journal.memory().clone();
    for n in 0..30 {
        let at = stamp(1, u64::from(n), 1_000 + i64::from(n));
        let records = [
            Fact::CartDocked { bay, tag: tag(n) },
            Fact::BayRecovered { bay },
        ];
        let lines = journal.commit(at, &records, &memory, None).unwrap();
        receipts.committed(&lines, &records, at);
    }
    let held = receipts.held(stamp(1, 30, 0));
    assert_eq!(held.len(), RECEIPTS_MAX);
    let newest = &held[0];
    assert_eq!(
        newest.time(),
        None,
        "a clock that was never set says no time"
    );
    let receipt = Receipt::from_carried(&newest.carried, &PublicKey::of(&device)).unwrap();
    assert_eq!((receipt.seq, receipt.tag), (59, tag(29)));
    let of_cloud = SharedSecret::between(&cloud, &PublicKey::of(&device));
    assert_eq!(of_cloud.read_receipt_code(&newest.code, &tag(29)), Some(59));
    assert_eq!(of_cloud.read_receipt_code(&newest.code, &tag(28)), None);
    drop(journal);
    let mut again = Receipts::of(&open(), secret());
    assert_eq!(again.held(stamp(2, 5, 1_030)), held);
}

#[test]
fn a_receipt_leaves_the_page_after_a_while_whatever_the_clock_does() {
    for (now, held) in [
        (stamp(1, 1_000, 0), 2),
        // The clock was set; nothing else happened.
        (stamp(1, 2_000, 1_790_000_000_000), 2),
        (stamp(1, SHOWN_MS + 500, 1_790_000_000_000), 1),
        (stamp(1, SHOWN_MS + 1_500, 1_790_000_000_000), 0),
        // Another boot: the wall clocks tell, as far as they can.
        (stamp(2, 0, -5), 2),
        (stamp(2, 0, 1_790_000_000_000), 0),
    ] {
        let mut receipts = Receipts {
            gateway: GatewayId::new(1, [1; 10]),
            key: SigningKey::from_bytes(&[1; 32]),
            secret: SharedSecret::between(
                &SigningKey::from_bytes(&[1; 32]),
                &PublicKey::of(&SigningKey::from_bytes(&[2; 32])),
            ),
            held: Arc::default(),
        };
        for mono_ms in [0, 1_000] {
            let line = Line {
                head: Head {
                    seq: 1,
                    hash: Hash::of_line("x"),
                },
                text: String::new(),
            };
            let fact = Fact::CartDocked {
                bay: BayNo::new(1).unwrap(),
                tag: TagUid::new(&[4, 1, 1, 1]).unwrap(),
            };
            receipts.note(&line, &fact, stamp(1, mono_ms, 0));
        }
        assert_eq!(receipts.held(now).len(), held, "{now:?}");
    }
}
