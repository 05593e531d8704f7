//! The bank over TLS: who must show a certificate, and which one a connection showed.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use sha2::{Digest as _, Sha256};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

const HANDSHAKES_MAX: usize = 64; // a client that never finishes one holds no other up
const HANDSHAKE_WAIT: Duration = Duration::from_secs(10);
const ACCEPT_PAUSE: Duration = Duration::from_millis(200); // when files have run out

/// SHA-256 of a client's certificate, as RFC 8705 binds a token to it.
pub(crate) type Thumbprint = [u8; 32];

/// Who is at the other end.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) thumbprint: Option<Thumbprint>,
}

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error("{variable} names {}, which is of no use: {why}", path.display())]
    File {
        variable: &'static str,
        path: PathBuf,
        why: String,
    },
    #[error("VOLTA_BANK_TLS_CERTIFICATE and VOLTA_BANK_TLS_KEY belong together: set both")]
    Half,
    #[error(
        "VOLTA_BANK_CLIENT_CA asks for client certificates, which needs TLS: set VOLTA_BANK_TLS_CERTIFICATE"
    )]
    WithoutTls,
    #[error("the TLS settings do not fit together: {0}")]
    Config(String),
}

/// Which files make the bank speak TLS, and of whom it wants a certificate.
#[derive(Debug, Clone, Default)]
pub struct TlsFiles {
    pub certificate: Option<PathBuf>,
    pub key: Option<PathBuf>,
    /// PEM of the authorities whose clients alone are let in.
    pub client_authorities: Option<PathBuf>,
}

/// `None`: plain HTTP.
pub(crate) fn config(files: &TlsFiles) -> Result<Option<Arc<ServerConfig>>, TlsError> {
    let (certificate, key) = match (&files.certificate, &files.key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) if files.client_authorities.is_some() => return Err(TlsError::WithoutTls),
        (None, None) => return Ok(None),
        _ => return Err(TlsError::Half),
    };
    let chain = certificates("VOLTA_BANK_TLS_CERTIFICATE", certificate)?;
    let key = PrivateKeyDer::from_pem_file(key)
        .map_err(|error| unusable("VOLTA_BANK_TLS_KEY", key, &error))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Config(error.to_string()))?;
    let builder = match &files.client_authorities {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for root in certificates("VOLTA_BANK_CLIENT_CA", path)? {
                roots
                    .add(root)
                    .map_err(|error| unusable("VOLTA_BANK_CLIENT_CA", path, &error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| unusable("VOLTA_BANK_CLIENT_CA", path, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let config = builder
        .with_single_cert(chain, key)
        .map_err(|error| TlsError::Config(error.to_string()))?;
    Ok(Some(Arc::new(config)))
}

/// The bytes of a file that a variable names.
pub(crate) fn file(variable: &'static str, path: &Path) -> Result<Vec<u8>, TlsError> {
    std::fs::read(path).map_err(|error| unusable(variable, path, &error))
}

fn certificates(
    variable: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found: Vec<_> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| unusable(variable, path, &error))?;
    if found.is_empty() {
        return Err(unusable(variable, path, &"it holds no certificate"));
    }
    Ok(found)
}

fn unusable(variable: &'static str, path: &Path, why: &dyn std::fmt::Display) -> TlsError {
    TlsError::File {
        variable,
        path: path.to_owned(),
        why: why.to_string(),
    }
}

/// Accepts TLS connections; one that hesitates holds no other up.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, Peer)>,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, config: Arc<ServerConfig>) -> Self {
        let (sender, ready) = mpsc::channel(1);
        tokio::spawn(accept_all(listener, TlsAcceptor::from(config), sender));
        Self { ready }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = Peer;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Peer> {
        Ok(Peer { thumbprint: None })
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.remote_addr().clone()
    }
}

/// Ends when nobody takes what it accepts any more.
async fn accept_all(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    ready: mpsc::Sender<(TlsStream<TcpStream>, Peer)>,
) {
    let slots = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ready.closed() => return,
        };
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let _ = stream.set_nodelay(true);
        let (handshake, ready) = (acceptor.accept(stream), ready.clone());
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE_WAIT, handshake).await {
                Ok(Ok(stream)) => {
                    let thumbprint = thumbprint(&stream);
                    let peer = Peer { thumbprint };
                    let _ = ready.send((stream, peer)).await;
                }
                Ok(Err(error)) => tracing::info!(error = %error, "bank.handshake_refused"),
                Err(_) => tracing::info!("bank.handshake_too_slow"),
            }
            drop(slot);
        });
    }
}

fn thumbprint(stream: &TlsStream<TcpStream>) -> Option<Thumbprint> {
    let own = stream.get_ref().1.peer_certificates()?.first()?;
    Some(Sha256::digest(own.as_ref()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_door_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text.pem");
        std::fs::write(&text, "carrinho").unwrap();
        for (certificate, key, clients, expected) in [
            (false, false, false, None),
            (true, false, false, Some("set both")),
            (false, true, true, Some("set both")),
            (false, false, true, Some("VOLTA_BANK_TLS_CERTIFICATE")),
            (true, true, false, Some("it holds no certificate")),
        ] {
            let named = |given: bool| given.then(|| text.clone());
            let files = TlsFiles {
                certificate: named(certificate),
                key: named(key),
                client_authorities: named(clients),
            };
            let error = config(&files).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(error, None),
                Some(words) => {
                    let error = error.unwrap_or_default();
                    assert!(error.contains(words), "{words}: {error}");
                }
            }
        }
    }
}
