use super::*;
use rusqlite::{Connection, Row};
use shared::chain::Hash;
use shared::ids::{BayNo, TagUid};
use shared::signed::PublicKey;
use shared::sync::{SyncHeader, SyncRequest};
use shared::time::{ClockQuality, MonoMs, UnixMs};
use std::fs;

mod rebuilt;
mod salvage;
mod sizes;

fn gateway() -> GatewayId {
    GatewayId::new(1_790_000_000_000, [1; 10])
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn stamp(boot: u32) -> Stamp {
    Stamp {
        boot,
        mono_ms: MonoMs(5),
        wall_ms: UnixMs(1_790_000_000_000),
        clock: ClockQuality::Unset,
    }
}

fn docked(bay: u16) -> Fact {
    Fact::CartDocked {
        bay: BayNo::new(bay).unwrap(),
        tag: TagUid::new(&[4, 1, 2, 3]).unwrap(),
    }
}

fn memory(bay: u16) -> Memory {
    let mut memory = Memory::default();
    let tag = TagUid::new(&[4, 1, 2, 3]).unwrap();
    memory.carts.insert(BayNo::new(bay).unwrap(), vec![tag]);
    memory
}

fn now() -> Now {
    Now {
        mono: MonoMs(7),
        wall: UnixMs(1_790_000_000_000),
        random: 0,
    }
}

fn fresh(path: &Path) -> Journal {
    Journal::create(path, &gateway()).unwrap();
    opened(path)
}

fn opened(path: &Path) -> Journal {
    Journal::open(path, gateway(), &key(), now()).unwrap()
}

#[test]
fn what_was_committed_is_there_after_a_reopen() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    assert_eq!((journal.boot(), journal.head().seq), (1, 0));
    let lines = journal
        .commit(stamp(1), &[docked(1), docked(2)], &memory(1), None)
        .unwrap();
    journal
        .commit(stamp(1), &[], &memory(1), Some(lines[0].head))
        .unwrap();
    let (head, text) = (journal.head(), lines[1].text.clone());
    drop(journal);
    Journal::create(&path, &gateway()).unwrap();
    let journal = opened(&path);
    assert_eq!(journal.boot(), 2);
    assert_eq!(journal.head(), head);
    assert_eq!(journal.acked(), lines[0].head);
    assert_eq!(*journal.memory(), memory(1));
    assert_eq!(journal.lines_after(1, 10).unwrap()[0].text, text);
    let beyond = Head { seq: 3, ..head };
    for (head, placed) in [
        (head, Placed::Here),
        (Head::empty(&gateway()), Placed::Here),
        (Head { seq: 1, ..head }, Placed::Elsewhere),
        (beyond, Placed::Elsewhere),
    ] {
        assert_eq!(journal.place(head).unwrap(), placed, "{head:?}");
    }
}

#[test]
fn the_cloud_reads_what_the_journal_stored() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = fresh(&dir.path().join("journal.db"));
    for bay in 1..=5 {
        journal
            .commit(stamp(1), &[docked(bay)], &memory(bay), None)
            .unwrap();
    }
    let lines = journal.lines_after(2, 2).unwrap();
    let header = SyncHeader {
        v: 1,
        gateway: gateway(),
        nonce: "n".into(),
        at: stamp(1),
        first_seq: 3,
        count: lines.len(),
        head: lines[1].head.hash,
        remaining: 1,
        kept_after: None,
        kept_proof: None,
        bays: vec![],
        offline: Default::default(),
    };
    let body = SyncRequest::encode(&key(), &header, lines.iter().map(|l| l.text.as_str()));
    let request =
        SyncRequest::decode(body.into_bytes(), &gateway(), &PublicKey::of(&key())).unwrap();
    assert_eq!(request.head().seq, 4);
}

#[test]
fn nothing_new_writes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = fresh(&dir.path().join("journal.db"));
    journal.checkpoint().unwrap();
    let before = journal.bytes();
    journal
        .commit(stamp(1), &[], &Memory::default(), None)
        .unwrap();
    assert_eq!(journal.bytes(), before);
}

#[test]
fn a_file_that_is_no_journal_of_ours_is_named_and_left_alone() {
    type Breaker = fn(&Path);
    let rows: [(&str, Breaker, &str); 6] = [
        ("missing", |_| {}, "missing"),
        ("empty", |p| fs::write(p, "").unwrap(), "not an SQLite"),
        (
            "text",
            |p| {
                let list = "a shopping list, long enough to be read as a header ".repeat(4);
                fs::write(p, list).unwrap();
            },
            "not an SQLite",
        ),
        (
            "another program's",
            |p| {
                Connection::open(p)
                    .unwrap()
                    .execute_batch("CREATE TABLE t (a)")
                    .unwrap();
            },
            "another program",
        ),
        (
            "newer",
            |p| {
                drop(fresh(p));
                fs::remove_file(p.with_file_name("journal.lines-0000000000000001")).unwrap();
                Connection::open(p)
                    .unwrap()
                    .pragma_update(None, "user_version", 99)
                    .unwrap();
            },
            "schema 99",
        ),
        (
            "another gateway's",
            |p| Journal::create(p, &GatewayId::new(2, [2; 10])).unwrap(),
            "belongs to gateway",
        ),
    ];
    for (name, prepare, expected) in rows {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        prepare(&path);
        let before = fs::read(&path).ok();
        let error = Journal::open(&path, gateway(), &key(), now())
            .err()
            .unwrap()
            .to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert!(
            error.contains(&path.display().to_string()),
            "{name}: {error}"
        );
        if name != "another gateway's" {
            assert_eq!(fs::read(&path).ok(), before, "{name}");
        }
    }
}

#[test]
fn lines_before_a_damaged_one_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let mut journal = fresh(&dir.path().join("journal.db"));
    let facts = [docked(1), docked(2), docked(3), docked(4)];
    journal.commit(stamp(1), &facts, &memory(1), None).unwrap();
    let sql = "UPDATE event SET line = replace(line, '\"bay\":3', '\"bay\":2') WHERE seq = 3";
    assert_eq!(journal.stored.connection.execute(sql, []).unwrap(), 1);
    let read = |after| {
        let lines = journal.lines_after(after, 10);
        lines.map(|lines| lines.iter().map(|line| line.head.seq).collect::<Vec<_>>())
    };
    assert_eq!(read(0).unwrap(), [1, 2]);
    let error = read(2).unwrap_err();
    assert!(matches!(error.fault, JournalFault::Damaged(_)), "{error}");
    assert_eq!(read(3).unwrap(), [4]);
}

#[test]
fn a_commit_is_a_sync_to_disk() {
    let dir = tempfile::tempdir().unwrap();
    let journal = fresh(&dir.path().join("journal.db"));
    let pragma = |name: &str| -> String {
        let value = |row: &Row<'_>| row.get::<_, rusqlite::types::Value>(0);
        let value = journal
            .stored
            .connection
            .pragma_query_value(None, name, value);
        format!("{:?}", value.unwrap())
    };
    assert_eq!(pragma("journal_mode"), "Text(\"wal\")");
    assert_eq!(pragma("synchronous"), "Integer(2)", "FULL");
}
