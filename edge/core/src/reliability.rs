//! How often the parts of one bay failed of late. A part that fails and heals again and again is
//! worse than one that fails: its bay would greet every other customer with a closed lock.

use crate::limits::{PART_FAILURES_MAX, RELIABLE_MS};
use shared::dock::Part;
use shared::time::MonoMs;
use std::collections::{BTreeMap, VecDeque};

#[derive(Debug, Default)]
pub(crate) struct Reliability {
    /// The latest failures of each part, oldest first.
    failures: BTreeMap<Part, VecDeque<MonoMs>>,
    /// The bay rests until then, longer with every failure.
    rests_until: Option<MonoMs>,
}

impl Reliability {
    pub(crate) fn failed(&mut self, part: Part, at: MonoMs) {
        if part == Part::Indicator {
            return;
        }
        let failures = self.failures.entry(part).or_default();
        failures.push_back(at);
        while failures.len() > PART_FAILURES_MAX + 1 {
            failures.pop_front();
        }
        if self.rests(at) {
            self.rest(at);
        }
    }

    pub(crate) fn healed(&mut self, part: Part, at: MonoMs) {
        let failures = self.failures.get(&part).into_iter().flatten();
        let recent = failures.filter(|failed| at.since(**failed) < RELIABLE_MS);
        if recent.count() > PART_FAILURES_MAX && !self.rests(at) {
            self.rest(at);
        }
    }

    /// Rests for the whole span from `at`.
    pub(crate) fn rest(&mut self, at: MonoMs) {
        self.rests_until = Some(at.plus(RELIABLE_MS));
    }

    pub(crate) fn rests(&self, at: MonoMs) -> bool {
        self.rests_until.is_some_and(|until| at < until)
    }

    pub(crate) fn rests_until(&self) -> Option<MonoMs> {
        self.rests_until
    }

    /// A person has looked, and all is well.
    pub(crate) fn forgive(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flap(parts: &[Part], every_ms: u64, times: u64) -> Reliability {
        let mut reliability = Reliability::default();
        for turn in 0..times {
            for part in parts {
                reliability.failed(*part, MonoMs(turn * every_ms));
                reliability.healed(*part, MonoMs(turn * every_ms + 10));
            }
        }
        reliability
    }

    #[test]
    fn the_fourth_failure_of_one_part_within_the_hour_is_one_too_many() {
        use Part::{BoltSensor, Indicator, Lock, Reader};
        for (parts, every_ms, times, rests) in [
            (&[Reader][..], 1_000, 3, false),
            (&[Reader], 1_000, 4, true),
            (&[Lock], 1_000, 4, true),
            (&[BoltSensor], 1_000, 4, true),
            (&[Indicator], 1_000, 100, false),
            (&[Reader, Lock, BoltSensor], 1_000, 3, false),
            (&[Reader], RELIABLE_MS / 3, 4, false),
            (&[Reader], RELIABLE_MS / 3 - 10, 4, true),
        ] {
            let last = (times - 1) * every_ms + 10;
            let reliability = flap(parts, every_ms, times);
            assert_eq!(reliability.rests(MonoMs(last)), rests, "{parts:?} {times}");
        }
    }

    #[test]
    fn an_hour_without_a_failure_or_a_person_ends_the_rest() {
        let mut reliability = flap(&[Part::Reader], 1_000, 4);
        let until = reliability.rests_until().unwrap();
        assert_eq!(until, MonoMs(3_010 + RELIABLE_MS));
        reliability.failed(Part::Lock, MonoMs(until.0 - 1));
        assert!(reliability.rests(until));
        assert!(!reliability.rests(MonoMs(until.0 - 1 + RELIABLE_MS)));
        reliability.forgive();
        assert!(!reliability.rests(until));
    }
}
