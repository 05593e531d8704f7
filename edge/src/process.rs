//! From configuration to a running dock: who we are, enrolment, journal, and then the loop.

mod customers;
mod dock;
mod failure;
mod lobby;
mod start;

pub use dock::coils_off;
pub use failure::Failure;
pub use lobby::{Listening, wait_for_settings};

use crate::clock::Clock;
use crate::cloud::Cloud;
use crate::config::{Config, EnrolmentCode};
use crate::door::Door;
use crate::enrolment::{self, Answered, Applicant};
use crate::files;
use crate::gateway::{self, Gateway, Inbox, Message, Parts};
use crate::http::Front;
use crate::identity;
use crate::journal::Journal;
use crate::logs::Hidden;
use crate::orders::{self, Office};
use crate::status::{Enrolling, Handle, Machine, PageCommand, Stage, Status};
use crate::storage::Room;
use crate::uplink::Peer;
use crate::watchdog::Hire;
use crate::{downlink, watchdog};
use dock::behind_the_mouths;
use ed25519_dalek::SigningKey;
use hardware::Dock;
use hardware::simulated::SimulatedDock;
use lobby::Lobby;
use shared::enrol::Enrolled;
use shared::signed::PublicKey;
use std::fs;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};

/// What this program calls itself in its journal and towards the cloud.
pub const SOFTWARE: &str = concat!("volta-gateway ", env!("CARGO_PKG_VERSION"));

/// A page's clicks that wait for the loop.
const PAGE_COMMANDS_MAX: usize = 16;

/// An enrolment code and a line break.
const CODE_FILE_BYTES_MAX: u64 = 128;

/// The event loop of a start that was no good ends within this time.
const SETTLED: Duration = Duration::from_secs(60);

/// Runs the gateway until `stop`, or until something that only a restart can mend.
pub async fn run(
    config: Config,
    listening: impl Into<Listening>,
    stop: impl Future<Output = ()>,
) -> Result<(), Failure> {
    let front = Front::starting(SOFTWARE);
    let pages = tokio::spawn(lobby::serve_pages(listening.into(), front.clone()));
    let stop = watchdog::told_of(stop);
    tokio::pin!(stop);
    let result = run_behind(config, &front, stop).await;
    pages.abort();
    result
}

async fn run_behind<S: Future<Output = ()>>(
    config: Config,
    front: &Front,
    mut stop: Pin<&mut S>,
) -> Result<(), Failure> {
    let clock = Clock::start(config.clock_skew_file.clone());
    let lobby = Lobby::new(&config, front);
    let Some(ready) = lobby.ready(clock, stop.as_mut()).await? else {
        return Ok(());
    };
    let house = House {
        status: watch::Sender::new(Arc::new(first_status(&config, &ready.key))),
        cloud: ready.cloud,
        clock,
        key: ready.key,
        paths: ready.paths,
        config,
        room: ready.room,
        door: Door::default(),
        hidden: Hidden::default(),
    };
    let _held = ready.held;
    let (commands, mut asked) = mpsc::channel(PAGE_COMMANDS_MAX);
    front.show_pages(house.handle(commands, ready.simulated));
    let (hire, reporter) = watchdog::start(house.status.subscribe());
    let known = match ready.known {
        Some(known) => Ok(known),
        None => tokio::select! {
            () = &mut stop => return Ok(()),
            done = house.become_gateway(&mut asked) => done,
        },
    };
    let started = known
        .and_then(|(enrolled, journal)| house.start(enrolled, journal, ready.dock, asked, hire));
    let began = Instant::now();
    let failure = match started {
        Err(failure) => failure,
        Ok((inbox, mut ended)) => tokio::select! {
            result = &mut ended => match settled(result) {
                Err(failure) if began.elapsed() < SETTLED => failure,
                other => return other,
            },
            () = &mut stop => {
                inbox.send(Message::Stop);
                return settled(ended.await);
            }
        },
    };
    drop(reporter);
    lobby.linger(failure, stop).await
}

/// How the event loop ended. Without an answer its thread has panicked.
fn settled(answer: Result<Result<(), Failure>, oneshot::error::RecvError>) -> Result<(), Failure> {
    answer.unwrap_or(Err(Failure::Defect))?;
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
            cable: self.cloud.cable().clone(),
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
            hidden: self.hidden.clone(),
            changing: Default::default(),
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
        let cable = self.cloud.cable().clone();
        tokio::spawn(downlink::run(access, peer, inbox.clone(), cable));
        tokio::spawn(gateway::carry(
            self.cloud,
            peer,
            batches,
            inbox.clone(),
            self.clock,
        ));
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
