//! A connection to the embedded broker.
//!
//! Invariant: a socket on which CONNECT was sent is never closed by us before the broker has
//! answered it. A broker that cannot write its CONNACK leaves a trap behind, and the next
//! CONNECT with that client id makes it panic with its accept lock held: no gateway gets in
//! any more. For the same reason a session ends with DISCONNECT and waits for the broker to
//! close: closing first can make the broker throw out a stranger who was given the same slot.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::pipe::{Pipe, PipeEnd};
use super::seats::Seat;
use super::wire::{self, Frame, Reason};

const CONNECT_PATIENCE: Duration = Duration::from_secs(5); // the broker answers in about 1 ms
const CLOSE_PATIENCE: Duration = Duration::from_secs(5);
const FRAME_MAX: usize = 128 * 1024; // twice what the broker lets in
// The front times peers out, so the broker needs the longest keep alive there is.
const KEEP_ALIVE_SECONDS: u16 = u16::MAX;

/// Where the broker listens now, and the password that is new with each of its lives.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) addr: SocketAddr,
    pub(crate) username: &'static str,
    pub(crate) password: String,
}

/// Why the broker gave no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BackendError {
    #[error("the broker does not accept connections")]
    Unreachable,
    #[error("the broker closed the connection instead of answering CONNECT")]
    Closed,
    #[error("the broker did not answer CONNECT in time")]
    Silent,
    #[error("the broker refused CONNECT with reason code {0}")]
    Refused(u8),
}

pub(crate) struct Backend {
    pipe: Pipe,
    _seat: Seat,
}

impl Backend {
    /// Opens a session. May be cancelled: the half-open session is then finished and closed
    /// in the background, with the seat held until it is gone.
    pub(crate) async fn open(
        target: Arc<Target>,
        client_id: String,
        seat: Seat,
    ) -> Result<Backend, BackendError> {
        let (answer, opened) = oneshot::channel();
        tokio::spawn(async move {
            let outcome = dial(&target, &client_id, seat, answer).await;
            if let Some(unwanted) = outcome {
                unwanted.close().await;
            }
        });
        opened.await.unwrap_or(Err(BackendError::Silent))
    }

    pub(crate) async fn next(&mut self) -> Result<Frame, PipeEnd> {
        self.pipe.next().await
    }

    pub(crate) fn buffered(&mut self) -> Result<Option<Frame>, PipeEnd> {
        self.pipe.buffered()
    }

    pub(crate) fn push(&mut self, packet: &[u8]) {
        self.pipe.push(packet);
    }

    pub(crate) async fn flush(&mut self) -> std::io::Result<()> {
        self.pipe.flush().await
    }

    /// Says DISCONNECT and waits until the broker has closed.
    pub(crate) async fn close(mut self) {
        self.pipe.push(&wire::disconnect(Reason::Success));
        let goodbye = async {
            if self.pipe.flush().await.is_ok() {
                self.pipe.drain().await;
            }
        };
        if timeout(CLOSE_PATIENCE, goodbye).await.is_err() {
            tracing::warn!("the broker did not close a session that was disconnected");
        }
    }
}

/// Answers through `answer`; gives the session back if nobody waits for it any more.
async fn dial(
    target: &Target,
    client_id: &str,
    seat: Seat,
    answer: oneshot::Sender<Result<Backend, BackendError>>,
) -> Option<Backend> {
    let connected = timeout(CONNECT_PATIENCE, TcpStream::connect(target.addr)).await;
    let pipe = connected
        .ok()
        .and_then(Result::ok)
        .and_then(|s| Pipe::new(s, FRAME_MAX).ok());
    let Some(mut pipe) = pipe else {
        answer.send(Err(BackendError::Unreachable)).ok();
        return None;
    };
    let hello = wire::connect(
        client_id,
        KEEP_ALIVE_SECONDS,
        target.username,
        &target.password,
    );
    pipe.push(&hello);
    if pipe.flush().await.is_err() {
        answer.send(Err(BackendError::Closed)).ok();
        return None;
    }
    let first = match timeout(CONNECT_PATIENCE, pipe.next()).await {
        Ok(first) => first,
        Err(_) => {
            answer.send(Err(BackendError::Silent)).ok();
            // The invariant: wait for as long as the broker lives.
            return pipe
                .next()
                .await
                .is_ok()
                .then_some(Backend { pipe, _seat: seat });
        }
    };
    let outcome = match first.map(|frame| frame.connack_code()) {
        Ok(Some(0)) => Ok(Backend { pipe, _seat: seat }),
        Ok(Some(code)) => Err(BackendError::Refused(code)),
        Ok(None) | Err(_) => Err(BackendError::Closed),
    };
    answer.send(outcome).err().and_then(Result::ok)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;
    use tokio::net::TcpListener;

    use super::super::seats::Seats;
    use super::*;

    #[tokio::test]
    async fn a_cancelled_opening_waits_for_the_answer_and_says_goodbye() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let target = Arc::new(Target {
            addr,
            username: "front",
            password: "secret".into(),
        });
        let (visit, _asked_to_leave) = Arc::new(Seats::default()).enter("id");
        let opening = tokio::spawn(Backend::open(target, "id".into(), visit.seat().await));
        let (stream, _) = listener.accept().await.unwrap();
        let mut broker = Pipe::new(stream, FRAME_MAX).unwrap();
        assert_eq!(broker.next().await.unwrap().kind(), wire::CONNECT);
        opening.abort();
        assert!(opening.await.is_err());
        broker.push(&wire::welcome(30, FRAME_MAX));
        broker.flush().await.unwrap();
        assert_eq!(broker.next().await.unwrap().kind(), wire::DISCONNECT);
        assert!(
            visit.seat().now_or_never().is_none(),
            "seated before the broker has closed"
        );
        drop(broker);
        visit.seat().await;
    }
}
