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
mod tests {
    use super::*;
    use shared::time::UnixMs;

    const WINDOW: Window = Window {
        opens_ms: UnixMs(100),
        closes_ms: UnixMs(200),
        t_close_ms: UnixMs(230),
    };

    fn candidate(after: i64, arrived: i64) -> Candidate<u8> {
        Candidate {
            known: Known {
                after_ms: Some(UnixMs(after)),
                arrived_ms: UnixMs(arrived),
            },
            is_moved: false,
            is_told: true,
            is_honoured: true,
            is_here: true,
            person: Some(1),
        }
    }

    #[test]
    fn each_reason_keeps_an_entry_out_and_the_first_is_named() {
        use Outside::*;
        let good = candidate(150, 151);
        let bad = Candidate {
            is_honoured: false,
            is_told: false,
            person: None,
            ..good
        };
        let known = |after, arrived| candidate(after, arrived).known;
        for (one, verdict) in [
            (good, Verdict::Counts),
            (
                Candidate {
                    is_here: false,
                    ..bad
                },
                Verdict::Out(Store),
            ),
            (
                Candidate {
                    known: known(150, 231),
                    ..bad
                },
                Verdict::Moves(Late),
            ),
            (
                Candidate {
                    known: known(201, 220),
                    ..bad
                },
                Verdict::Out(Period),
            ),
            (
                Candidate {
                    known: known(90, 99),
                    ..bad
                },
                Verdict::Out(Period),
            ),
            (
                Candidate {
                    known: known(90, 99),
                    is_moved: true,
                    ..good
                },
                Verdict::Counts,
            ),
            (bad, Verdict::Moves(UnderReview)),
            (
                Candidate {
                    is_honoured: true,
                    ..bad
                },
                Verdict::Moves(Untold),
            ),
            (
                Candidate {
                    person: None,
                    ..good
                },
                Verdict::Out(NoCpf),
            ),
            // In doubt, told in the grace.
            (candidate(199, 230), Verdict::Counts),
        ] {
            assert_eq!(sift(WINDOW, 9, &[one]), [verdict], "{one:?}");
        }
    }

    #[test]
    fn the_earliest_of_a_person_count_and_only_what_counts_fills_the_cap() {
        let mine = candidate(150, 151);
        let another = Candidate {
            person: Some(2),
            ..mine
        };
        let waits = Candidate {
            is_honoured: false,
            ..mine
        };
        let out = Verdict::Out(Outside::OverCap);
        assert_eq!(
            sift(WINDOW, 2, &[waits, mine, another, mine, mine]),
            [
                Verdict::Moves(Outside::UnderReview),
                Verdict::Counts,
                Verdict::Counts,
                Verdict::Counts,
                out,
            ]
        );
    }
}
