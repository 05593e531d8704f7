//! What the bank shows of the devoluções of a Pix: final words about our own orders, and those that
//! it or its app made by itself.

use crate::actions::hear_return::{self, HeardReturn, is_news};
use crate::actions::settle_refund::{self, Told};
use crate::actions::{Outcome, adopt_amount};
use crate::app::{Shared, now};
use crate::pix::{ReceivedPix, Refund, RefundStatus, without_persons};
use crate::store::alarm::AlarmKind;
use crate::store::bank_return::{self, ReturnState};
use crate::store::refund::RefundRow;
use crate::store::{DbError, Tx, alarm, refund};
use cloud_core::refund::{BankWord, RefundState, Refusal};
use shared::ids::RefundId;

/// A bank that names no nature; the standard's default.
const NATURE_DEFAULT: &str = "ORIGINAL";

/// Lists overlap and charges are read often: what is known already costs a read, not a write.
pub async fn hear(app: &Shared, pix: &ReceivedPix) -> Outcome<()> {
    for shown in &pix.refunds {
        let (e2eid, id) = (pix.end_to_end_id.clone(), shown.id.clone());
        let ours = app.store.read(move |tx| order(tx, &e2eid, &id)).await?;
        match ours {
            Some(Ours { order, is_excess }) => hear_of_ours(app, &order, is_excess, shown).await?,
            None => hear_of_theirs(app, &pix.end_to_end_id, shown).await?,
        }
    }
    Ok(())
}

struct Ours {
    order: RefundRow,
    /// A person was told already that it moved money it should not have.
    is_excess: bool,
}

fn order(tx: &Tx<'_>, e2eid: &str, id: &str) -> Result<Option<Ours>, DbError> {
    let bytes = hex::decode(id)
        .ok()
        .and_then(|b| <[u8; 16]>::try_from(b).ok());
    let Some(bytes) = bytes else {
        return Ok(None);
    };
    let id = RefundId::from_bytes(bytes);
    let Some(order) = refund::by_id(tx, &id)?.filter(|order| order.e2eid == e2eid) else {
        return Ok(None);
    };
    let subject = order.rental.to_string();
    let is_excess = alarm::is_open(tx, AlarmKind::RefundExcess, &subject)?;
    Ok(Some(Ours { order, is_excess }))
}

async fn hear_of_ours(
    app: &Shared,
    order: &RefundRow,
    is_excess: bool,
    shown: &Refund,
) -> Outcome<()> {
    let (word, detail) = match &shown.status {
        RefundStatus::Settled => (BankWord::Settled, None),
        RefundStatus::Refused { reason } => {
            let why = Refusal::of(reason.as_deref().unwrap_or_default());
            (
                BankWord::Refused(why),
                reason.as_deref().map(without_persons),
            )
        }
        RefundStatus::Processing | RefundStatus::Unknown(_) => return Ok(()),
    };
    let is_news = match (order.state, word) {
        (RefundState::Settled, _) => false,
        (RefundState::Owed, word) => word == BankWord::Settled,
        (RefundState::Refused | RefundState::Covered | RefundState::PaidOut, word) => {
            word == BankWord::Settled && !is_excess
        }
        (RefundState::Requested | RefundState::Processing, BankWord::Settled) => {
            shown.amount <= order.amount || !is_excess
        }
        // An id that is spent moved nothing, whatever its amount was.
        (RefundState::Requested | RefundState::Processing, _) => true,
    };
    if !is_news {
        return Ok(());
    }
    let told = Told {
        word,
        settled_ms: shown.settled_ms,
        return_id: shown.return_id.clone(),
        detail,
        attempts: 0,
    };
    let (id, at, standing) = (order.id, now(), shown.amount);
    app.store
        .write(move |tx: &Tx<'_>| {
            let settled = told.word == BankWord::Settled;
            if settled && !adopt_amount::of_refund(tx, at, &id, standing)? {
                return Ok(());
            }
            settle_refund::run(tx, at, &id, &told).map(drop)
        })
        .await
}

async fn hear_of_theirs(app: &Shared, e2eid: &str, shown: &Refund) -> Outcome<()> {
    let heard = HeardReturn {
        e2eid: e2eid.to_owned(),
        id: shown.id.clone(),
        amount: shown.amount,
        nature: shown.nature.as_deref().unwrap_or(NATURE_DEFAULT).to_owned(),
        state: match shown.status {
            RefundStatus::Settled => ReturnState::Settled,
            RefundStatus::Refused { .. } => ReturnState::Refused,
            // What is not refused takes its part of the Pix.
            RefundStatus::Processing | RefundStatus::Unknown(_) => ReturnState::Processing,
        },
        return_id: shown.return_id.clone(),
        settled_ms: shown.settled_ms,
    };
    let asked = heard.clone();
    let before = app
        .store
        .read(move |tx| bank_return::by_id(tx, &asked.e2eid, &asked.id))
        .await?;
    if !is_news(before.as_ref(), &heard) {
        return Ok(());
    }
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| hear_return::run(tx, at, &heard).map(drop))
        .await
}
