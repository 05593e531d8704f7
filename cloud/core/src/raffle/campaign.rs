//! The life of one draw, its dates enforced.
//!
//! ```text
//! Draft ─authorise→ Authorised ─open→ Open ─close→ Closed ─commit→ Committed ─enter→ Entered ─draw→ Drawn
//!                                                 (grace)     shuffle ↺            ↺ next  ↑  │ deliver ↺
//! cancel: from the first four, → Cancelled                                         rectify └──┤
//!                                                          Accounted ←account─ Delivered ←finish
//! ```
//!
//! A transition consumes the campaign and answers with the next one, or with the first rejection in
//! the order of [`Rejection`]. It is refused for being too late only where being late would let
//! somebody choose; elsewhere it is done, and [`deadline::late`] names it.
//! Invariant: after `commit` neither rules nor entries change, and nothing is ever drawn twice: `draw`
//! reckons again what is decided, `rectify` corrects what was typed.

mod after;
mod before;
pub mod deadline;
mod draw;
mod dues;
pub mod reading;
mod rejection;

pub use rejection::Rejection;

use super::beacon::Beacon;
use super::bundle::Parts;
use super::canonical::Digest;
use super::commit::{Commit, Witness, due_ms};
use super::order::Order;
use super::result::Record;
use super::rules::Rules;
use super::winners::{Disqualification, Winner};
use super::{bundle, entry::Entries};
use serde::{Deserialize, Serialize};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// Stored as JSON, the stage under `stage`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub enum Campaign {
    Draft(Draft),
    Authorised(Terms),
    Open(Terms),
    /// No return counts any more; what docks without internet still tell does, until `t_close_ms`.
    Closed(Terms),
    Committed(Committed),
    /// An extraction stands; whether it decides is the draw's question.
    Entered(Entered),
    Drawn(Drawn),
    /// Every prize is settled.
    Delivered(Drawn),
    Accounted(Accounted),
    Cancelled(Cancelled),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub rules: Rules,
}

/// Rules that may be played by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub rules: Rules,
    pub authorised_ms: UnixMs,
    /// When the promoter proved that the prizes are its own.
    pub ownership_ms: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Committed {
    pub terms: Terms,
    pub commit: Commit,
    /// Two different members of the staff.
    pub approved_by: [StaffId; 2],
    /// None: the list is not shuffled yet.
    pub beacon: Option<Beacon>,
    pub disqualified: Vec<Disqualification>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entered {
    pub committed: Committed,
    /// At least one.
    pub records: Vec<Record>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    pub entered: Entered,
    /// By rank.
    pub winners: Vec<Winner>,
    /// The claim's time runs from here.
    pub drawn_ms: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounted {
    pub drawn: Drawn,
    /// As the authority numbers the accounts.
    pub protocol: String,
    pub accounted_ms: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cancelled {
    pub rules: Rules,
    pub reason: CancelReason,
    pub cancelled_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelReason {
    /// Nobody could take part yet.
    Withdrawn,
    /// The authority refused it, revoked it or agreed to end it.
    Authority,
    /// Nobody took part.
    NoEntries,
}

impl CancelReason {
    pub const ALL: [Self; 3] = [Self::Withdrawn, Self::Authority, Self::NoEntries];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Withdrawn => "withdrawn",
            Self::Authority => "authority",
            Self::NoEntries => "no_entries",
        }
    }
}

/// One member of the staff agreed to commit to one list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub staff: StaffId,
    /// Of the list that was shown.
    pub root: Digest,
    pub approved_ms: UnixMs,
}

impl Campaign {
    pub fn stage(&self) -> &'static str {
        match self {
            Self::Draft(_) => "draft",
            Self::Authorised(_) => "authorised",
            Self::Open(_) => "open",
            Self::Closed(_) => "closed",
            Self::Committed(_) => "committed",
            Self::Entered(_) => "entered",
            Self::Drawn(_) => "drawn",
            Self::Delivered(_) => "delivered",
            Self::Accounted(_) => "accounted",
            Self::Cancelled(_) => "cancelled",
        }
    }

    pub fn rules(&self) -> &Rules {
        match self {
            Self::Draft(draft) => &draft.rules,
            Self::Authorised(terms) | Self::Open(terms) | Self::Closed(terms) => &terms.rules,
            Self::Cancelled(cancelled) => &cancelled.rules,
            _ => {
                let committed = self.committed().expect("every other stage is after commit");
                &committed.terms.rules
            }
        }
    }

    /// What was committed to, from the commitment on.
    pub fn committed(&self) -> Option<&Committed> {
        match self {
            Self::Committed(committed) => Some(committed),
            Self::Entered(entered) => Some(&entered.committed),
            _ => self.drawn().map(|drawn| &drawn.entered.committed),
        }
    }

    /// What was drawn, from the draw on.
    pub fn drawn(&self) -> Option<&Drawn> {
        match self {
            Self::Drawn(drawn) | Self::Delivered(drawn) => Some(drawn),
            Self::Accounted(accounted) => Some(&accounted.drawn),
            _ => None,
        }
    }

    /// The extraction's records so far.
    pub fn records(&self) -> &[Record] {
        match self {
            Self::Entered(entered) => &entered.records,
            _ => self.drawn().map_or(&[], |drawn| &drawn.entered.records),
        }
    }

    /// Who holds which place: from the shuffle on. `entries`: the committed list.
    pub fn order(&self, entries: &Entries) -> Option<Order> {
        self.committed()?.order(entries).ok()
    }

    /// What the bundle of this stage is made of. None: nothing is committed yet.
    pub fn parts(&self, witnesses: Vec<Witness>, made_ms: UnixMs) -> Option<Parts> {
        let committed = self.committed()?;
        Some(Parts {
            rules: committed.terms.rules.clone(),
            commit: committed.commit,
            witnesses,
            beacon: committed.beacon,
            results: self.records().to_vec(),
            disqualified: committed.disqualified.clone(),
            winners: self
                .drawn()
                .map_or_else(Vec::new, |drawn| drawn.winners.clone()),
            made_ms,
        })
    }
}

impl Committed {
    /// The earliest moment at which an extraction may decide.
    pub fn due_ms(&self) -> UnixMs {
        due_ms(&self.terms.rules, self.commit.committed_ms)
    }

    /// Whether the commitment missed the planned extraction, and a later one decides.
    pub fn is_moved(&self) -> bool {
        self.due_ms() > self.terms.rules.extraction.at_ms
    }

    /// Whether nobody could know the beacon's round yet. If not, the bundle shows it: places could be
    /// known to who made the list, the extraction still could not.
    pub fn is_before_beacon(&self) -> bool {
        self.commit.committed_ms < self.terms.rules.drand.round_ms()
    }

    /// 1 to a million.
    pub fn n(&self) -> u32 {
        u32::try_from(self.commit.n).unwrap_or(u32::MAX)
    }

    fn order(&self, entries: &Entries) -> Result<Order, Rejection> {
        let rules = &self.terms.rules;
        let beacon = self.beacon.ok_or(Rejection::NotShuffled)?;
        let is_list = entries.campaign() == &rules.campaign_id && self.commit.holds(entries);
        if !is_list {
            return Err(Rejection::OtherEntries);
        }
        let randomness = beacon.randomness(rules.drand.round, self.due_ms())?;
        Ok(bundle::shuffled(&self.commit, &randomness, entries))
    }
}
