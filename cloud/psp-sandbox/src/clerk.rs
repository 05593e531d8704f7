//! The worker that settles accepted devoluções when their time has come.

use crate::bank::Bank;
use crate::book::callback::{self, Callback, Delivery};
use crate::book::envio::{self, Envio};
use crate::book::received;
use crate::book::refund::{self, Outcome};
use crate::operation::Operation;
use crate::{json, server};
use rusqlite::Transaction;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

// Looks again after this even when nobody wakes it: the bank's clock may have been moved.
const IDLE_MS_MAX: i64 = 1_000;

pub(crate) async fn run(bank: Arc<Bank>, stopped: watch::Receiver<bool>) {
    let stop = server::wait_for(stopped);
    tokio::pin!(stop);
    loop {
        let wait_ms = match step(&bank).await {
            Ok(wait_ms) => wait_ms,
            Err(error) => {
                tracing::error!(error = %error, "bank.clerk_failed");
                IDLE_MS_MAX
            }
        };
        let pause = Duration::from_millis(u64::try_from(wait_ms).unwrap_or(0));
        tokio::select! {
            () = &mut stop => return,
            () = bank.clerk_woken.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Settles everything due; answers how long the next one may wait.
async fn step(bank: &Bank) -> rusqlite::Result<i64> {
    loop {
        let now_ms = bank.now_ms();
        let next_envio = settle_due_envios(bank, now_ms).await?;
        let due = bank.book.read(refund::next_due).await?;
        let Some(due) = due.filter(|due| due.settle_at_ms <= now_ms + IDLE_MS_MAX) else {
            return Ok(next_envio);
        };
        if due.settle_at_ms > now_ms {
            return Ok((due.settle_at_ms - now_ms).min(next_envio));
        }
        settle(bank, due.e2eid, due.id, due.outcome).await?;
    }
}

/// The same for what the merchant sends.
async fn settle_due_envios(bank: &Bank, now_ms: i64) -> rusqlite::Result<i64> {
    loop {
        let due = bank.book.read(envio::next_due).await?;
        match due {
            Some((id, at_ms, refusal)) if at_ms <= now_ms => {
                settle_envio(bank, id, refusal).await?;
            }
            Some((_, at_ms, _)) => return Ok((at_ms - now_ms).min(IDLE_MS_MAX)),
            None => return Ok(IDLE_MS_MAX),
        }
    }
}

/// Ends one send and queues its callback. `false`: it was not EM_PROCESSAMENTO.
pub(crate) async fn settle_envio(
    bank: &Bank,
    id: String,
    refusal: Option<String>,
) -> rusqlite::Result<bool> {
    let delivery = bank.delivery(Operation::CallbackEnvio);
    let now_ms = bank.now_ms();
    let settled = bank
        .book
        .write(move |db| settle_envio_in(db, &id, refusal.as_deref(), delivery, now_ms))
        .await?;
    bank.postman_woken.notify_one();
    Ok(settled.is_some())
}

/// `None`: it was not EM_PROCESSAMENTO. The rows are for the caller to deliver before it answers.
pub(crate) fn settle_envio_in(
    db: &Transaction<'_>,
    id: &str,
    refusal: Option<&str>,
    delivery: Delivery,
    now_ms: i64,
) -> rusqlite::Result<Option<Vec<Callback>>> {
    match envio::settle(db, id, refusal, now_ms)? {
        Some(ended) => notify_envio(db, &ended, delivery, now_ms).map(Some),
        None => Ok(None),
    }
}

/// Queues the notification of a send as it is now.
pub(crate) fn notify_envio(
    db: &Transaction<'_>,
    sent: &Envio,
    delivery: Delivery,
    now_ms: i64,
) -> rusqlite::Result<Vec<Callback>> {
    let body = json::envio_callback(sent).to_string();
    callback::queue(db, &sent.pagador, &body, delivery, now_ms)
}

/// Ends one devolução and queues its callback. `false`: it was not EM_PROCESSAMENTO.
pub(crate) async fn settle(
    bank: &Bank,
    e2eid: String,
    id: String,
    outcome: Outcome,
) -> rusqlite::Result<bool> {
    let delivery = bank.delivery(Operation::CallbackDevolucao);
    let now_ms = bank.now_ms();
    let settled: Option<Vec<Callback>> = bank
        .book
        .write(move |db| settle_in(db, &e2eid, &id, &outcome, delivery, now_ms))
        .await?;
    bank.postman_woken.notify_one();
    Ok(settled.is_some())
}

/// `None`: it was not EM_PROCESSAMENTO. The rows are for the caller to deliver before it answers.
pub(crate) fn settle_in(
    db: &Transaction<'_>,
    e2eid: &str,
    id: &str,
    outcome: &Outcome,
    delivery: Delivery,
    now_ms: i64,
) -> rusqlite::Result<Option<Vec<Callback>>> {
    let Some(pix) = received::by_e2eid(db, e2eid)? else {
        return Ok(None);
    };
    if !refund::settle(db, &pix, id, outcome, now_ms)? {
        return Ok(None);
    }
    let pix = received::by_e2eid(db, e2eid)?.unwrap_or(pix);
    callback::notify(db, &pix, delivery, now_ms).map(Some)
}
