//! The embedded broker: rumqttd on a loopback port, on a runtime of its own, so that it can be
//! stopped and started again. Nothing but the front may talk to it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use rumqttd::protocol::v5::V5;
use rumqttd::{ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::backend::Target;

const START_ATTEMPTS_MAX: usize = 8; // each on another port
const READY_ATTEMPTS_MAX: usize = 400;
const READY_PAUSE: Duration = Duration::from_millis(5);
const STOP_PATIENCE: Duration = Duration::from_secs(1);
const USERNAME: &str = "volta-front";
const PAYLOAD_MAX: usize = 64 * 1024; // several times the longest hint
const SEGMENT_BYTES: usize = 16 * 1024; // kept for each topic, that is for each gateway
const SEGMENTS_MAX: usize = 2;
const OUTGOING_PACKETS_MAX: u64 = 100;
const INFLIGHT_MAX: usize = 100;
const SPARE_CONNECTIONS: usize = 1024; // the broker dies of a full house, so it never is

/// Why the embedded broker did not start.
#[derive(Debug, thiserror::Error)]
#[error("the embedded MQTT broker did not start: {0}")]
pub struct BrokerError(String);

/// A running broker.
pub struct Broker {
    runtime: Option<Runtime>,
    server: JoinHandle<()>,
    target: Target,
}

impl Broker {
    /// Starts the broker on a free loopback port and waits until it listens there.
    /// `connections_max` is the most sessions the front will open at one time.
    pub async fn start(connections_max: usize) -> Result<Broker, BrokerError> {
        let mut last = String::new();
        for _ in 0..START_ATTEMPTS_MAX {
            match Broker::start_once(connections_max).await {
                Ok(broker) => return Ok(broker),
                Err(error) => last = error,
            }
        }
        Err(BrokerError(last))
    }

    /// Where it listens, on loopback.
    pub fn addr(&self) -> SocketAddr {
        self.target.addr
    }

    /// The user name and password that it asks for.
    pub fn login(&self) -> (&str, &str) {
        (self.target.username, &self.target.password)
    }

    /// Ends all its connections and frees the port. Its router's thread stays, asleep: rumqttd
    /// has no way to end it.
    pub async fn stop(mut self) {
        let Some(runtime) = self.runtime.take() else {
            return;
        };
        let stopping = tokio::task::spawn_blocking(move || runtime.shutdown_timeout(STOP_PATIENCE));
        if stopping.await.is_err() {
            tracing::warn!("the broker's runtime did not stop cleanly");
        }
    }

    pub(crate) fn target(&self) -> Target {
        self.target.clone()
    }

    async fn start_once(connections_max: usize) -> Result<Broker, String> {
        // A bound socket that does not listen keeps the port from being handed to anybody
        // else, and by SO_REUSEADDR lets the broker bind it too.
        let reservation = TcpSocket::new_v4().map_err(|e| e.to_string())?;
        reservation.set_reuseaddr(true).map_err(|e| e.to_string())?;
        reservation
            .bind((Ipv4Addr::LOCALHOST, 0).into())
            .map_err(|e| e.to_string())?;
        let addr = reservation.local_addr().map_err(|e| e.to_string())?;
        let password = super::random_secret();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("mqtt-broker")
            .enable_all()
            .build()
            .map_err(|e| e.to_string())?;
        let router = Router::new(0, router_config(connections_max)).spawn();
        let mut server = Server::new(server_settings(addr, &password), router, V5);
        let server = runtime.spawn(async move {
            if let Err(error) = server.start(LinkType::Remote).await {
                tracing::warn!(%error, "the broker cannot listen");
            }
        });
        let target = Target {
            addr,
            username: USERNAME,
            password,
        };
        let broker = Broker {
            runtime: Some(runtime),
            server,
            target,
        };
        if broker.listens().await {
            return Ok(broker);
        }
        broker.stop().await;
        Err(format!("it does not listen on {addr}"))
    }

    async fn listens(&self) -> bool {
        for _ in 0..READY_ATTEMPTS_MAX {
            if self.server.is_finished() {
                return false;
            }
            // Closing before CONNECT does the broker no harm.
            if TcpStream::connect(self.target.addr).await.is_ok() {
                return !self.server.is_finished();
            }
            tokio::time::sleep(READY_PAUSE).await;
        }
        false
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn router_config(connections_max: usize) -> RouterConfig {
    RouterConfig {
        max_connections: connections_max * 2 + SPARE_CONNECTIONS,
        max_outgoing_packet_count: OUTGOING_PACKETS_MAX,
        max_segment_size: SEGMENT_BYTES,
        max_segment_count: SEGMENTS_MAX,
        ..RouterConfig::default()
    }
}

fn server_settings(listen: SocketAddr, password: &str) -> ServerSettings {
    ServerSettings {
        name: "volta".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 5_000,
            max_payload_size: PAYLOAD_MAX,
            max_inflight_count: INFLIGHT_MAX,
            auth: Some(HashMap::from([(USERNAME.to_owned(), password.to_owned())])),
            external_auth: None,
            dynamic_filters: true,
        },
    }
}
