//! From configuration to a running dock: who we are, enrolment, journal, and then the loop.

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::config::{Config, Hardware};
use crate::enrolment::{self, Answered, EnrolmentError};
use crate::files;
use crate::gateway::{self, Gateway, Inbox, Message, Parts};
use crate::identity::{self, IdentityError};
use crate::journal::{self, Journal, JournalError};
use crate::status::{Enrolling, Handle, PageCommand, Stage, Status};
use crate::uplink::Peer;
use crate::{downlink, http};
use ed25519_dalek::SigningKey;
use edge_core::io::Input;
use hardware::Dock;
use hardware::simulated::SimulatedDock;
use shared::enrol::Enrolled;
use shared::ids::{BayNo, TagUid};
use shared::signed::PublicKey;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

/// What this program calls itself in its journal and towards the cloud.
pub const SOFTWARE: &str = concat!("volta-gateway ", env!("CARGO_PKG_VERSION"));

/// A page's clicks that wait for the loop.
const PAGE_COMMANDS_MAX: usize = 16;

/// How long a bay blinks for a technician.
const LOCATE_MS: u32 = 10_000;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(
        "cannot use the data directory {}: {source}. Another gateway may be running on it; give each its own VOLTA_GATEWAY_DATA_DIR, writable by this user",
        path.display()
    )]
    DataDir { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error(transparent)]
    Enrolment(#[from] EnrolmentError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the HTTP client cannot start: {0}")]
    Client(#[from] reqwest::Error),
    #[error("the simulated dock cannot start: {0}")]
    Simulated(io::Error),
    #[error("the event loop cannot start: {0}")]
    Thread(io::Error),
    #[error("the event loop ended by a defect; the journal is as it was committed last")]
    Defect,
}

/// Runs the gateway until `stop`, or until something that only a restart can mend.
pub async fn run(
    config: Config,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let clock = Clock::start();
    let paths = Paths::of(&config.data_dir);
    let _held = files::hold_directory(&config.data_dir).map_err(|source| Failure::DataDir {
        path: config.data_dir.clone(),
        source,
    })?;
    let history = journal::exists(&paths.journal) || paths.enrolment.exists();
    let key = identity::load_or_create(&paths.key, history)?;
    // Before anything is served: a gateway that cannot vouch for its past opens no bay.
    let known = match enrolment::load(&paths.enrolment)? {
        Some(enrolled) => {
            let journal = Journal::open(&paths.journal, enrolled.gateway, key.clone())?;
            Some((enrolled, journal))
        }
        None => None,
    };
    let (simulated, dock) = dock_of(&config, &paths)?;
    let house = House {
        cloud: Cloud::new(config.cloud_url.clone())?,
        status: watch::Sender::new(Arc::new(first_status(&config, &key))),
        clock,
        key,
        paths,
        config,
    };
    let (commands, mut asked) = mpsc::channel(PAGE_COMMANDS_MAX);
    let handle = Handle {
        status: house.status.subscribe(),
        commands,
        simulated,
        neighbours: house.config.sim_neighbours.0.clone().into(),
    };
    let pages = tokio::spawn(serve_pages(listener, handle));
    tokio::pin!(stop);
    let (enrolled, journal) = match known {
        Some(known) => known,
        None => tokio::select! {
            () = &mut stop => return Ok(()),
            done = house.become_gateway(&mut asked) => done?,
        },
    };
    let (inbox, mut ended) = house.start(enrolled, journal, dock, asked)?;
    let result = tokio::select! {
        result = &mut ended => result,
        () = &mut stop => {
            inbox.send(Message::Stop);
            ended.await
        }
    };
    pages.abort();
    // Without an answer the thread has panicked.
    result.unwrap_or(Err(Failure::Defect))?;
    tracing::info!("stopped with a whole journal");
    Ok(())
}

struct House {
    config: Config,
    paths: Paths,
    key: SigningKey,
    cloud: Cloud,
    clock: Clock,
    status: watch::Sender<Arc<Status>>,
}

impl House {
    /// Enrols and makes the journal. The enrolment is stored last: with it, a missing journal is
    /// a lost one.
    async fn become_gateway(
        &self,
        asked: &mut mpsc::Receiver<PageCommand>,
    ) -> Result<(Enrolled, Journal), Failure> {
        let show = |state: Enrolling| {
            self.status
                .send_modify(|status| Arc::make_mut(status).stage = Stage::Enrolling(state));
        };
        let code = &self.config.enrolment_code;
        let layout = (SOFTWARE, self.config.bays.0.as_slice());
        let Answered { enrolled, line } =
            enrolment::enrol(&self.cloud, &self.key, code, layout, asked, show).await;
        Journal::create(&self.paths.journal, &enrolled.gateway)?;
        let journal = Journal::open(&self.paths.journal, enrolled.gateway, self.key.clone())?;
        enrolment::store(&self.paths.enrolment, &line)?;
        tracing::info!(gateway.id = %enrolled.gateway, "enrolled");
        Ok((enrolled, journal))
    }

    /// Starts the loop's thread and the tasks around it.
    fn start(
        self,
        enrolled: Enrolled,
        journal: Journal,
        dock: Dock,
        asked: mpsc::Receiver<PageCommand>,
    ) -> Result<(Inbox, oneshot::Receiver<Result<(), Failure>>), Failure> {
        let peer = Peer {
            gateway: enrolled.gateway,
            cloud_key: enrolled.cloud_key,
        };
        tracing::info!(
            gateway.id = %peer.gateway,
            gateway.boot = journal.boot(),
            journal.head = journal.head().seq,
            journal.acked = journal.acked().seq,
            "gateway starts"
        );
        let (inbox, messages) = Inbox::new();
        let (outgoing, batches) = mpsc::unbounded_channel();
        let access = enrolled.downlink.clone();
        let observed = inbox.clone();
        let driver = hardware::drive(dock, move |observation| {
            observed.send(Message::Observed(observation));
        });
        let gateway = Gateway::new(Parts {
            software: SOFTWARE.to_owned(),
            enrolled,
            bays: self.config.bays.0.clone(),
            inventory: behind_the_mouths(&self.config.sim_carts.0),
            journal,
            driver,
            clock: self.clock,
            crash_at: self.config.crash_at.clone(),
            outgoing,
            status: self.status,
        });
        tokio::spawn(gateway::carry(
            self.cloud,
            peer,
            batches,
            inbox.clone(),
            self.clock,
        ));
        tokio::spawn(downlink::run(access, peer, inbox.clone()));
        tokio::spawn(forward(asked, inbox.clone()));
        let (ending, ended) = oneshot::channel();
        thread::Builder::new()
            .name("gateway".into())
            .spawn(move || {
                let result = gateway.run(&messages).map_err(Failure::from);
                // Nobody waits any more when the process is already on its way out.
                let _ = ending.send(result);
            })
            .map_err(Failure::Thread)?;
        Ok((inbox, ended))
    }
}

/// The page is a help, not a part of the dock: without it the bays go on.
async fn serve_pages(listener: TcpListener, handle: Handle) {
    if let Ok(address) = listener.local_addr() {
        tracing::info!(page.address = %address, "the page is served");
    }
    if let Err(error) = http::serve(listener, handle).await {
        tracing::error!(%error, "the page has ended; the dock goes on without it");
    }
}

async fn forward(mut asked: mpsc::Receiver<PageCommand>, inbox: Inbox) {
    while let Some(command) = asked.recv().await {
        let input = match command {
            PageCommand::SyncNow => Input::Wake,
            PageCommand::Locate { bay } => Input::Locate {
                bay,
                duration_ms: LOCATE_MS,
            },
        };
        if !inbox.send(Message::Asked(input)) {
            return;
        }
    }
}

/// The carts no reader can see when a lane is handed over full. The one at each mouth is read and
/// docks by itself.
fn behind_the_mouths(carts: &BTreeMap<BayNo, Vec<TagUid>>) -> BTreeMap<BayNo, Vec<TagUid>> {
    let hidden = |(bay, tags): (&BayNo, &Vec<TagUid>)| {
        let (_, behind) = tags.split_last()?;
        (!behind.is_empty()).then(|| (*bay, behind.to_vec()))
    };
    carts.iter().filter_map(hidden).collect()
}

fn dock_of(config: &Config, paths: &Paths) -> Result<(Option<SimulatedDock>, Dock), Failure> {
    match config.hardware {
        Hardware::Simulated => {
            let carts = config.sim_carts.0.clone();
            let (simulated, dock) = SimulatedDock::kept_at(&paths.simulated, &config.bays.0, carts)
                .map_err(Failure::Simulated)?;
            Ok((Some(simulated), dock))
        }
    }
}

fn first_status(config: &Config, key: &SigningKey) -> Status {
    Status {
        software: SOFTWARE.to_owned(),
        cloud_url: config.cloud_url.to_string(),
        device_key: PublicKey::of(key).to_string(),
        stage: Stage::Enrolling(match config.enrolment_code.given() {
            Some(_) => Enrolling::Asking,
            None => Enrolling::CodeMissing,
        }),
    }
}

struct Paths {
    journal: PathBuf,
    key: PathBuf,
    enrolment: PathBuf,
    simulated: PathBuf,
}

impl Paths {
    fn of(data_dir: &Path) -> Self {
        Self {
            journal: data_dir.join("journal.db"),
            key: data_dir.join("device.key"),
            enrolment: data_dir.join("enrolment.signed"),
            simulated: data_dir.join("simulated-dock.json"),
        }
    }
}
