//! Raw readings in, changes out. Pure: time is an argument.

use shared::ids::TagUid;

/// Equal reads before a tag counts: two tags in the field can answer with a mixture of both.
const TAG_READS_TO_BELIEVE: u8 = 2;

/// Empty polls before a tag counts as gone: a single miss is normal at the edge of the field.
const TAG_MISSES_TO_BELIEVE: u8 = 3;

/// How long a switch must keep its level: contacts bounce for some milliseconds.
const LEVEL_STABLE_MS: u64 = 30;

#[derive(Debug, Default)]
pub(crate) struct TagDebounce {
    believed: Option<Option<TagUid>>,
    candidate: Option<TagUid>,
    seen: u8,
}

impl TagDebounce {
    /// The new level when this poll settles one. The first level that settles is always told.
    pub(crate) fn poll(&mut self, read: Option<TagUid>) -> Option<Option<TagUid>> {
        if self.seen > 0 && self.candidate == read {
            self.seen = self.seen.saturating_add(1);
        } else {
            self.candidate = read;
            self.seen = 1;
        }
        let needed = match read {
            Some(_) => TAG_READS_TO_BELIEVE,
            None => TAG_MISSES_TO_BELIEVE,
        };
        if self.seen < needed || self.believed == Some(read) {
            return None;
        }
        self.believed = Some(read);
        Some(read)
    }

    /// A poll that answered neither way: what was believed stays, and settling begins anew.
    pub(crate) fn unsure(&mut self) {
        self.seen = 0;
    }
}

#[derive(Debug, Default)]
pub(crate) struct LevelDebounce {
    believed: Option<bool>,
    candidate: Option<(bool, u64)>,
}

impl LevelDebounce {
    /// The new level when it has been stable long enough. The first one is always told.
    pub(crate) fn sample(&mut self, level: bool, now_ms: u64) -> Option<bool> {
        let since_ms = match self.candidate {
            Some((candidate, since_ms)) if candidate == level => since_ms,
            _ => {
                self.candidate = Some((level, now_ms));
                now_ms
            }
        };
        let stable = now_ms.saturating_sub(since_ms) >= LEVEL_STABLE_MS;
        if !stable || self.believed == Some(level) {
            return None;
        }
        self.believed = Some(level);
        Some(level)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(digit: char) -> Option<TagUid> {
        (digit != '.').then(|| format!("0400000{digit}").parse().unwrap())
    }

    #[test]
    fn a_tag_counts_after_two_reads_and_is_gone_after_three_misses() {
        // One character a poll; the right side names the level told at that poll.
        for (polls, told) in [
            ("...", "  ."),
            ("aa", " a"),
            ("aa..aa", " a    "),
            ("aa...aa", " a  . a"),
            ("aabb", " a b"),
            ("aab.a.b", " a     "),
            ("abab..", "      "),
            ("aa?..?.a?a", " a        "),
            ("a?aa", "   a"),
            ("....aaaa", "  .  a  "),
        ] {
            let mut debounce = TagDebounce::default();
            for (poll, (read, expected)) in polls.chars().zip(told.chars()).enumerate() {
                let expected = (expected != ' ').then(|| tag(expected));
                let told = match read {
                    '?' => {
                        debounce.unsure();
                        None
                    }
                    read => debounce.poll(tag(read)),
                };
                assert_eq!(told, expected, "{polls} at {poll}");
            }
        }
    }

    #[test]
    fn a_level_counts_after_it_was_stable() {
        // Samples every ten milliseconds.
        for (samples, told) in [
            ("0000", "   0"),
            ("1111111", "   1   "),
            ("00001111", "   0   1"),
            ("00001010101111", "   0         1"),
            ("0000100000", "   0      "),
        ] {
            let mut debounce = LevelDebounce::default();
            for (index, (sample, expected)) in samples.chars().zip(told.chars()).enumerate() {
                let now_ms = 10 * u64::try_from(index).unwrap();
                let expected = (expected != ' ').then_some(expected == '1');
                let changed = debounce.sample(sample == '1', now_ms);
                assert_eq!(changed, expected, "{samples} at {index}");
            }
        }
    }
}
