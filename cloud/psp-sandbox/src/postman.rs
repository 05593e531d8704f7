//! The worker that delivers callbacks, one after the other, in the order in which they are due.

use crate::bank::Bank;
use crate::book::callback::{self, Callback};
use crate::server;
use axum::http::header;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

// Looks again after this even when nobody wakes it: the bank's clock may have been moved.
const IDLE_MS_MAX: i64 = 1_000;
const BACKOFF_DOUBLINGS_MAX: u32 = 16; // keeps the shift small; attempts end it much earlier

pub(crate) async fn run(bank: Arc<Bank>, stopped: watch::Receiver<bool>) {
    let stop = server::wait_for(stopped.clone());
    tokio::pin!(stop);
    // An attempt under way is finished and recorded: cut off, it would be made twice.
    while !*stopped.borrow() {
        let pause = match step(&bank).await {
            Ok(None) => continue,
            Ok(Some(wait_ms)) => wait_ms,
            Err(error) => {
                tracing::error!(error = %error, "bank.postman_failed");
                IDLE_MS_MAX
            }
        };
        let pause = Duration::from_millis(u64::try_from(pause).unwrap_or(0));
        tokio::select! {
            () = &mut stop => return,
            () = bank.postman_woken.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

/// Attempts the one callback that is due; answers how long to wait when none is.
async fn step(bank: &Bank) -> rusqlite::Result<Option<i64>> {
    let now_ms = bank.now_ms();
    let Some(due) = bank.book.read(callback::next_due).await? else {
        return Ok(Some(IDLE_MS_MAX));
    };
    if due.due_ms > now_ms {
        return Ok(Some((due.due_ms - now_ms).min(IDLE_MS_MAX)));
    }
    deliver(bank, due).await?;
    Ok(None)
}

/// One attempt, and its outcome in the book.
pub(crate) async fn deliver(bank: &Bank, callback: Callback) -> rusqlite::Result<()> {
    let id = callback.id;
    let attempts = callback.attempts + 1;
    let answered = bank
        .http
        .post(&callback.url)
        .header(header::CONTENT_TYPE, "application/json")
        .body(callback.body)
        .send()
        .await;
    let delivered = answered.is_ok_and(|answer| answer.status().is_success());
    let now_ms = bank.now_ms();
    let retry_at_ms = (attempts < bank.config.callback_attempts).then(|| {
        let doublings = (attempts - 1).min(BACKOFF_DOUBLINGS_MAX);
        now_ms + (i64::from(bank.config.callback_backoff_ms) << doublings)
    });
    tracing::info!(
        callback.id = id,
        callback.attempt = attempts,
        callback.delivered = delivered,
        "bank.callback_attempted"
    );
    bank.book
        .write(move |db| {
            if delivered {
                callback::delivered(db, id, now_ms)
            } else {
                callback::failed(db, id, retry_at_ms, now_ms)
            }
        })
        .await
}
