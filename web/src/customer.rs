//! The customer's pages: one thing a page, complete without scripts, small enough for one flight.

mod dock;
mod dock_receipt;
mod found;
mod mine;
mod pages;
mod rental;

pub use dock::{CampaignView, CpfError, DockPage, NearbyDock, Payee, TakeRefusal};
pub use dock_receipt::{DockReceiptPage, ReceiptCodeError, ReceiptStage};
pub use found::{FoundError, FoundFormPage, FoundPage, FoundStage, FoundTyped, PayerOffer};
pub use mine::{MinePage, MineRental, MineState};
pub use pages::{ErrorKind, ErrorPage, HelpPage, HomeDock, HomePage, PrivacyPage, WayOut};
pub use rental::{
    BroughtView, BroughtWait, CancelReason, CarryView, CarryWhy, Contest, DelayReason, EntryView,
    PayView, Receipt, RefundState, RefundView, RentalPage, RentalView, RescuedView, Stage,
};

use crate::ui::{assets, csp};
use std::sync::LazyLock;

pub(crate) const CSS: &str = include_str!("../static/customer/page.css");
pub(crate) const FORM_JS: &str = include_str!("../static/customer/form.js");
pub(crate) const LIVE_JS: &str = concat!(
    include_str!("../static/stream.js"),
    include_str!("../static/customer/live.js")
);

static CSP: LazyLock<String> =
    LazyLock::new(|| csp::policy(&[CSS], &[FORM_JS, LIVE_JS, assets::NO_MODULE_JS]));

/// The `content-security-policy` of every page of this module.
pub fn csp() -> &'static str {
    &CSP
}
