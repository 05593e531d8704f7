//! What wants a person, and until when.

use super::FormAction;
use crate::ui::Frame;
use shared::time::UnixMs;

/// The one thing to do or to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextView {
    pub step: NextStep,
    /// The latest moment for it, or the moment that is waited for.
    pub by_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextStep {
    Authorise,
    Open,
    WaitEnd,
    WaitGrace,
    Approve,
    ApproveSecond,
    Shuffle,
    WaitExtraction,
    EnterExtraction,
    EnterSecond,
    Deliver,
    Account,
    Nothing,
}

/// What must be in place, in the order of the law's and the rules' dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckItem {
    Certificate,
    Ownership,
    Rules,
    Grace,
    List,
    Witnesses,
    Shuffle,
    Result,
    Deliveries,
    IncomeTax,
    Unclaimed,
    Accounts,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRow {
    pub item: CheckItem,
    pub state: CheckState,
    /// A number, a document, names.
    pub detail: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckState {
    Done(UnixMs),
    /// Until then, where there is such a moment.
    Due(Option<UnixMs>),
    Late(UnixMs),
    /// Too late for good: the way out is on the page.
    Missed(UnixMs),
}

#[derive(Debug, Clone)]
pub struct DarkDock {
    pub dock_name: String,
    pub store_name: String,
    /// Up to which moment it has told everything.
    pub told_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CampaignAlarm {
    OwnershipNear(UnixMs),
    OwnershipMissed,
    /// Docks that are still silent after the end.
    DarkDocks(u64),
    NoEntries,
    ListNear(UnixMs),
    ListMissed,
    /// A dock was shown another list: its name.
    AnotherRoot(String),
    NoShuffle,
    /// The two entries of the extraction were not the same, and both were dropped.
    SourcesDiffer,
    ResultOverdue(UnixMs),
    ClaimsEnd(UnixMs),
    UnclaimedDue(UnixMs),
    AccountsDue(UnixMs),
}

impl NextStep {
    /// The form that takes it; none while there is nothing to do but wait.
    pub fn action(self) -> Option<FormAction> {
        match self {
            Self::Authorise => Some(FormAction::Authorise),
            Self::Open => Some(FormAction::Open),
            Self::Approve | Self::ApproveSecond => Some(FormAction::Approve),
            Self::Shuffle => Some(FormAction::Shuffle),
            Self::EnterExtraction | Self::EnterSecond => Some(FormAction::Extraction),
            Self::Deliver => Some(FormAction::Deliver),
            Self::Account => Some(FormAction::Account),
            Self::WaitEnd | Self::WaitGrace | Self::WaitExtraction | Self::Nothing => None,
        }
    }

    pub(crate) fn waits(&self) -> bool {
        self.action().is_none()
    }
}

impl CampaignAlarm {
    /// The one value that its words tell.
    pub(crate) fn value(&self, frame: &Frame) -> String {
        match self {
            Self::OwnershipNear(at)
            | Self::ListNear(at)
            | Self::ResultOverdue(at)
            | Self::ClaimsEnd(at)
            | Self::UnclaimedDue(at)
            | Self::AccountsDue(at) => frame.when(at),
            Self::DarkDocks(count) => frame.count(count),
            Self::AnotherRoot(dock) => dock.clone(),
            Self::OwnershipMissed
            | Self::NoEntries
            | Self::ListMissed
            | Self::NoShuffle
            | Self::SourcesDiffer => String::new(),
        }
    }
}

impl CheckState {
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Done(_) => "good",
            Self::Due(_) => "calm",
            Self::Late(_) | Self::Missed(_) => "bad",
        }
    }

    /// The state as one character, so that colour never carries it alone.
    pub(crate) fn glyph(&self) -> char {
        match self {
            Self::Done(_) => '✓',
            Self::Due(_) => '·',
            Self::Late(_) => '!',
            Self::Missed(_) => '✕',
        }
    }

    pub(crate) fn at_ms(&self) -> Option<UnixMs> {
        match self {
            Self::Done(at) | Self::Late(at) | Self::Missed(at) => Some(*at),
            Self::Due(at) => *at,
        }
    }
}
