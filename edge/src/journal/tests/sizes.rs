//! How much room a journal takes, and what is kept of it.

use super::*;
use crate::uplink::{Live, compose};
use shared::ids::{GrantId, RentalId};
use shared::sync::OfflineState;

fn tended(journal: &mut Journal) {
    while journal.tend().unwrap() {}
}

/// A visit as a dock records it: release, pull, return. Three lines in three commits.
fn visit(journal: &mut Journal, n: u64) {
    let mut entropy = [0; 10];
    entropy.copy_from_slice(&Hash::of_line(&n.to_string()).as_bytes()[..10]);
    let grant = GrantId::new(1_790_000_000_000 + n, entropy);
    let rental = RentalId::new(1_790_000_000_001 + n, entropy);
    let bay = BayNo::new(u16::try_from(n % 12 + 1).unwrap()).unwrap();
    let tag = TagUid::new(&entropy[..7]).unwrap();
    let at = Stamp {
        mono_ms: MonoMs(n * 30_000),
        wall_ms: UnixMs(1_790_000_000_000 + i64::try_from(n).unwrap() * 30_000),
        ..stamp(1)
    };
    let mut memory = journal.memory().clone();
    memory.clock_floor_ms = at.wall_ms;
    memory.exposure.elapsed_ms = n * 30_000;
    memory.carts.remove(&bay);
    let facts = [
        Fact::ReleaseStarted { bay, grant, rental },
        Fact::CartPulled {
            bay,
            grant,
            rental,
            tag,
        },
    ];
    for fact in facts {
        journal.commit(at, &[fact], &memory, None).unwrap();
        memory.exposure.elapsed_ms += 1;
    }
    memory.carts.insert(bay, vec![tag]);
    journal
        .commit(at, &[Fact::CartDocked { bay, tag }], &memory, None)
        .unwrap();
}

#[test]
fn thirty_days_dark_fit_in_256_megabytes() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = fresh(&dir.path().join("journal.db"));
    // Enough for a packed segment; the rest is the same again.
    let visits = 900;
    for n in 0..visits {
        visit(&mut journal, n);
        if n % 10 == 0 {
            tended(&mut journal);
        }
    }
    tended(&mut journal);
    let lines = journal.head().seq;
    let health = journal.health();
    assert_eq!(health.first_seq, 1, "nothing unacknowledged is dropped");
    journal.checkpoint().unwrap();
    let mib = 1024 * 1024;
    let database = journal.database_bytes();
    // The open segment is not packed yet, so this is more than a month would take. The log is cut
    // back to four megabytes.
    let copy = health.copy_bytes;
    let fixed = 2 * mib + 4 * mib + crate::storage::RESERVE_BYTES;
    let month = 240_000 * (database + copy) / lines + fixed;
    println!("{lines} lines: database {database}, copy {copy}; 240,000: {month} bytes");
    assert!(month < 256 * mib, "{month} bytes a month");
}

#[test]
fn what_the_cloud_acknowledged_long_ago_is_dropped_and_the_rest_never() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    let facts: Vec<Fact> = (0..500).map(|n| docked(n % 60 + 1)).collect();
    let mut heads = Vec::new();
    for n in 0..50 {
        let memory = memory(n % 60 + 1);
        heads.extend(journal.commit(stamp(1), &facts, &memory, None).unwrap());
        tended(&mut journal);
    }
    assert_eq!(journal.health().first_seq, 1, "nothing is acknowledged");
    let acked = heads[23_999].head;
    let words = [1_000, 1_400, 3_000, 3_999, 4_500];
    for word in words {
        journal.keep_word(heads[word].head, "held").unwrap();
    }
    journal
        .commit(stamp(1), &[], &memory(50), Some(acked))
        .unwrap();
    let before = journal.health();
    tended(&mut journal);
    let kept = journal.health();
    assert_eq!(
        kept.first_seq, 4_001,
        "24,000 less the 20,000 that are kept"
    );
    assert!(kept.copy_bytes < before.copy_bytes);
    assert_eq!(journal.lines_after(4_000, 1).unwrap()[0], heads[4_000]);
    let pruned = journal.lines_after(3_999, 1).unwrap_err();
    assert!(
        matches!(pruned.fault, JournalFault::Pruned(4_000)),
        "{pruned}"
    );
    for (head, placed) in [
        (heads[3_999].head, Placed::Here),
        (heads[3_998].head, Placed::Pruned),
        (Head::empty(&gateway()), Placed::Pruned),
        (heads[4_000].head, Placed::Here),
        (
            Head {
                seq: 4_001,
                hash: heads[3_000].head.hash,
            },
            Placed::Elsewhere,
        ),
    ] {
        assert_eq!(journal.place(head).unwrap(), placed, "{head:?}");
    }
    a_cloud_that_was_set_back_is_told_what_is_kept(&journal, &heads);
    drop(journal);
    fs::write(&path, "").unwrap();
    let journal = opened(&path);
    assert_eq!(journal.head(), heads[24_999].head);
    assert!(journal.health().first_seq <= 4_001);
    let unacked = journal.lines_after(24_000, 2_000).unwrap();
    assert_eq!(unacked, heads[24_000..]);
}

fn a_cloud_that_was_set_back_is_told_what_is_kept(journal: &Journal, heads: &[Line]) {
    let peer = (PublicKey::of(journal.key()), journal.gateway());
    let told = |after: Head| {
        let live = Live {
            at: stamp(1),
            bays: vec![],
            offline: OfflineState::default(),
        };
        let batch = compose(journal, after, 10, live).unwrap();
        let body = batch.body.into_bytes();
        let request = SyncRequest::decode(body, &peer.1, &peer.0).unwrap();
        (
            request.header.first_seq,
            request.prev,
            request.header.kept_after,
            request.header.kept_proof,
        )
    };
    let base = heads[3_999].head;
    let (far, near) = (heads[100].head, heads[5_000].head);
    let word = Some("held".to_owned());
    assert_eq!(told(far), (4_001, base.hash, Some(base), word));
    assert_eq!(told(base), (4_001, base.hash, None, None));
    assert_eq!(told(near), (5_002, near.hash, None, None));
}

/// Run by hand: `cargo test -p edge --release a_gigabyte -- --ignored --nocapture`.
#[test]
#[ignore = "writes two gigabytes"]
fn a_gigabyte_opens_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    let facts: Vec<Fact> = (0..10_000).map(|n| docked(n % 60 + 1)).collect();
    while journal.database_bytes() < 1 << 30 {
        journal.commit(stamp(1), &facts, &memory(1), None).unwrap();
        journal.checkpoint().unwrap();
    }
    let head = journal.head();
    journal
        .commit(stamp(1), &[], &memory(1), Some(head))
        .unwrap();
    drop(journal);
    // As an older version left it: everything in the database, and no copy.
    for entry in fs::read_dir(dir.path()).unwrap() {
        let file = entry.unwrap().path();
        if file.to_str().unwrap().contains(".lines-") {
            fs::remove_file(file).unwrap();
        }
    }
    let began = std::time::Instant::now();
    drop(opened(&path));
    println!("without a copy: open {:?}", began.elapsed());
    let began = std::time::Instant::now();
    let mut journal = opened(&path);
    let open = began.elapsed();
    journal
        .commit(stamp(2), &[docked(1)], &memory(2), None)
        .unwrap();
    println!(
        "{} lines: open {open:?}, first commit after {:?}",
        head.seq,
        began.elapsed()
    );
    let began = std::time::Instant::now();
    assert!(journal.check_now());
    println!("background check {:?}", began.elapsed());
    drop(journal);
    fs::write(&path, "").unwrap();
    let began = std::time::Instant::now();
    let journal = opened(&path);
    println!(
        "salvage of {} lines {:?}",
        journal.count_after(0),
        began.elapsed()
    );
}
