use crate::actions::settle_refund::{self, Told};
use crate::actions::{Outcome, Rejection};
use crate::app::{Shared, crash_point, now};
use crate::pix::resolve::{RefundOutcome, RefundRefusal, ensure_refund};
use crate::pix::{PixError, Problem, without_persons};
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
        told(sent, effect.attempts)
    };
    crash_point(&app.config, "after_refund_sent");
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| settle_refund::run(tx, at, &id, &told))
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
        RefundOutcome::Conflict { asked, standing } => word(
            BankWord::Unknown,
            Some(format!(
                "the bank holds {standing} under this id, {asked} was ordered"
            )),
        ),
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
