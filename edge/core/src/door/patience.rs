//! How often one may guess: each source has a count of its own, so that a phone's guesses do not make
//! the dock's own reader rest, nor one phone's another's.
//!
//! A guess is a wrong code or a card that no list knows; at the reader both count as one, or ten digits
//! could be tried as a card while codes rest. Counts do not outlive a restart: whoever can cut the power
//! at will gains five guesses a start, each one in three hundred thousand at the largest dock.

use crate::io::Source;
use crate::limits::{
    GUESS_REST_MS, GUESS_REST_MS_MAX, GUESSES_MAX, PHONES_COUNTED_MAX, PHONES_GUESSES_MAX,
};
use shared::time::MonoMs;
use std::collections::BTreeMap;
use std::net::IpAddr;

#[derive(Debug, Default)]
pub(super) struct Patience {
    reader: Count,
    phones: BTreeMap<IpAddr, Count>,
    /// Of all phones, also of those that were forgotten.
    all_phones: Count,
}

#[derive(Debug, Default, Clone, Copy)]
struct Count {
    /// Since the last rest, or since one opened a bay.
    wrong: u32,
    /// Since one opened a bay.
    rests: u32,
    rests_until: Option<MonoMs>,
    last: MonoMs,
}

impl Patience {
    /// Whether nothing of this source is looked at now.
    pub(super) fn rests(&self, source: Source, at: MonoMs) -> bool {
        match source {
            Source::Reader => self.reader.rests(at),
            Source::Phone(address) => {
                let its = self.phones.get(&address);
                self.all_phones.rests(at) || its.is_some_and(|count| count.rests(at))
            }
        }
    }

    pub(super) fn wrong(&mut self, source: Source, at: MonoMs) {
        match source {
            Source::Reader => self.reader.wrong(GUESSES_MAX, at),
            Source::Phone(address) => {
                self.make_room(address);
                let its = self.phones.entry(address).or_default();
                its.wrong(GUESSES_MAX, at);
                self.all_phones.wrong(PHONES_GUESSES_MAX, at);
            }
        }
    }

    /// A bay opened. What was only right does not count: a used code in somebody's pocket would buy
    /// guesses without end.
    pub(super) fn trust(&mut self, source: Source) {
        match source {
            Source::Reader => self.reader = Count::default(),
            Source::Phone(address) => {
                self.phones.remove(&address);
                self.all_phones = Count::default();
            }
        }
    }

    fn make_room(&mut self, address: IpAddr) {
        if self.phones.len() < PHONES_COUNTED_MAX || self.phones.contains_key(&address) {
            return;
        }
        let quiet = self.phones.iter().min_by_key(|(_, count)| count.last);
        if let Some(address) = quiet.map(|(address, _)| *address) {
            self.phones.remove(&address);
        }
    }
}

impl Count {
    fn rests(&self, at: MonoMs) -> bool {
        self.rests_until.is_some_and(|until| at < until)
    }

    fn wrong(&mut self, wrong_max: u32, at: MonoMs) {
        self.last = at;
        self.wrong += 1;
        if self.wrong < wrong_max {
            return;
        }
        // Five doublings are beyond the longest rest.
        let rest_ms = (GUESS_REST_MS << self.rests.min(5)).min(GUESS_REST_MS_MAX);
        self.rests_until = Some(at.plus(rest_ms));
        self.wrong = 0;
        self.rests = self.rests.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(number: u8) -> Source {
        Source::Phone(IpAddr::from([10, 42, 0, number]))
    }

    fn guess(patience: &mut Patience, source: Source, times: u32) {
        for _ in 0..times {
            patience.wrong(source, MonoMs(1));
        }
    }

    #[test]
    fn one_source_does_not_make_another_rest() {
        let mut patience = Patience::default();
        guess(&mut patience, phone(1), GUESSES_MAX);
        for (source, rests) in [(phone(1), true), (phone(2), false), (Source::Reader, false)] {
            assert_eq!(patience.rests(source, MonoMs(2)), rests, "{source:?}");
        }
        guess(&mut patience, Source::Reader, GUESSES_MAX);
        for (source, rests) in [(phone(2), false), (Source::Reader, true)] {
            assert_eq!(patience.rests(source, MonoMs(2)), rests, "{source:?}");
        }
        assert!(!patience.rests(Source::Reader, MonoMs(1 + GUESS_REST_MS)));
    }

    #[test]
    fn many_addresses_have_no_more_guesses_than_some() {
        let mut patience = Patience::default();
        for number in 0..20 {
            assert!(!patience.rests(phone(99), MonoMs(2)), "{number}");
            guess(&mut patience, phone(number), 1);
        }
        assert!(patience.rests(phone(99), MonoMs(2)), "all phones");
        assert!(!patience.rests(Source::Reader, MonoMs(2)));
        for number in 0..=255 {
            guess(&mut patience, phone(number), 1);
        }
        assert_eq!(patience.phones.len(), PHONES_COUNTED_MAX);
    }

    #[test]
    fn a_bay_that_opened_wins_trust_for_its_source() {
        let mut patience = Patience::default();
        guess(&mut patience, Source::Reader, GUESSES_MAX - 1);
        guess(&mut patience, phone(1), GUESSES_MAX - 1);
        patience.trust(phone(1));
        guess(&mut patience, Source::Reader, 1);
        guess(&mut patience, phone(1), 1);
        assert!(patience.rests(Source::Reader, MonoMs(2)));
        assert!(!patience.rests(phone(1), MonoMs(2)));
    }
}
