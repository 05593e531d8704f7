//! The downlink: hints over MQTT. They hurry what the uplink would bring anyway; every one of them
//! may be lost, late or twice, so nothing here keeps anything.

use crate::cable::Cable;
use crate::clock::full_jitter;
use crate::gateway::{Inbox, Message};
use crate::uplink::Peer;
use edge_core::io::Input;
use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Packet, Publish, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use shared::enrol::DownlinkAccess;
use shared::grant::{GRANT_TOKEN_CHARS_MAX, Grant};
use shared::json::check_bounds;
use shared::signed::SIGNATURE_CHARS;
use shared::sync::{Hint, hint_topic};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;

/// A link that died silently is noticed after one and a half of these.
const KEEP_ALIVE: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT_SECONDS: u64 = 5;

/// A grant token, escaped, in its wrapper.
const HINT_BYTES_MAX: usize = GRANT_TOKEN_CHARS_MAX + SIGNATURE_CHARS + 256;
const HINT_DEPTH_MAX: usize = 2;
/// The broker's own headers come on top of a hint.
const PACKET_BYTES_MAX: u32 = 8 * 1024;

/// Hints taken but not yet acted on; beyond that the connection is read no further.
const HINTS_PENDING_MAX: usize = 64;

/// Requests of ours on the way to the broker: one subscription.
const REQUESTS_MAX: u16 = 4;

const RETRY_BASE: Duration = Duration::from_secs(1);
const RETRY_CAP: Duration = Duration::from_secs(60);
/// A connection this old was a good one: the next failure starts from a short pause again.
const STABLE: Duration = Duration::from_secs(60);

/// Stays connected for as long as the process lives.
pub(crate) async fn run(access: DownlinkAccess, peer: Peer, inbox: Inbox, cable: Cable) {
    let pending = Arc::new(Semaphore::new(HINTS_PENDING_MAX));
    let mut attempt = 0;
    loop {
        let began = Instant::now();
        let reason = cable
            .carry(connected(&access, &peer, &inbox, &pending))
            .await;
        let reason = reason.unwrap_or_else(|| "the cable is pulled out".to_owned());
        if !inbox.send(Message::Downlink { connected: false }) {
            return;
        }
        if began.elapsed() >= STABLE {
            attempt = 0;
        }
        tracing::info!(attempt, %reason, "downlink is down; the uplink goes on without it");
        tokio::time::sleep(full_jitter(attempt, RETRY_BASE, RETRY_CAP)).await;
        attempt = attempt.saturating_add(1);
    }
}

/// One connection, from a clean start to its end; the answer is why it ended.
async fn connected(
    access: &DownlinkAccess,
    peer: &Peer,
    inbox: &Inbox,
    pending: &Arc<Semaphore>,
) -> String {
    let (client, mut events) = client(access, peer);
    loop {
        let event = match events.poll().await {
            Ok(event) => event,
            Err(error) => return error.to_string(),
        };
        match event {
            Event::Incoming(Packet::ConnAck(_)) => {
                let topic = hint_topic(&peer.gateway);
                if let Err(error) = client.try_subscribe(topic, QoS::AtLeastOnce) {
                    return error.to_string();
                }
            }
            Event::Incoming(Packet::SubAck(ack)) => {
                let taken =
                    |code: &SubscribeReasonCode| matches!(code, SubscribeReasonCode::Success(_));
                if !ack.return_codes.iter().all(taken) {
                    return "the broker refuses the subscription".to_owned();
                }
                inbox.send(Message::Downlink { connected: true });
            }
            Event::Incoming(Packet::Publish(publish)) => {
                if let Some(input) = input_of(&publish, peer) {
                    let Ok(permit) = Arc::clone(pending).acquire_owned().await else {
                        return "the gateway ends".to_owned();
                    };
                    if !inbox.send(Message::Hint(input, permit)) {
                        return "the gateway ends".to_owned();
                    }
                }
            }
            _ => {}
        }
    }
}

fn client(access: &DownlinkAccess, peer: &Peer) -> (AsyncClient, EventLoop) {
    let id = peer.gateway.to_string();
    let mut options = MqttOptions::new(id, access.host.clone(), access.port);
    options
        .set_credentials(access.username.clone(), access.password.clone())
        .set_clean_start(true)
        .set_keep_alive(KEEP_ALIVE)
        .set_connection_timeout(CONNECT_TIMEOUT_SECONDS)
        .set_max_packet_size(Some(PACKET_BYTES_MAX))
        // Without it each connection begins with 14 MB for publishes of ours, and there are none.
        .set_outgoing_inflight_upper_limit(REQUESTS_MAX);
    // Without it every answer waits 40 ms for a delayed acknowledgement (facts/hardware.md §4.4).
    let mut network = NetworkOptions::new();
    network.set_tcp_nodelay(true);
    options.set_network_options(network);
    AsyncClient::new(options, usize::from(REQUESTS_MAX))
}

fn input_of(publish: &Publish, peer: &Peer) -> Option<Input> {
    let input = check_bounds(&publish.payload, HINT_BYTES_MAX, HINT_DEPTH_MAX)
        .ok()
        .and_then(|()| serde_json::from_slice::<Hint>(&publish.payload).ok())
        .and_then(|hint| match hint {
            Hint::Grant(token) => Grant::from_token(&token, &peer.cloud_key, &peer.gateway)
                .ok()
                .map(Input::Granted),
            Hint::Wake => Some(Input::Wake),
            Hint::Locate { bay, duration_ms } => Some(Input::Locate { bay, duration_ms }),
        });
    if input.is_none() {
        tracing::warn!(
            bytes = publish.payload.len(),
            "a hint that is none of ours was dropped"
        );
    }
    input
}
