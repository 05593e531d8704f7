//! The managers' pages: what is wrong now, the figures, and the rows behind every figure.

mod alarms;
mod books;
mod campaigns;
mod cards;
mod dashboard;
mod detail;
mod docks;
mod enrolment;
mod live;
mod payouts;
mod persons;
mod policies;
mod refunds;
mod rentals;
mod rescues;
mod sheet;
mod sign_in;
mod technicians;
mod vouchers;

pub use alarms::{AlarmKind, AlarmRow, AlarmsPage};
pub use books::{
    BooksPage, DayPage, DayRow, DifferenceKind, DifferenceRow, LineRow, StrayRow, StrayState,
    SumKind, SumRow,
};
pub(crate) use campaigns::CAMPAIGN_CSS;
pub use campaigns::{
    AccountRow, AccountsPage, CampaignAlarm, CampaignDraftPage, CampaignForm, CampaignPage,
    CampaignRow, CampaignsPage, CheckItem, CheckRow, CheckState, Choice, DarkDock, EntriesPage,
    EntryRow, FieldError, FieldKey, FieldKind, FirstEntry, FormAction, FormError, FormField,
    MinutesPage, NextStep, NextView, OfferedList, UnclaimedPage, UnclaimedRow,
};
pub use cards::{CardError, CardFilter, CardForm, CardRow, CardsPage, RiskRow, RiskView};
pub use dashboard::{DashboardPage, Problem, ProblemKind, Totals};
pub use detail::{LedgerAccount, RentalDetailPage, Source, Step, StepKind};
pub use docks::{DockPlan, DocksPage, GatewayView};
pub use enrolment::EnrolmentPage;
pub use live::{BayDelta, bays_event, totals_event};
pub use payouts::{PayoutPurpose, PayoutRow, PayoutState, PayoutsPage};
pub use persons::{
    ExportRental, PersonCard, PersonEntry, PersonError, PersonExportPage, PersonFind, PersonPayout,
    PersonRefund, PersonView, PersonVoucher, PersonsPage,
};
pub use policies::{
    Decides, PoliciesPage, PolicyChange, PolicyField, PolicyFieldError, PolicyFollowPage,
    PolicyFormError, PolicyFormPage, PolicyGroup, PolicyNumber, PolicyPage, PolicyStanding,
    PolicyVersionRow, ScopeRow, Unit,
};
pub use refunds::{RefundObstacle, ReturnNature};
pub use rentals::{PAGE_ROWS, RentalFilter, RentalListPage, RentalRow, RentalState};
pub use rescues::{RescueFact, RescueReason, RescueRow, RescueStateView, RescuesPage};
pub use sign_in::{ChangePasswordPage, LoginError, LoginPage, PASSWORD_CHARS_MIN, PasswordError};
pub use technicians::{AnswerView, TechnicianError, TechnicianRow, TechniciansPage};
pub use vouchers::{
    HeldVoucher, HeldWhy, OpenVoucherRow, VoucherError, VoucherRow, VoucherSaid, VoucherSource,
    VouchersPage,
};

use crate::ui::csp;
use shared::sync::BayState;
use std::sync::LazyLock;

pub(crate) const CSS: &str = include_str!("../static/manager/page.css");
pub(crate) const LIVE_JS: &str = concat!(
    include_str!("../static/stream.js"),
    include_str!("../static/manager/live.js")
);

/// The states a page carries words for, so that the script has none of its own.
pub(crate) const BAY_STATES: [BayState; 6] = [
    BayState::Vacant,
    BayState::Docking,
    BayState::Occupied,
    BayState::Releasing,
    BayState::Faulted,
    BayState::Service,
];

static CSP: LazyLock<String> = LazyLock::new(|| csp::policy(&[CSS, CAMPAIGN_CSS], &[LIVE_JS]));

/// The `content-security-policy` of every page of this module.
pub fn csp() -> &'static str {
    &CSP
}

/// Whether a section stands behind the navigation's last word: what is set up once and seldom looked at.
pub(crate) fn is_more(here: &str) -> bool {
    matches!(here, "cards" | "technicians" | "persons" | "policies")
}

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffView {
    pub name: String,
    pub role: Role,
    pub chain_name: String,
}

impl StaffView {
    /// Whether a way to personal data is shown at all.
    fn sees_persons(&self) -> bool {
        self.role >= Role::Manager
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Sees everything, changes nothing.
    Viewer,
    Manager,
    Administrator,
}
