//! What this dock stands witness for: the one list of entries of each raffle, in codes that people
//! compare with those on the raffle's page. A second list is said before anything else.

use super::text::witness::{WitnessText, text};
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, money, time};
use askama::Template;
use shared::octets::Octets;
use shared::time::{ClockQuality, UnixMs};

/// Raffles that the customers' page shows; the technician's shows all.
const AT_THE_DOCK_MAX: usize = 3;

/// Characters of a code that stand together: what an eye takes in at once.
const GROUP_CHARS: usize = 4;

/// Groups on a line: 64 characters in four lines, on the narrowest phone too.
const GROUPS_PER_LINE: usize = 4;

#[derive(Debug, Clone)]
pub struct Witnessed {
    pub name: String,
    pub list: List,
    pub seen: UnixMs,
    pub clock: ClockQuality,
    /// Another list for the same raffle, and when it was shown.
    pub other: Option<(List, UnixMs)>,
}

#[derive(Debug, Clone, Copy)]
pub struct List {
    pub entries: u64,
    pub root: Octets<32>,
    pub rules: Octets<32>,
}

/// Whether two lists were shown for one raffle: then nothing else on a page matters as much.
pub(super) fn is_broken(all: &[Witnessed]) -> bool {
    all.iter().any(|it| it.other.is_some())
}

/// The section of the customers' page; nothing where there is no raffle. `all` has the newest first.
pub(super) fn at_the_dock(all: &[Witnessed], lang: Lang, zone: &Zone) -> String {
    let sound = all.iter().filter(|it| it.other.is_none());
    let broken = all.iter().filter(|it| it.other.is_some());
    let shown: Vec<&Witnessed> = broken.chain(sound).take(AT_THE_DOCK_MAX).collect();
    section(shown, lang, zone)
}

/// The section of the technician's page.
pub(super) fn in_full(all: &[Witnessed], lang: Lang, zone: &Zone) -> String {
    section(all.iter().collect(), lang, zone)
}

fn section(shown: Vec<&Witnessed>, lang: Lang, zone: &Zone) -> String {
    html(&Section {
        w: text(lang),
        lang,
        zone,
        broken: shown.iter().any(|it| it.other.is_some()),
        shown,
    })
}

#[derive(Template)]
#[template(path = "edge/witness.html")]
struct Section<'a> {
    w: &'a WitnessText,
    lang: Lang,
    zone: &'a Zone,
    broken: bool,
    shown: Vec<&'a Witnessed>,
}

impl Section<'_> {
    fn count(&self, list: &List) -> String {
        money::count(list.entries, self.lang)
    }

    fn seen(&self, it: &Witnessed) -> String {
        let stamp = self.stamp(&it.seen);
        match it.clock {
            ClockQuality::Server => stamp,
            ClockQuality::Floor => (self.w.not_before)(&stamp),
            ClockQuality::Unset => (self.w.clock_unchecked)(&stamp),
        }
    }

    fn stamp(&self, at: &UnixMs) -> String {
        time::stamp(*at, self.zone, self.lang)
    }
}

/// A code in groups, a line a string.
fn lines(code: &Octets<32>) -> Vec<String> {
    let digits = code.to_string();
    let digits = digits.as_bytes();
    let grouped = |line: &[u8]| {
        let groups = line.chunks(GROUP_CHARS).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    };
    let per_line = GROUP_CHARS * GROUPS_PER_LINE;
    digits.chunks(per_line).map(grouped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(root: u8) -> List {
        List {
            entries: 12_345,
            root: Octets([root; 32]),
            rules: Octets([1; 32]),
        }
    }

    fn seen(name: &str, other: Option<u8>) -> Witnessed {
        Witnessed {
            name: name.to_owned(),
            list: list(0xab),
            seen: UnixMs(1_795_282_327_000),
            clock: ClockQuality::Server,
            other: other.map(|root| (list(root), UnixMs(1_795_282_999_000))),
        }
    }

    #[test]
    fn a_code_is_four_lines_of_four_groups() {
        let shown = lines(&Octets([0x0f; 32]));
        assert_eq!(shown, vec!["0f0f 0f0f 0f0f 0f0f"; 4]);
    }

    #[test]
    fn the_dock_shows_the_newest_and_never_hides_a_contradiction() {
        let zone = Zone::sao_paulo();
        let quiet: Vec<Witnessed> = ["A1", "B2", "C3", "D4"].map(|name| seen(name, None)).into();
        let page = at_the_dock(&quiet, Lang::Pt, &zone);
        assert!(page.contains("C3") && !page.contains("D4"), "{page}");
        assert!(!page.contains("role=\"alert\"") && page.contains("12.345"));
        assert!(page.contains(&Octets([0xab; 32]).to_string()), "whole");
        let mut loud = quiet;
        loud.push(seen("E5", Some(0xcd)));
        for page in [
            at_the_dock(&loud, Lang::Pt, &zone),
            in_full(&loud, Lang::En, &zone),
        ] {
            assert!(page.contains("role=\"alert\"") && page.contains("E5"));
            assert!(page.contains("abab abab") && page.contains("cdcd cdcd"));
        }
        assert!(is_broken(&loud) && !is_broken(&loud[..4]));
    }

    #[test]
    fn a_time_says_what_it_is_worth() {
        let zone = Zone::sao_paulo();
        let mut it = seen("A1", None);
        let pages = [
            ClockQuality::Server,
            ClockQuality::Floor,
            ClockQuality::Unset,
        ]
        .map(|clock| {
            it.clock = clock;
            at_the_dock(std::slice::from_ref(&it), Lang::Pt, &zone)
        });
        assert!(pages[0] != pages[1] && pages[1] != pages[2] && pages[0] != pages[2]);
    }

    #[test]
    fn no_raffle_no_section() {
        assert_eq!(at_the_dock(&[], Lang::Pt, &Zone::sao_paulo()).trim(), "");
    }
}
