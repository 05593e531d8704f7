//! Which remedy a deaf reader gets next. Pure: it counts polls.

use crate::bay::Remedy;

/// One a failing poll, half a second apart: the last rung is reached within four seconds.
const RUNGS: &[Remedy] = &[
    Remedy::SoftReset,
    Remedy::SoftReset,
    Remedy::ResetPin,
    Remedy::ResetPin,
    Remedy::PowerCycle,
    Remedy::PowerCycle,
];

/// Failing polls between power cycles past the last rung: ten seconds or more, so that a slow
/// supply settles and a broken chip is not hammered for a year.
const LAST_RUNG_POLLS: usize = 20;

/// Good polls, a minute of them, after which a relapse begins at the first rung again.
const TRUST_POLLS: u32 = 1_200;

#[derive(Debug, Default)]
pub(super) struct Ladder {
    failing: usize,
    good: u32,
}

impl Ladder {
    /// A failed reader failed again: what to try now, if it is time for anything.
    pub(super) fn failing(&mut self) -> Option<Remedy> {
        self.good = 0;
        let step = self.failing;
        self.failing = step.saturating_add(1);
        match step.checked_sub(RUNGS.len()) {
            None => RUNGS.get(step).copied(),
            Some(past) => {
                (past % LAST_RUNG_POLLS == LAST_RUNG_POLLS - 1).then_some(Remedy::PowerCycle)
            }
        }
    }

    pub(super) fn good(&mut self) {
        self.good = self.good.saturating_add(1);
        if self.good >= TRUST_POLLS {
            self.failing = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deaf_reader_is_treated_harder_and_harder() {
        // One character a poll: `x` failing, `.` good, `~` good for a minute; below it the remedy.
        for (polls, treated) in [
            ("xxxxxx", "ssrrpp"),
            ("xxxxxxxxxx", "ssrrpp    "),
            ("x.x.x", "s s r"),
            ("xxx~xxx", "ssr ssr"),
        ] {
            let mut ladder = Ladder::default();
            for (index, (poll, expected)) in polls.chars().zip(treated.chars()).enumerate() {
                let remedy = match poll {
                    'x' => ladder.failing(),
                    good => {
                        (0..if good == '~' { TRUST_POLLS } else { 1 }).for_each(|_| ladder.good());
                        None
                    }
                };
                let remedy = remedy.map_or(' ', |remedy| match remedy {
                    Remedy::SoftReset => 's',
                    Remedy::ResetPin => 'r',
                    Remedy::PowerCycle => 'p',
                });
                assert_eq!(remedy, expected, "{polls} at {index}");
            }
        }
    }

    #[test]
    fn a_broken_chip_is_not_hammered() {
        let mut ladder = Ladder::default();
        let hour = 7_200;
        let remedies = (0..hour).filter(|_| ladder.failing().is_some()).count();
        assert_eq!(
            remedies,
            RUNGS.len() + (hour - RUNGS.len()) / LAST_RUNG_POLLS
        );
    }
}
