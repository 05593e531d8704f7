//! API Pix (BACEN 2.9.0), the receiving side: charges, received Pix, refunds, the callback; and the
//! sending of Pix, which no standard has (`payout`).
//!
//! Shape: `client` speaks HTTP and names what an answer means for the caller (`error`), `resolve`
//! turns unknown outcomes into known ones by asking the bank, `callback` reads hints, `brcode`
//! builds and checks what a customer scans. Ids (txid, refund id) are stored by the caller before
//! anything here sends them; nothing in this room ever mints one or repeats a request that the
//! bank might have executed.

mod answer;
pub mod brcode;
pub mod callback;
pub mod client;
mod efi;
mod error;
mod identity;
mod ids;
mod masked;
pub mod payout;
mod profile;
pub mod resolve;
mod settings;
mod token;
mod transport;
mod wire;

pub use answer::{Charge, ChargeStatus, ReceivedList, ReceivedPix, Refund, RefundStatus};
pub use client::{ChargeRequest, Payer, PixClient};
pub use efi::EfiSender;
pub use error::{NotSentCause, Outcome, PixError, Problem, TokenFailure, UnknownCause, Violation};
pub use identity::{Identity, IdentityError};
pub use masked::without_persons;
pub use payout::{PayoutProvider, SendRequest, SentPix, SentReturn, SentStatus};
pub use profile::BankProfile;
pub use settings::{PixSettings, Resource, Secret, SettingsError, TokenAuth, TokenBody};
