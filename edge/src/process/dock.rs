//! The dock that configuration asks for.

use super::{Failure, Paths};
use crate::config::{Config, Hardware};
use hardware::Dock;
use hardware::raspberry_pi::{self, SetupError};
use hardware::simulated::SimulatedDock;
use shared::ids::{BayNo, TagUid};
use std::collections::BTreeMap;

/// The carts no reader can see when a lane is handed over full. The one at each mouth is read and
/// docks by itself.
pub(super) fn behind_the_mouths(
    carts: &BTreeMap<BayNo, Vec<TagUid>>,
) -> BTreeMap<BayNo, Vec<TagUid>> {
    let hidden = |(bay, tags): (&BayNo, &Vec<TagUid>)| {
        let (_, behind) = tags.split_last()?;
        (!behind.is_empty()).then(|| (*bay, behind.to_vec()))
    };
    carts.iter().filter_map(hidden).collect()
}

pub(super) fn dock_of(
    config: &Config,
    paths: &Paths,
) -> Result<(Option<SimulatedDock>, Dock), Failure> {
    match config.hardware {
        Hardware::Simulated => {
            let carts = config.sim_carts.0.clone();
            let (simulated, dock) = SimulatedDock::kept_at(&paths.simulated, &config.bays.0, carts)
                .map_err(Failure::Simulated)?;
            Ok((Some(simulated), dock))
        }
        Hardware::RaspberryPi => {
            let dock =
                raspberry_pi::dock(&config.pins, &config.bays.0, config.gpio_chip.as_deref())?;
            Ok((None, dock))
        }
    }
}

/// Leaves no coil driven and no lamp lit, whatever the gateway that has just ended left behind. The
/// error: a line is not to be had, so nothing can be said of it.
pub fn coils_off(config: &Config) -> Result<(), SetupError> {
    match config.hardware {
        // Its bolts are numbers of the process that has ended.
        Hardware::Simulated => Ok(()),
        // Taking the lines sets them to rest; giving them back leaves them there.
        Hardware::RaspberryPi => {
            raspberry_pi::bay_lines(&config.pins, &config.bays.0, config.gpio_chip.as_deref())
                .map(drop)
        }
    }
}
