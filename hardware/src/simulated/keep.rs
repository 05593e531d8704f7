//! The world's carts on disk, so that a killed gateway finds them where they were.

use super::world::World;
use serde::{Deserialize, Serialize};
use shared::ids::{BayNo, TagUid};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

#[derive(Serialize, Deserialize)]
struct Kept {
    bays: BTreeMap<u16, Vec<TagUid>>,
    lot: Vec<TagUid>,
}

type Carts = (BTreeMap<BayNo, Vec<TagUid>>, Vec<TagUid>);

/// None when there is no file.
pub(super) fn load(path: &Path) -> io::Result<Option<Carts>> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let kept: Kept = serde_json::from_str(&text).map_err(|error| {
        let message = format!(
            "{} is not a simulated world ({error}); delete it to begin anew",
            path.display()
        );
        io::Error::new(io::ErrorKind::InvalidData, message)
    })?;
    let bays = kept
        .bays
        .into_iter()
        .filter_map(|(bay, carts)| Some((BayNo::new(bay).ok()?, carts)))
        .collect();
    Ok(Some((bays, kept.lot)))
}

/// Replaces the file at once: a kill leaves the old world or the new one.
pub(super) fn save(path: &Path, world: &World) -> io::Result<()> {
    let state = world.state();
    let kept = Kept {
        bays: state
            .bays
            .into_iter()
            .map(|bay| (bay.bay.get(), bay.carts))
            .collect(),
        lot: state.lot,
    };
    let beside = path.with_extension("new");
    let mut file = File::create(&beside)?;
    file.write_all(&serde_json::to_vec(&kept)?)?;
    file.flush()?;
    fs::rename(&beside, path)
}
