//! One life of a cloud: its own runtime, so that everything it has in memory ends at once with it.

use super::line::Line;
use clap::Parser as _;
use cloud::app::{Shared, Stopping};
use cloud::config::{Cli, Config};
use cloud::{books, http, jobs, outbox, serve, watch};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Tasks that hang on a lock are left behind after this.
const LAST_BREATH: Duration = Duration::from_secs(20);

pub(super) struct Life {
    runtime: Runtime,
    app: Shared,
}

impl Life {
    /// Blocks. Opens the database at `folder`, takes up what was begun and works on.
    pub(super) fn begin(folder: &Path, line: &Line, crash_at: Option<&str>) -> Self {
        let config = config(folder, line, crash_at);
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime of one thread");
        let (app, address) = runtime.block_on(start(config));
        line.connect(address);
        Self { runtime, app }
    }

    pub(super) fn app(&self) -> Shared {
        Arc::clone(&self.app)
    }

    /// Blocks. Every task ends at the await where it is, and nothing in memory outlives it.
    pub(super) fn end(self) {
        let rest: Weak<_> = Arc::downgrade(&self.app);
        drop(self.app);
        self.runtime.shutdown_timeout(LAST_BREATH);
        // The writer commits what was queued before anybody else opens the database.
        while rest.strong_count() > 0 {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn config(folder: &Path, line: &Line, crash_at: Option<&str>) -> Config {
    let bank = line.next_life();
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let bank_url = format!("{bank}/v2");
    let token_url = format!("{bank}/oauth/token");
    let callback_url = line.callback_url();
    let database = text(&folder.join("cloud.db"));
    let key_file = text(&folder.join("cloud.key"));
    let mut arguments = vec!["volta-cloud"];
    for pair in [
        ["--database", &database],
        ["--key-file", &key_file],
        ["--bank-url", &bank_url],
        ["--bank-token-url", &token_url],
        ["--callback-url", &callback_url],
        ["--bank-poll-seconds", "2"],
        // Nobody is there: the journeys' docks hear of their grants without hints.
        ["--mqtt-url", "mqtt://127.0.0.1:9"],
    ] {
        arguments.extend(pair);
    }
    if let Some(point) = crash_at {
        arguments.extend(["--crash-at", point]);
    }
    let cli = Cli::try_parse_from(arguments);
    cli.unwrap_or_else(|error| panic!("the matrix's own settings: {error}"))
        .config
}

async fn start(config: Config) -> (Shared, SocketAddr) {
    let opened = serve::open(config, Stopping::default()).await;
    let (app, hints) = opened.unwrap_or_else(|error| panic!("the cloud did not start: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("a bound port");
    tokio::spawn(watch::run_hints(app.clone(), hints));
    tokio::spawn(watch::run_charges(app.clone()));
    tokio::spawn(watch::run_list(app.clone()));
    tokio::spawn(watch::payouts::run(app.clone()));
    tokio::spawn(jobs::run(app.clone()));
    tokio::spawn(books::run(app.clone()));
    tokio::spawn(outbox::run(app.clone()));
    let pages = http::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, pages).await });
    (app, address)
}
