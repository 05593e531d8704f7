//! Which returns stand in the list when it is frozen. What cannot be decided by then joins the next
//! campaign; what does not count says why.

use super::intake::{Known, Window, joins};
use std::collections::BTreeMap;

/// One entry of the campaign. `P` names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<P> {
    pub known: Known,
    /// It was too late for an earlier campaign, or not decided in time for it.
    pub is_moved: bool,
    /// The gateway's journal has told of the return, and its event was applied.
    pub is_told: bool,
    /// The return is honoured: the deposit is back, or its refund is ordered, and nobody objects.
    pub is_honoured: bool,
    /// It came back to a store that takes part.
    pub is_here: bool,
    /// Whose CPF is known.
    pub person: Option<P>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Counts,
    /// It joins the next campaign.
    Moves(Outside),
    Out(Outside),
}

/// Why an entry is not in the list. In order of precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outside {
    /// The store does not take part.
    Store,
    /// It became known after the list's end.
    Late,
    /// It happened before the beginning or after the end.
    Period,
    UnderReview,
    /// Only a receipt speaks of it so far.
    Untold,
    NoCpf,
    OverCap,
}

impl Outside {
    pub const ALL: [Self; 7] = [
        Self::Store,
        Self::Late,
        Self::Period,
        Self::UnderReview,
        Self::Untold,
        Self::NoCpf,
        Self::OverCap,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "store",
            Self::Late => "late",
            Self::Period => "period",
            Self::UnderReview => "under_review",
            Self::Untold => "untold",
            Self::NoCpf => "no_cpf",
            Self::OverCap => "over_cap",
        }
    }
}

/// The verdicts on `candidates`, which come in the order in which they became known: of more than
/// `per_person_max` by one person the earliest count.
pub fn sift<P: Ord + Copy>(
    window: Window,
    per_person_max: u32,
    candidates: &[Candidate<P>],
) -> Vec<Verdict> {
    let mut counted: BTreeMap<P, u32> = BTreeMap::new();
    let judged = candidates.iter().map(|one| {
        let person = match before_the_cap(window, one) {
            Ok(person) => person,
            Err(verdict) => return verdict,
        };
        let so_far = counted.entry(person).or_default();
        if *so_far >= per_person_max {
            return Verdict::Out(Outside::OverCap);
        }
        *so_far += 1;
        Verdict::Counts
    });
    judged.collect()
}

fn before_the_cap<P: Copy>(window: Window, one: &Candidate<P>) -> Result<P, Verdict> {
    if !one.is_here {
        return Err(Verdict::Out(Outside::Store));
    }
    if one.known.arrived_ms > window.t_close_ms {
        return Err(Verdict::Moves(Outside::Late));
    }
    if !one.is_moved && joins(&[window], one.known).is_none() {
        return Err(Verdict::Out(Outside::Period));
    }
    if !one.is_honoured {
        return Err(Verdict::Moves(Outside::UnderReview));
    }
    if !one.is_told {
        return Err(Verdict::Moves(Outside::Untold));
    }
    one.person.ok_or(Verdict::Out(Outside::NoCpf))
}

#[cfg(test)]
mod tests;
