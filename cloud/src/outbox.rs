//! Executes recorded effects and writes their outcomes back as actions. It may die at any point:
//! an attempt is counted before it is made, and what was begun is asked about before it is repeated.

mod charge;
mod grant;
mod refund;
mod stray;

use crate::app::{Shared, now};
use crate::live::Topic;
use crate::store::outbox::{self, EffectKind, EffectRow};
use crate::store::{StoreError, Tx};
use shared::time::UnixMs;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Requests on their way to the bank: enough to hide a slow one, few enough not to flood it.
const AT_BANK_MAX: usize = 16;

/// Rows read at a time.
const DUE_MAX: u16 = 64;

/// Looked at again after this even if nothing was announced.
const IDLE: Duration = Duration::from_secs(1);

/// While something is on its way, rows are looked at again no sooner than this.
const BUSY_MS: i64 = 20;

/// An attempt that never came back is taken up again after this.
const LEASE_MS: i64 = 60_000;

/// Retries that have no last attempt: soon, then rarely.
const RETRY_FIRST_MS: i64 = 500;
const RETRY_MAX_MS: i64 = 60_000;

/// What is on its way, so that nothing is begun twice by one process.
#[derive(Default)]
struct InFlight {
    effects: Mutex<BTreeSet<(EffectKind, String)>>,
    came_back: Notify,
}

impl InFlight {
    fn effects(&self) -> MutexGuard<'_, BTreeSet<(EffectKind, String)>> {
        self.effects.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub async fn run(app: Shared) {
    resume(&app).await;
    let bank_slots = Arc::new(Semaphore::new(AT_BANK_MAX));
    let in_flight = Arc::new(InFlight::default());
    let mut announced = app.hub.subscribe();
    loop {
        start_due(&app, &bank_slots, &in_flight).await;
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
            () = in_flight.came_back.notified() => {}
            () = tokio::time::sleep(wait) => {}
            () = app.stopping.wait() => return,
        }
    }
}

/// Takes up what a process that died had begun.
async fn resume(app: &Shared) {
    loop {
        let started = now();
        let resumed = app
            .store
            .write(move |tx: &Tx<'_>| outbox::resume(tx, started).map_err(StoreError::from))
            .await;
        match resumed {
            Ok(0) => return,
            Ok(resumed) => {
                tracing::info!(
                    outbox.resumed = resumed,
                    "taking up effects begun before this start"
                );
                return;
            }
            Err(error) => tracing::error!(db.error = %error, "cannot take up begun effects yet"),
        }
        tokio::time::sleep(IDLE).await;
    }
}

async fn start_due(app: &Shared, bank_slots: &Arc<Semaphore>, in_flight: &Arc<InFlight>) {
    let at = now();
    let due = app.store.read(move |tx| {
        let grants = outbox::due_at_docks(tx, at, DUE_MAX)?;
        Ok((grants, outbox::due_at_bank(tx, at, DUE_MAX)?))
    });
    let (grants, at_bank) = match due.await {
        Ok(due) => due,
        Err(error) => {
            tracing::error!(db.error = %error, "cannot read the outbox");
            return;
        }
    };
    for effect in grants {
        start(app, effect, None, in_flight);
    }
    for effect in at_bank {
        // The slot's return wakes this loop; what found none is still due then.
        let Ok(slot) = Arc::clone(bank_slots).try_acquire_owned() else {
            return;
        };
        start(app, effect, Some(slot), in_flight);
    }
}

fn start(
    app: &Shared,
    effect: EffectRow,
    slot: Option<OwnedSemaphorePermit>,
    in_flight: &Arc<InFlight>,
) {
    let key = (effect.kind, effect.subject.clone());
    if !in_flight.effects().insert(key.clone()) {
        return;
    }
    let app = Arc::clone(app);
    let back = ComesBack {
        in_flight: Arc::clone(in_flight),
        key,
    };
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
        drop(back);
    });
}

/// Frees the effect for another attempt even when this one ends in a panic.
struct ComesBack {
    in_flight: Arc<InFlight>,
    key: (EffectKind, String),
}

impl Drop for ComesBack {
    fn drop(&mut self) {
        self.in_flight.effects().remove(&self.key);
        self.in_flight.came_back.notify_one();
    }
}

/// Until the next row is due. What is due already and on its way wakes the loop when it comes back.
async fn wait_for_next(app: &Shared, in_flight: &InFlight) -> Duration {
    let next = app.store.read(outbox::next_due).await.ok().flatten();
    let until_ms = next.map_or(i64::MAX, |due| due.since(now()));
    let busy = !in_flight.effects().is_empty();
    let floor_ms = if busy { BUSY_MS } else { 0 };
    let idle_ms = i64::try_from(IDLE.as_millis()).unwrap_or(i64::MAX);
    Duration::from_millis(u64::try_from(until_ms.clamp(floor_ms, idle_ms)).unwrap_or(0))
}

async fn execute(app: &Shared, effect: &EffectRow) -> crate::actions::Outcome<()> {
    begin(app, effect).await?;
    app.metrics.effect_begun(effect.kind.as_str());
    match effect.kind {
        EffectKind::CreateCharge => charge::create(app, effect).await,
        EffectKind::CancelCharge => charge::cancel(app, effect).await,
        EffectKind::DeliverGrant => grant::deliver(app, effect).await,
        EffectKind::SendRefund => refund::send(app, effect).await,
        EffectKind::RefundStray => stray::send(app, effect).await,
        EffectKind::SendPayout => {
            postpone(app, effect, "no bank is asked to send yet".to_owned()).await?;
            Ok(())
        }
    }
}

async fn begin(app: &Shared, effect: &EffectRow) -> crate::actions::Outcome<()> {
    let (kind, subject) = (effect.kind, effect.subject.clone());
    let at = now();
    app.store
        .write(move |tx: &Tx<'_>| {
            if kind == EffectKind::DeliverGrant {
                grant::note(tx, &subject, at)?;
            }
            Ok(outbox::begin(tx, kind, &subject, at.plus(LEASE_MS))?)
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
