//! The extraction and what followed from it.

use shared::money::Centavos;
use shared::time::UnixMs;

/// Places of a five-digit prize, from the left.
const HUNDREDS: usize = 2;
const TENS: usize = 3;
const UNITS: usize = 4;

/// One entered record; a record is never changed, a later one may stand in its place.
#[derive(Debug, Clone)]
pub struct ExtractionView {
    /// From 1.
    pub sequence: u32,
    pub kind: ExtractionKind,
    pub number: String,
    pub at_ms: UnixMs,
    /// Five digits each, first to fifth.
    pub prizes: [String; 5],
    /// Seven digits each.
    pub first: String,
    pub second: String,
    pub chosen: Chosen,
    pub sources: Vec<SourceView>,
    pub entered_ms: UnixMs,
    /// The rectification that stands in its place.
    pub replaced_by: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExtractionKind {
    /// The planned one, or with a reason a later one.
    Result {
        reason: Option<String>,
    },
    /// The one before gave no number.
    Next,
    Rectification {
        replaces: u32,
        reason: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chosen {
    First,
    Second,
    /// Both are above the last number that was given out.
    Neither,
}

#[derive(Debug, Clone)]
pub struct SourceView {
    pub name: String,
    /// SHA-256 of what was kept of it, 64 hexadecimal digits.
    pub digest: String,
}

/// Who won, as far as it stands.
#[derive(Debug, Clone)]
pub struct OutcomeView {
    /// The seven digits of the extraction.
    pub drawn: String,
    /// `drawn` divided by the share, without rest.
    pub position: u64,
    pub winners: Vec<WinnerView>,
    pub spares: Vec<SparePlace>,
    /// Until then a prize is handed over.
    pub claim_until_ms: UnixMs,
}

#[derive(Debug, Clone)]
pub struct WinnerView {
    pub rank: u32,
    pub prize: String,
    pub value: Centavos,
    /// None when no alternate was left.
    pub place: Option<WonPlace>,
    pub delivery: Delivery,
}

#[derive(Debug, Clone)]
pub struct WonPlace {
    pub position: u64,
    /// Seven digits.
    pub number: String,
    /// Masked, and only with the winner's consent.
    pub name: Option<String>,
    /// The alternate who took a disqualified winner's place, from 1.
    pub alternate: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Pending,
    Delivered(UnixMs),
    /// Nobody claimed it in time.
    Expired(UnixMs),
}

/// An alternate: who would take the next free prize.
#[derive(Debug, Clone)]
pub struct SparePlace {
    /// From 1.
    pub order: u32,
    pub position: u64,
    pub number: String,
    pub called: bool,
}

#[derive(Debug, Clone)]
pub struct DisqualifiedView {
    pub sequence: u32,
    pub position: u64,
    pub number: String,
    pub code: String,
    /// The rules' words for the code.
    pub text: String,
    /// Decided when the winner was known.
    pub after: bool,
    pub decided_ms: UnixMs,
}

impl ExtractionView {
    pub fn stands(&self) -> bool {
        self.replaced_by.is_none()
    }

    /// The prizes' digits, each with whether the number that counts is made of it.
    pub(crate) fn digits(&self) -> Vec<Vec<(char, bool)>> {
        let rows = self.prizes.iter().enumerate();
        rows.map(|(row, prize)| {
            let places = prize.chars().enumerate();
            places
                .map(|(place, digit)| (digit, self.counts(row, place)))
                .collect()
        })
        .collect()
    }

    /// Tens of two prizes, then units of all; in the second try the next two tens and the hundreds.
    fn counts(&self, row: usize, place: usize) -> bool {
        match self.chosen {
            Chosen::First => place == UNITS || place == TENS && row < 2,
            Chosen::Second => place == HUNDREDS || place == TENS && (2..4).contains(&row),
            Chosen::Neither => false,
        }
    }

    /// The seven digits that decide.
    pub fn number_drawn(&self) -> Option<&str> {
        match self.chosen {
            Chosen::First => Some(&self.first),
            Chosen::Second => Some(&self.second),
            Chosen::Neither => None,
        }
    }

    pub(crate) fn used_second(&self) -> bool {
        self.chosen != Chosen::First
    }

    pub(crate) fn reason(&self) -> Option<&str> {
        match &self.kind {
            ExtractionKind::Result { reason } => reason.as_deref(),
            ExtractionKind::Next => None,
            ExtractionKind::Rectification { reason, .. } => Some(reason),
        }
    }
}

impl Delivery {
    pub fn class(&self) -> &'static str {
        match self {
            Self::Pending => "busy",
            Self::Delivered(_) => "good",
            Self::Expired(_) => "calm",
        }
    }

    pub fn at_ms(&self) -> Option<UnixMs> {
        match self {
            Self::Pending => None,
            Self::Delivered(at) | Self::Expired(at) => Some(*at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the fact sheet's example.
    fn example(chosen: Chosen) -> ExtractionView {
        ExtractionView {
            sequence: 1,
            kind: ExtractionKind::Next,
            number: "06001".into(),
            at_ms: UnixMs(0),
            prizes: ["71953", "08420", "35187", "90266", "44719"].map(str::to_owned),
            first: "5230769".into(),
            second: "8694127".into(),
            chosen,
            sources: vec![],
            entered_ms: UnixMs(0),
            replaced_by: None,
        }
    }

    #[test]
    fn the_marked_digits_are_those_the_number_is_made_of() {
        for (chosen, number) in [
            (Chosen::First, "5230769"),
            (Chosen::Second, "8694127"),
            (Chosen::Neither, ""),
        ] {
            let view = example(chosen);
            let marked = view.digits().into_iter().flatten();
            let mut marked: Vec<char> = marked.filter(|(_, on)| *on).map(|(d, _)| d).collect();
            let mut expected: Vec<char> = number.chars().collect();
            marked.sort_unstable();
            expected.sort_unstable();
            assert_eq!(marked, expected, "{chosen:?}");
            assert_eq!(view.number_drawn().unwrap_or_default(), number);
        }
    }
}
