//! From configuration to a dock that could be served. Everything that can fail for a reason that only
//! a person, or time, can mend fails here, before anything moves; it may be tried again in the same
//! process.

use super::dock::dock_of;
use super::{Failure, Paths};
use crate::clock::Clock;
use crate::cloud::{Cloud, TlsTime};
use crate::config::Config;
use crate::journal::{self, Journal};
use crate::storage::Room;
use crate::{enrolment, files, identity, renewal};
use ed25519_dalek::SigningKey;
use hardware::Dock;
use hardware::simulated::SimulatedDock;
use shared::enrol::Enrolled;
use std::fs::File;

pub(super) struct Ready {
    /// The data directory is this process's own as long as this lives.
    pub held: File,
    pub paths: Paths,
    pub key: SigningKey,
    pub room: Room,
    /// None before enrolment.
    pub known: Option<(Enrolled, Journal)>,
    pub simulated: Option<SimulatedDock>,
    pub dock: Dock,
    pub cloud: Cloud,
}

impl Ready {
    pub(super) fn of(config: &Config, clock: Clock) -> Result<Self, Failure> {
        let paths = Paths::of(&config.data_dir);
        let unusable = |source| Failure::DataDir {
            path: config.data_dir.clone(),
            source,
        };
        let held = files::hold_directory(&config.data_dir).map_err(unusable)?;
        renewal::finish(&config.data_dir).map_err(unusable)?;
        let history = journal::exists(&paths.journal) || files::is_kept(&paths.enrolment);
        let key = identity::load_or_create(&paths.key, history)?;
        // Before anything is served: a gateway that cannot vouch for its past opens no bay.
        let mut room = Room::of(&config.data_dir);
        let known = match enrolment::load(&paths.enrolment)? {
            Some(enrolled) => {
                let journal = room.open_journal(&paths.journal, enrolled.gateway, &key, clock)?;
                Some((enrolled, journal))
            }
            None => None,
        };
        let (simulated, dock) = dock_of(config, &paths)?;
        let cloud = Cloud::new(
            config.cloud_url.clone(),
            config.cloud_ca.as_deref(),
            time_known(clock, known.as_ref()),
        )?;
        Ok(Self {
            held,
            paths,
            key,
            room,
            known,
            simulated,
            dock,
            cloud,
        })
    }
}

/// The cloud's time as it was told before this start.
fn time_known(clock: Clock, known: Option<&(Enrolled, Journal)>) -> TlsTime {
    let time = TlsTime::new(clock);
    if let Some((enrolled, journal)) = known {
        time.floor(enrolled.server_ms);
        time.floor(journal.memory().clock_floor_ms);
    }
    time
}
