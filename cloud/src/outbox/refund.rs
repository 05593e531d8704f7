use crate::actions::settle_refund::{self, Told};
use crate::actions::{Outcome, Rejection};
use crate::app::{Shared, crash_point, now};
use crate::pix::resolve::{RefundOutcome, RefundRefusal, ensure_refund};
use crate::store::outbox::EffectRow;
use crate::store::{Tx, refund};
use cloud_core::refund::BankWord;
use shared::ids::RefundId;

/// Sends a devolução under the id that was stored with its order, or asks what became of it.
pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id: RefundId = effect
        .subject
        .parse()
        .map_err(|_| Rejection::UnknownRefund)?;
    let row = app.store.read(move |tx| refund::by_id(tx, &id)).await?;
    let row = row.ok_or(Rejection::UnknownRefund)?;
    crash_point(&app.config, "before_refund_sent");
    let asked = effect.attempts > 0;
    let outcome = ensure_refund(&app.bank, &row.e2eid, &id.simple(), row.amount, asked).await;
    crash_point(&app.config, "after_refund_sent");
    let told = told(outcome, effect.attempts);
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| settle_refund::run(tx, at, &id, &told))
        .await?;
    Ok(())
}

pub(super) fn told(outcome: RefundOutcome, attempts: u32) -> Told {
    let word = |word, detail: Option<String>| Told {
        word,
        settled_ms: None,
        return_id: None,
        detail,
        attempts,
    };
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
            word(BankWord::Refused, Some(why))
        }
        // Nothing stands under the id, as far as the bank shows: the id is kept, so that a request
        // it hides can never be joined by a second one. A person sees it when it gets late.
        RefundOutcome::Refused {
            reason: RefundRefusal::Rejected { problem },
        } => word(BankWord::Unknown, Some(problem.to_string())),
        RefundOutcome::StillUnknown { cause } => word(BankWord::Unknown, Some(cause.to_string())),
        RefundOutcome::Conflict { asked, standing } => word(
            BankWord::Unknown,
            Some(format!(
                "the bank holds {standing} under this id, {asked} was ordered"
            )),
        ),
    }
}
