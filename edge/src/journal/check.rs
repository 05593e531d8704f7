//! The whole database is read through in the background: too slow for a start, and the only way to
//! find a rotten page before it is needed.

use super::{Journal, JournalError, JournalFault, disk};
use rusqlite::{Connection, OpenFlags};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// The start has the card to itself.
const FIRST_AFTER: Duration = Duration::from_secs(120);

/// A card rots slowly, and reading wears nothing; but a busy dock has other work.
const EVERY: Duration = Duration::from_secs(24 * 3_600);

/// How often the thread looks whether its journal is gone.
const GLANCE: Duration = Duration::from_secs(1);

/// After so many steps of SQLite's machine the check rests, so that taps go first.
const STEPS_BETWEEN_RESTS: i32 = 20_000;
const REST: Duration = Duration::from_millis(2);

impl Journal {
    /// Checks the database two minutes from now and then once a day, for as long as this journal
    /// lives. What it finds shows in [`Journal::health`], and the next start salvages.
    pub fn check_in_background(&self) {
        let alive = Arc::downgrade(&self.suspect);
        let place = self.stored.place.clone();
        let spawned = thread::Builder::new().name("check".into()).spawn(move || {
            let mut due = Instant::now() + FIRST_AFTER;
            while let Some(suspect) = alive.upgrade() {
                if Instant::now() < due {
                    drop(suspect);
                    thread::sleep(GLANCE);
                    continue;
                }
                due = Instant::now() + EVERY;
                let stop = Arc::clone(&suspect);
                drop(suspect);
                let ended = move || Arc::strong_count(&stop) == 1;
                match sound(&place.path, ended) {
                    Ok(true) => tracing::info!("the background check found the journal sound"),
                    Ok(false) => found(&alive, &place),
                    Err(error) => tracing::warn!(%error, "the background check did not finish"),
                }
            }
        });
        if let Err(error) = spawned {
            tracing::warn!(%error, "no background check of the journal");
        }
    }

    /// The same check at once, in this thread. False: there is damage, and the next start salvages.
    pub fn check_now(&self) -> bool {
        let place = &self.stored.place;
        let sound = sound(&place.path, || false).unwrap_or(true);
        if !sound {
            self.suspect.store(true, Ordering::Relaxed);
            note(place);
        }
        sound
    }

    /// An error that says so where damage was found since the start.
    pub fn found_damaged(&self) -> Result<(), JournalError> {
        match self.suspect.load(Ordering::Relaxed) {
            true => Err(JournalFault::Suspect.at(&self.stored.place.path)),
            false => Ok(()),
        }
    }

    /// Where an error came from damage, the next start salvages.
    pub fn suspect_after(&self, error: &JournalError) {
        if error.fault.is_damage() && !self.suspect.swap(true, Ordering::Relaxed) {
            note(&self.stored.place);
        }
    }
}

fn found(alive: &std::sync::Weak<AtomicBool>, place: &super::Place) {
    tracing::error!("the background check found damage; the next start puts the journal together");
    if let Some(suspect) = alive.upgrade() {
        suspect.store(true, Ordering::Relaxed);
    }
    note(place);
}

fn note(place: &super::Place) {
    let path = place.with(Journal::SUSPECT);
    if let Err(error) = disk::write_whole(place.disk(), &path, b"found damaged\n") {
        tracing::error!(%error, "the finding cannot be noted");
    }
}

fn sound(
    path: &std::path::Path,
    stop: impl Fn() -> bool + Send + 'static,
) -> Result<bool, JournalFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    connection.progress_handler(
        STEPS_BETWEEN_RESTS,
        Some(move || {
            thread::sleep(REST);
            stop()
        }),
    )?;
    let verdict: Result<String, rusqlite::Error> =
        connection.pragma_query_value(None, "quick_check", |row| row.get(0));
    match verdict.map_err(JournalFault::from) {
        Ok(verdict) => Ok(verdict == "ok"),
        Err(fault) if fault.is_damage() => Ok(false),
        Err(fault) => Err(fault),
    }
}
