//! The store itself: who shares a commit, what survives, and files that are not ours.

use crate::world::{DEPOSIT, Stage, World, shop};
use cloud::live::{Hub, Topic};
use cloud::store::policy::Scope;
use cloud::store::{DbError, Store, StoreError, Tx, alarm, outbox};
use shared::ids::RentalId;
use shared::time::UnixMs;
use std::path::Path;
use std::sync::mpsc;

fn run<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .expect("a runtime on this thread");
    runtime.block_on(future)
}

fn opened(path: &Path) -> Store {
    Store::open(path, Hub::default()).expect("a good database")
}

#[track_caller]
fn error(path: &Path) -> String {
    match Store::open(path, Hub::default()) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error.to_string(),
    }
}

fn note(tx: &Tx<'_>, subject: &str) -> Result<(), DbError> {
    let kind = alarm::AlarmKind::PaymentUnmatched;
    alarm::raise(tx, kind, subject, "", UnixMs(1))
}

fn notes(store: &Store) -> Vec<String> {
    let rows = run(store.read(|tx| alarm::open(tx, 100))).expect("a read");
    let mut subjects: Vec<_> = rows.into_iter().map(|a| a.subject).collect();
    subjects.sort();
    subjects
}

type Answer = Result<(), StoreError>;

#[test]
fn work_that_fails_or_panics_takes_nobody_along() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.db");
    let hub = Hub::default();
    let mut heard = hub.subscribe();
    let store = Store::open(&path, hub).unwrap();
    let (release, held) = mpsc::channel::<()>();
    let rental = |n: u8| Topic::Rental(RentalId::new(1, [n; 10]));
    run(async {
        // The first holds the writer until the others have queued, so that they share a commit.
        let gate = store.write(move |_| -> Answer { held.recv().map_err(|_| StoreError::Closed) });
        let good = store.write(move |tx| -> Answer {
            note(tx, "good")?;
            tx.touch(rental(1));
            Ok(())
        });
        let fails = store.write(move |tx| -> Answer {
            note(tx, "fails")?;
            tx.touch(rental(2));
            Err(StoreError::Busy)
        });
        let panics = store.write(move |tx| -> Answer {
            note(tx, "panics")?;
            tx.touch(rental(3));
            panic!("this panic belongs to the test")
        });
        let collides = store.write(|tx| -> Answer {
            note(tx, "collides")?;
            let sql = "INSERT INTO chain (id, name) VALUES ('a', 'a'), ('a', 'b')";
            tx.execute(sql, &[])?;
            Ok(())
        });
        let last = store.write(|tx| -> Answer {
            let earlier = outbox::waiting(tx)?;
            assert_eq!(earlier, 0);
            Ok(note(tx, "last")?)
        });
        let (gate, good, fails, panics, collides, last, ()) = tokio::join!(
            biased; gate, good, fails, panics, collides, last,
            async { release.send(()).unwrap() }
        );
        for answer in [gate, good, last] {
            assert!(answer.is_ok(), "{answer:?}");
        }
        assert!(matches!(fails, Err(StoreError::Busy)));
        assert!(matches!(panics, Err(StoreError::Db(DbError::Engine(_)))));
        assert!(
            matches!(&collides, Err(StoreError::Db(DbError::Unique(what))) if what == "chain.id"),
            "{collides:?}"
        );
    });
    assert_eq!(notes(&store), ["good", "last"]);
    // Told after the answers, by the writer's own thread.
    assert_eq!(heard.blocking_recv().ok(), Some(rental(1)));
    assert!(heard.try_recv().is_err(), "what did not happen is not told");
    drop(store);
    assert_eq!(notes(&opened(&path)), ["good", "last"]);
}

/// What `Store` promises to keep waiting.
const QUEUE_MAX: usize = 4_096;

#[test]
fn a_full_queue_says_so_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&folder.path().join("cloud.db"));
    let (release, held) = mpsc::channel::<()>();
    let (entered, inside) = mpsc::channel::<()>();
    run(async {
        let spawn = |work: Box<dyn FnMut(&Tx<'_>) -> Answer + Send>| {
            let store = store.clone();
            tokio::spawn(async move { store.write(work).await })
        };
        let gate = spawn(Box::new(move |_| {
            entered.send(()).map_err(|_| StoreError::Closed)?;
            held.recv().map_err(|_| StoreError::Closed)
        }));
        tokio::task::yield_now().await;
        inside.recv().unwrap();
        let waiting: Vec<_> = (0..QUEUE_MAX)
            .map(|n| spawn(Box::new(move |tx| Ok(note(tx, &n.to_string())?))))
            .collect();
        let one_more = spawn(Box::new(|tx| Ok(note(tx, "one more")?)));
        assert!(matches!(one_more.await.unwrap(), Err(StoreError::Busy)));
        release.send(()).unwrap();
        gate.await.unwrap().unwrap();
        for answer in waiting {
            answer.await.unwrap().unwrap();
        }
    });
    let count = "SELECT count(*) FROM alarm";
    let count = run(store.read(move |tx| tx.first(count, &[], |row| row.int(0)))).unwrap();
    assert_eq!(count, i64::try_from(QUEUE_MAX).ok());
}

#[test]
fn an_effect_is_counted_before_it_is_tried_and_done_once() {
    use cloud::store::outbox::EffectKind::{CreateCharge, SendRefund};
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&folder.path().join("cloud.db"));
    let at = |ms| UnixMs(ms);
    run(store.write(move |tx| -> Answer {
        outbox::add(tx, SendRefund, "later", at(20), at(1))?;
        outbox::add(tx, CreateCharge, "first", at(10), at(1))?;
        outbox::add(tx, CreateCharge, "first", at(99), at(2))?;
        outbox::begin(tx, CreateCharge, "first", at(15))?;
        outbox::begin(tx, CreateCharge, "first", at(15))?;
        Ok(())
    }))
    .unwrap();
    let seen = |now| {
        let rows = run(store.read(move |tx| outbox::due_at_bank(tx, at(now), 10))).unwrap();
        let text = rows.iter().map(|e| format!("{} {}", e.subject, e.attempts));
        text.collect::<Vec<_>>()
    };
    assert_eq!(seen(14), [""; 0]);
    assert_eq!(seen(15), ["first 2"]);
    assert_eq!(seen(20), ["first 2", "later 0"]);
    run(store.write(move |tx| -> Answer {
        outbox::postpone(tx, SendRefund, "later", at(30), "no answer")?;
        outbox::finish(tx, CreateCharge, "first", at(16))?;
        outbox::add(tx, CreateCharge, "first", at(17), at(17))?;
        Ok(())
    }))
    .unwrap();
    assert_eq!(seen(29), [""; 0], "what is done is not begun again");
    assert_eq!(seen(30), ["later 0"]);
}

#[test]
fn a_reader_sees_what_is_committed_and_can_write_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = opened(&folder.path().join("deep/er/cloud.db"));
    let refused = run(store.read(|tx| note(tx, "from a reader")));
    assert!(matches!(refused, Err(StoreError::Db(DbError::Engine(_)))));
    let panicked = run(store.read(|_| -> Result<(), DbError> { panic!("of the test") }));
    assert!(panicked.is_err());
    run(store.write(|tx| -> Answer { Ok(note(tx, "real")?) })).unwrap();
    for _ in 0..10 {
        assert_eq!(notes(&store), ["real"], "its connection was given back");
    }
}

#[test]
fn reopening_keeps_everything() {
    let mut w = World::new();
    let visit = w.at(Stage::Review);
    let before = w.everything();
    for _ in 0..3 {
        w.restarts();
        assert_eq!(w.everything(), before);
    }
    assert_eq!(w.books(), [DEPOSIT, DEPOSIT, 0]);
    assert_eq!(w.state(&visit), "returned:bolt_not_engaged");
}

#[test]
fn a_file_that_is_not_our_database_is_left_alone_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let text = "Meu diário, página 1. ".repeat(100);
    std::fs::write(at("diary.txt"), &text).unwrap();
    let other = rusqlite::Connection::open(at("other.db")).unwrap();
    other
        .execute_batch("CREATE TABLE recipe (name TEXT); PRAGMA application_id=1")
        .unwrap();
    drop(other);
    std::fs::create_dir(at("folder")).unwrap();
    for (name, why) in [
        ("diary.txt", "file is not a database"),
        ("other.db", "it belongs to another program"),
        ("folder", "unable to open database file"),
        ("diary.txt/cloud.db", "its folder cannot be made"),
    ] {
        let said = error(&at(name));
        for part in [&at(name).display().to_string(), why, "VOLTA_CLOUD_DATABASE"] {
            assert!(said.contains(part), "{name}: {part:?} is not in {said:?}");
        }
    }
    assert_eq!(std::fs::read_to_string(at("diary.txt")).unwrap(), text);
    let other = rusqlite::Connection::open(at("other.db")).unwrap();
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = other.query_row(tables, [], |row| row.get(0)).unwrap();
    assert_eq!(tables, 1, "nothing was written into it");
}

#[test]
fn an_empty_file_is_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.db");
    std::fs::write(&path, b"").unwrap();
    assert!(notes(&opened(&path)).is_empty());
}

#[test]
fn a_database_of_a_newer_program_asks_for_that_program() {
    let w = World::new();
    let file = rusqlite::Connection::open(w.file()).unwrap();
    file.execute("INSERT INTO schema_version (version) VALUES (999)", [])
        .unwrap();
    let said = error(&w.file());
    for part in ["schema version 999", "run the newer program"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_cut_off_file_is_an_error_and_not_a_new_database() {
    let w = World::new();
    let whole = w.file();
    let file = rusqlite::Connection::open(&whole).unwrap();
    file.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    drop(file);
    let cut = whole.with_file_name("cut.db");
    let bytes = std::fs::read(&whole).unwrap();
    std::fs::write(&cut, &bytes[..100]).unwrap();
    assert!(error(&cut).contains("cut.db"));
}

/// A database of the first version is brought up to date with what it holds.
#[test]
fn a_database_of_the_first_version_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cloud.db");
    let old = rusqlite::Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../../src/store/migrations/0001_main_job.sql"))
        .unwrap();
    old.execute_batch(
        "PRAGMA application_id = 0x564f4c54;
         CREATE TABLE schema_version (version BIGINT PRIMARY KEY);
         INSERT INTO schema_version VALUES (1);
         INSERT INTO chain VALUES ('00000000-0001-7101-8101-010101010101', 'Rede');
         INSERT INTO store VALUES ('00000000-0001-7101-8101-010101010101',
           '00000000-0001-7101-8101-010101010101', 'Loja', 'Recife');
         INSERT INTO policy VALUES ('00000000-0001-7101-8101-010101010101',
           '00000000-0001-7101-8101-010101010101', 1, 0, 1000, 300, 120, 900);
         INSERT INTO dock VALUES ('00000000-0001-7101-8101-010101010101',
           '00000000-0001-7101-8101-010101010101', 'norte', 'Norte');
         INSERT INTO rental (id, token_hash, store_id, dock_id, bay_no, policy_id,
           deposit_centavos, state, created_ms)
         VALUES ('00000000-0001-7202-8202-020202020202', x'00',
           '00000000-0001-7101-8101-010101010101', '00000000-0001-7101-8101-010101010101', 1,
           '00000000-0001-7101-8101-010101010101', 1000, 'paid', 1);",
    )
    .unwrap();
    drop(old);
    let store = opened(&path);
    let (policy, version, rental) = run(store.read(|tx| {
        let at = cloud::store::dock::by_code(tx, "norte")?.expect("the old dock");
        let policy = cloud::store::policy::at(tx, &at.store, UnixMs(2))?;
        let version = cloud::store::allowance::version(tx, &at.id, UnixMs(2))?;
        let id = RentalId::new(1, [2; 10]);
        Ok((policy, version, cloud::store::rental::by_id(tx, &id)?))
    }))
    .unwrap();
    let policy = policy.unwrap();
    assert_eq!(policy.policy, cloud_core::policy::Policy::DEFAULT);
    assert_eq!((policy.scope, policy.version), (Scope::Store(shop()), 1));
    assert_eq!(version, 1);
    assert_eq!(
        rental.unwrap().backing,
        cloud_core::rental::Backing::Deposit
    );
}
