//! One file per verb. An action runs inside one transaction: load, ask the core, save, record
//! effects. It draws no conclusion that the core could draw and sends nothing anywhere.

pub mod abandon_rental;
pub mod accept_events;
pub mod account_campaign;
pub mod add_technician;
pub mod adopt_amount;
pub mod answer_technician;
pub mod approve_commitment;
pub mod approve_return;
pub mod authorise_campaign;
pub mod begin_campaign;
pub mod begin_payout;
pub mod book_stray;
pub mod campaign_step;
pub mod cancel_campaign;
pub mod cancel_rental;
pub mod change_password;
pub mod charge_made;
pub mod claim_entry;
pub mod claim_rescue;
pub mod close_campaign;
pub mod close_day;
pub mod confirm_payment;
pub mod consent_name;
pub mod decide_payout;
pub mod deliver_prize;
pub mod disqualify_entry;
pub mod draft_campaign;
pub mod draw_campaign;
pub mod enrol_gateway;
pub mod enter_result;
pub mod erase_person;
pub mod expire_charge;
pub mod expire_prizes;
pub mod expire_voucher;
pub mod extend_grant;
pub mod follow_chain;
pub mod forget_contacts;
pub mod freeze_campaign;
pub mod grant_delivered;
pub mod hand_out_grant;
pub mod hear_return;
pub mod hear_stray;
pub mod honour_receipt;
pub mod judge_rescue;
pub mod lapse_grant;
pub mod lend_vouchers;
pub mod make_policy;
pub mod name_key;
pub mod name_vouchers;
pub mod note_beacon;
pub mod note_sign_in;
pub mod object_rescue;
pub mod open_campaign;
pub mod open_enrolment;
pub mod order_payout;
pub mod publish_campaign;
pub mod put_card;
pub mod put_contact;
pub mod recall_voucher;
pub mod reclaim_voucher;
pub mod rectify_result;
pub mod redeem_voucher;
pub mod release_stray;
pub mod rescue_cart;
pub mod return_cart;
pub mod revoke_technician;
pub mod see_release;
pub mod set_card_state;
pub mod settle_notice;
pub mod settle_payout;
pub mod settle_refund;
pub mod settle_stray;
pub mod take_cart;
pub mod tell;
pub mod watch_campaigns;
pub mod watch_certificate;
pub mod watch_notices;
pub mod watch_payouts;
pub mod watch_refunds;
pub mod watch_rescues;

mod award_prizes;
mod custody;
mod give_certain;
mod intake;
mod issue_grant;
mod order_refund;
mod order_stray;
mod see_card_release;
mod see_commitment;
mod see_service;
mod see_voucher;

use crate::store::{DbError, StoreError};
use cloud_core::policy::PolicyError;
use cloud_core::raffle::campaign::Rejection as CampaignRejection;
use cloud_core::raffle::certain::CertainRejection;
use cloud_core::raffle::entry::EntriesRefused;
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
    #[error("there is no such payout")]
    UnknownPayout,
    #[error("this debt was ordered to be paid already, to somebody else or of another amount")]
    PayoutOrdered,
    #[error("the payout is at the bank, or may be: it cannot be called off")]
    PayoutSent,
    #[error("the payer objects: that is decided first")]
    PayoutObjected,
    #[error("nothing is owed here")]
    NothingOwed,
    #[error("too many keys today that nobody has, or somebody else: try again tomorrow")]
    TooManyKeys,
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
    #[error("no abandoned cart came back with this word of a dock")]
    UnknownRescue,
    #[error("it is decided already who gets what for this cart")]
    RescueDecided,
    #[error("the Pix key is another person's: give one of your own, or take a voucher")]
    KeyOfAnother,
    #[error("nothing can be said against it any more: the finder's part has left")]
    ContestClosed,
    #[error("the finder's part has left already")]
    FinderPaid,
    #[error("nothing of it waits for a person")]
    NothingToJudge,
    #[error("there is no voucher with this code")]
    UnknownVoucher,
    #[error("the voucher was used already")]
    VoucherUsed,
    #[error("the voucher was good until a day that is over")]
    VoucherExpired,
    #[error("the voucher is not good yet")]
    VoucherEarly,
    #[error("the voucher waits for a person: somebody objects")]
    VoucherHeld,
    #[error("the prize of this voucher went to somebody else")]
    VoucherLost,
    #[error("the voucher is at a dock: redeem it there, or wait until the dock has given it back")]
    VoucherAtDock,
    #[error(
        "the dock's journal has a gap in which the voucher may have been used: a manager decides"
    )]
    VoucherDoubtful,
    #[error("the voucher is not at a dock")]
    VoucherIsHere,
    #[error("there is no such campaign")]
    UnknownCampaign,
    #[error("another campaign has a part of this period, or the campaign's own period is shorter")]
    CampaignOverlaps,
    #[error("the list of entries is not frozen yet")]
    ListNotFrozen,
    #[error("these books hold another commitment for this campaign")]
    CommittedOtherwise,
    #[error("the key file does not open what is stored: it belongs to another database")]
    KeysDiffer,
    #[error("the campaign: {0}")]
    Campaign(CampaignRejection),
    #[error("the promotion: {0}")]
    Certain(CertainRejection),
    #[error("the entries are no list: {0}")]
    Entries(EntriesRefused),
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
    #[error("the chain has no policy at that moment, which the store could follow")]
    NoChainPolicy,
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
