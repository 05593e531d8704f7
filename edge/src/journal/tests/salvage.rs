//! A journal is damaged in every way a card knows, and goes on: with everything, or saying what may
//! be lost.

use super::*;
use edge_core::io::Releasing;
use shared::ids::{GrantId, RentalId};

/// Lines that the cloud holds, and all.
const ACKED: u64 = 20;
const LINES: u64 = 60;

fn grant(n: u8) -> GrantId {
    GrantId::new(1, [n; 10])
}

fn rental(n: u8) -> RentalId {
    RentalId::new(1, [n; 10])
}

fn started(n: u8) -> Fact {
    Fact::ReleaseStarted {
        bay: BayNo::new(1).unwrap(),
        grant: grant(n),
        rental: rental(n),
    }
}

/// What the brain would remember after `n` lines: every third is a release.
fn memory_after(n: u64) -> Memory {
    let mut memory = memory(u16::try_from(n % 8 + 1).unwrap());
    for used in (3..=n).step_by(3) {
        let used = u8::try_from(used).unwrap();
        memory.used_grants.insert(grant(used), UnixMs(i64::MAX / 2));
    }
    memory
}

/// A journal with a history, closed.
fn lived(path: &Path) -> Vec<Line> {
    let mut journal = fresh(path);
    let mut lines = Vec::new();
    for n in 1..=LINES {
        let fact = match n % 3 {
            0 => started(u8::try_from(n).unwrap()),
            _ => docked(u16::try_from(n % 8 + 1).unwrap()),
        };
        lines.extend(
            journal
                .commit(stamp(1), &[fact], &memory_after(n), None)
                .unwrap(),
        );
        if n == 40 {
            journal.checkpoint().unwrap();
        }
    }
    let acked = lines[usize::try_from(ACKED).unwrap() - 1].head;
    journal
        .commit(stamp(1), &[], &memory_after(LINES), Some(acked))
        .unwrap();
    lines
}

fn segment(path: &Path) -> std::path::PathBuf {
    path.with_file_name("journal.lines-0000000000000001")
}

/// Opens, looks at everything as the background check and the uplink would, and opens again where
/// that found something.
fn healed(path: &Path) -> Journal {
    let journal = opened(path);
    let sound = journal.check_now();
    let readable = match journal.lines_after(0, 1_000) {
        Ok(lines) => lines.len() as u64 >= journal.head().seq.min(LINES),
        Err(error) => {
            journal.suspect_after(&error);
            false
        }
    };
    if sound && readable {
        return journal;
    }
    let error = JournalFault::Damaged("lines").at(path);
    journal.suspect_after(&error);
    drop(journal);
    opened(path)
}

#[track_caller]
fn nothing_is_lost(journal: &mut Journal, lines: &[Line], name: &str) {
    assert_eq!(journal.head(), lines.last().unwrap().head, "{name}");
    assert_eq!(journal.memory(), &memory_after(LINES), "{name}");
    let after = journal.acked().seq;
    assert!(after <= ACKED, "{name}: {after}");
    let first = journal.health().first_seq;
    assert!(first <= ACKED + 1, "{name}");
    let kept = journal.lines_after(first - 1, 1_000).unwrap();
    assert_eq!(kept, lines[usize::try_from(first).unwrap() - 1..], "{name}");
    let salvaged = journal.health().salvaged;
    assert!(
        salvaged.is_none_or(|it| it.uncertain_to.is_none()),
        "{name}"
    );
    let next = journal
        .commit(stamp(9), &[docked(1)], &memory(1), None)
        .unwrap();
    assert_eq!(next[0].head.seq, LINES + 1, "{name}");
}

#[test]
fn a_database_damaged_anywhere_is_made_whole_from_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let lines = lived(&path);
    let good: Vec<(std::path::PathBuf, Vec<u8>)> = fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.clone(), fs::read(&path).unwrap()))
        .collect();
    let database = fs::read(&path).unwrap();
    type Change = Box<dyn Fn(&Path)>;
    let mut rows: Vec<(String, Change)> = Vec::new();
    let written = |name: String, bytes: Vec<u8>| -> (String, Change) {
        (name, Box::new(move |path| fs::write(path, &bytes).unwrap()))
    };
    for at in (0..database.len()).step_by(1_500) {
        let mut bytes = database.clone();
        let end = (at + 64).min(bytes.len());
        bytes[at..end].iter_mut().for_each(|byte| *byte ^= 0xff);
        rows.push(written(format!("flipped at {at}"), bytes));
        rows.push(written(format!("cut at {at}"), database[..at].to_vec()));
    }
    for page in 0..database.len() / 4096 {
        let mut bytes = database.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0);
        rows.push(written(format!("page {page} zeroed"), bytes));
    }
    rows.push(written("half a header".into(), database[..50].to_vec()));
    rows.push(written("something else".into(), vec![b'x'; 9_000]));
    let gone = |path: &Path| fs::remove_file(path).unwrap();
    rows.push(("missing".into(), Box::new(gone)));
    let no_log = |path: &Path| {
        let log = path.with_file_name("journal.db-wal");
        let _ = fs::remove_file(log);
    };
    rows.push(("no log".into(), Box::new(no_log)));
    for (name, change) in rows {
        for entry in fs::read_dir(dir.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (path, bytes) in &good {
            fs::write(path, bytes).unwrap();
        }
        change(&path);
        let mut journal = healed(&path);
        nothing_is_lost(&mut journal, &lines, &name);
        drop(journal);
        let again = opened(&path);
        assert_eq!(again.head().seq, LINES + 1, "{name}: once more");
        assert_eq!(again.health().salvaged, None, "{name}: healed once");
    }
}

#[test]
fn a_lost_log_is_taken_from_the_copy() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    journal.checkpoint().unwrap();
    let facts = [docked(1), docked(2), started(3)];
    let lines = journal
        .commit(stamp(1), &facts, &memory_after(3), None)
        .unwrap();
    let old = fs::read(&path).unwrap();
    drop(journal);
    fs::write(&path, old).unwrap();
    let _ = fs::remove_file(path.with_file_name("journal.db-wal"));
    let journal = opened(&path);
    assert_eq!(journal.health().salvaged, None);
    assert_eq!(journal.lines_after(0, 9).unwrap(), lines);
    assert_eq!(journal.memory(), &memory_after(3));
    assert!(journal.boot() > 1);
}

#[test]
fn a_damaged_copy_beside_a_good_database_is_made_anew() {
    type Change = fn(&Path);
    let rows: [(&str, Change); 4] = [
        ("missing", |p| fs::remove_file(p).unwrap()),
        ("empty", |p| fs::write(p, "").unwrap()),
        ("cut", |p| {
            let bytes = fs::read(p).unwrap();
            fs::write(p, &bytes[..bytes.len() - 700]).unwrap();
        }),
        ("another past", |p| {
            let dir = tempfile::tempdir().unwrap();
            let other = dir.path().join("journal.db");
            fresh(&other)
                .commit(stamp(4), &[docked(5)], &memory(5), None)
                .unwrap();
            fs::copy(segment(&other), p).unwrap();
        }),
    ];
    for (name, change) in rows {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let lines = lived(&path);
        change(&segment(&path));
        drop(opened(&path));
        // Now the copy alone must do.
        fs::write(&path, "").unwrap();
        let mut journal = opened(&path);
        nothing_is_lost(&mut journal, &lines, name);
    }
}

#[test]
fn where_lines_may_be_lost_the_first_new_one_says_so_and_no_number_is_used_twice() {
    let cut = |path: &Path, bytes: usize| {
        let all = fs::read(path).unwrap();
        fs::write(path, &all[..all.len() - bytes]).unwrap();
    };
    type Change<'a> = &'a dyn Fn(&Path);
    let rows: [(&str, Change<'_>, u64); 5] = [
        (
            "torn copy, empty database",
            &|p| {
                fs::write(p, "").unwrap();
                // The line itself is whole and signed; only the mark of its commit is torn.
                cut(&segment(p), 10);
            },
            LINES,
        ),
        (
            "torn copy, no database",
            &|p| {
                fs::remove_file(p).unwrap();
                cut(&segment(p), 3_000);
            },
            LINES - 4,
        ),
        (
            "no copy, broken database",
            &|p| {
                fs::remove_file(segment(p)).unwrap();
                let mut bytes = fs::read(p).unwrap();
                let end = bytes.len();
                bytes[end - 4096..].fill(0);
                fs::write(p, bytes).unwrap();
            },
            LINES,
        ),
        (
            "a hole in both",
            &|p| {
                fs::write(p, "").unwrap();
                let mut bytes = fs::read(segment(p)).unwrap();
                let middle = bytes.len() / 2;
                bytes[middle] = b'!';
                fs::write(segment(p), bytes).unwrap();
            },
            LINES / 2 + 5,
        ),
        (
            "the log and the end of the copy",
            &|p| {
                let _ = fs::remove_file(p.with_file_name("journal.db-wal"));
                let bytes = fs::read(p).unwrap();
                fs::write(p, &bytes[..5_000]).unwrap();
                cut(&segment(p), 15_000);
            },
            LINES,
        ),
    ];
    for (name, change, last_max) in rows {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        let lines = lived(&path);
        change(&path);
        let mut journal = opened(&path);
        let salvaged = journal.health().salvaged.unwrap();
        let last = salvaged.last;
        assert!(
            ACKED <= last.seq && last.seq <= last_max,
            "{name}: {last:?}"
        );
        let uncertain_to = salvaged.uncertain_to.unwrap();
        assert!(uncertain_to >= LINES + SALVAGE_SKIP - 60, "{name}");
        assert_eq!(journal.head().seq, uncertain_to + 1, "{name}");
        let before = journal.lines_after(ACKED, 1_000).unwrap();
        let expected = &lines[usize::try_from(ACKED).unwrap()..usize::try_from(last.seq).unwrap()];
        assert_eq!(before, expected, "{name}");
        assert_eq!(journal.count_after(ACKED), last.seq - ACKED + 1, "{name}");
        for lost in [last.seq, LINES + 1, uncertain_to] {
            let first = &journal.lines_after(lost, 1).unwrap()[0];
            let fact = Fact::JournalSalvaged { last, uncertain_to };
            assert_eq!(first.envelope().unwrap().fact, fact, "{name}");
            assert_eq!(first.envelope().unwrap().prev, last.hash, "{name}");
        }
        for held in lines.iter().filter(|line| line.head.seq > last.seq) {
            assert_eq!(journal.place(held.head).unwrap(), Placed::Lost, "{name}");
        }
        for n in (3..=last.seq).step_by(3) {
            let used = grant(u8::try_from(n).unwrap());
            assert!(
                journal.memory().used_grants.contains_key(&used),
                "{name}: {n}"
            );
        }
        let next = journal
            .commit(stamp(9), &[docked(1)], &memory(1), None)
            .unwrap();
        assert_eq!(next[0].head.seq, uncertain_to + 2, "{name}");
        // The cloud held more than was saved: that acknowledges the saved ones.
        let held = lines.last().unwrap().head;
        journal
            .commit(stamp(9), &[], &memory(1), Some(held))
            .unwrap();
        drop(journal);
        let journal = opened(&path);
        assert_eq!(journal.acked(), held, "{name}");
        assert_eq!(journal.lines_after(held.seq, 9).unwrap().len(), 2, "{name}");
        drop(journal);
        fs::write(&path, "").unwrap();
        let journal = opened(&path);
        assert_eq!(
            journal.head(),
            next[0].head,
            "{name}: the copy knows the gap"
        );
    }
}

#[test]
fn without_anything_to_go_on_nothing_is_started_and_nothing_touched() {
    for broken in ["missing", "empty", "text"] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal.db");
        lived(&path);
        fs::write(segment(&path), "half a li").unwrap();
        let _ = fs::remove_file(path.with_file_name("journal.db-wal"));
        match broken {
            "missing" => fs::remove_file(&path).unwrap(),
            "empty" => fs::write(&path, "").unwrap(),
            _ => fs::write(&path, [b'x'; 5_000]).unwrap(),
        }
        let before = fs::read(&path).ok();
        for _ in 0..2 {
            let error = Journal::open(&path, gateway(), &key(), now())
                .err()
                .unwrap();
            assert!(error.to_string().contains("enrolment-code"), "{error}");
        }
        assert_eq!(fs::read(&path).ok(), before, "{broken}");
        assert_eq!(fs::read(segment(&path)).unwrap(), b"half a li", "{broken}");
    }
}

#[test]
fn a_salvage_cut_off_at_any_step_is_finished_by_the_next_start() {
    // The states a power cut can leave while the files change places.
    for (name, alone) in [
        ("journal.db-salvaged", false),
        ("journal.db-salvaged-alone", true),
    ] {
        for moved in 0..3 {
            let dir = tempfile::tempdir().unwrap();
            let path = dir.path().join("journal.db");
            let lines = lived(&path);
            let whole = dir.path().join("whole.db");
            {
                let source = Connection::open(&path).unwrap();
                source
                    .execute("VACUUM INTO ?1", [whole.to_str().unwrap()])
                    .unwrap();
            }
            fs::rename(&whole, dir.path().join(name)).unwrap();
            fs::write(&path, "damaged").unwrap();
            fs::write(path.with_file_name("journal.db-wal"), "damaged").unwrap();
            if moved > 0 {
                let wal = path.with_file_name("journal.db-wal");
                fs::rename(wal, path.with_file_name("journal.db.damaged-1-wal")).unwrap();
            }
            if moved > 1 {
                fs::rename(&path, path.with_file_name("journal.db.damaged-1")).unwrap();
            }
            let mut journal = opened(&path);
            nothing_is_lost(&mut journal, &lines, name);
            assert!(journal.health().damaged_kept >= 1);
            let aside = fs::read_dir(dir.path()).unwrap().filter(|entry| {
                let name = entry.as_ref().unwrap().file_name();
                name.to_str()
                    .unwrap()
                    .contains(".lines-0000000000000001.damaged-")
            });
            assert_eq!(aside.count(), usize::from(alone), "{name}");
        }
    }
}

#[test]
fn damaged_files_are_kept_in_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    lived(&path);
    for round in 1..=5 {
        fs::write(&path, "broken").unwrap();
        let journal = opened(&path);
        let health = journal.health();
        assert_eq!(health.salvaged.unwrap().aside, round);
        assert_eq!(health.damaged_kept, round.min(2) as usize);
    }
    let journal = opened(&path);
    journal.drop_damaged().unwrap();
    assert_eq!(journal.health().damaged_kept, 0);
}

#[test]
fn memory_is_rebuilt_from_the_lines_where_no_other_is_left() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let mut journal = fresh(&path);
    let (one, two) = (BayNo::new(1).unwrap(), BayNo::new(2).unwrap());
    let tag = |n: u8| TagUid::new(&[4, 1, 2, n]).unwrap();
    let facts = [
        Fact::CartDocked {
            bay: one,
            tag: tag(1),
        },
        Fact::CartDocked {
            bay: one,
            tag: tag(2),
        },
        Fact::CartDocked {
            bay: two,
            tag: tag(3),
        },
        Fact::CartLeft {
            bay: two,
            tag: tag(3),
        },
        Fact::BayFaulted {
            bay: two,
            fault: shared::event::BayFault::ReaderDeaf,
        },
        started(7),
        Fact::CartPulled {
            bay: one,
            grant: grant(7),
            rental: rental(7),
            tag: tag(2),
        },
        started(8),
        Fact::GrantRefused {
            bay: two,
            grant: grant(9),
            rental: rental(9),
            reason: shared::event::GrantRefusal::BayEmpty,
        },
    ];
    journal
        .commit(stamp(1), &facts, &Memory::default(), None)
        .unwrap();
    journal.checkpoint().unwrap();
    let sql = "UPDATE state SET memory = 'gone'";
    journal.stored.connection.execute(sql, []).unwrap();
    drop(journal);
    fs::remove_file(segment(&path)).unwrap();
    let journal = opened(&path);
    let memory = journal.memory();
    assert_eq!(memory.carts, [(one, vec![tag(1)])].into());
    assert_eq!(memory.faults.len(), 1);
    let used: Vec<GrantId> = memory.used_grants.keys().copied().collect();
    assert_eq!(used, [grant(7), grant(8), grant(9)]);
    let expected = Releasing {
        grant: grant(8),
        rental: rental(8),
        tag: tag(1),
        started_ms: UnixMs(1_790_000_000_000),
        machine_boot: String::new(),
        resumed: false,
    };
    assert_eq!(memory.releasing, [(one, expected)].into());
}
