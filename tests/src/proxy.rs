//! The network between the docks and the cloud, which a test makes as bad as it likes.
//!
//! Shape: one thread with two fronts on loopback, one for the sync exchange over HTTP and one for
//! hints over MQTT. Every connection asks at each step in which [`Mode`] the network is, so that a
//! change takes hold of what is under way. Ends with the value.

mod http;
mod raw;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot, watch};

/// Connections at one time: silent ones are kept until the end, and a gateway opens few.
const CONNECTIONS_MAX: usize = 256;

/// A port given back is taken again after at most this, unless another program took it.
const REBIND_EVERY: Duration = Duration::from_millis(20);

/// What the network does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    Pass,
    /// Connections are refused and those that stand are reset.
    Down,
    /// Connections are accepted and reset at once.
    Drop,
    /// Requests are taken and never answered.
    Blackhole,
    /// Connections go silent both ways without an end, and stay so when the network is well again.
    HalfOpen,
    /// Everything takes this long in each direction.
    Slow {
        each_way_ms: u64,
    },
    /// So many bytes a second in each direction.
    Thin {
        bytes_per_second: u64,
    },
    /// Something before the cloud answers in its place.
    Error {
        status: u16,
        retry_after_seconds: Option<u32>,
    },
    /// Any request is answered 200 with a page to sign in at; nothing else gets through.
    CaptivePortal,
    /// Each request reaches the cloud twice at the same moment and is answered once.
    Duplicate,
    /// Every other request is cut off and reaches the cloud after the one that follows it.
    Reorder,
    /// The cloud does what it is asked, and its answer is lost.
    LoseAnswer,
}

/// Two fronts and the thread behind them.
#[derive(Debug)]
pub struct Proxy {
    modes: watch::Sender<Mode>,
    counts: Arc<Counts>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug, Default)]
struct Counts {
    /// Requests whose answers went back whole.
    passed: AtomicU64,
    /// Requests and connections that the present mode has hit.
    struck: AtomicU64,
}

/// Where a front listens, and where what comes in goes on to.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    pub listen: u16,
    pub to: u16,
}

/// What a connection needs to know.
#[derive(Clone)]
struct Line {
    to: SocketAddr,
    modes: watch::Receiver<Mode>,
    counts: Arc<Counts>,
    /// The request that waits to be overtaken.
    held: Arc<Mutex<Option<Vec<u8>>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Front {
    Http,
    Raw,
}

impl Proxy {
    /// Begins in [`Mode::Pass`]. An error when a port is taken.
    pub fn start(sync: Route, hints: Route) -> io::Result<Self> {
        let (modes, _) = watch::channel(Mode::Pass);
        let counts = Arc::<Counts>::default();
        let (stop, stopped) = oneshot::channel();
        let (ready, begun) = std::sync::mpsc::channel();
        let line = |to: u16| Line {
            to: here(to),
            modes: modes.subscribe(),
            counts: Arc::clone(&counts),
            held: Arc::default(),
        };
        let fronts = [
            (Front::Http, sync.listen, line(sync.to)),
            (Front::Raw, hints.listen, line(hints.to)),
        ];
        let thread = thread::Builder::new()
            .name("network".into())
            .spawn(move || run(fronts, stopped, &ready))?;
        begun
            .recv()
            .map_err(|_| io::Error::other("the network's thread ended"))??;
        Ok(Self {
            modes,
            counts,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// From now on the network is so; what it struck is counted anew.
    pub fn set(&self, mode: Mode) {
        self.counts.struck.store(0, Ordering::SeqCst);
        self.modes.send_replace(mode);
    }

    /// Requests answered whole, since the start.
    pub fn passed(&self) -> u64 {
        self.counts.passed.load(Ordering::SeqCst)
    }

    /// Requests and connections that met the present mode's fault.
    pub fn struck(&self) -> u64 {
        self.counts.struck.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Line {
    fn mode(&self) -> Mode {
        *self.modes.borrow()
    }

    fn strike(&self) {
        self.counts.struck.fetch_add(1, Ordering::SeqCst);
    }

    /// Comes back when the network is in a mode that `wanted` names.
    async fn until(&mut self, wanted: impl FnMut(&Mode) -> bool) {
        if self.modes.wait_for(wanted).await.is_err() {
            // The proxy ends; its tasks end with it.
            std::future::pending::<()>().await;
        }
    }
}

fn here(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
}

fn run(
    fronts: [(Front, u16, Line); 2],
    stopped: oneshot::Receiver<()>,
    ready: &std::sync::mpsc::Sender<io::Result<()>>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => return drop(ready.send(Err(error))),
    };
    runtime.block_on(async {
        let mut listeners = Vec::new();
        for (front, port, line) in fronts {
            match TcpListener::bind(here(port)).await {
                Ok(listener) => listeners.push((front, listener, line)),
                Err(error) => return drop(ready.send(Err(error))),
            }
        }
        for (front, listener, line) in listeners {
            tokio::spawn(accept(front, listener, line));
        }
        let _ = ready.send(Ok(()));
        let _ = stopped.await;
    });
    // Connections that are silent for ever end here.
    runtime.shutdown_background();
}

async fn accept(front: Front, listener: TcpListener, mut line: Line) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut listening = Some(listener);
    loop {
        let Some(listener) = &listening else {
            line.until(|mode| *mode != Mode::Down).await;
            listening = Some(bound_again(address).await);
            continue;
        };
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else {
            return;
        };
        tokio::select! {
            () = line.until(|mode| *mode == Mode::Down) => {
                line.strike();
                listening = None;
            }
            Ok((client, _)) = listener.accept() => {
                let line = line.clone();
                tokio::spawn(async move {
                    let _permit = permit;
                    connection(front, client, line).await;
                });
            }
        }
    }
}

async fn bound_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(REBIND_EVERY).await,
        }
    }
}

/// What goes wrong on a connection ends it, as it would on any network.
async fn connection(front: Front, client: TcpStream, line: Line) {
    let _ = client.set_nodelay(true);
    if line.mode() == Mode::Drop {
        line.strike();
        return reset(&client);
    }
    let _ended = match front {
        Front::Http => http::serve(client, line).await,
        Front::Raw => raw::serve(client, line).await,
    };
}

/// The next close sends a reset and not an orderly end.
fn reset(stream: &TcpStream) {
    let _ = stream.set_zero_linger();
}

/// Nothing more is heard of this connection, and it does not end.
async fn silent(_held: TcpStream) -> io::Result<()> {
    std::future::pending().await
}

fn cuts(mode: &Mode) -> bool {
    matches!(mode, Mode::Down | Mode::Drop)
}
