use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::time::UnixMs;

/// `GET /manage/alarms`: open alarms first, then the recent ones that ended.
#[derive(Debug, Clone)]
pub struct AlarmsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub open: Vec<AlarmRow>,
    pub ended: Vec<AlarmRow>,
}

#[derive(Debug, Clone)]
pub struct AlarmRow {
    pub kind: AlarmKind,
    /// What it is about: a dock's name, a rental's id.
    pub subject: String,
    /// The page of the subject.
    pub href: Option<String>,
    pub raised_ms: UnixMs,
    pub ended_ms: Option<UnixMs>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AlarmKind {
    LedgerMismatch,
    RefundDelayed,
    RefundRefused,
    RefundNoBalance,
    RefundBlocked,
    RefundOwed,
    RefundExcess,
    PayoutRefused,
    PayoutLate,
    PayoutNoBalance,
    PayoutHeld,
    PayoutReturned,
    PayoutExcess,
    DepositTakenBack,
    GatewayForked,
    EventQuarantined,
    DockOffline,
    BayFaulted,
    ReturnInReview,
    UnknownCart,
    CartOutWithoutDeposit,
    CartLeftUnreleased,
    PaymentUnmatched,
    ReleaseUnresolved,
    RentedCartPlaced,
    BayUnreliable,
    JournalSalvaged,
    ReceiptContradicted,
    CardNotAllowed,
    ListAhead,
    JournalSetBack,
    BankCertificateEnding,
    EventsForgotten,
    NoticeFailing,
    RescueWaiting,
    VoucherContradicted,
    CommitmentContradicted,
    WitnessDiffers,
    /// A step of a campaign waits for somebody.
    CampaignDue,
    Other,
}

#[derive(Template)]
#[template(path = "manager/alarms.html")]
struct AlarmsTemplate<'a> {
    p: &'a AlarmsPage,
    t: &'static Text,
    here: &'static str,
}

impl AlarmsPage {
    pub fn render(&self) -> String {
        html(&AlarmsTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "alarms",
        })
    }
}
