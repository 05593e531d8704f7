//! The rules of the business: ledger, rental, payment, payout, refund, stray Pix, statement,
//! placement, policy, rescue, notice, raffle, and what may be trusted about docks without internet. Pure.
//!
//! Invariant: nothing here reads a clock, draws a random number or talks to anything.

pub mod custody;
pub mod event_chain;
pub mod exposure;
pub mod ledger;
pub mod notice;
pub mod offline;
pub mod payment;
pub mod payout;
pub mod placement;
pub mod policy;
pub mod raffle;
pub mod refund;
pub mod rental;
pub mod rescue;
pub mod statement;
pub mod stray;
