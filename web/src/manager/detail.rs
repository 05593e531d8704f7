use crate::manager::{RentalRow, RentalState, StaffView};
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/rentals/{id}`: the whole story, each step with what proves it.
#[derive(Debug, Clone)]
pub struct RentalDetailPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub rental: RentalRow,
    /// Oldest first.
    pub steps: Vec<Step>,
    /// The return waits for somebody who may honour it, and the reader is one.
    pub can_approve: bool,
    /// No dock is expected to end it: a person may.
    pub can_end: bool,
}

#[derive(Debug, Clone)]
pub struct Step {
    pub at_ms: UnixMs,
    pub kind: StepKind,
    /// Already in words: a bay, a fault, a reason.
    pub detail: Option<String>,
    pub sources: Vec<Source>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    Requested,
    ChargeCreated,
    Paid,
    PaidLate,
    PaidTwice,
    PaidWrongAmount,
    GrantIssued,
    CardReleaseStarted,
    GrantRefused,
    ReleaseStarted,
    ReleaseExpired,
    ReleaseFailed,
    CartPulled,
    CartDocked,
    ReturnInReview,
    ReturnApproved,
    RefundRequested,
    RefundSent,
    RefundSettled,
    RefundRefused,
    RefundOwed,
    RefundCovered,
    BankReturning,
    BankReturned,
    Expired,
    Cancelled,
    Abandoned,
    EntryMade,
    NoticeTold,
    NoticeWaiting,
    NoticeEnded,
}

impl StepKind {
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::Paid
            | Self::CartPulled
            | Self::CartDocked
            | Self::RefundSettled
            | Self::RefundCovered => "good",
            Self::GrantRefused
            | Self::ReleaseFailed
            | Self::RefundRefused
            | Self::RefundOwed
            | Self::Abandoned => "bad",
            Self::ReleaseExpired
            | Self::PaidLate
            | Self::PaidTwice
            | Self::PaidWrongAmount
            | Self::BankReturning
            | Self::BankReturned
            | Self::ReturnInReview
            | Self::NoticeWaiting => "busy",
            _ => "calm",
        }
    }
}

/// What proves a step: a signed line of a gateway's journal, an id of the bank, a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Event {
        gateway: String,
        seq: u64,
        hash: String,
    },
    Txid(String),
    EndToEndId(String),
    ReturnId(String),
    /// Our order's id at the bank: the devolução's.
    Refund(String),
    Grant(String),
    Entry(String),
    Transfer {
        id: String,
        from: LedgerAccount,
        to: LedgerAccount,
        amount: Centavos,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerAccount {
    Bank,
    Held,
    Owed,
    Payable,
    Prize,
    Shop,
}

#[derive(Template)]
#[template(path = "manager/rental.html")]
struct DetailTemplate<'a> {
    p: &'a RentalDetailPage,
    t: &'static Text,
    here: &'static str,
}

impl RentalDetailPage {
    pub fn render(&self) -> String {
        html(&DetailTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "rentals",
        })
    }

    /// A release was paid for, and no dock has told what became of it.
    fn is_untold(&self) -> bool {
        self.rental.state == RentalState::Paid
    }
}
