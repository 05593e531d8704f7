//! A TLS end in front of the cloud, with a certificate made for the test.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::fs;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use time::{Duration, OffsetDateTime};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

/// An authority of the test's own.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// Accepts on a port of its own and hands everything on; ends with the value.
#[derive(Debug)]
pub struct TlsFront {
    pub port: u16,
    counts: Arc<Counts>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Counts {
    accepted: AtomicU64,
    refused: AtomicU64,
}

const MADE: &str = "a certificate of the test's own";

impl Default for Authority {
    fn default() -> Self {
        let key = KeyPair::generate().expect(MADE);
        let mut params = CertificateParams::new(Vec::new()).expect(MADE);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect(MADE).pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }
}

impl Authority {
    /// Writes the file that `VOLTA_GATEWAY_CLOUD_CA` names.
    pub fn write(&self, path: &Path) {
        fs::write(path, &self.pem).expect("the test's own folder");
    }

    /// Valid from yesterday for a month, as a certificate of a real cloud is.
    fn config(&self, host: &str) -> ServerConfig {
        let key = KeyPair::generate().expect(MADE);
        let mut params = CertificateParams::new(vec![host.to_owned()]).expect(MADE);
        let now = OffsetDateTime::now_utc();
        params.not_before = now - Duration::DAY;
        params.not_after = now + Duration::days(30);
        let certificate = params.signed_by(&key, &self.issuer).expect(MADE);
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .and_then(|config| {
                config
                    .with_no_client_auth()
                    .with_single_cert(vec![certificate.der().clone()], key)
            })
            .expect(MADE)
    }
}

impl TlsFront {
    /// In front of port `to`, naming itself `host`.
    pub fn start(authority: &Authority, host: &str, to: u16) -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let acceptor = TlsAcceptor::from(Arc::new(authority.config(host)));
        let counts = Arc::<Counts>::default();
        let counted = Arc::clone(&counts);
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new()
            .name("tls".into())
            .spawn(move || {
                runtime.block_on(async {
                    let Ok(listener) = TcpListener::from_std(listener) else {
                        return;
                    };
                    tokio::spawn(accept(listener, acceptor, to, counted));
                    let _ = stopped.await;
                });
                runtime.shutdown_background();
            })?;
        Ok(Self {
            port,
            counts,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Handshakes that both sides were content with.
    pub fn accepted(&self) -> u64 {
        self.counts.accepted.load(Ordering::SeqCst)
    }

    /// Handshakes that the gateway broke off.
    pub fn refused(&self) -> u64 {
        self.counts.refused.load(Ordering::SeqCst)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, acceptor: TlsAcceptor, to: u16, counts: Arc<Counts>) {
    while let Ok((client, _)) = listener.accept().await {
        let (acceptor, counts) = (acceptor.clone(), Arc::clone(&counts));
        tokio::spawn(async move {
            let Ok(mut client) = acceptor.accept(client).await else {
                counts.refused.fetch_add(1, Ordering::SeqCst);
                return;
            };
            counts.accepted.fetch_add(1, Ordering::SeqCst);
            if let Ok(mut cloud) = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).await {
                // Either side may end it.
                let _ = tokio::io::copy_bidirectional(&mut client, &mut cloud).await;
            }
        });
    }
}
