//! Who wins what. From the decided position onwards, around the list: the first K persons win the
//! prizes in order, those after them stand by. A disqualification hands one prize on; it never draws
//! again and moves no other prize.

use super::entry::{Entries, Entry, Pid};
use super::order::{Number, Order};
use super::rules::Rules;
use serde::{Deserialize, Serialize};
use shared::time::UnixMs;
use std::collections::BTreeSet;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before anybody could know the extraction: the entry is passed over.
    Before,
    /// After the draw: an alternate takes the prize.
    After,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Disqualification {
    /// From 1.
    pub sequence: u32,
    pub position: u32,
    /// Of the entry at that position.
    pub pid: Pid,
    /// One that the rules publish.
    pub code: String,
    #[serde(rename = "stage")]
    pub when: When,
    pub decided_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    Pending,
    Delivered,
    /// Not claimed in time.
    Expired,
}

/// One prize as the bundle tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Winner {
    pub rank: u32,
    /// Null, as number and pid then are: nobody is left to win it.
    pub position: Option<u32>,
    /// Seven digits.
    pub number: Option<String>,
    pub pid: Option<Pid>,
    /// Masked, and only of who consented.
    pub name: Option<String>,
    pub delivery: Delivery,
    /// When it became delivered or expired.
    pub delivery_ms: Option<UnixMs>,
}

/// The persons around the list, and what became of the prizes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Positions of the prizes by rank, from rank 1. None: nobody is left.
    pub holders: Vec<Option<u32>>,
    /// Positions of the alternates that may still be called, in order.
    pub alternates: Vec<u32>,
}

impl Walk {
    /// From `start`, a position. `prizes` = K, `alternates` = A.
    pub fn new(
        entries: &Entries,
        order: &Order,
        start: u32,
        (prizes, alternates): (u32, u32),
        disqualified: &[Disqualification],
    ) -> Self {
        let before: BTreeSet<u32> = disqualified
            .iter()
            .filter(|one| one.when == When::Before)
            .map(|one| one.position)
            .collect();
        let n = order.n();
        let wanted = prizes.saturating_add(alternates) as usize;
        let (mut seen, mut walked) = (BTreeSet::new(), Vec::new());
        for position in (start..n).chain(0..start.min(n)) {
            if walked.len() == wanted {
                break;
            }
            let is_out = before.contains(&position);
            if let Some(entry) = entry_at(entries, order, position)
                && !is_out
                && seen.insert(entry.pid)
            {
                walked.push(position);
            }
        }
        let standing_by = walked.split_off(walked.len().min(prizes as usize));
        let mut holders: Vec<Option<u32>> = walked.into_iter().map(Some).collect();
        holders.resize(prizes as usize, None);
        let mut walk = Self {
            holders,
            alternates: standing_by,
        };
        for one in disqualified.iter().filter(|one| one.when == When::After) {
            walk.hand_on(one.position);
        }
        walk
    }

    /// The rank that `position` holds.
    pub fn rank_of(&self, position: u32) -> Option<u32> {
        let index = self.holders.iter().position(|h| *h == Some(position))?;
        u32::try_from(index + 1).ok()
    }

    /// An alternate loses its place; a holder's prize goes to the first alternate, or to nobody.
    fn hand_on(&mut self, position: u32) {
        self.alternates.retain(|alternate| *alternate != position);
        let Some(holder) = self.holders.iter_mut().find(|h| **h == Some(position)) else {
            return;
        };
        *holder = if self.alternates.is_empty() {
            None
        } else {
            Some(self.alternates.remove(0))
        };
    }
}

/// The entry that holds `position`.
pub fn entry_at<'a>(entries: &'a Entries, order: &Order, position: u32) -> Option<&'a Entry> {
    entries.as_slice().get(order.index_at(position)?)
}

/// The prizes as they stand: what was already settled with the same holder stays settled, and a
/// consented name stays with its holder.
pub fn winners(
    rules: &Rules,
    entries: &Entries,
    order: &Order,
    start: u32,
    disqualified: &[Disqualification],
    so_far: &[Winner],
) -> Vec<Winner> {
    let sizes = (rules.prizes_count(), rules.alternates);
    let walk = Walk::new(entries, order, start, sizes, disqualified);
    let ranks = walk.holders.iter().zip(1..);
    ranks
        .map(|(position, rank)| {
            let same = |winner: &&Winner| winner.rank == rank && winner.position == *position;
            match so_far.iter().find(same) {
                Some(winner) => winner.clone(),
                None => winner(entries, order, rank, *position),
            }
        })
        .collect()
}

fn winner(entries: &Entries, order: &Order, rank: u32, position: Option<u32>) -> Winner {
    let entry = position.and_then(|position| entry_at(entries, order, position));
    let number: Option<Number> = position.and_then(|position| order.number_at(position));
    Winner {
        rank,
        position,
        number: number.map(|number| number.to_string()),
        pid: entry.map(|entry| entry.pid),
        name: None,
        delivery: Delivery::Pending,
        delivery_ms: None,
    }
}
