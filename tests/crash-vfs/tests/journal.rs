//! The journal under power cuts: at every step, with every commit that was answered there afterwards,
//! in both of its copies, and nothing between a commit and none.

use crash_vfs::{Chance, CrashDisk, Picture};
use ed25519_dalek::SigningKey;
use edge::journal::{Disk as _, Journal, JournalError, Line, Place, Placed};
use edge_core::io::{Memory, Now};
use shared::chain::Head;
use shared::event::Fact;
use shared::ids::{BayNo, GatewayId, GrantId, RentalId, TagUid};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};
use std::path::Path;
use std::sync::Arc;

const DATABASE: &str = "/data/journal.db";

/// Worlds that one step of the cut is tried in.
const CHANCES: u64 = 2;

fn gateway() -> GatewayId {
    GatewayId::new(1_790_000_000_000, [1; 10])
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn place(disk: &CrashDisk) -> Place {
    Place::new(Arc::new(disk.clone()), Path::new(DATABASE))
}

fn open(disk: &CrashDisk) -> Result<Journal, JournalError> {
    let now = Now {
        mono: MonoMs(1),
        wall: UnixMs(1_790_000_000_000),
        random: 0,
    };
    Journal::open_at(&place(disk), gateway(), &key(), now)
}

/// What the outside was told, and what was under way when the power failed.
#[derive(Debug, Default, Clone)]
struct Told {
    created: bool,
    lines: Vec<Line>,
    memory: Memory,
    acked: Option<Head>,
    /// Facts and memory of the commit that was not answered.
    under_way: Option<(usize, Memory)>,
}

/// A short life: enrolment, commits of one to three events, acknowledgements, tidying, a restart.
fn live(disk: &CrashDisk, told: &mut Told) -> Result<(), JournalError> {
    Journal::create_at(&place(disk), &gateway())?;
    told.created = true;
    for boot in 0..2 {
        let mut journal = open(disk)?;
        for round in 0..7u8 {
            let n = boot * 7 + round;
            let facts: Vec<Fact> = (0..=n % 3).map(|more| fact(n, more)).collect();
            let mut memory = told.memory.clone();
            memory.used_grants.insert(grant(n), UnixMs(5));
            memory.carts.insert(bay(n), vec![tag(n)]);
            if n % 4 == 3 {
                memory.carts.remove(&bay(n - 1));
            }
            told.under_way = Some((facts.len(), memory.clone()));
            let lines = journal.commit(stamp(journal.boot()), &facts, &memory, None)?;
            told.lines.extend(lines);
            told.memory = memory.clone();
            told.under_way = None;
            if n % 3 == 1 {
                let acked = told.lines[told.lines.len() / 2].head;
                journal.commit(stamp(journal.boot()), &[], &memory, Some(acked))?;
                told.acked = Some(acked);
            }
            if n % 5 == 4 {
                journal.checkpoint()?;
                journal.tend()?;
            }
        }
    }
    Ok(())
}

fn fact(n: u8, more: u8) -> Fact {
    match more {
        0 => Fact::ReleaseStarted {
            bay: bay(n),
            grant: grant(n),
            rental: RentalId::new(1, [n; 10]),
        },
        _ => Fact::CartDocked {
            bay: bay(n),
            tag: tag(n + more),
        },
    }
}

fn bay(n: u8) -> BayNo {
    BayNo::new(u16::from(n % 5) + 1).expect("small")
}

fn grant(n: u8) -> GrantId {
    GrantId::new(1, [n; 10])
}

fn tag(n: u8) -> TagUid {
    TagUid::new(&[4, 1, 2, n]).expect("four bytes")
}

fn stamp(boot: u32) -> Stamp {
    Stamp {
        boot,
        mono_ms: MonoMs(5),
        wall_ms: UnixMs(1_790_000_000_000),
        clock: ClockQuality::Unset,
    }
}

/// What the card loses besides what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Loss {
    Nothing,
    Copy,
    Database,
}

/// Every answered commit must be there; of the one under way all or nothing; and the journal goes on.
fn judge(disk: &CrashDisk, told: &Told, loss: Loss) -> Result<(), String> {
    match loss {
        Loss::Nothing => {}
        Loss::Copy => disk.lose(".lines-"),
        Loss::Database => disk.lose("journal.db"),
    }
    let mut journal = match open(disk) {
        Ok(journal) => journal,
        // Nothing was answered, or the only copy of an empty journal is lost.
        Err(error) if !told.created || told.lines.is_empty() => {
            return match told.created && loss == Loss::Nothing {
                true => Err(error.to_string()),
                false => Ok(()),
            };
        }
        Err(error) => return Err(error.to_string()),
    };
    let say = |text: &str| Err(format!("{text}: {told:?}, {:?}", journal.health()));
    let lines = journal
        .lines_after(0, 1_000)
        .map_err(|error| error.to_string())?;
    let answered = told.lines.len();
    if lines.get(..answered) != Some(&told.lines[..]) {
        return say("an answered event is missing");
    }
    let more = lines.len() - answered;
    let salvaged = journal.health().salvaged;
    let jumped = salvaged.is_some_and(|salvaged| salvaged.uncertain_to.is_some());
    if jumped && loss == Loss::Nothing {
        return say("two copies say less than one");
    }
    match &told.under_way {
        _ if jumped => {
            let lacks = |grant| !journal.memory().used_grants.contains_key(grant);
            if told.memory.used_grants.keys().any(lacks) {
                return say("a used grant is forgotten");
            }
        }
        None if more > 0 => return say("an event out of nothing"),
        Some((facts, memory)) if more == *facts && journal.memory() == memory => {}
        Some((facts, _)) if more == *facts => return say("events without their memory"),
        Some(_) if more > 0 => return say("half a commit"),
        _ if *journal.memory() != told.memory => return say("memory without its events"),
        _ => {}
    }
    if let (Some(acked), Loss::Nothing | Loss::Copy) = (told.acked, loss)
        && journal.place(acked).ok() != Some(Placed::Here)
    {
        return say("the acknowledged event is missing");
    }
    let memory = journal.memory().clone();
    let next = journal
        .commit(stamp(99), &[fact(1, 1)], &memory, None)
        .map_err(|error| error.to_string())?;
    let head = next[0].head;
    drop(journal);
    let journal = open(disk).map_err(|error| error.to_string())?;
    match journal.head() == head {
        true => Ok(()),
        false => Err(format!("it does not go on: {:?}", journal.head())),
    }
}

/// Cuts the power at every step of a life; the first finding ends it. Answers the steps it has.
fn cut_everywhere(disk: &CrashDisk, loss: Loss, deaf: Option<&str>) -> Result<u64, String> {
    let empty = disk.picture();
    for step in 1.. {
        for seed in 0..CHANCES {
            disk.restore(&empty);
            disk.ignore_syncs_of(deaf);
            disk.cut_power_at(step);
            let mut told = Told::default();
            let lived = live(disk, &mut told);
            if lived.is_ok() {
                return Ok(step);
            }
            if !disk.is_off() {
                return Err(format!("step {step}: {lived:?}"));
            }
            disk.power_on(&mut Chance(step * 1_000 + seed));
            disk.ignore_syncs_of(None);
            judge(disk, &told, loss).map_err(|text| format!("step {step}, {seed}: {text}"))?;
        }
    }
    Ok(0)
}

fn every_step(loss: Loss) {
    let steps = cut_everywhere(&CrashDisk::empty(), loss, None)
        .unwrap_or_else(|text| panic!("{loss:?}: {text}"));
    assert!(steps > 100, "only {steps} steps");
    println!("{loss:?}: {steps} steps, {CHANCES} worlds each");
}

#[test]
fn a_power_cut_at_any_step_loses_nothing_that_was_answered() {
    every_step(Loss::Nothing);
}

#[test]
fn after_a_power_cut_at_any_step_the_database_alone_has_all_that_was_answered() {
    every_step(Loss::Copy);
}

#[test]
fn after_a_power_cut_at_any_step_the_copy_alone_has_all_that_was_answered() {
    every_step(Loss::Database);
}

/// The tests above must be able to fail: without the syncs of one store, that store alone loses
/// answered events.
#[test]
fn without_its_syncs_each_store_is_caught() {
    for (deaf, loss) in [("journal.db-wal", Loss::Copy), (".lines-", Loss::Database)] {
        let found = cut_everywhere(&CrashDisk::empty(), loss, Some(deaf));
        let text = found.expect_err("nothing was found without syncs");
        assert!(
            text.contains("missing") || text.contains("enrolment-code"),
            "{deaf}: {text}"
        );
    }
}

/// A life that ended well, its database then spoilt.
fn spoilt(disk: &CrashDisk) -> (Told, Picture) {
    let mut told = Told::default();
    live(disk, &mut told).expect("the power stays on");
    disk.spoil(Path::new(DATABASE), 2_000, &[0xff; 6_000]);
    (told, disk.picture())
}

#[test]
fn a_salvage_under_power_cuts_comes_to_its_end() {
    let disk = CrashDisk::empty();
    let (told, before) = spoilt(&disk);
    for step in 1.. {
        for seed in 0..CHANCES {
            disk.restore(&before);
            disk.cut_power_at(step);
            if open(&disk).is_ok() && !disk.is_off() {
                assert!(step > 30, "only {step} steps");
                return;
            }
            disk.power_on(&mut Chance(step * 1_000 + seed));
            judge(&disk, &told, Loss::Nothing)
                .unwrap_or_else(|text| panic!("step {step}, {seed}: {text}"));
        }
    }
}

#[test]
fn two_power_cuts_in_a_row_are_like_one() {
    let disk = CrashDisk::empty();
    let empty = disk.picture();
    for step in (1..400).step_by(7) {
        for second in 1..40 {
            disk.restore(&empty);
            disk.cut_power_at(step);
            let mut told = Told::default();
            if live(&disk, &mut told).is_ok() {
                return;
            }
            let mut chance = Chance(step * 100 + second);
            disk.power_on(&mut chance);
            disk.cut_power_at(second);
            let opened = open(&disk).map(drop);
            if opened.is_ok() && !disk.is_off() {
                break;
            }
            disk.power_on(&mut chance);
            judge(&disk, &told, Loss::Nothing)
                .unwrap_or_else(|text| panic!("steps {step} and {second}: {text}"));
        }
    }
}

/// One bad sector in either of the two: nothing is lost, the old file is kept aside, and the next
/// start is an ordinary one.
#[test]
fn a_file_that_cannot_be_read_is_made_anew_from_the_other() {
    let disk = CrashDisk::empty();
    let mut told = Told::default();
    live(&disk, &mut told).expect("the power stays on");
    let before = disk.picture();
    for (unreadable, salvages) in [(".lines-", false), ("journal.db", true)] {
        disk.restore(&before);
        disk.make_unreadable(unreadable);
        let journal = open(&disk).unwrap_or_else(|error| panic!("{unreadable}: {error}"));
        let health = journal.health();
        assert_eq!(health.salvaged.is_some(), salvages, "{unreadable}");
        assert_eq!(health.damaged_kept, 1, "{unreadable}");
        drop(journal);
        judge(&disk, &told, Loss::Nothing).unwrap_or_else(|text| panic!("{unreadable}: {text}"));
        let again = open(&disk).expect("healed");
        assert_eq!(again.health().salvaged, None, "{unreadable}: once");
        assert_eq!(again.health().damaged_kept, 1, "{unreadable}: once");
    }
}

/// Neither can be read for now: nothing is touched, and a drive that recovers gives everything.
#[test]
fn a_drive_that_gives_nothing_costs_a_start_and_no_journal() {
    let disk = CrashDisk::empty();
    let mut told = Told::default();
    live(&disk, &mut told).expect("the power stays on");
    disk.make_unreadable("journal");
    for _ in 0..3 {
        assert!(open(&disk).is_err(), "nothing can be read");
    }
    disk.recover();
    let journal = open(&disk).expect("as it was");
    assert_eq!(journal.health().salvaged, None);
    assert_eq!(journal.health().damaged_kept, 0);
    drop(journal);
    judge(&disk, &told, Loss::Nothing).unwrap_or_else(|text| panic!("{text}"));
}

/// A write that fails says nothing of what is stored, and a missing permission neither.
#[test]
fn a_write_that_fails_is_no_reason_to_salvage() {
    let disk = CrashDisk::empty();
    let mut told = Told::default();
    live(&disk, &mut told).expect("the power stays on");
    for part in ["journal.db", ".lines-"] {
        disk.make_unwritable(part);
        for _ in 0..3 {
            // The copy is written to at a start only where it is behind.
            if let Ok(journal) = open(&disk) {
                assert_eq!(journal.health().salvaged, None, "{part}");
            }
        }
        disk.recover();
        let journal = open(&disk).expect("as it was");
        assert_eq!(journal.health().salvaged, None, "{part}");
        assert_eq!(journal.health().damaged_kept, 0, "{part}");
        drop(journal);
    }
    judge(&disk, &told, Loss::Nothing).unwrap_or_else(|text| panic!("{text}"));
}

#[test]
fn a_full_disk_refuses_a_commit_whole_and_takes_it_when_there_is_room() {
    let disk = CrashDisk::empty();
    Journal::create_at(&place(&disk), &gateway()).expect("room");
    let mut journal = open(&disk).expect("room");
    let mut written = 0;
    // Every amount of room: it ends in the copy's frame, in the log, or after both.
    for room in (0..40_000).step_by(331) {
        disk.limit_room(Some(disk.used() + room));
        let before = (journal.head(), journal.memory().clone());
        let mut memory = before.1.clone();
        memory
            .used_grants
            .insert(grant(u8::try_from(room % 251).expect("small")), UnixMs(5));
        let facts = [fact(1, 0), fact(2, 1)];
        let first = journal.commit(stamp(1), &facts, &memory, None);
        match first {
            Ok(_) => written += 1,
            Err(error) => {
                assert!(error.is_full(), "{room}: {error}");
                assert_eq!((journal.head(), journal.memory().clone()), before);
                disk.limit_room(None);
                journal
                    .commit(stamp(1), &facts, &memory, None)
                    .expect("room");
            }
        }
        assert_eq!(journal.head().seq, before.0.seq + 2);
        assert_eq!(*journal.memory(), memory);
    }
    disk.limit_room(None);
    assert!((1..120).contains(&written), "{written}");
    let head = journal.head();
    drop(journal);
    let journal = open(&disk).expect("whole");
    assert_eq!(journal.head(), head);
    assert_eq!(
        journal.lines_after(0, 1_000).expect("whole").len() as u64,
        head.seq
    );
    drop(journal);
    disk.lose("journal.db");
    let journal = open(&disk).expect("the copy alone");
    assert_eq!(journal.head(), head);
    assert!(disk.size(Path::new(DATABASE)).expect("on").is_some());
}
