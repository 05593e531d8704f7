//! Whether a cart came back after it was pulled, from the journals of several docks and whatever their
//! clocks say.
//!
//! A cart is in one place. From its last arrival at a dock until it is pulled there it is nowhere
//! else; so another dock that had it in a bay after that arrival had it after that pull. Every
//! rental of a cart began when it stood in a bay, so a cart that was seen in one after a rental's
//! pull has come back from that rental, and from all that were before.

use shared::time::{ClockQuality, Stamp, UnixMs};

/// How a cart left the dock it was rented from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pull {
    /// The number of the pull in its journal.
    pub seq: u64,
    /// The cloud had been told of the pull.
    pub told_ms: UnixMs,
    /// When it was, where the dock's clock was good.
    pub at_ms: Option<UnixMs>,
    /// When the cart had arrived at the dock at the latest, where its arrival is known.
    pub arrived_by_ms: Option<UnixMs>,
}

/// A cart in a bay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sighting {
    /// Event `seq` of the journal that holds the pull.
    SameJournal { seq: u64 },
    /// At another dock, at this moment of the cloud's clock or later.
    Elsewhere { not_before_ms: UnixMs },
}

/// From this moment on, whoever sees the cart at another dock sees it after the pull.
pub fn decisive_ms(pull: Pull) -> UnixMs {
    let known = [pull.at_ms, pull.arrived_by_ms];
    known.into_iter().flatten().fold(pull.told_ms, UnixMs::min)
}

pub fn is_back(pull: Pull, sightings: &[Sighting]) -> bool {
    sightings.iter().any(|sighting| match *sighting {
        Sighting::SameJournal { seq } => seq > pull.seq,
        Sighting::Elsewhere { not_before_ms } => not_before_ms >= decisive_ms(pull),
    })
}

/// When the dock says it was, if that can be relied on to the second.
pub fn exactly(at: &Stamp) -> Option<UnixMs> {
    (at.clock == ClockQuality::Server).then_some(at.wall_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::time::MonoMs;

    #[test]
    fn a_cart_that_is_seen_elsewhere_after_it_had_arrived_is_back() {
        let at = |ms| Some(UnixMs(ms));
        let told = Pull {
            seq: 7,
            told_ms: UnixMs(900),
            at_ms: None,
            arrived_by_ms: None,
        };
        let timed = Pull {
            at_ms: at(500),
            ..told
        };
        let arrived = Pull {
            arrived_by_ms: at(300),
            ..timed
        };
        let told_late = Pull {
            arrived_by_ms: at(950),
            ..timed
        };
        let here = |seq| Sighting::SameJournal { seq };
        let there = |ms| Sighting::Elsewhere {
            not_before_ms: UnixMs(ms),
        };
        for (name, pull, seen, back) in [
            ("never seen", arrived, vec![], false),
            ("the pull itself", arrived, vec![here(7)], false),
            ("before it", arrived, vec![here(6)], false),
            ("after it", told, vec![here(8)], true),
            ("elsewhere, heard after", told, vec![there(900)], true),
            ("elsewhere, heard before", told, vec![there(899)], false),
            ("after a pull of known time", timed, vec![there(500)], true),
            ("before one", timed, vec![there(499)], false),
            ("after it arrived", arrived, vec![there(300)], true),
            ("before it arrived", arrived, vec![there(299)], false),
            ("arrival told last", told_late, vec![there(499)], false),
            ("any one does", arrived, vec![here(6), there(301)], true),
        ] {
            assert_eq!(is_back(pull, &seen), back, "{name}");
        }
    }

    #[test]
    fn only_a_clock_that_the_cloud_set_is_exact() {
        use ClockQuality::{Floor, Server, Unset};
        for (clock, exact) in [(Unset, None), (Floor, None), (Server, Some(UnixMs(9)))] {
            let at = Stamp {
                boot: 1,
                mono_ms: MonoMs(1),
                wall_ms: UnixMs(9),
                clock,
            };
            assert_eq!(exactly(&at), exact, "{clock:?}");
        }
    }
}
