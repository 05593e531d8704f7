//! The customer's pages: one thing a page, complete without scripts, small enough for one flight.

mod contacts;
mod data;
mod dock;
mod dock_receipt;
mod found;
mod mine;
mod pages;
mod payout;
mod raffle;
mod rental;

pub use contacts::{ContactError, ContactField, ContactsPage, PushOffer, SERVICE_WORKER_JS};
pub use data::{DataContact, DataKind, DataPage};
pub use dock::{CampaignView, CpfError, DockPage, NearbyDock, Payee, TakeRefusal};
pub use dock_receipt::{DockReceiptPage, ReceiptCodeError, ReceiptStage};
pub use found::{
    FoundError, FoundFormPage, FoundPage, FoundStage, FoundTyped, FoundVoucher, PayerOffer,
};
pub use mine::{MinePage, MineRental, MineState};
pub use pages::{ErrorKind, ErrorPage, HelpPage, HomeDock, HomePage, PrivacyPage, WayOut};
pub use payout::{PayoutError, PayoutPage, PayoutStage};
pub(crate) use raffle::{COUNTDOWN_JS, RAFFLE_CSS};
pub use raffle::{
    ConsentView, InsideAnswer, InsideError, InsideFormPage, InsidePage, OutsideReason,
    PendingReason, PrizePage, PrizeState, ProofStep, ProofView, RafflePage, RafflesPage, RulesPage,
    Side, VERIFIER_PAGE, VoucherView,
};
pub use rental::{
    BroughtView, BroughtWait, CancelReason, CarryView, CarryWhy, Contest, DelayReason, EntryRaffle,
    EntryStage, EntryView, NoticesInvite, PayView, Receipt, RefundState, RefundView, RentalPage,
    RentalView, RescuedView, Stage,
};

use crate::ui::{assets, csp};
use std::sync::LazyLock;

pub(crate) const CSS: &str = include_str!("../static/customer/page.css");
pub(crate) const FORM_JS: &str = include_str!("../static/customer/form.js");
pub(crate) const LIVE_JS: &str = concat!(
    include_str!("../static/stream.js"),
    include_str!("../static/customer/live.js")
);

/// The one worker is [`SERVICE_WORKER_JS`], which shows what is pushed.
static CSP: LazyLock<String> = LazyLock::new(|| {
    let scripts = [
        FORM_JS,
        LIVE_JS,
        contacts::CONTACTS_JS,
        COUNTDOWN_JS,
        assets::NO_MODULE_JS,
    ];
    format!(
        "{}; worker-src 'self'",
        csp::policy(&[CSS, RAFFLE_CSS], &scripts)
    )
});

/// The `content-security-policy` of every page of this module.
pub fn csp() -> &'static str {
    &CSP
}
