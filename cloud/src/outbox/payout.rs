use super::postpone;
use crate::actions::begin_payout::{self, Begun};
use crate::actions::settle_payout::{self, Told};
use crate::actions::{Outcome, Rejection};
use crate::app::{Shared, crash_point, now};
use crate::pix::payout::{PayoutOutcome, ensure_payout};
use crate::pix::{PixError, SendRequest};
use crate::store::alarm::AlarmKind;
use crate::store::outbox::EffectRow;
use crate::store::payout::PayoutRow;
use crate::store::{Tx, alarm, outbox, payout, person, person_field};
use cloud_core::payout::{BankWord, Refusal};
use shared::ids::PayoutId;

/// Looked at again after this while sending is turned off, or the key file is another one: a person
/// mends both.
const OFF_MS: i64 = 3_600 * 1_000;

/// Sends a Pix under the id that was stored with its order, or asks what became of it.
pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id: PayoutId = effect
        .subject
        .parse()
        .map_err(|_| Rejection::UnknownPayout)?;
    let Some(provider) = app.payouts.clone() else {
        let detail = "this bank's way of sending is not known, or is turned off: a person must pay";
        return set_aside(app, effect, id, detail).await;
    };
    let Some(asked_for) = request(app, id).await? else {
        let detail = "the receiver's key cannot be opened: is the key file the right one?";
        return set_aside(app, effect, id, detail).await;
    };
    let (limits, at) = (app.config.payout.limits(), now());
    let begun = app
        .store
        .write(move |tx: &Tx<'_>| begin_payout::run(tx, at, &id, &limits));
    let Begun::Send { order, asked } = begun.await? else {
        return Ok(());
    };
    crash_point(&app.config, "before_payout_sent");
    let told = if !asked && !asked_for.key.may_be_of(&asked_for.owner) {
        // Nothing was sent, and the directory was not asked.
        told(
            BankWord::Rejected(Refusal::OwnerDiffers),
            Some("the key says itself that it is of somebody else".into()),
            effect.attempts,
        )
    } else {
        let request = SendRequest {
            amount: order.amount,
            ..asked_for
        };
        let outcome = ensure_payout(provider.as_ref(), &id.simple(), &request, asked).await;
        heard(outcome, effect.attempts)
    };
    crash_point(&app.config, "after_payout_sent");
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| settle_payout::run(tx, at, &id, &told).map(drop))
        .await?;
    tracing::debug!(payout.id = %id, "asked the bank about a payout");
    Ok(())
}

/// Key and owner in the clear, for as long as the request takes. The amount is the order's.
async fn request(app: &Shared, id: PayoutId) -> Outcome<Option<SendRequest>> {
    let found = app
        .store
        .read(move |tx| {
            let Some(order) = payout::by_id(tx, &id)? else {
                return Ok(None);
            };
            let key = person_field::payout_key(tx, &order.person, &id)?;
            Ok(Some((
                order.clone(),
                key,
                person::sealed_cpf(tx, &order.person)?,
            )))
        })
        .await?;
    let (order, key, cpf) = found.ok_or(Rejection::UnknownPayout)?;
    Ok(key.zip(cpf).and_then(|((own, key), cpf)| {
        Some(SendRequest {
            amount: order.amount,
            key: app.keys.open_pix_key(&own, &key)?,
            owner: app.keys.open_cpf(&cpf)?,
            description: description(app, &order),
        })
    }))
}

/// What the receiver's bank shows; it names nobody.
fn description(app: &Shared, order: &PayoutRow) -> String {
    let why = match order.debt {
        payout::Debt::Finder(_) => "carrinho encontrado",
        payout::Debt::Owed(_) => "caução devolvida",
    };
    format!("{}: {why}", app.config.payee_name)
}

/// Nothing can be sent now, through no fault of the receiver. A person is told; an order that the bank
/// may know is kept as it is.
async fn set_aside(
    app: &Shared,
    effect: &EffectRow,
    id: PayoutId,
    detail: &'static str,
) -> Outcome<()> {
    let (kind, subject, at) = (effect.kind, effect.subject.clone(), now());
    let waits = app
        .store
        .write(move |tx: &Tx<'_>| -> Outcome<bool> {
            let order = payout::by_id(tx, &id)?.ok_or(Rejection::UnknownPayout)?;
            if !order.state.is_alive() {
                outbox::finish(tx, kind, &subject, at)?;
                return Ok(false);
            }
            let rental = order.rental.to_string();
            alarm::raise(tx, AlarmKind::PayoutRefused, &rental, detail, at)?;
            let due = order.pay_from_ms.max(at.plus(OFF_MS));
            outbox::postpone(tx, kind, &subject, due, detail)?;
            Ok(true)
        })
        .await;
    match waits {
        Ok(_) => Ok(()),
        Err(error) => {
            postpone(app, effect, error.to_string()).await?;
            Err(error)
        }
    }
}

fn told(word: BankWord, detail: Option<String>, attempts: u32) -> Told {
    Told {
        word,
        settled_ms: None,
        e2eid: None,
        detail,
        attempts,
    }
}

fn heard(outcome: PayoutOutcome, attempts: u32) -> Told {
    let word = |said, detail| told(said, detail, attempts);
    match outcome {
        PayoutOutcome::Settled { sent } => Told {
            settled_ms: sent.settled_ms,
            e2eid: sent.end_to_end_id,
            ..word(BankWord::Settled, None)
        },
        PayoutOutcome::Processing { sent } => Told {
            e2eid: sent.end_to_end_id,
            ..word(BankWord::Processing, None)
        },
        PayoutOutcome::NotDone { reason } => {
            let why = reason.unwrap_or_else(|| "the bank did not do it and gave no reason".into());
            word(BankWord::Refused(Refusal::of(&why)), Some(why))
        }
        PayoutOutcome::Rejected { problem } => {
            let words = super::refund::words(&problem);
            word(BankWord::Rejected(Refusal::of(&words)), Some(words))
        }
        PayoutOutcome::StillUnknown {
            cause: PixError::Refused { problem },
        } => {
            let words = super::refund::words(&problem);
            word(BankWord::Doubtful(Refusal::of(&words)), Some(words))
        }
        PayoutOutcome::StillUnknown { cause } => word(BankWord::Unknown, Some(cause.to_string())),
        PayoutOutcome::Conflict { asked, standing } => word(
            BankWord::Unknown,
            Some(format!(
                "the bank holds {standing} under this id, {asked} was ordered"
            )),
        ),
    }
}
