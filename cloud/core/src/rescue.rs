//! The abandoned cart: when a rental counts as abandoned, and who gets what when somebody brings the
//! cart.
//!
//! ```text
//! pulled ──lit time──> notice due ──lead──> abandonment due ──declared──> Abandoned
//!                                                                           │
//!     the payer docks: deposit back, no entry ←─────────────────────────────┤
//!     a finder docks and says who they are: share and entry, rest to prizes ←┤
//!     anybody else: cart accepted, nothing paid, the payer may object ←──────┘
//! ```
//!
//! Invariant: the parts of a deposit sum to the deposit. The finder's part is less than the deposit,
//! so payer and finder together never gain. Time in which a gateway of the store was dark is time in
//! which nobody can be called a non-returner. What bounds a day of rewards are the policy's caps.

mod decision;
mod due;
mod inputs;
mod payout;

pub use decision::{
    Claim, Claimant, Decision, Docking, Entry, Finder, Insertion, Mark, Outcome, Payer, Record,
    Refusal, Reward, Split, decide,
};
pub use due::{Dark, Due, Moment, NotYet, Out, Told, declare, due};
pub use inputs::{ClaimInputs, Decided, FinderInputs, Inputs};
pub use payout::{
    Objection, Release, VOUCHER_HELD_DAYS, VOUCHER_VALID_DAYS, VoucherTerm, release, voucher_term,
    voucher_until,
};

#[cfg(test)]
mod tests;
