//! From configuration to a running dock: who we are, enrolment, journal, and then the loop.

mod customers;
mod dock;

pub use dock::coils_off;

use crate::clock::Clock;
use crate::cloud::{ClientError, Cloud, TlsTime};
use crate::config::{Config, EnrolmentCode};
use crate::door::Door;
use crate::enrolment::{self, Answered, Applicant, EnrolmentError};
use crate::files;
use crate::gateway::{self, Gateway, Inbox, Message, Parts};
use crate::identity::{self, IdentityError};
use crate::journal::{self, Journal, JournalError};
use crate::logs::Hidden;
use crate::orders::{self, Office};
use crate::status::{Enrolling, Handle, Machine, PageCommand, Stage, Status};
use crate::storage::Room;
use crate::uplink::Peer;
use crate::watchdog::Hire;
use crate::{downlink, http, renewal, watchdog};
use dock::{behind_the_mouths, dock_of};
use ed25519_dalek::SigningKey;
use hardware::Dock;
use hardware::raspberry_pi::SetupError;
use hardware::simulated::SimulatedDock;
use shared::enrol::Enrolled;
use shared::signed::PublicKey;
use std::fs;
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

/// An enrolment code and a line break.
const CODE_FILE_BYTES_MAX: u64 = 128;

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
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("the simulated dock cannot start: {0}")]
    Simulated(io::Error),
    #[error("the dock's hardware cannot be used: {0}")]
    Hardware(#[from] SetupError),
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
    let clock = Clock::start(config.clock_skew_file.clone());
    let paths = Paths::of(&config.data_dir);
    let unusable = |source| Failure::DataDir {
        path: config.data_dir.clone(),
        source,
    };
    let _held = files::hold_directory(&config.data_dir).map_err(unusable)?;
    renewal::finish(&config.data_dir).map_err(unusable)?;
    let history = journal::exists(&paths.journal) || files::is_kept(&paths.enrolment);
    let key = identity::load_or_create(&paths.key, history)?;
    // Before anything is served: a gateway that cannot vouch for its past opens no bay.
    let mut room = Room::of(&config.data_dir);
    let known = match enrolment::load(&paths.enrolment)? {
        Some(enrolled) => {
            let journal = room
                .open_journal(&paths.journal, enrolled.gateway, &key, clock)
                .await?;
            Some((enrolled, journal))
        }
        None => None,
    };
    let (simulated, dock) = dock_of(&config, &paths)?;
    let house = House {
        cloud: Cloud::new(
            config.cloud_url.clone(),
            config.cloud_ca.as_deref(),
            time_known(clock, known.as_ref()),
        )?,
        status: watch::Sender::new(Arc::new(first_status(&config, &key))),
        clock,
        key,
        paths,
        config,
        room,
        door: Door::default(),
        hidden: Hidden::default(),
    };
    let (commands, mut asked) = mpsc::channel(PAGE_COMMANDS_MAX);
    let handle = house.handle(commands, simulated);
    let pages = tokio::spawn(serve_pages(listener, handle));
    let (hire, stop) = watchdog::start(house.status.subscribe(), stop);
    tokio::pin!(stop);
    let (enrolled, journal) = match known {
        Some(known) => known,
        None => tokio::select! {
            () = &mut stop => return Ok(()),
            done = house.become_gateway(&mut asked) => done?,
        },
    };
    let (inbox, mut ended) = house.start(enrolled, journal, dock, asked, hire)?;
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

/// The cloud's time as it was told before this start.
fn time_known(clock: Clock, known: Option<&(Enrolled, Journal)>) -> TlsTime {
    let time = TlsTime::new(clock);
    if let Some((enrolled, journal)) = known {
        time.floor(enrolled.server_ms);
        time.floor(journal.memory().clock_floor_ms);
    }
    time
}

struct House {
    config: Config,
    paths: Paths,
    key: SigningKey,
    cloud: Cloud,
    clock: Clock,
    status: watch::Sender<Arc<Status>>,
    room: Room,
    door: Door,
    hidden: Hidden,
}

impl House {
    fn handle(&self, commands: mpsc::Sender<PageCommand>, dock: Option<SimulatedDock>) -> Handle {
        Handle {
            status: self.status.subscribe(),
            commands,
            door: self.door.clone(),
            simulated: dock,
            neighbours: self.config.sim_neighbours.0.clone().into(),
            machine: self.machine(),
        }
    }

    /// Enrols and makes the journal. The enrolment is stored last: with it, a missing journal is
    /// a lost one.
    async fn become_gateway(
        &self,
        asked: &mut mpsc::Receiver<PageCommand>,
    ) -> Result<(Enrolled, Journal), Failure> {
        watchdog::waits_for_enrolment();
        let show = |state: Enrolling| {
            self.status
                .send_modify(|status| Arc::make_mut(status).stage = Stage::Enrolling(state));
        };
        let applicant = Applicant {
            cloud: &self.cloud,
            key: &self.key,
            software: SOFTWARE,
            bays: &self.config.bays.0,
        };
        let code = self.enrolment_code();
        let keep = |code: &EnrolmentCode| self.keep_code(code);
        let Answered { enrolled, line } = applicant.enrol(code, asked, show, keep).await;
        self.cloud.vouched(enrolled.server_ms);
        Journal::create(&self.paths.journal, &enrolled.gateway)?;
        let now = self.clock.now();
        let journal = Journal::open(&self.paths.journal, enrolled.gateway, &self.key, now)?;
        enrolment::store(&self.paths.enrolment, &line)?;
        // It is used up; a leftover would only be asked with again.
        let _ = fs::remove_file(&self.paths.code);
        tracing::info!(gateway.id = %enrolled.gateway, "enrolled");
        Ok((enrolled, journal))
    }

    /// The code that was typed into the page, else the configured one.
    fn enrolment_code(&self) -> EnrolmentCode {
        let typed = files::read_private(&self.paths.code, CODE_FILE_BYTES_MAX);
        let typed: Option<EnrolmentCode> = typed.ok().flatten().and_then(|it| it.parse().ok());
        let typed = typed.filter(|code| code.given().is_some());
        typed.unwrap_or_else(|| self.config.enrolment_code.clone())
    }

    /// For the next start, should this one end before the cloud has answered.
    fn keep_code(&self, code: &EnrolmentCode) {
        self.hidden.hide(code.given().unwrap_or_default());
        let bytes = code.given().unwrap_or_default().as_bytes();
        if let Err(error) = files::write_private(&self.paths.code, bytes) {
            tracing::warn!(%error, "the enrolment code must be typed again after a restart");
        }
    }

    fn machine(&self) -> Machine {
        for secret in [
            self.config.enrolment_code.given().unwrap_or_default(),
            &identity::text_of(&self.key),
        ] {
            self.hidden.hide(secret);
        }
        Machine {
            journal: self.paths.journal.clone(),
            settings: Arc::clone(&self.config.settings),
            logs: self.config.logs.clone(),
            hidden: self.hidden.clone(),
        }
    }

    /// Starts the loop's thread and the tasks around it.
    fn start(
        self,
        enrolled: Enrolled,
        journal: Journal,
        dock: Dock,
        asked: mpsc::Receiver<PageCommand>,
        hire: Hire,
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
        self.hidden.hide(&access.password);
        let office = Office {
            inbox: inbox.clone(),
            cloud: self.cloud.clone(),
            data_dir: self.config.data_dir.clone(),
            bays: self.config.bays.0.clone(),
            status: self.status.clone(),
        };
        let observed = inbox.clone();
        let driver = hardware::drive(dock, move |observation| {
            observed.send(Message::Observed(observation));
        });
        let beat = hire.workers(&inbox, &driver);
        let floor = journal.memory().exposure.allowance;
        let wanted = self.serve_customers(peer, floor, &inbox)?;
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
            beat,
            room: self.room,
            stopping: inbox.stopping(),
            wanted,
            local_url: self.config.local_url.given().map(str::to_owned),
        });
        tokio::spawn(gateway::carry(
            self.cloud,
            peer,
            batches,
            inbox.clone(),
            self.clock,
        ));
        tokio::spawn(downlink::run(access, peer, inbox.clone()));
        tokio::spawn(orders::forward(asked, office));
        Ok((inbox, run_loop(gateway, messages)?))
    }
}

fn run_loop(
    gateway: Gateway,
    messages: std::sync::mpsc::Receiver<Message>,
) -> Result<oneshot::Receiver<Result<(), Failure>>, Failure> {
    let (ending, ended) = oneshot::channel();
    let run = move || {
        let result = gateway.run(&messages).map_err(Failure::from);
        // Nobody waits any more when the process is already on its way out.
        let _ = ending.send(result);
    };
    let thread = thread::Builder::new().name("gateway".into());
    thread.spawn(run).map_err(Failure::Thread)?;
    Ok(ended)
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

fn first_status(config: &Config, key: &SigningKey) -> Status {
    Status {
        software: SOFTWARE.to_owned(),
        cloud_url: config.cloud_url.to_string(),
        device_key: PublicKey::of(key).to_string(),
        stage: Stage::Enrolling(match config.enrolment_code.given() {
            Some(_) => Enrolling::Asking,
            None => Enrolling::CodeMissing,
        }),
        renewal: String::new(),
    }
}

struct Paths {
    journal: PathBuf,
    key: PathBuf,
    enrolment: PathBuf,
    /// A code that was typed, until it is used.
    code: PathBuf,
    allowance: PathBuf,
    simulated: PathBuf,
}

impl Paths {
    fn of(data_dir: &Path) -> Self {
        Self {
            journal: data_dir.join("journal.db"),
            key: data_dir.join("device.key"),
            enrolment: data_dir.join("enrolment.signed"),
            code: data_dir.join("enrolment.code"),
            allowance: data_dir.join("allowance.signed"),
            simulated: data_dir.join("simulated-dock.json"),
        }
    }
}
