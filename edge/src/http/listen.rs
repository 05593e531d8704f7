//! Connections of the dock's network: few enough, and none for nothing, so that no visitor takes the
//! files that the journal and the cloud's link need.
//!
//! A request's head must be there in time, also on a connection that was used before; what is being
//! answered, such as a stream of states, may take as long as it likes.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt as _;

/// More phones than stand at a dock, and a quarter of the files a process may have open by default.
const CONNECTIONS_MAX: usize = 64;

/// A browser opens six at a time, and one of them stays for the stream of states.
const CONNECTIONS_PER_ADDRESS_MAX: usize = 8;

/// From the first byte that is awaited to the end of a request's head.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);

/// Of a connection's buffers; hyper would take 400 kB, and heads here have less than one.
const BUFFER_BYTES_MAX: usize = 32 * 1024;

/// Answers with `router` for as long as the process lives. A connection beyond the limits is closed
/// at once: that frees its file, and a browser asks again.
pub(super) async fn serve(listener: TcpListener, router: Router) -> io::Result<()> {
    serve_patiently(listener, router, HEAD_PATIENCE).await
}

async fn serve_patiently(
    mut listener: TcpListener,
    router: Router,
    patience: Duration,
) -> io::Result<()> {
    let places = Places::default();
    loop {
        // It waits out what fails, a second where files have run out.
        let (stream, from) = Listener::accept(&mut listener).await;
        let Some(place) = places.take(from.ip().to_canonical()) else {
            continue;
        };
        let router = router.clone();
        tokio::spawn(async move {
            if let Err(error) = converse(stream, from, router, patience).await {
                tracing::debug!(%error, "a connection of a page has ended");
            }
            drop(place);
        });
    }
}

async fn converse(
    stream: TcpStream,
    from: SocketAddr,
    router: Router,
    patience: Duration,
) -> hyper::Result<()> {
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(from));
        router.clone().oneshot(request)
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(patience)
        .max_buf_size(BUFFER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .await
}

/// Connections by address. All clones are one.
#[derive(Clone, Default)]
struct Places(Arc<Mutex<BTreeMap<IpAddr, usize>>>);

/// Given back when it is dropped.
struct Place {
    places: Places,
    address: IpAddr,
}

impl Places {
    /// What runs on this machine shares one address: the dock's own screen, a tunnel. So that address
    /// has no limit of its own; the rest of 127.0.0.0/8 has.
    fn take(&self, address: IpAddr) -> Option<Place> {
        let mut open = self.lock();
        let own = [
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            IpAddr::V6(Ipv6Addr::LOCALHOST),
        ];
        let its = open.get(&address).copied().unwrap_or(0);
        let narrow = its >= CONNECTIONS_PER_ADDRESS_MAX && !own.contains(&address);
        if narrow || open.values().sum::<usize>() >= CONNECTIONS_MAX {
            return None;
        }
        open.insert(address, its + 1);
        let places = self.clone();
        Some(Place { places, address })
    }

    /// Numbers that are whole at every moment: a panic elsewhere spoils nothing.
    fn lock(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.places.lock();
        match open.get_mut(&self.address) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                open.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests;
