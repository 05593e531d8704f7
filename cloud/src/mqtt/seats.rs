//! One session a client id. A newcomer asks the holder to leave and is seated only when the
//! holder's connection to the broker is gone: the broker mistakes one for the other otherwise.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, oneshot};

/// Held for as long as a connection to the broker lives under the client id.
pub(crate) type Seat = OwnedMutexGuard<()>;

#[derive(Default)]
pub(crate) struct Seats {
    rows: Mutex<Rows>,
}

#[derive(Default)]
struct Rows {
    next_visit: u64,
    by_client: BTreeMap<String, Row>,
}

struct Row {
    seat: Arc<AsyncMutex<()>>,
    visits: usize,
    leave: Option<oneshot::Sender<()>>,
    online: Option<u64>,
}

/// One connection's claim on a client id, from its CONNECT to its end.
pub(crate) struct Visit {
    seats: Arc<Seats>,
    client_id: String,
    number: u64,
    seat: Arc<AsyncMutex<()>>,
}

impl Seats {
    /// Claims `client_id` and asks the one who has it to leave. The receiver fires when a
    /// later visit asks the same of this one.
    pub(crate) fn enter(self: &Arc<Seats>, client_id: &str) -> (Visit, oneshot::Receiver<()>) {
        let (leave, asked_to_leave) = oneshot::channel();
        let mut rows = self.rows();
        rows.next_visit += 1;
        let number = rows.next_visit;
        let row = rows
            .by_client
            .entry(client_id.to_owned())
            .or_insert_with(|| Row {
                seat: Arc::default(),
                visits: 0,
                leave: None,
                online: None,
            });
        row.visits += 1;
        if let Some(earlier) = row.leave.replace(leave) {
            // An error means that the earlier visit is leaving by itself.
            earlier.send(()).ok();
        }
        let seat = row.seat.clone();
        drop(rows);
        let visit = Visit {
            seats: self.clone(),
            client_id: client_id.to_owned(),
            number,
            seat,
        };
        (visit, asked_to_leave)
    }

    /// Client ids of the visits that are shown as online, in order.
    pub(crate) fn online(&self) -> Vec<String> {
        let rows = self.rows();
        let online = rows
            .by_client
            .iter()
            .filter(|(_, row)| row.online.is_some());
        online.map(|(client_id, _)| client_id.clone()).collect()
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Visit {
    /// Waits until the earlier visit's connection to the broker is gone.
    pub(crate) async fn seat(&self) -> Seat {
        self.seat.clone().lock_owned().await
    }

    pub(crate) fn show_online(&self) {
        if let Some(row) = self.seats.rows().by_client.get_mut(&self.client_id) {
            row.online = Some(self.number);
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut rows = self.seats.rows();
        let Some(row) = rows.by_client.get_mut(&self.client_id) else {
            return;
        };
        row.visits -= 1;
        if row.online == Some(self.number) {
            row.online = None;
        }
        if row.visits == 0 {
            rows.by_client.remove(&self.client_id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_newcomer_waits_for_the_holder_and_the_last_one_clears_the_row() {
        let seats = Arc::new(Seats::default());
        let (first, first_asked) = seats.enter("a");
        let held = first.seat().await;
        first.show_online();
        let (second, mut second_asked) = seats.enter("a");
        first_asked.await.expect("the first is asked to leave");
        let waiting = tokio::spawn(async move { (second.seat().await, second) });
        assert_eq!(seats.online(), ["a"]);
        drop(first);
        assert!(seats.online().is_empty());
        assert!(!waiting.is_finished());
        drop(held);
        let (seat, second) = waiting.await.unwrap();
        assert!(second_asked.try_recv().is_err());
        drop((seat, second));
        assert!(seats.rows().by_client.is_empty());
    }
}
