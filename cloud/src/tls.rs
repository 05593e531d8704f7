//! A listener that speaks TLS and lets in only clients with a certificate of the named authorities.
//!
//! Anybody may connect to it, and whoever the bank's authority signs may open a connection: silence,
//! slowness and numbers are bounded before and after the handshake, and hold no honest caller up.

mod crowd;
mod hurried;

pub use hurried::{Hurried, Patience};

use crate::pix::Identity;
use axum::serve::Listener;
use crowd::Crowd;
use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// After an accept that failed, which is when files have run out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("the authorities of the clients are not a file of PEM certificates: {0}")]
    Authorities(String),
    #[error("the certificate cannot be shown: {0}")]
    Certificate(rustls::Error),
}

/// TLS 1.2 and 1.3 under `identity`; clients must show a certificate of one of the authorities.
pub fn mutual(identity: &Identity, authorities_pem: &[u8]) -> Result<Arc<ServerConfig>, TlsError> {
    let wrong = |why: &dyn std::fmt::Display| TlsError::Authorities(why.to_string());
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(authorities_pem) {
        let root = root.map_err(|error| wrong(&error))?;
        roots.add(root).map_err(|error| wrong(&error))?;
    }
    let provider = Arc::new(ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .build()
        .map_err(|error| wrong(&error))?;
    let (chain, key) = identity.parts();
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| {
            builder
                .with_client_cert_verifier(clients)
                .with_single_cert(chain, key)
        })
        .map_err(TlsError::Certificate)?;
    Ok(Arc::new(config))
}

/// Accepts TLS connections; one that hesitates holds no other up.
pub struct TlsListener {
    address: SocketAddr,
    ready: mpsc::Receiver<Accepted>,
}

type Accepted = (Hurried<TlsStream<TcpStream>>, SocketAddr);

impl TlsListener {
    pub fn new(
        listener: TcpListener,
        config: Arc<ServerConfig>,
        patience: Patience,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, ready) = mpsc::channel(1);
        let door = Door {
            acceptor: TlsAcceptor::from(config),
            patience,
            crowd: Crowd::default(),
            ready: sender,
        };
        tokio::spawn(door.accept_all(listener));
        Ok(Self { address, ready })
    }
}

impl Listener for TlsListener {
    type Io = Hurried<TlsStream<TcpStream>>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

#[derive(Clone)]
struct Door {
    acceptor: TlsAcceptor,
    patience: Patience,
    crowd: Crowd,
    ready: mpsc::Sender<Accepted>,
}

impl Door {
    /// Ends when nobody takes what it accepts any more.
    async fn accept_all(self, listener: TcpListener) {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.ready.closed() => return,
            };
            let Ok((stream, address)) = accepted else {
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            };
            let (door, number) = (self.clone(), self.crowd.number());
            let (go, counted) = oneshot::channel::<()>();
            let handshake = tokio::spawn(async move {
                let _ = counted.await;
                let shaken = door.shake(stream, address).await;
                // From here on it is no handshake, and nobody pushes it out.
                door.crowd.end(number);
                if let Some(accepted) = shaken {
                    let _ = door.ready.send(accepted).await;
                }
            });
            self.crowd
                .begin(number, address.ip(), handshake.abort_handle());
            let _ = go.send(());
        }
    }

    async fn shake(&self, stream: TcpStream, address: SocketAddr) -> Option<Accepted> {
        let handshake = self.acceptor.accept(stream);
        let peer = address.ip();
        match tokio::time::timeout(self.patience.handshake, handshake).await {
            Ok(Ok(stream)) => {
                let place = self.crowd.open(peer);
                if place.is_none() {
                    tracing::warn!("a TLS client has too many connections");
                }
                Some((Hurried::new(stream, self.patience, place?), address))
            }
            Ok(Err(error)) => {
                tracing::info!(error = %error, "a TLS client was refused");
                None
            }
            Err(_) => {
                tracing::info!("a TLS client was too slow");
                None
            }
        }
    }
}
