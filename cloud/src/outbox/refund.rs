use crate::actions::settle_refund::{self, Told};
use crate::actions::{Outcome, Rejection, adopt_amount};
use crate::app::{Shared, crash_point, now};
use crate::pix::resolve::{RefundOutcome, RefundRefusal, ensure_refund};
use crate::pix::{PixError, Problem, RefundStatus, without_persons};
use crate::store::outbox::EffectRow;
use crate::store::refund::RefundRow;
use crate::store::{Tx, bank_return, payment, refund};
use crate::watch::returns;
use cloud_core::refund::{BankWord, Refusal};
use shared::ids::RefundId;
use shared::money::Centavos;

/// Sends a devolução under the id that was stored with its order, or asks what became of it.
pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id: RefundId = effect
        .subject
        .parse()
        .map_err(|_| Rejection::UnknownRefund)?;
    let (row, _) = look(app, id).await?;
    crash_point(&app.config, "before_refund_sent");
    let asked = effect.attempts > 0;
    // What the bank gave back by itself is not ordered again, and may end what this waits for.
    if (!asked || row.reason.is_some())
        && let Ok(pix) = app.bank.get_pix(&row.e2eid).await
    {
        returns::hear(app, &pix).await?;
    }
    let (row, free) = look(app, id).await?;
    if !row.state.is_under_way() {
        return Ok(());
    }
    let mut standing = None;
    let told = if !asked && free < row.amount {
        // Nothing was sent: nothing stands under the id.
        let why = "a devolução that the bank made is not decided, or left less";
        word(
            BankWord::Rejected(Refusal::AboveAmount),
            Some(why.into()),
            effect.attempts,
        )
    } else {
        let sent = ensure_refund(&app.bank, &row.e2eid, &id.simple(), row.amount, asked).await;
        standing = standing_of(&sent);
        told(sent, effect.attempts)
    };
    crash_point(&app.config, "after_refund_sent");
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| {
            if let Some(standing) = standing {
                adopt_amount::of_refund(tx, at, &id, standing)?;
            }
            settle_refund::run(tx, at, &id, &told)
        })
        .await?;
    Ok(())
}

/// The order, and what of its Pix is neither back nor on its way back by the bank's own doing.
async fn look(app: &Shared, id: RefundId) -> Outcome<(RefundRow, Centavos)> {
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = refund::by_id(tx, &id)? else {
                return Ok(None);
            };
            let Some(paid) = payment::by_e2eid(tx, &row.e2eid)? else {
                return Ok(None);
            };
            let free = bank_return::remaining(tx, &row.e2eid, paid.amount)?.free;
            Ok(Some((row, free)))
        })
        .await?;
    Ok(found.ok_or(Rejection::UnknownRefund)?)
}

fn word(word: BankWord, detail: Option<String>, attempts: u32) -> Told {
    Told {
        word,
        settled_ms: None,
        return_id: None,
        detail,
        attempts,
    }
}

pub(super) fn told(outcome: RefundOutcome, attempts: u32) -> Told {
    let word = |said, detail| word(said, detail, attempts);
    match outcome {
        RefundOutcome::Settled { refund } => Told {
            settled_ms: refund.settled_ms,
            return_id: refund.return_id,
            ..word(BankWord::Settled, None)
        },
        RefundOutcome::Processing { refund } => Told {
            return_id: refund.return_id,
            ..word(BankWord::Processing, None)
        },
        RefundOutcome::Refused {
            reason: RefundRefusal::NotDone { reason },
        } => {
            let why = reason.unwrap_or_else(|| "the bank did not do it and gave no reason".into());
            word(
                BankWord::Refused(Refusal::of(&why)),
                Some(without_persons(&why)),
            )
        }
        // The id is kept, so that a request the bank hides can never be joined by a second one.
        RefundOutcome::Refused {
            reason: RefundRefusal::Rejected { problem },
        } => word(
            BankWord::Rejected(Refusal::of(&words(&problem))),
            Some(without_persons(&words(&problem))),
        ),
        RefundOutcome::StillUnknown {
            cause: PixError::Refused { problem },
        } => word(
            BankWord::Doubtful(Refusal::of(&words(&problem))),
            Some(without_persons(&words(&problem))),
        ),
        RefundOutcome::StillUnknown { cause } => word(BankWord::Unknown, Some(cause.to_string())),
        RefundOutcome::Conflict { asked, standing } => {
            let amount = standing.amount;
            let detail = format!("the bank holds {amount} under this id, {asked} was ordered");
            let said = match standing.status {
                RefundStatus::Settled if amount < asked => BankWord::Settled,
                RefundStatus::Processing if amount < asked => BankWord::Processing,
                _ => BankWord::Unknown,
            };
            Told {
                settled_ms: standing.settled_ms,
                return_id: standing.return_id,
                ..word(said, Some(detail))
            }
        }
    }
}

/// The amount that stands under the id, where it is not the one that was asked for.
pub(super) fn standing_of(outcome: &RefundOutcome) -> Option<Centavos> {
    match outcome {
        RefundOutcome::Conflict { standing, .. } => Some(standing.amount),
        _ => None,
    }
}

/// All that a refusal says, to learn what it means. Kept is what names nobody of it.
pub(super) fn words(problem: &Problem) -> String {
    let mut text = problem.status.to_string();
    let reasons = problem.violations.iter().map(|broken| &broken.reason);
    let said = [&problem.kind, &problem.title, &problem.detail];
    for part in said.into_iter().chain(reasons).flatten() {
        text.push_str(": ");
        text.push_str(part);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pix::Refund;

    #[test]
    fn what_stands_under_our_id_for_less_is_believed_and_for_more_is_not() {
        let asked = Centavos::new(1_000);
        let of = |centavos, status| {
            let standing = Refund {
                id: "r".into(),
                amount: Centavos::new(centavos),
                status,
                nature: None,
                return_id: Some("D1".into()),
                requested_ms: None,
                settled_ms: None,
            };
            let outcome = RefundOutcome::Conflict { asked, standing };
            (standing_of(&outcome), told(outcome, 3).word)
        };
        let (less, more) = (Some(Centavos::new(600)), Some(Centavos::new(1_001)));
        for (got, expected) in [
            (of(600, RefundStatus::Settled), (less, BankWord::Settled)),
            (
                of(600, RefundStatus::Processing),
                (less, BankWord::Processing),
            ),
            (
                of(600, RefundStatus::Unknown("EM_ANALISE".into())),
                (less, BankWord::Unknown),
            ),
            (of(1_001, RefundStatus::Settled), (more, BankWord::Unknown)),
        ] {
            assert_eq!(got, expected);
        }
    }
}
