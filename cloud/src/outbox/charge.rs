use super::postpone;
use crate::actions::charge_made::{self, Made};
use crate::actions::{Outcome, Rejection};
use crate::app::{Shared, now};
use crate::pix::resolve::{CancelOutcome, ChargeOutcome, ensure_cancelled, ensure_charge};
use crate::pix::{Charge, ChargeRequest};
use crate::store::outbox::{self, EffectRow};
use crate::store::{Tx, charge};

/// What the customer's bank app shows beside the amount.
const DESCRIPTION: &str = "Caucao do carrinho, devolvida no retorno";

pub(super) async fn create(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let txid = effect.subject.clone();
    let row = app.store.read(move |tx| charge::by_txid(tx, &txid)).await?;
    let row = row.ok_or(Rejection::UnknownCharge)?;
    let window_s = row.expires_ms.since(row.requested_ms) / 1_000;
    let request = ChargeRequest {
        amount: row.amount,
        expires_in_s: u32::try_from(window_s).unwrap_or(u32::MAX),
        payer: None,
        description: Some(DESCRIPTION.to_owned()),
    };
    let made = match ensure_charge(&app.bank, &row.txid, &request).await {
        ChargeOutcome::Standing(standing) => made(app, &standing),
        ChargeOutcome::Conflict { .. } | ChargeOutcome::Refused { .. } => Made::Refused,
        ChargeOutcome::StillUnknown { cause } => {
            return Ok(postpone(app, effect, cause.to_string()).await?);
        }
    };
    if matches!(made, Made::Refused) {
        tracing::warn!(charge.txid = row.txid, "the bank refused a charge");
    }
    let (txid, at) = (row.txid, now());
    app.store
        .write(move |tx: &Tx<'_>| charge_made::run(tx, at, &txid, &made))
        .await
}

fn made(app: &Shared, standing: &Charge) -> Made {
    match standing.br_code(&app.config.payee_name, &app.config.payee_city) {
        Ok(copy_paste) => Made::Standing {
            copy_paste,
            expires_ms: standing.expires_ms(),
        },
        Err(error) => {
            tracing::error!(pix.error = %error, "the bank's charge has no usable code");
            Made::Refused
        }
    }
}

pub(super) async fn cancel(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    match ensure_cancelled(&app.bank, &effect.subject).await {
        CancelOutcome::Removed(charge) | CancelOutcome::Paid(charge) => {
            // The customer may have been faster than the cancellation.
            crate::watch::book(app, &charge).await?;
        }
        CancelOutcome::Absent => {}
        CancelOutcome::StillUnknown { cause } => {
            return Ok(postpone(app, effect, cause.to_string()).await?);
        }
    }
    let (kind, subject, at) = (effect.kind, effect.subject.clone(), now());
    app.store
        .write(move |tx: &Tx<'_>| Ok(outbox::finish(tx, kind, &subject, at)?))
        .await
}
