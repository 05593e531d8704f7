//! The cloud's publisher of hints. A hint may be dropped: every uplink answer carries what is
//! still open, so the queue is short and the oldest truth is not here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Packet;
use rumqttc::v5::{AsyncClient, ConnectionError, Event, EventLoop, MqttOptions};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::MqttError;

const QUEUE_MAX: usize = 1024; // hints waiting for the broker; older than a minute they are useless
const IN_FLIGHT_MAX: u16 = 64;
/// The longest hint, in bytes: with its header it stays below rumqttc's default of 10 KiB.
pub const PAYLOAD_BYTES_MAX: usize = 8 * 1024;
const INCOMING_BYTES_MAX: u32 = 64 * 1024;
const KEEP_ALIVE: Duration = Duration::from_secs(15);
const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);
const STOP_PATIENCE: Duration = Duration::from_secs(1);

/// Why a hint was not queued.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownlinkError {
    #[error("not a gateway id (a lower-case UUID is expected)")]
    NotAGateway,
    #[error("the hint is longer than {PAYLOAD_BYTES_MAX} bytes")]
    TooLong,
    #[error("the queue of hints is full; the gateway learns by its next uplink")]
    QueueFull,
}

/// Publishes hints to gateways. Cheap to clone; never blocks.
#[derive(Clone)]
pub struct Downlink {
    client: AsyncClient,
    counters: Arc<Counters>,
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) connected: AtomicBool,
    pub(crate) queued: AtomicU64,
    pub(crate) acknowledged: AtomicU64,
    pub(crate) dropped: AtomicU64,
}

/// Where the broker is and who the cloud is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) login: Option<(String, String)>,
}

pub(crate) struct DownlinkTask {
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
}

impl Downlink {
    /// Connects in the background, and again whenever the connection is lost.
    pub(crate) fn start(client_id: &str, address: &Address) -> (Downlink, DownlinkTask) {
        let mut options = MqttOptions::new(client_id, &address.host, address.port);
        options.set_keep_alive(KEEP_ALIVE).set_clean_start(true);
        options.set_max_packet_size(Some(INCOMING_BYTES_MAX));
        options.set_outgoing_inflight_upper_limit(IN_FLIGHT_MAX);
        if let Some((username, password)) = &address.login {
            options.set_credentials(username, password);
        }
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        options.set_network_options(network);
        let (client, events) = AsyncClient::new(options, QUEUE_MAX);
        let counters = Arc::new(Counters::default());
        let (stop, stopping) = watch::channel(false);
        let downlink = Downlink { client, counters };
        let running = tokio::spawn(run(downlink.clone(), events, stopping));
        (downlink, DownlinkTask { stop, running })
    }

    /// Queues `payload` for the gateway: QoS 1, not retained, to [`super::down_topic`].
    pub fn publish(&self, gateway_id: &str, payload: Vec<u8>) -> Result<(), DownlinkError> {
        if !super::is_gateway_id(gateway_id) {
            return Err(DownlinkError::NotAGateway);
        }
        if payload.len() > PAYLOAD_BYTES_MAX {
            return Err(DownlinkError::TooLong);
        }
        let topic = super::down_topic(gateway_id);
        match self
            .client
            .try_publish(topic, QoS::AtLeastOnce, false, payload)
        {
            Ok(()) => {
                self.counters.queued.fetch_add(1, Ordering::Relaxed);
                Ok(())
            }
            Err(_) => {
                self.counters.dropped.fetch_add(1, Ordering::Relaxed);
                Err(DownlinkError::QueueFull)
            }
        }
    }

    /// Whether the broker has answered and the connection is up.
    pub fn is_connected(&self) -> bool {
        self.counters.connected.load(Ordering::Relaxed)
    }

    pub(crate) fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl DownlinkTask {
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        self.running.await.ok();
    }
}

impl Address {
    /// Reads `mqtt://[user:password@]host[:port]`.
    pub(crate) fn parse(url: &str) -> Result<Address, MqttError> {
        let wrong = |why: &'static str| MqttError::Url { why };
        let rest = url
            .strip_prefix("mqtt://")
            .ok_or(wrong("it must begin with mqtt://"))?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (login, place) = match rest.rsplit_once('@') {
            Some((login, place)) => (Some(login), place),
            None => (None, rest),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.ends_with(']') => (
                host,
                port.parse()
                    .map_err(|_| wrong("the port is not a number"))?,
            ),
            _ => (place, 1883),
        };
        if host.is_empty() || host.contains(['/', '?', '#']) {
            return Err(wrong("it needs a host and nothing after the port"));
        }
        let login = match login.map(|login| login.split_once(':')) {
            None => None,
            Some(None) => return Err(wrong("the user name needs a password, as user:password@")),
            Some(Some((user, password))) => {
                let decode = |text| percent_decoded(text).ok_or(wrong("a bad % escape"));
                Some((decode(user)?, decode(password)?))
            }
        };
        Ok(Address {
            host: host.to_owned(),
            port,
            login,
        })
    }
}

async fn run(downlink: Downlink, mut events: EventLoop, mut stopping: watch::Receiver<bool>) {
    let counters = downlink.counters();
    let mut backoff = BACKOFF_MIN;
    loop {
        let event = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            event = events.poll() => event,
        };
        match event {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                backoff = BACKOFF_MIN;
                counters.connected.store(true, Ordering::Relaxed);
                tracing::info!("the MQTT downlink is connected");
            }
            Ok(Event::Incoming(Packet::PubAck(_))) => {
                counters.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Ok(_) => {}
            Err(error) => {
                report(counters.connected.swap(false, Ordering::Relaxed), &error);
                tokio::select! {
                    _ = stopping.wait_for(|stop| *stop) => break,
                    () = tokio::time::sleep(backoff) => {}
                }
                backoff = (backoff * 2).min(BACKOFF_MAX);
            }
        }
    }
    if counters.connected.swap(false, Ordering::Relaxed) {
        downlink.client.try_disconnect().ok();
        timeout(STOP_PATIENCE, async {
            while events.poll().await.is_ok() {}
        })
        .await
        .ok();
    }
}

/// Once at the loss; the attempts that follow are of interest only to somebody who looks.
fn report(was_connected: bool, error: &ConnectionError) {
    if was_connected {
        tracing::warn!(%error, "the MQTT downlink lost its broker");
    } else {
        tracing::debug!(%error, "the MQTT downlink has no broker");
    }
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut parts = text.split('%');
    bytes.extend_from_slice(parts.next()?.as_bytes());
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        bytes.extend(hex::decode(digits).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn external_broker_urls() {
        let login = |user: &str, password: &str| Some((user.to_owned(), password.to_owned()));
        let table = [
            ("mqtt://broker", Some(("broker", 1883, None))),
            ("mqtt://127.0.0.1:1999/", Some(("127.0.0.1", 1999, None))),
            ("mqtt://[::1]:1884", Some(("[::1]", 1884, None))),
            ("mqtt://[::1]", Some(("[::1]", 1883, None))),
            (
                "mqtt://me:s%40cret@b:1",
                Some(("b", 1, login("me", "s@cret"))),
            ),
            (
                "mqtt://me:a@b@host",
                Some(("host", 1883, login("me", "a@b"))),
            ),
            ("mqtt://me@host", None),
            ("mqtt://me:%zz@host", None),
            ("mqtt://host:port", None),
            ("mqtt://host/path", None),
            ("mqtt://", None),
            ("mqtts://host", None),
        ];
        for (url, expected) in table {
            let expected = expected.map(|(host, port, login)| Address {
                host: host.to_owned(),
                port,
                login,
            });
            assert_eq!(Address::parse(url).ok(), expected, "{url}");
        }
    }
}
