//! Executes recorded effects and writes their outcomes back as actions. It may die at any point:
//! an attempt is counted before it is made, and what was begun is asked about before it is repeated.

mod charge;
mod grant;
mod refund;

use crate::app::{Shared, now};
use crate::live::Topic;
use crate::store::outbox::{self, EffectKind, EffectRow};
use crate::store::{StoreError, Tx};
use shared::time::UnixMs;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::error::RecvError;

/// Effects on their way at one time: enough to hide a slow bank, few enough not to flood it.
const IN_FLIGHT_MAX: usize = 16;

/// Rows read at a time.
const DUE_MAX: u16 = 64;

/// Looked at again after this even if nothing was announced.
const IDLE: Duration = Duration::from_secs(1);

/// An attempt that never came back is taken up again after this.
const LEASE_MS: i64 = 60_000;

/// Retries that have no last attempt: soon, then rarely.
const RETRY_FIRST_MS: i64 = 500;
const RETRY_MAX_MS: i64 = 60_000;

type InFlight = Arc<Mutex<BTreeSet<(EffectKind, String)>>>;

pub async fn run(app: Shared) -> Result<(), StoreError> {
    let started = now();
    let resumed = app
        .store
        .write(move |tx: &Tx<'_>| outbox::resume(tx, started).map_err(StoreError::from))
        .await?;
    if resumed > 0 {
        tracing::info!(
            outbox.resumed = resumed,
            "taking up effects begun before this start"
        );
    }
    let slots = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
    let in_flight = InFlight::default();
    let mut announced = app.hub.subscribe();
    loop {
        start_due(&app, &slots, &in_flight).await;
        let wait = wait_for_next(&app, &in_flight).await;
        let news = async {
            loop {
                match announced.recv().await {
                    Ok(Topic::Outbox) | Err(RecvError::Lagged(_)) => return,
                    Ok(_) => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                }
            }
        };
        tokio::select! {
            () = news => {}
            () = tokio::time::sleep(wait) => {}
            () = app.stopping.wait() => return Ok(()),
        }
    }
}

async fn start_due(app: &Shared, slots: &Arc<Semaphore>, in_flight: &InFlight) {
    let at = now();
    let due = match app.store.read(move |tx| outbox::due(tx, at, DUE_MAX)).await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(db.error = %error, "cannot read the outbox");
            return;
        }
    };
    for effect in due {
        let key = (effect.kind, effect.subject.clone());
        if !locked(in_flight).insert(key.clone()) {
            continue;
        }
        let Ok(slot) = Arc::clone(slots).acquire_owned().await else {
            return;
        };
        let (app, in_flight) = (Arc::clone(app), Arc::clone(in_flight));
        tokio::spawn(async move {
            if let Err(error) = execute(&app, &effect).await {
                tracing::error!(
                    outbox.kind = effect.kind.as_str(),
                    outbox.subject = effect.subject,
                    error = %error,
                    "effect not recorded; it will be asked for again"
                );
            }
            drop(slot);
            locked(&in_flight).remove(&key);
        });
    }
}

/// Until the next row is due; a row in flight is nobody's business until it comes back.
async fn wait_for_next(app: &Shared, in_flight: &InFlight) -> Duration {
    let next = app.store.read(outbox::next_due).await.ok().flatten();
    let until = next.map_or(i64::MAX, |due| due.since(now()));
    let busy = !locked(in_flight).is_empty();
    let floor_ms = if busy { 20 } else { 0 };
    let idle_ms = i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX);
    let wait_ms = until.clamp(floor_ms, idle_ms);
    Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0))
}

async fn execute(app: &Shared, effect: &EffectRow) -> crate::actions::Outcome<()> {
    begin(app, effect).await?;
    app.metrics.effect_begun(effect.kind.as_str());
    match effect.kind {
        EffectKind::CreateCharge => charge::create(app, effect).await,
        EffectKind::CancelCharge => charge::cancel(app, effect).await,
        EffectKind::DeliverGrant => grant::deliver(app, effect).await,
        EffectKind::SendRefund => refund::send(app, effect).await,
    }
}

async fn begin(app: &Shared, effect: &EffectRow) -> Result<(), StoreError> {
    let (kind, subject) = (effect.kind, effect.subject.clone());
    let lease = now().plus(LEASE_MS);
    app.store
        .write(move |tx: &Tx<'_>| {
            outbox::begin(tx, kind, &subject, lease).map_err(StoreError::from)
        })
        .await
}

async fn postpone(app: &Shared, effect: &EffectRow, why: String) -> Result<(), StoreError> {
    let (kind, subject) = (effect.kind, effect.subject.clone());
    let due = retry_at(effect.attempts);
    app.store
        .write(move |tx: &Tx<'_>| {
            outbox::postpone(tx, kind, &subject, due, &why).map_err(StoreError::from)
        })
        .await
}

fn retry_at(attempts: u32) -> UnixMs {
    now().plus(cloud_core::refund::doubled(
        RETRY_FIRST_MS,
        attempts,
        RETRY_MAX_MS,
    ))
}

fn locked(in_flight: &InFlight) -> std::sync::MutexGuard<'_, BTreeSet<(EffectKind, String)>> {
    in_flight.lock().unwrap_or_else(PoisonError::into_inner)
}
