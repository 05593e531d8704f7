//! Where a gateway waits that cannot start: its page says what is wrong and what to do, the service
//! manager hears that it lives, coils and lamps are off, and it tries again by itself.
//!
//! Only under a service manager: there an end would be followed by another start a second later, for
//! ever, and nobody with a phone could read why. At a terminal the failure is the answer.

use super::start::Ready;
use super::{Failure, SOFTWARE, coils_off};
use crate::clock::Clock;
use crate::config::Config;
use crate::http::{Front, Told};
use crate::watchdog::{self, Early, Reporter};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::time::sleep;
use web::edge::stranded::Trouble;

/// Between two tries to listen on an address that this machine does not have yet, or that another
/// process holds.
const LISTEN_PAUSE: Duration = Duration::from_secs(5);

/// A start that is quicker needs no page of its own; visitors wait for it.
const QUICK: Duration = Duration::from_secs(2);

/// A process reads its settings at its start only, so with wrong ones it ends after this long: the
/// next one may find them mended. Long enough to read the page, short enough to need no visit.
const SETTINGS_WAIT: Duration = Duration::from_secs(5 * 60);

/// Where the page is to be served.
pub enum Listening {
    Bound(TcpListener),
    /// As soon as the address can be had; the dock does not wait for it.
    Later(SocketAddr),
}

impl From<TcpListener> for Listening {
    fn from(listener: TcpListener) -> Self {
        Self::Bound(listener)
    }
}

impl Listening {
    async fn listener(self) -> TcpListener {
        let address = match self {
            Self::Bound(listener) => return listener,
            Self::Later(address) => address,
        };
        loop {
            match TcpListener::bind(address).await {
                Ok(listener) => return listener,
                Err(error) => tracing::warn!(
                    %error,
                    page.address = %address,
                    "no page yet: stop what holds that port or set VOLTA_GATEWAY_LISTEN"
                ),
            }
            sleep(LISTEN_PAUSE).await;
        }
    }
}

/// The page is a help, not a part of the dock: without it the bays go on.
pub(super) async fn serve_pages(listening: Listening, front: Front) {
    let listener = listening.listener().await;
    let address = listener.local_addr().ok();
    let tell = async {
        front.settled().await;
        if let Some(address) = address {
            tracing::info!(page.address = %address, "the page is served");
        }
    };
    let serve = async {
        // Longer than that, and there is something to say.
        let _ = tokio::time::timeout(QUICK, front.settled()).await;
        if let Err(error) = front.clone().serve(listener).await {
            tracing::error!(%error, "the page has ended; the dock goes on without it");
        }
    };
    tokio::join!(tell, serve);
}

pub(super) struct Lobby {
    config: Config,
    front: Front,
    early: watch::Sender<Early>,
}

impl Lobby {
    pub(super) fn new(config: &Config, front: &Front) -> Self {
        Self {
            config: config.clone(),
            front: front.clone(),
            early: watch::Sender::new(Early::Starting),
        }
    }

    /// Starts until it succeeds; none when it was asked to stop. The error is the first one where
    /// nobody but the caller could be told.
    pub(super) async fn ready<S: Future<Output = ()>>(
        &self,
        clock: Clock,
        mut stop: Pin<&mut S>,
    ) -> Result<Option<Ready>, Failure> {
        let _telling = self.tell();
        loop {
            let failure = match Ready::of(&self.config, clock) {
                Ok(ready) => return Ok(Some(ready)),
                Err(failure) if !watchdog::is_service() => return Err(failure),
                Err(failure) => failure,
            };
            if let Err(error) = coils_off(&self.config) {
                tracing::warn!(%error, "the lines cannot be taken to set them to rest");
            }
            let pause = self.retry();
            self.strand(failure.trouble(), failure.to_string(), pause);
            tokio::select! {
                () = &mut stop => return Ok(None),
                () = sleep(pause) => {}
            }
        }
    }

    /// Keeps a process up for a while that failed before it served for long: its next start, one
    /// second after its end, would do the same. The answer is how it ends.
    pub(super) async fn linger<S: Future<Output = ()>>(
        &self,
        failure: Failure,
        stop: Pin<&mut S>,
    ) -> Result<(), Failure> {
        if !watchdog::is_service() {
            return Err(failure);
        }
        if let Err(error) = coils_off(&self.config) {
            // Whoever holds them may be a thread of ours: then only the end lets the coils fall.
            tracing::error!(%error, "the lines are not at rest");
            return Err(failure);
        }
        let _telling = self.tell();
        let pause = self.retry();
        self.strand(failure.trouble(), failure.to_string(), pause);
        tokio::select! {
            () = stop => Ok(()),
            () = sleep(pause) => Err(failure),
        }
    }

    fn retry(&self) -> Duration {
        Duration::from_millis(self.config.retry_ms)
    }

    fn tell(&self) -> Reporter {
        watchdog::report_start(self.early.subscribe())
    }

    fn strand(&self, trouble: Trouble, detail: String, pause: Duration) {
        let code = trouble.code();
        tracing::error!(
            stranded.code = code,
            reason = detail,
            "the gateway cannot start; it waits and tries again"
        );
        self.early.send_replace(Early::Stranded(detail.clone()));
        self.front.show_stranded(Told {
            software: SOFTWARE,
            trouble,
            detail,
            retry_seconds: pause.as_secs().max(1),
        });
    }
}

/// Waits with settings that cannot be used: their page on `listen`, then the end. False: asked to stop.
pub async fn wait_for_settings(
    reason: String,
    listen: SocketAddr,
    stop: impl Future<Output = ()>,
) -> bool {
    let front = Front::starting(SOFTWARE);
    let pages = tokio::spawn(serve_pages(Listening::Later(listen), front.clone()));
    let lobby = Lobby::new(&Config::with_data_dir(Default::default()), &front);
    let _telling = lobby.tell();
    lobby.strand(Trouble::Settings, reason, SETTINGS_WAIT);
    let stop = watchdog::told_of(stop);
    let waited = tokio::select! {
        () = stop => false,
        () = sleep(SETTINGS_WAIT) => true,
    };
    pages.abort();
    waited
}
