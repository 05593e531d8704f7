//! A connection whose client must get to the point: a request, head and body, has a time in which it
//! must have arrived, counted from its first byte, and silence before the first has one too.

use super::crowd::Place;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// How long a client may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From connection to TLS.
    pub handshake: Duration,
    /// Before the first byte of a request.
    pub silence: Duration,
    /// From the first byte of a request to its answer.
    pub request: Duration,
}

impl Default for Patience {
    /// A callback is a few kilobytes in one breath: these are for the slowest of honest lines. A bank
    /// that is cut off calls again, and the polling needs no callback.
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            request: Duration::from_secs(15),
        }
    }
}

/// A stream that ends when its client dawdles.
pub struct Hurried<S> {
    stream: S,
    patience: Patience,
    in_request: bool,
    deadline: Pin<Box<Sleep>>,
    _place: Place,
}

impl<S> Hurried<S> {
    pub(super) fn new(stream: S, patience: Patience, place: Place) -> Self {
        Self {
            stream,
            patience,
            in_request: false,
            deadline: Box::pin(tokio::time::sleep(patience.silence)),
            _place: place,
        }
    }

    fn due_in(&mut self, wait: Duration) {
        self.deadline.as_mut().reset(Instant::now() + wait);
    }

    /// Pending becomes an error once the time is over.
    fn or_late<T>(
        &mut self,
        context: &mut Context<'_>,
        polled: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if polled.is_pending() && self.deadline.as_mut().poll(context).is_ready() {
            let late = "the client took too long";
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, late)));
        }
        polled
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Hurried<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        let polled = Pin::new(&mut this.stream).poll_read(context, buffer);
        if buffer.filled().len() > before && !this.in_request {
            this.in_request = true;
            this.due_in(this.patience.request);
        }
        this.or_late(context, polled)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Hurried<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_write(context, bytes);
        // An answer goes out: what comes now is another request.
        if let Poll::Ready(Ok(1..)) = polled {
            this.in_request = false;
            this.due_in(this.patience.silence);
        }
        this.or_late(context, polled)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_flush(context);
        this.or_late(context, polled)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.stream).poll_shutdown(context);
        this.or_late(context, polled)
    }
}
