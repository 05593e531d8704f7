//! Starts and stops the bank: the HTTP server and its two workers.

use crate::bank::Bank;
use crate::book::{self, Book, OpenError};
use crate::clock::Clock;
use crate::config::{Config, ConfigError};
use crate::control::CLOCK_SETTING;
use crate::faults::Faults;
use crate::requests::Requests;
use crate::tls::{self, Peer, TlsError, TlsListener};
use crate::tokens::Tokens;
use crate::{clerk, postman, router};
use axum::serve::ListenerExt;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

// Held answers (a fault) must not keep a stopping bank alive.
const STOP_WAIT: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Book(#[from] OpenError),
    #[error("cannot read the book's settings: {0}")]
    Settings(#[from] rusqlite::Error),
    #[error("the HTTP client for callbacks cannot start: {0}")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Tls(#[from] TlsError),
    #[error("the listener failed: {0}")]
    Listener(#[from] std::io::Error),
}

/// Runs the bank on `listener` until `stop` resolves.
pub async fn serve(
    config: Config,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let running = spawn(config, listener).await?;
    stop.await;
    running.stop().await
}

/// A bank inside this process; dropped, it stops without waiting.
pub struct Running {
    address: SocketAddr,
    scheme: &'static str,
    stop: watch::Sender<bool>,
    server: JoinHandle<std::io::Result<()>>,
    workers: [JoinHandle<()>; 2],
}

impl Running {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://<address>` or `https://<address>`, the base of every path.
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Answers what is under way, then closes the book.
    pub async fn stop(self) -> Result<(), ServeError> {
        self.stop.send_replace(true);
        let mut server = self.server;
        let ended = tokio::time::timeout(STOP_WAIT, &mut server).await;
        for worker in self.workers {
            worker.await.expect("a worker does not panic");
        }
        match ended {
            Ok(result) => result.expect("the server does not panic")?,
            Err(_still_holding) => server.abort(),
        }
        tracing::info!("bank.stopped");
        Ok(())
    }
}

/// Starts the bank on `listener` and returns once it answers.
pub async fn spawn(config: Config, listener: TcpListener) -> Result<Running, ServeError> {
    // Idempotent: the host process may have chosen a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let address = listener.local_addr()?;
    let tls = tls::config(&config.tls_files())?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let bank = Arc::new(open(config, address).await?);
    if !address.ip().is_loopback() {
        tracing::warn!("bank.listens_beyond_loopback: anybody who reaches it controls it");
    }
    let (stop, stopped) = watch::channel(false);
    let workers = [
        tokio::spawn(clerk::run(Arc::clone(&bank), stopped.clone())),
        tokio::spawn(postman::run(Arc::clone(&bank), stopped.clone())),
    ];
    let routes = router::router(bank);
    let server = match tls {
        None => {
            // Without it a small answer waits for the client's delayed acknowledgement.
            let listener = listener.tap_io(|stream| {
                let _ = stream.set_nodelay(true);
            });
            tokio::spawn(async move {
                axum::serve(listener, routes)
                    .with_graceful_shutdown(async move { wait_for(stopped).await })
                    .await
            })
        }
        Some(config) => {
            let listener = TlsListener::new(listener, config);
            let routes = routes.into_make_service_with_connect_info::<Peer>();
            tokio::spawn(async move {
                axum::serve(listener, routes)
                    .with_graceful_shutdown(async move { wait_for(stopped).await })
                    .await
            })
        }
    };
    tracing::info!(bank.scheme = scheme, bank.address = %address, "bank.listening");
    Ok(Running {
        address,
        scheme,
        stop,
        server,
        workers,
    })
}

async fn open(config: Config, address: SocketAddr) -> Result<Bank, ServeError> {
    let public_host = config.public_host(address)?;
    let path = config.database.clone();
    let book = tokio::task::spawn_blocking(move || Book::open(&path))
        .await
        .expect("opening the book does not panic")?;
    let advanced_ms = book.read(|db| book::setting(db, CLOCK_SETTING)).await?;
    let http = callback_client(&config, true)?;
    let http_bare = callback_client(&config, false)?;
    Ok(Bank {
        config,
        public_host,
        book,
        clock: Clock::advanced_by(advanced_ms),
        faults: Faults::default(),
        requests: Requests::default(),
        tokens: Tokens::default(),
        http,
        http_bare,
        clerk_woken: Notify::new(),
        postman_woken: Notify::new(),
    })
}

/// `shows`: with the bank's certificate, where it has one.
fn callback_client(config: &Config, shows: bool) -> Result<reqwest::Client, ServeError> {
    let mut http = reqwest::Client::builder()
        .timeout(Duration::from_millis(config.callback_timeout_ms.into()))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy();
    if let Some(path) = config.callback_certificate.as_ref().filter(|_| shows) {
        let pem = tls::file("VOLTA_BANK_CALLBACK_CERTIFICATE", path)?;
        http = http.identity(reqwest::Identity::from_pem(&pem)?);
    }
    if let Some(path) = &config.callback_ca {
        let pem = tls::file("VOLTA_BANK_CALLBACK_CA", path)?;
        http = http.tls_certs_only(reqwest::Certificate::from_pem_bundle(&pem)?);
    }
    Ok(http.build()?)
}

/// Resolves when told to stop, or when nobody is left to tell.
pub(crate) async fn wait_for(mut stopped: watch::Receiver<bool>) {
    // An error means the sender is gone: stop too.
    let _ = stopped.wait_for(|stop| *stop).await;
}
