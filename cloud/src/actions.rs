//! One file per verb. An action runs inside one transaction: load, ask the core, save, record
//! effects. It draws no conclusion that the core could draw and sends nothing anywhere.

pub mod accept_events;
pub mod add_technician;
pub mod adopt_amount;
pub mod answer_technician;
pub mod approve_return;
pub mod book_stray;
pub mod cancel_rental;
pub mod change_password;
pub mod charge_made;
pub mod claim_entry;
pub mod close_day;
pub mod confirm_payment;
pub mod enrol_gateway;
pub mod erase_person;
pub mod expire_charge;
pub mod extend_grant;
pub mod grant_delivered;
pub mod hand_out_grant;
pub mod hear_return;
pub mod hear_stray;
pub mod honour_receipt;
pub mod lapse_grant;
pub mod make_policy;
pub mod note_sign_in;
pub mod open_campaign;
pub mod open_enrolment;
pub mod put_card;
pub mod release_stray;
pub mod return_cart;
pub mod revoke_technician;
pub mod see_release;
pub mod set_card_state;
pub mod settle_refund;
pub mod settle_stray;
pub mod take_cart;
pub mod watch_certificate;
pub mod watch_refunds;

mod custody;
mod issue_grant;
mod order_refund;
mod order_stray;
mod see_card_release;
mod see_service;

use crate::store::{DbError, StoreError};
use cloud_core::policy::PolicyError;
use cloud_core::rental::InvalidTransition;
use shared::chain::Head;

/// Why an action was not carried out, as a code. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    #[error("there is no such dock")]
    UnknownDock,
    #[error("the dock has no gateway that serves")]
    DockDark,
    #[error("no cart can be released there now")]
    NoCart,
    #[error("there is no such rental")]
    UnknownRental,
    #[error("there is no such charge")]
    UnknownCharge,
    #[error("there is no such refund")]
    UnknownRefund,
    #[error("there is no such Pix without a charge")]
    UnknownStray,
    #[error("the Pix does not wait for a person: it went back, or is on its way")]
    StrayNotHeld,
    #[error("there is no store yet whose books could take it")]
    NoStore,
    #[error("the rental is not in a state for this: {0}")]
    Transition(InvalidTransition),
    #[error("nobody is known by this CPF or id")]
    UnknownPerson,
    #[error("a cart of this person is out, or may be taken out now")]
    CartOut,
    #[error("this person has a payment or a refund on its way")]
    MoneyOwed,
    #[error("the rental earned no entry that could be claimed")]
    NoEntry,
    #[error("the dock may still be opening the bay: wait until it is a quarter of an hour ago")]
    ReleaseUnderWay,
    #[error("the chain has as many member cards as a gateway's list may name")]
    TooManyCards,
    #[error("there is no such member card")]
    UnknownCard,
    #[error("the chain has as many technicians as a gateway's list may name")]
    TooManyTechnicians,
    #[error("a technician with this name or this key is enrolled already")]
    TechnicianTaken,
    #[error("there is no such technician")]
    UnknownTechnician,
    #[error("there is no such store")]
    UnknownStore,
    #[error("the policy cannot work: {0}")]
    PolicyRefused(PolicyError),
    #[error("a newer version was made meanwhile: look at it first")]
    PolicyMoved,
    #[error("a policy decides from now on or later, never before")]
    PolicyInPast,
    #[error("the newest version says the same")]
    PolicyUnchanged,
    #[error("the enrolment code is not known")]
    CodeUnknown,
    #[error("the enrolment code was used by another device")]
    CodeUsed,
    #[error("the enrolment code has expired")]
    CodeExpired,
    #[error("the device's key is enrolled already")]
    KeyTaken,
    #[error("the gateway is not enrolled here")]
    UnknownGateway,
    #[error("the gateway is in quarantine until a person has looked")]
    GatewayQuarantined,
    #[error("the batch does not follow what is stored")]
    Gap { head: Head },
    #[error("event {seq} is not the one stored under this number")]
    Fork { seq: u64 },
}

/// A rejection, or a database that could not do its part.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Rejected(#[from] Rejection),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Store(StoreError::Db(error))
    }
}

impl From<InvalidTransition> for Failure {
    fn from(error: InvalidTransition) -> Self {
        Self::Rejected(Rejection::Transition(error))
    }
}

pub type Outcome<T> = Result<T, Failure>;
