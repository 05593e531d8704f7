//! What was read of an extraction, and by whom. One reading alone is never believed.

use super::Rejection;
use crate::raffle::extraction::{Extraction, Prizes};
use crate::raffle::result::{SOURCES_MIN, Source};
use serde::{Deserialize, Serialize};
use shared::ids::StaffId;
use shared::octets::Octets;
use std::collections::BTreeSet;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    pub by: Reader,
    /// The source as the bundle names it: a site, or the evidence that a person kept.
    pub name: String,
    /// SHA-256 of the copy that is kept.
    pub digest: Octets<32>,
    pub extraction: Extraction,
    pub prizes: Prizes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reader {
    /// A program that asked the source.
    Fetch,
    /// A person, who kept evidence.
    Staff(StaffId),
}

/// What at least two readings agree on: programs at different sources, or different people.
pub fn agreed(readings: &[Reading]) -> Result<(Extraction, Prizes, Vec<Source>), Rejection> {
    let Some(first) = readings.first() else {
        return Err(Rejection::SourcesTooFew);
    };
    let names: BTreeSet<&str> = readings.iter().map(|one| one.name.trim()).collect();
    let people: BTreeSet<StaffId> = readings
        .iter()
        .filter_map(|one| match one.by {
            Reader::Fetch => None,
            Reader::Staff(staff) => Some(staff),
        })
        .collect();
    let all = readings.len();
    let programs = readings.iter().filter(|one| one.by == Reader::Fetch);
    let is_enough = all >= SOURCES_MIN
        && names.len() == all
        && !names.contains("")
        && (people.len() == all || programs.count() == all);
    if !is_enough {
        return Err(Rejection::SourcesTooFew);
    }
    let agree = readings
        .iter()
        .all(|one| one.extraction == first.extraction && one.prizes == first.prizes);
    if !agree {
        return Err(Rejection::SourcesDisagree);
    }
    let sources = readings.iter().map(|one| Source {
        name: one.name.trim().to_owned(),
        digest: one.digest,
    });
    Ok((first.extraction.clone(), first.prizes, sources.collect()))
}
