//! What the customers' and the managers' pages both show of a campaign.

pub mod regulation;
mod result;
mod schedule;

pub use result::{
    Chosen, Delivery, DisqualifiedView, ExtractionKind, ExtractionView, OutcomeView, SourceView,
    SparePlace, WinnerView, WonPlace,
};
pub(crate) use schedule::Progress;
pub use schedule::{Moment, MomentKind};

use shared::money::Centavos;
use shared::time::UnixMs;

/// A lucky number has this many digits: two of the series, five of the order.
const SERIES_DIGITS: usize = 2;

/// Hexadecimal digits that a person compares at one glance.
const GROUP_DIGITS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CampaignMode {
    /// Few win; the draw needs a permit.
    Draw,
    /// Everybody who takes part gets the same voucher; nothing is drawn and no permit is needed.
    Certain,
}

/// In the order in which a campaign passes through them. A certain prize knows only `Draft`, `Open`,
/// `Closed` and `Accounted`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CampaignStage {
    Draft,
    Authorised,
    /// The rules are published; entries count from the rules' beginning on.
    Open,
    /// No new entries; docks that were dark may still deliver theirs.
    Closed,
    Committed,
    /// The extraction's moment is over and no result stands.
    Pending,
    Drawn,
    Delivered,
    Accounted,
    /// It was never authorised or was given up: there is no draw.
    WithoutDraw,
}

/// What the rules say; what is not published yet may still change.
#[derive(Debug, Clone)]
pub struct CampaignTerms {
    /// 32 hexadecimal digits, as in addresses and rules.
    pub id: String,
    pub name: String,
    pub mode: CampaignMode,
    pub stage: CampaignStage,
    pub promoter: String,
    /// CNPJ, formatted.
    pub promoter_document: String,
    /// Names; empty for every store of the chain.
    pub stores: Vec<String>,
    /// Number of the permit.
    pub certificate: Option<String>,
    /// When the rules were published.
    pub published_ms: Option<UnixMs>,
    pub opens_ms: UnixMs,
    pub closes_ms: UnixMs,
    /// The end with its grace: what a gateway tells later is of the next campaign.
    pub freeze_ms: UnixMs,
    /// None where nothing is drawn.
    pub extraction: Option<PlannedExtraction>,
    pub prizes: Vec<PrizeView>,
    pub entries_per_person: u64,
    pub minimum_age: u8,
    pub alternates: u32,
    pub claim_days: u32,
    /// 64 hexadecimal digits, once published.
    pub rules_hash: Option<String>,
}

/// An extraction of the Loteria Federal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedExtraction {
    pub number: String,
    pub at_ms: UnixMs,
}

#[derive(Debug, Clone)]
pub struct PrizeView {
    /// From 1.
    pub rank: u32,
    pub name: String,
    pub value: Centavos,
}

/// The list of entries as it was fixed and published.
#[derive(Debug, Clone)]
pub struct CommitmentView {
    pub entries: u64,
    /// How many of the ten million numbers each entry owns.
    pub share: u64,
    /// 64 hexadecimal digits.
    pub root: String,
    pub committed_ms: UnixMs,
    /// Docks that signed the same list.
    pub witnesses: Vec<WitnessView>,
    /// Docks that could have.
    pub docks: u64,
}

#[derive(Debug, Clone)]
pub struct WitnessView {
    pub dock_name: String,
    pub store_name: String,
    pub seen_ms: UnixMs,
}

/// The public random value that shuffles the list before the extraction.
#[derive(Debug, Clone)]
pub struct ShuffleView {
    pub round: u64,
    pub at_ms: UnixMs,
    pub state: ShuffleState,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ShuffleState {
    Waiting,
    /// The verified value, 64 hexadecimal digits.
    Taken(String),
    /// There was none two hours before the extraction: zeros stand for it, as the rules say.
    Absent,
}

impl CampaignStage {
    /// Whether a page may speak of a draw that is to come or was: nobody promises one without permit.
    pub fn promises(self) -> bool {
        !matches!(self, Self::Draft | Self::WithoutDraw)
    }

    pub fn class(&self) -> &'static str {
        match self {
            Self::Open | Self::Drawn => "good",
            Self::Authorised | Self::Closed | Self::Committed => "busy",
            Self::Pending => "bad",
            Self::Draft | Self::Delivered | Self::Accounted | Self::WithoutDraw => "calm",
        }
    }
}

impl CampaignTerms {
    pub fn draws(&self) -> bool {
        self.mode == CampaignMode::Draw && self.stage.promises()
    }

    pub fn total(&self) -> Centavos {
        Centavos::new(self.prizes.iter().map(|prize| prize.value.get()).sum())
    }

    pub fn draw_ms(&self) -> Option<UnixMs> {
        self.extraction.as_ref().map(|planned| planned.at_ms)
    }
}

impl CommitmentView {
    pub fn signed(&self) -> u64 {
        u64::try_from(self.witnesses.len()).unwrap_or(u64::MAX)
    }
}

/// Hexadecimal digits in groups a person can compare.
pub fn groups(hex: &str) -> Vec<String> {
    let digits: Vec<char> = hex.chars().collect();
    digits
        .chunks(GROUP_DIGITS)
        .map(|group| group.iter().collect())
        .collect()
}

/// `5299999` as its series `52` and its order `99999`.
pub fn series_and_order(number: &str) -> (&str, &str) {
    number
        .split_at_checked(SERIES_DIGITS)
        .unwrap_or(("", number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_as_series_and_order() {
        assert_eq!(series_and_order("5999999"), ("59", "99999"));
        assert_eq!(series_and_order("7"), ("", "7"));
        assert_eq!(series_and_order("1é"), ("", "1é"));
    }

    #[test]
    fn a_root_is_read_in_groups() {
        assert_eq!(groups("5dc9da79a7"), ["5dc9", "da79", "a7"]);
        assert!(groups("").is_empty());
    }

    #[test]
    fn a_draft_promises_no_draw() {
        assert!(!CampaignStage::Draft.promises());
        assert!(!CampaignStage::WithoutDraw.promises());
        assert!(CampaignStage::Authorised.promises());
    }
}
