//! Reads the bank. A callback only wakes a read; without any callback the same reads happen by the
//! clock: each open charge while it can be paid, and the list of received Pix for everything else.

pub mod payouts;
pub mod returns;
mod stray;

use crate::actions::confirm_payment::{self, Received};
use crate::actions::{Failure, Outcome, Rejection, expire_charge};
use crate::app::{Shared, crash_point, now};
use crate::pix::callback::Hint;
use crate::pix::{Charge, ChargeStatus, PixError, ReceivedPix};
use crate::store::alarm::AlarmKind;
use crate::store::charge::{ChargeRow, ChargeState};
use crate::store::{Tx, alarm, charge};
use cloud_core::rental::Step;
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use stray::Known;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

/// Hints that may wait; more are dropped, the clock finds what they spoke of.
const HINTS_MAX: usize = 1_024;

/// Open charges looked at in one round.
const CHARGES_MAX: u16 = 500;

/// How often a charge is asked about while somebody stands at the dock, and later.
const ASK_FRESH_MS: i64 = 2_000;
const ASK_LATER_MS: i64 = 5_000;
const FRESH_MS: i64 = 120_000;

/// A charge is over this long after its expiry by the bank's clock, so that clocks may differ.
const EXPIRY_GRACE_MS: i64 = 3_000;

/// Reads of the bank under way at one time, so that a slow answer delays few others.
const READS_AT_ONCE: usize = 8;

/// The longest part of the list read at once.
const SPAN_MS: i64 = 3_600 * 1_000;

/// How far back the slow sweep goes, and how often.
const SWEEP_MS: i64 = 72 * 3_600 * 1_000;
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);

/// How far each read of the list overlaps the one before: banks list late what settled early.
const OVERLAP_MS: i64 = 10 * 60 * 1_000;

const CURSOR: &str = "received_pix";

/// The waking end of the watch. Clones share it.
#[derive(Clone)]
pub struct Hints(mpsc::Sender<Hint>);

impl Hints {
    pub fn channel() -> (Self, mpsc::Receiver<Hint>) {
        let (sender, receiver) = mpsc::channel(HINTS_MAX);
        (Self(sender), receiver)
    }

    /// Never blocks and never fails: a hint is worth a read, not a promise.
    pub fn wake(&self, hint: Hint) {
        let _ = self.0.try_send(hint);
    }
}

/// Follows callbacks. A few at a time: they are worth a read each, and anybody may send one.
pub async fn run_hints(app: Shared, mut hints: mpsc::Receiver<Hint>) {
    let slots = Arc::new(Semaphore::new(READS_AT_ONCE));
    loop {
        let hint = tokio::select! {
            hint = hints.recv() => hint,
            () = app.stopping.wait() => return,
        };
        let (Some(hint), Ok(slot)) = (hint, Arc::clone(&slots).acquire_owned().await) else {
            return;
        };
        let app = Arc::clone(&app);
        tokio::spawn(async move {
            if let Err(error) = follow(&app, &hint).await {
                tracing::warn!(error = %error, "could not follow a bank callback");
            }
            drop(slot);
        });
    }
}

/// Asks about each open charge by the clock.
pub async fn run_charges(app: Shared) {
    let mut asked: BTreeMap<String, UnixMs> = BTreeMap::new();
    let mut round = tokio::time::interval(Duration::from_millis(500));
    round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = round.tick() => read_charges(&app, &mut asked).await,
            () = app.stopping.wait() => return,
        }
    }
}

/// Reads the bank's list of received Pix by the clock: it knows what no callback told.
pub async fn run_list(app: Shared) {
    let mut clock = tokio::time::interval(Duration::from_secs(app.config.bank_poll_seconds));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut sweep = tokio::time::interval(SWEEP_EVERY);
    loop {
        let read = tokio::select! {
            _ = clock.tick() => read_list(&app).await,
            _ = sweep.tick() => sweep_list(&app).await,
            () = app.stopping.wait() => return,
        };
        if let Err(error) = read {
            tracing::warn!(error = %error, "could not read the list of received Pix");
        }
    }
}

async fn follow(app: &Shared, hint: &Hint) -> Outcome<()> {
    if let Some(id) = &hint.payout_id {
        return payouts::follow(app, id).await;
    }
    if let Some(txid) = hint.txid.clone() {
        let known = {
            let txid = txid.clone();
            app.store.read(move |tx| charge::by_txid(tx, &txid)).await?
        };
        if known.is_some()
            && let Ok(charge) = app.bank.get_charge(&txid).await
        {
            book(app, &charge).await?;
        }
    }
    // Some banks show a Pix before the charge it pays (and a refund only there).
    if let Some(e2eid) = &hint.end_to_end_id
        && let Ok(pix) = app.bank.get_pix(e2eid).await
    {
        book_pix(app, &pix).await?;
    }
    Ok(())
}

async fn read_charges(app: &Shared, asked: &mut BTreeMap<String, UnixMs>) {
    let open = match app.store.read(|tx| charge::open(tx, CHARGES_MAX)).await {
        Ok(open) => open,
        Err(error) => {
            tracing::error!(db.error = %error, "cannot read the open charges");
            return;
        }
    };
    asked.retain(|txid, _| open.iter().any(|row| row.txid == *txid));
    let mut reads = JoinSet::new();
    for row in open {
        let at = now();
        let fresh = at.since(row.requested_ms) < FRESH_MS;
        let pause = if fresh { ASK_FRESH_MS } else { ASK_LATER_MS };
        let last = asked.get(&row.txid).copied().unwrap_or(row.requested_ms);
        if at.since(last) < pause {
            continue;
        }
        asked.insert(row.txid.clone(), at);
        if reads.len() >= READS_AT_ONCE {
            reads.join_next().await;
        }
        let app = Arc::clone(app);
        reads.spawn(async move {
            let done = match row.state {
                ChargeState::Requested => give_up(&app, &row, at).await,
                _ => read_charge(&app, &row, at).await,
            };
            if let Err(error) = done {
                tracing::warn!(charge.txid = row.txid, error = %error, "could not ask about a charge");
            }
        });
    }
    while reads.join_next().await.is_some() {}
}

/// Nobody can pay a code that nobody was shown: a charge the bank never confirmed just runs out.
/// Should the bank make it after all, it is withdrawn (`charge_made`).
async fn give_up(app: &Shared, row: &ChargeRow, at: UnixMs) -> Outcome<()> {
    if at.since(row.expires_ms) > EXPIRY_GRACE_MS {
        expire(app, row).await?;
    }
    Ok(())
}

async fn expire(app: &Shared, row: &ChargeRow) -> Outcome<()> {
    let (txid, at) = (row.txid.clone(), now());
    let expired = app
        .store
        .write(move |tx: &Tx<'_>| expire_charge::run(tx, at, &txid))
        .await;
    ignore_rejection(expired)
}

async fn read_charge(app: &Shared, row: &ChargeRow, at: UnixMs) -> Outcome<()> {
    let over = at.since(row.expires_ms) > EXPIRY_GRACE_MS;
    match app.bank.get_charge(&row.txid).await {
        Ok(charge) => {
            book(app, &charge).await?;
            // A bank may conclude a charge before it shows the Pix: that is no unpaid charge.
            if over && charge.pix.is_empty() && charge.status != ChargeStatus::Concluded {
                expire(app, row).await?;
            }
        }
        // A charge the bank does not know cannot be paid.
        Err(PixError::NotFound { .. }) if over => expire(app, row).await?,
        Err(_) => {}
    }
    Ok(())
}

async fn read_list(app: &Shared) -> Outcome<()> {
    let at = now();
    let since = app.store.read(|tx| charge::cursor(tx, CURSOR)).await?;
    let from = since.unwrap_or(at).plus(-OVERLAP_MS);
    // An outage of days is read in spans that no bank's page limit cuts off.
    let to = at.min(from.plus(SPAN_MS));
    if book_span(app, from, to).await? {
        app.store
            .write(move |tx: &Tx<'_>| charge::set_cursor(tx, CURSOR, to).map_err(Failure::from))
            .await?;
    }
    Ok(())
}

/// Reads once more what lies further back than the overlap: banks have shown a Pix hours late.
async fn sweep_list(app: &Shared) -> Outcome<()> {
    let at = now();
    let mut from = at.plus(-SWEEP_MS);
    while from < at {
        let to = at.min(from.plus(SPAN_MS));
        book_span(app, from, to).await?;
        from = to;
    }
    Ok(())
}

/// True: the whole span was listed. What cannot be read or booked is told and does not stop the rest.
async fn book_span(app: &Shared, from: UnixMs, to: UnixMs) -> Outcome<bool> {
    let list = match app.bank.list_pix(from, to).await {
        Ok(list) => list,
        Err(error) => {
            tracing::warn!(pix.error = %error, "the bank did not list what it received");
            return Ok(false);
        }
    };
    if list.unreadable > 0 {
        let (subject, at) = (format!("list:{}", from.0), now());
        let detail = "the bank listed a Pix that this version cannot read";
        raise(app, subject, detail, at).await?;
    }
    let mut all_booked = true;
    for pix in &list.pix {
        if let Err(error) = book_pix(app, pix).await {
            tracing::error!(error = %error, "a listed Pix is not booked; it will be listed again");
            all_booked = false;
        }
    }
    Ok(list.complete && all_booked)
}

/// Books every Pix of a charge, and what the bank says of their refunds.
pub async fn book(app: &Shared, charge: &Charge) -> Outcome<()> {
    for pix in &charge.pix {
        book_pix(app, pix).await?;
    }
    Ok(())
}

/// Books one Pix that the bank listed, whatever it is for.
pub async fn book_listed(app: &Shared, pix: &ReceivedPix) -> Outcome<()> {
    book_pix(app, pix).await
}

async fn book_pix(app: &Shared, pix: &ReceivedPix) -> Outcome<()> {
    let at = now();
    match (stray::known(app, pix).await?, pix.txid.clone()) {
        (Known::Stray, _) => return stray::hear(app, pix).await,
        (Known::No, None) => return stray::take_in(app, pix).await,
        (Known::No, Some(txid)) => confirm(app, pix, txid, at).await?,
        (Known::Payment, _) => {}
    }
    returns::hear(app, pix).await
}

async fn confirm(app: &Shared, pix: &ReceivedPix, txid: String, at: UnixMs) -> Outcome<()> {
    let received = Received {
        e2eid: pix.end_to_end_id.clone(),
        txid,
        amount: pix.amount,
        settled_ms: pix.settled_ms,
    };
    crash_point(&app.config, "before_payment_booked");
    let booking = std::sync::Arc::clone(app);
    let booked = app
        .store
        .write(move |tx: &Tx<'_>| confirm_payment::run(tx, at, &booking.keys, &received))
        .await;
    match booked {
        Ok(Step::Executed(_)) => {
            app.metrics.payment_booked(now().since(pix.settled_ms));
            crash_point(&app.config, "after_payment_booked");
        }
        Ok(Step::AlreadyApplied) => {}
        Err(Failure::Rejected(Rejection::UnknownCharge)) => {
            return stray::take_in(app, pix).await;
        }
        Err(failure) => return Err(failure),
    }
    Ok(())
}

async fn raise(app: &Shared, subject: String, detail: &'static str, at: UnixMs) -> Outcome<()> {
    app.store
        .write(move |tx: &Tx<'_>| {
            alarm::raise(tx, AlarmKind::PaymentUnmatched, &subject, detail, at)
                .map_err(Failure::from)
        })
        .await
}

fn ignore_rejection(outcome: Outcome<()>) -> Outcome<()> {
    match outcome {
        Err(Failure::Rejected(_)) => Ok(()),
        other => other,
    }
}
