//! Ask before repeating. The caller has stored the id; these functions find out what stands under
//! it at the bank, sending it at most once a call and never under another id. Each may be called
//! again, at any time and by any process, until the answer is final.

use super::answer::{Charge, ChargeStatus, Refund, RefundStatus};
use super::client::{ChargeRequest, PixClient};
use super::error::{PixError, Problem, UnknownCause};
use shared::money::Centavos;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChargeOutcome {
    /// The charge is at the bank with our amount, in whatever state `status` and `pix` tell.
    Standing(Charge),
    /// The txid stands at the bank for another amount: ours was not created.
    Conflict { asked: Centavos, standing: Centavos },
    /// The bank will not have this charge.
    Refused { problem: Box<Problem> },
    /// Call again with the same txid, after `cause.retry_after()` where it says so.
    StillUnknown { cause: PixError },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CancelOutcome {
    /// No payment can arrive any more. Payments made before are in `pix`.
    Removed(Charge),
    /// The customer was faster.
    Paid(Charge),
    /// The bank knows no such charge, so nobody can pay it.
    Absent,
    StillUnknown {
        cause: PixError,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    Settled {
        refund: Refund,
    },
    /// At the bank and not final: ask again later.
    Processing {
        refund: Refund,
    },
    /// Final for this id. Only now may a new refund with a new id be thought of.
    Refused {
        reason: RefundRefusal,
    },
    /// Call again with the same id and `already_attempted`.
    StillUnknown {
        cause: PixError,
    },
    /// The id stands at the bank for another amount.
    Conflict {
        asked: Centavos,
        standing: Refund,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundRefusal {
    /// `NAO_REALIZADO`: the bank tried or gave up; the id is spent.
    NotDone { reason: Option<String> },
    /// The request was never taken; nothing stands under the id.
    Rejected { problem: Box<Problem> },
}

/// Makes sure the charge stands at the bank.
pub async fn ensure_charge(client: &PixClient, txid: &str, asked: &ChargeRequest) -> ChargeOutcome {
    let failure = match client.put_charge(txid, asked).await {
        Ok(charge) => return compared(charge, asked.amount),
        Err(failure) => failure,
    };
    if !worth_asking(&failure) {
        return match failure {
            PixError::NotFound { problem } if problem.is_worded() => {
                ChargeOutcome::Refused { problem }
            }
            cause => ChargeOutcome::StillUnknown { cause },
        };
    }
    match (client.get_charge(txid).await, failure) {
        (Ok(charge), _) => compared(charge, asked.amount),
        (Err(PixError::NotFound { .. }), PixError::Refused { problem }) if is_final(&problem) => {
            ChargeOutcome::Refused { problem }
        }
        // What timed out may still be on its way: absent now does not mean absent for good.
        (Err(PixError::NotFound { .. }), cause) | (Err(cause), _) => {
            ChargeOutcome::StillUnknown { cause }
        }
    }
}

/// Makes sure nobody can pay the charge any more, or finds out that somebody has.
pub async fn ensure_cancelled(client: &PixClient, txid: &str) -> CancelOutcome {
    let failure = match client.cancel_charge(txid).await {
        Ok(charge) => return closed(charge),
        Err(PixError::NotFound { problem }) if problem.is_worded() => return CancelOutcome::Absent,
        Err(failure) => failure,
    };
    if !worth_asking(&failure) {
        return CancelOutcome::StillUnknown { cause: failure };
    }
    match client.get_charge(txid).await {
        Ok(charge) if charge.status == ChargeStatus::Active && charge.pix.is_empty() => {
            CancelOutcome::StillUnknown { cause: failure }
        }
        Ok(charge) => closed(charge),
        Err(PixError::NotFound { problem }) if problem.is_worded() => CancelOutcome::Absent,
        Err(cause) => CancelOutcome::StillUnknown { cause },
    }
}

/// Makes sure the refund stands at the bank under `id`, exactly once.
///
/// `already_attempted` is true when any earlier call may have sent it; then the bank is asked
/// first, and the request goes out again only if the bank knows no such refund.
pub async fn ensure_refund(
    client: &PixClient,
    end_to_end_id: &str,
    id: &str,
    amount: Centavos,
    already_attempted: bool,
) -> RefundOutcome {
    if already_attempted {
        match client.get_refund(end_to_end_id, id).await {
            Ok(refund) => return settled(refund, amount),
            Err(PixError::NotFound { .. }) => {}
            Err(cause) => return RefundOutcome::StillUnknown { cause },
        }
    }
    let failure = match client.put_refund(end_to_end_id, id, amount).await {
        Ok(refund) => return settled(refund, amount),
        Err(failure) => failure,
    };
    if !worth_asking(&failure) {
        return match failure {
            PixError::NotFound { problem } if problem.is_worded() => rejected(problem),
            cause => RefundOutcome::StillUnknown { cause },
        };
    }
    match (client.get_refund(end_to_end_id, id).await, failure) {
        (Ok(refund), _) => settled(refund, amount),
        (Err(PixError::NotFound { .. }), PixError::Refused { problem }) if is_final(&problem) => {
            rejected(problem)
        }
        (Err(PixError::NotFound { .. }), cause) | (Err(cause), _) => {
            RefundOutcome::StillUnknown { cause }
        }
    }
}

/// Only an unknown outcome and a refusal of the request itself can have left something behind.
pub(super) fn worth_asking(failure: &PixError) -> bool {
    match failure {
        PixError::Unknown { .. } => true,
        PixError::Refused { problem } => !problem.blames_access(),
        PixError::NotFound { .. } | PixError::NotSent { .. } | PixError::RateLimited { .. } => {
            false
        }
    }
}

/// With nothing under the id: whether the refusal will stand. Money is not given up on the word
/// of a proxy, nor while the bank says the id is taken and does not show it yet.
pub(super) fn is_final(problem: &Problem) -> bool {
    problem.is_worded() && !problem.says_duplicate()
}

fn compared(charge: Charge, asked: Centavos) -> ChargeOutcome {
    if charge.amount == asked {
        ChargeOutcome::Standing(charge)
    } else {
        ChargeOutcome::Conflict {
            asked,
            standing: charge.amount,
        }
    }
}

fn closed(charge: Charge) -> CancelOutcome {
    let paid = !charge.pix.is_empty();
    match charge.status {
        _ if paid => CancelOutcome::Paid(charge),
        ChargeStatus::Concluded => CancelOutcome::Paid(charge),
        ChargeStatus::RemovedByPayee | ChargeStatus::RemovedByBank => {
            CancelOutcome::Removed(charge)
        }
        ChargeStatus::Active | ChargeStatus::Unknown(_) => CancelOutcome::StillUnknown {
            cause: unreadable_status(),
        },
    }
}

fn settled(refund: Refund, asked: Centavos) -> RefundOutcome {
    // An id that is spent moved nothing, whatever its amount was: restored books may have asked less.
    let spent = matches!(refund.status, RefundStatus::Refused { .. });
    if refund.amount != asked && !spent {
        return RefundOutcome::Conflict {
            asked,
            standing: refund,
        };
    }
    match refund.status {
        RefundStatus::Settled => RefundOutcome::Settled { refund },
        RefundStatus::Processing => RefundOutcome::Processing { refund },
        RefundStatus::Refused { reason } => RefundOutcome::Refused {
            reason: RefundRefusal::NotDone { reason },
        },
        RefundStatus::Unknown(_) => RefundOutcome::StillUnknown {
            cause: unreadable_status(),
        },
    }
}

fn rejected(problem: Box<Problem>) -> RefundOutcome {
    RefundOutcome::Refused {
        reason: RefundRefusal::Rejected { problem },
    }
}

fn unreadable_status() -> PixError {
    PixError::Unknown {
        cause: UnknownCause::Unreadable { field: "status" },
    }
}
