//! What the bank shows of the Pix that we sent: final words whose callback was lost, and what came
//! back, which may be months later.

use crate::actions::settle_payout::{self, Returned, Told};
use crate::actions::{Failure, Outcome};
use crate::app::{Shared, now};
use crate::pix::{SentPix, SentStatus};
use crate::store::{Tx, charge, payout};
use cloud_core::payout::{BankWord, PayoutState, Refusal};
use shared::ids::PayoutId;
use shared::time::UnixMs;
use std::time::Duration;

const CURSOR: &str = "sent_pix";

/// How far each read overlaps the one before, and the longest part read at once.
const OVERLAP_MS: i64 = 60 * 60 * 1_000;
const SPAN_MS: i64 = 24 * 60 * 60 * 1_000;

/// A receiver may send back for as long as a devolução is possible.
const SWEEP_MS: i64 = 91 * SPAN_MS;
const SWEEP_EVERY: Duration = Duration::from_secs(12 * 3_600);

/// Reads the bank's list of sent Pix by the clock.
pub async fn run(app: Shared) {
    let mut clock = tokio::time::interval(Duration::from_secs(app.config.bank_poll_seconds));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    loop {
        let read = tokio::select! {
            _ = clock.tick() => read_list(&app).await,
            _ = sweep.tick() => read_span(&app, now().plus(-SWEEP_MS), now()).await.map(drop),
            () = app.stopping.wait() => return,
        };
        if let Err(error) = read {
            tracing::warn!(error = %error, "could not read the list of sent Pix");
        }
    }
}

/// Follows a callback about one of ours.
pub(super) async fn follow(app: &Shared, id: &str) -> Outcome<()> {
    let (Some(provider), Some(ours)) = (app.payouts.clone(), ours(id)) else {
        return Ok(());
    };
    let known = app.store.read(move |tx| payout::by_id(tx, &ours)).await?;
    if known.is_some_and(|order| order.sent_ms.is_some())
        && let Ok(sent) = provider.get(id).await
    {
        hear(app, &sent).await?;
    }
    Ok(())
}

/// The payout that a bank's id names; none for what another program sent from this account.
pub fn ours(id: &str) -> Option<PayoutId> {
    let bytes: [u8; 16] = hex::decode(id).ok()?.try_into().ok()?;
    // By its version and variant: made by a rule of ours (`order_payout::id_of`).
    let made_here = bytes[6] >> 4 == 8 && bytes[8] >> 6 == 2;
    made_here.then(|| PayoutId::from_bytes(bytes))
}

async fn read_list(app: &Shared) -> Outcome<()> {
    // Nothing was ever sent: nothing to ask about.
    let (any, since) = app
        .store
        .read(|tx| Ok((payout::any_sent(tx)?, charge::cursor(tx, CURSOR)?)))
        .await?;
    if !any {
        return Ok(());
    }
    let at = now();
    let from = since.unwrap_or(at).plus(-OVERLAP_MS);
    if read_span(app, from, at).await? {
        app.store
            .write(move |tx: &Tx<'_>| charge::set_cursor(tx, CURSOR, at).map_err(Failure::from))
            .await?;
    }
    Ok(())
}

/// True: all of it was listed and heard.
async fn read_span(app: &Shared, mut from: UnixMs, to: UnixMs) -> Outcome<bool> {
    let Some(provider) = app.payouts.clone() else {
        return Ok(false);
    };
    if !app.store.read(payout::any_sent).await? {
        return Ok(true);
    }
    let mut whole = true;
    while from < to {
        let until = to.min(from.plus(SPAN_MS));
        let list = match provider.list(from, until).await {
            Ok(list) => list,
            Err(error) => {
                tracing::warn!(pix.error = %error, "the bank did not list what was sent");
                return Ok(false);
            }
        };
        for sent in &list.sent {
            if let Err(error) = hear(app, sent).await {
                tracing::error!(error = %error, "a listed payout is not booked; it will be listed again");
                whole = false;
            }
        }
        whole &= list.complete && list.unreadable == 0;
        from = until;
    }
    Ok(whole)
}

/// Follows what the bank shows of one that it sent for us.
pub async fn hear(app: &Shared, sent: &SentPix) -> Outcome<()> {
    let Some(id) = ours(&sent.id) else {
        return Ok(());
    };
    let known = app
        .store
        .read(move |tx| {
            let returned = payout::returned_of(tx, &id)?;
            Ok(payout::by_id(tx, &id)?.map(|order| (order, returned)))
        })
        .await?;
    let Some((order, back)) = known else {
        return Ok(());
    };
    let word = match &sent.status {
        SentStatus::Settled => Some((BankWord::Settled, None)),
        SentStatus::Refused { reason } => {
            let why = Refusal::of(reason.as_deref().unwrap_or_default());
            Some((BankWord::Refused(why), reason.clone()))
        }
        SentStatus::Processing | SentStatus::Unknown(_) => None,
    };
    let at = now();
    let is_news = match order.state {
        PayoutState::Settled | PayoutState::Returned => false,
        state if state.is_alive() => sent.amount == order.amount,
        // Said once; the alarm stands until a person has looked.
        _ => sent.status == SentStatus::Settled,
    };
    if let (Some((word, detail)), true) = (word, is_news) {
        let told = Told {
            word,
            settled_ms: sent.settled_ms,
            e2eid: sent.end_to_end_id.clone(),
            detail,
            attempts: 0,
        };
        app.store
            .write(move |tx: &Tx<'_>| settle_payout::run(tx, at, &id, &told).map(drop))
            .await?;
    }
    let listed = sent
        .returns
        .iter()
        .map(|r| r.amount)
        .sum::<shared::money::Centavos>();
    if listed == back {
        return Ok(());
    }
    for part in sent.returns.clone() {
        let part = Returned {
            id: part.id,
            amount: part.amount,
            settled_ms: part.settled_ms,
        };
        app.store
            .write(move |tx: &Tx<'_>| settle_payout::returned(tx, at, &id, &part).map(drop))
            .await?;
    }
    Ok(())
}
