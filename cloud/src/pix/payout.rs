//! Sending a Pix to a person's key. No standard says how: each bank has its own way, behind one trait.
//!
//! Invariant: an id is sent at most once a call and never replaced in here; what is unknown is asked
//! for under the same id (`ensure_payout`).

use super::error::{PixError, Problem, UnknownCause};
use super::resolve::{is_final, worth_asking};
use async_trait::async_trait;
use shared::document::Cpf;
use shared::money::Centavos;
use shared::pix_key::PixKey;
use shared::time::UnixMs;
use std::fmt;

/// What is sent, and to whom. The bank compares `owner` with the directory before money moves.
#[derive(Clone, PartialEq, Eq)]
pub struct SendRequest {
    pub amount: Centavos,
    pub key: PixKey,
    pub owner: Cpf,
    /// Shown to the receiver by the bank; cut at 140 characters.
    pub description: String,
}

impl fmt::Debug for SendRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendRequest")
            .field("amount", &self.amount)
            .finish_non_exhaustive()
    }
}

/// A Pix of ours as the bank shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentPix {
    pub id: String,
    pub end_to_end_id: Option<String>,
    pub amount: Centavos,
    pub status: SentStatus,
    pub settled_ms: Option<UnixMs>,
    /// What the receiving bank sent back of it, settled.
    pub returns: Vec<SentReturn>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SentStatus {
    Processing,
    Settled,
    /// Final: the id is spent and the money stayed.
    Refused {
        reason: Option<String>,
    },
    /// A word that this version does not know.
    Unknown(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentReturn {
    /// The settlement system's id of the return.
    pub id: String,
    pub amount: Centavos,
    pub settled_ms: Option<UnixMs>,
}

/// What was sent in a span of time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentList {
    pub sent: Vec<SentPix>,
    /// Entries that could not be understood; they were logged and left out.
    pub unreadable: usize,
    /// False when the page limit cut the list: ask again for a shorter span.
    pub complete: bool,
}

/// One bank's way of sending.
#[async_trait]
pub trait PayoutProvider: Send + Sync {
    /// Sends under an id that the caller has stored.
    async fn send(&self, id: &str, asked: &SendRequest) -> Result<SentPix, PixError>;

    async fn get(&self, id: &str) -> Result<SentPix, PixError>;

    /// Everything requested from `from` to `to`, both included.
    async fn list(&self, from: UnixMs, to: UnixMs) -> Result<SentList, PixError>;
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PayoutOutcome {
    Settled {
        sent: SentPix,
    },
    /// At the bank and not final: ask again later.
    Processing {
        sent: SentPix,
    },
    /// The bank gave up: the id is spent.
    NotDone {
        reason: Option<String>,
    },
    /// The request was never taken; nothing stands under the id.
    Rejected {
        problem: Box<Problem>,
    },
    /// Call again with the same id and `already_attempted`.
    StillUnknown {
        cause: PixError,
    },
    /// The id stands at the bank for another amount.
    Conflict {
        asked: Centavos,
        standing: Centavos,
    },
}

/// Makes sure the payout stands at the bank under `id`, exactly once.
///
/// `already_attempted` is true when any earlier call may have sent it; then the bank is asked first,
/// and the request goes out again only if the bank knows no such payout.
pub async fn ensure_payout(
    provider: &dyn PayoutProvider,
    id: &str,
    asked: &SendRequest,
    already_attempted: bool,
) -> PayoutOutcome {
    if already_attempted {
        match provider.get(id).await {
            Ok(sent) => return shown(sent, asked.amount),
            Err(PixError::NotFound { problem }) if problem.is_worded() => {}
            Err(cause) => return PayoutOutcome::StillUnknown { cause },
        }
    }
    let failure = match provider.send(id, asked).await {
        Ok(sent) => return shown(sent, asked.amount),
        Err(failure) => failure,
    };
    if !worth_asking(&failure) {
        return PayoutOutcome::StillUnknown { cause: failure };
    }
    match (provider.get(id).await, failure) {
        (Ok(sent), _) => shown(sent, asked.amount),
        (Err(PixError::NotFound { .. }), PixError::Refused { problem }) if is_final(&problem) => {
            PayoutOutcome::Rejected { problem }
        }
        // What timed out may still be on its way: absent now does not mean absent for good.
        (Err(PixError::NotFound { .. }), cause) | (Err(cause), _) => {
            PayoutOutcome::StillUnknown { cause }
        }
    }
}

fn shown(sent: SentPix, asked: Centavos) -> PayoutOutcome {
    // An id that is spent moved nothing, whatever its amount was.
    let spent = matches!(sent.status, SentStatus::Refused { .. });
    if sent.amount != asked && !spent {
        return PayoutOutcome::Conflict {
            asked,
            standing: sent.amount,
        };
    }
    match sent.status {
        SentStatus::Settled => PayoutOutcome::Settled { sent },
        SentStatus::Processing => PayoutOutcome::Processing { sent },
        SentStatus::Refused { reason } => PayoutOutcome::NotDone { reason },
        SentStatus::Unknown(_) => PayoutOutcome::StillUnknown {
            cause: PixError::Unknown {
                cause: UnknownCause::Unreadable { field: "status" },
            },
        },
    }
}
