//! Hints to gateways by MQTT. Facts travel by HTTPS: whatever is lost here arrives later with
//! the answer to an uplink, so nothing here is stored, retained or repeated.
//!
//! ```text
//! gateway ──TCP──▶ front ──loopback──▶ embedded broker ◀──loopback── internal front ◀── downlink
//! ```
//!
//! The broker meets only bytes that the fronts wrote. With an external broker there is only
//! the downlink; accounts and topic rules are then the operator's.

mod admission;
mod backend;
pub mod broker;
mod downlink;
mod front;
mod pipe;
mod probe;
mod relay;
mod seats;
mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use shared::sync::{HINT_TOPIC_PREFIX, HINT_TOPIC_SUFFIX};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use admission::{DOWNLINK_USERNAME, Gate, Limits};
use broker::Broker;
use downlink::{Address, DownlinkTask};
use front::{Front, House};
use probe::{Health, Supervisor};
use seats::Seats;

pub use admission::Credentials;
pub use downlink::{Downlink, DownlinkError, PAYLOAD_BYTES_MAX};
pub use probe::RestartHook;

const SECRET_BYTES: usize = 24;
const INTERNAL_LIMITS: Limits = Limits {
    connections_max: 8,
    handshakes_max: 8,
    handshakes_per_ip_max: 8,
};

/// Where the broker is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MqttMode {
    /// In this process, behind a front that listens on `listen`.
    Embedded { listen: SocketAddr },
    /// Elsewhere, at `mqtt://[user:password@]host[:port]`.
    External { url: String },
}

/// How the MQTT room is set up. `Default` is an embedded broker on 127.0.0.1:1883.
#[derive(Clone)]
pub struct MqttConfig {
    pub mode: MqttMode,
    /// Host and port that gateways are told, where they differ from `listen` or `url`.
    pub advertise: Option<(String, u16)>,
    /// The gateways' user name at an external broker; `{gateway}` stands for the gateway's id.
    pub external_username: String,
    /// The gateways' password at an external broker, or each gateway's own secret if `None`.
    pub external_password: Option<String>,
    /// Gateways connected at one time. Each costs three file descriptors.
    pub connections_max: usize,
    /// Connections that have not been let in yet, together and from one address.
    pub handshakes_max: usize,
    pub handshakes_per_ip_max: usize,
    /// How long a connection may take to say who it is.
    pub handshake_deadline: Duration,
    /// How often the broker is tried through the front.
    pub probe_interval: Duration,
    pub on_restart: Option<RestartHook>,
}

impl Default for MqttConfig {
    fn default() -> MqttConfig {
        MqttConfig {
            mode: MqttMode::Embedded {
                listen: (Ipv4Addr::LOCALHOST, 1883).into(),
            },
            advertise: None,
            external_username: "{gateway}".to_owned(),
            external_password: None,
            connections_max: 256,
            handshakes_max: 128,
            handshakes_per_ip_max: 32,
            handshake_deadline: Duration::from_secs(5),
            probe_interval: Duration::from_secs(10),
            on_restart: None,
        }
    }
}

impl MqttConfig {
    fn limits(&self) -> Limits {
        Limits {
            connections_max: self.connections_max,
            handshakes_max: self.handshakes_max,
            handshakes_per_ip_max: self.handshakes_per_ip_max,
        }
    }
}

/// Why the MQTT room did not open. Each text says what to change.
#[derive(Debug, thiserror::Error)]
pub enum MqttError {
    #[error(
        "cannot listen for gateways (MQTT) on {listen}: the address is already in use. \
         Stop the program that holds it, set VOLTA_CLOUD_MQTT_LISTEN to a free one such as \
         127.0.0.1:1884, or use a broker of your own with VOLTA_CLOUD_MQTT_URL"
    )]
    PortTaken { listen: SocketAddr },
    #[error(
        "cannot listen for gateways (MQTT) on {listen}: {source}. \
         Set VOLTA_CLOUD_MQTT_LISTEN to an address of this machine and a port it may open"
    )]
    Listen {
        listen: SocketAddr,
        source: std::io::Error,
    },
    #[error(
        "VOLTA_CLOUD_MQTT_URL is not a broker's address: {why}. \
         It looks like mqtt://user:password@broker.example:1883"
    )]
    Url { why: &'static str },
    #[error(transparent)]
    Broker(#[from] broker::BrokerError),
}

/// What one gateway needs to know to hear its hints.
#[derive(Clone, PartialEq, Eq)]
pub struct GatewayAccess {
    pub host: String,
    pub port: u16,
    pub username: String,
    pub password: String,
    /// Its client id must be this.
    pub client_id: String,
    /// It subscribes to this, with QoS 1.
    pub topic: String,
}

/// Counters since the start, and how things stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MqttStats {
    pub healthy: bool,
    pub connected: usize,
    pub refused: u64,
    pub broker_restarts: u64,
    pub hints_queued: u64,
    pub hints_acknowledged: u64,
    pub hints_dropped: u64,
}

/// The open MQTT room.
pub struct Mqtt {
    config: MqttConfig,
    downlink: Downlink,
    downlink_task: DownlinkTask,
    place: (String, u16),
    embedded: Option<Embedded>,
}

struct Embedded {
    public: Front,
    internal: Front,
    house: Arc<House>,
    health: Arc<Health>,
    stop: watch::Sender<bool>,
    supervising: JoinHandle<Broker>,
}

/// Opens the room: listens for gateways and starts the downlink. `credentials` are asked only
/// with an embedded broker.
pub async fn start(
    config: MqttConfig,
    credentials: Arc<dyn Credentials>,
) -> Result<Mqtt, MqttError> {
    match config.mode.clone() {
        MqttMode::Embedded { listen } => start_embedded(config, listen, credentials).await,
        MqttMode::External { url } => {
            let address = Address::parse(&url)?;
            let place = (address.host.clone(), address.port);
            let client_id = format!("volta-cloud-{}", &random_secret()[..12]);
            let (downlink, downlink_task) = Downlink::start(&client_id, &address);
            Ok(Mqtt {
                config,
                downlink,
                downlink_task,
                place,
                embedded: None,
            })
        }
    }
}

async fn start_embedded(
    config: MqttConfig,
    listen: SocketAddr,
    credentials: Arc<dyn Credentials>,
) -> Result<Mqtt, MqttError> {
    let public = bind(listen).await?;
    let internal = bind((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let broker = Broker::start(config.connections_max).await?;
    let (target, target_now) = watch::channel(Arc::new(broker.target()));
    let secret = random_secret();
    let house = Arc::new(House {
        seats: Arc::new(Seats::default()),
        target: target_now,
        broker_failed: Notify::new(),
        refused: AtomicU64::new(0),
        handshake_deadline: config.handshake_deadline,
    });
    let failed = |source| MqttError::Listen { listen, source };
    let gate = Gate::Public {
        credentials,
        secret: secret.clone(),
    };
    let public = Front::start(public, gate, config.limits(), house.clone()).map_err(failed)?;
    let gate = Gate::Internal {
        secret: secret.clone(),
    };
    let internal = Front::start(internal, gate, INTERNAL_LIMITS, house.clone()).map_err(failed)?;
    let address = Address {
        host: internal.addr().ip().to_string(),
        port: internal.addr().port(),
        login: Some((DOWNLINK_USERNAME.to_owned(), secret.clone())),
    };
    let (downlink, downlink_task) = Downlink::start(DOWNLINK_USERNAME, &address);
    let health = Arc::new(Health::default());
    let reached = probe::probe(public.addr(), &secret).await;
    health.healthy.store(reached.is_ok(), Ordering::Relaxed);
    let (stop, stopping) = watch::channel(false);
    let supervisor = Supervisor {
        broker,
        connections_max: config.connections_max,
        target,
        house: house.clone(),
        health: health.clone(),
        public_addr: public.addr(),
        internal_addr: internal.addr(),
        secret,
        interval: config.probe_interval,
        on_restart: config.on_restart.clone(),
    };
    let supervising = tokio::spawn(supervisor.run(stopping));
    let place = (public.addr().ip().to_string(), public.addr().port());
    let embedded = Embedded {
        public,
        internal,
        house,
        health,
        stop,
        supervising,
    };
    Ok(Mqtt {
        config,
        downlink,
        downlink_task,
        place,
        embedded: Some(embedded),
    })
}

impl Mqtt {
    pub fn downlink(&self) -> Downlink {
        self.downlink.clone()
    }

    /// Where the front listens; `None` with an external broker.
    pub fn listen_addr(&self) -> Option<SocketAddr> {
        self.embedded
            .as_ref()
            .map(|embedded| embedded.public.addr())
    }

    /// Ids of the gateways that hold a session now, in order. Empty with an external broker:
    /// presence is the uplink's to tell.
    pub fn connected(&self) -> Vec<String> {
        self.embedded
            .as_ref()
            .map(|e| e.house.seats.online())
            .unwrap_or_default()
    }

    pub fn stats(&self) -> MqttStats {
        let hints = self.downlink.counters();
        let mut stats = MqttStats {
            healthy: self.downlink.is_connected(),
            hints_queued: hints.queued.load(Ordering::Relaxed),
            hints_acknowledged: hints.acknowledged.load(Ordering::Relaxed),
            hints_dropped: hints.dropped.load(Ordering::Relaxed),
            ..MqttStats::default()
        };
        if let Some(embedded) = &self.embedded {
            stats.healthy &= embedded.health.healthy.load(Ordering::Relaxed);
            stats.connected = embedded.house.seats.online().len();
            stats.refused = embedded.house.refused.load(Ordering::Relaxed);
            stats.broker_restarts = embedded.health.restarts.load(Ordering::Relaxed);
        }
        stats
    }

    /// What to hand to a gateway at its enrolment. `secret` is its own password, the one that
    /// [`Credentials::check`] will be asked about.
    pub fn gateway_access(&self, gateway_id: &str, secret: &str) -> GatewayAccess {
        let (host, port) = self
            .config
            .advertise
            .clone()
            .unwrap_or_else(|| self.place.clone());
        let (username, password) = match self.config.mode {
            MqttMode::Embedded { .. } => (gateway_id.to_owned(), secret.to_owned()),
            MqttMode::External { .. } => (
                self.config
                    .external_username
                    .replace("{gateway}", gateway_id),
                self.config
                    .external_password
                    .clone()
                    .unwrap_or_else(|| secret.to_owned()),
            ),
        };
        GatewayAccess {
            host,
            port,
            username,
            password,
            client_id: gateway_id.to_owned(),
            topic: down_topic(gateway_id),
        }
    }

    /// Sends everybody away and frees the ports.
    pub async fn shutdown(self) {
        let Some(embedded) = self.embedded else {
            return self.downlink_task.stop().await;
        };
        embedded.stop.send_replace(true);
        let broker = embedded.supervising.await;
        self.downlink_task.stop().await;
        tokio::join!(embedded.public.stop(), embedded.internal.stop());
        if let Ok(broker) = broker {
            broker.stop().await;
        }
    }
}

/// The topic on which a gateway hears its hints.
pub fn down_topic(gateway_id: &str) -> String {
    format!("{HINT_TOPIC_PREFIX}{gateway_id}{HINT_TOPIC_SUFFIX}")
}

/// Whether `text` can be a gateway's id: a lower-case UUID.
pub fn is_gateway_id(text: &str) -> bool {
    admission::is_gateway_id(text)
}

fn gateway_of_topic(topic: &str) -> Option<&str> {
    let id = topic
        .strip_prefix(HINT_TOPIC_PREFIX)?
        .strip_suffix(HINT_TOPIC_SUFFIX)?;
    is_gateway_id(id).then_some(id)
}

fn random_secret() -> String {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).expect("the system's random source works");
    hex::encode(bytes)
}

async fn bind(listen: SocketAddr) -> Result<TcpListener, MqttError> {
    TcpListener::bind(listen)
        .await
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::AddrInUse => MqttError::PortTaken { listen },
            _ => MqttError::Listen { listen, source },
        })
}

#[cfg(test)]
mod tests;
