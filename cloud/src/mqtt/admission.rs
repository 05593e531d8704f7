//! Who gets as far as a handshake, and who it was.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use subtle::ConstantTimeEq;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::relay::{PublishRule, Rules};
use super::wire::{Connect, Reason};

const GATEWAY_FRAME_MAX: usize = 1024; // a gateway sends SUBSCRIBE, PUBACK and PINGREQ
const INTERNAL_FRAME_MAX: usize = 64 * 1024;
const UUID_LEN: usize = 36;

pub(crate) const DOWNLINK_USERNAME: &str = "volta-downlink";
pub(crate) const PROBE_USERNAME: &str = "volta-probe";
pub(crate) const PROBE_TOPIC: &str = "volta/probe";

/// Says which gateway a user name and password belong to.
#[async_trait]
pub trait Credentials: Send + Sync + 'static {
    /// The gateway's id, a lower-case UUID, or `None` if they are nobody's.
    async fn check(&self, username: &str, password: &[u8]) -> Option<String>;
}

/// Who may come in by one listener.
pub(crate) enum Gate {
    /// Gateways, and the probe.
    Public {
        credentials: Arc<dyn Credentials>,
        secret: String,
    },
    /// The cloud's own downlink and probe.
    Internal { secret: String },
}

impl Gate {
    pub(crate) async fn admit(&self, connect: &Connect) -> Result<Rules, Reason> {
        let (secret, credentials) = match self {
            Gate::Public {
                credentials,
                secret,
            } => (secret, Some(credentials)),
            Gate::Internal { secret } => (secret, None),
        };
        let is_ours: bool = connect.password.ct_eq(secret.as_bytes()).into();
        match (connect.username.as_str(), credentials) {
            (PROBE_USERNAME, _) if is_ours => Ok(Rules {
                client_id: PROBE_USERNAME.to_owned(),
                is_gateway: false,
                subscribe: Some(PROBE_TOPIC.to_owned()),
                publish: PublishRule::Topic(PROBE_TOPIC.to_owned()),
                frame_max: INTERNAL_FRAME_MAX,
            }),
            (DOWNLINK_USERNAME, None) if is_ours => Ok(Rules {
                client_id: DOWNLINK_USERNAME.to_owned(),
                is_gateway: false,
                subscribe: None,
                publish: PublishRule::AnyGateway,
                frame_max: INTERNAL_FRAME_MAX,
            }),
            (username, Some(credentials)) => {
                let found = credentials.check(username, &connect.password).await;
                admit_gateway(found.ok_or(Reason::BadPassword)?, connect)
            }
            _ => Err(Reason::BadPassword),
        }
    }
}

fn admit_gateway(gateway_id: String, connect: &Connect) -> Result<Rules, Reason> {
    // The broker dies of some client ids; no gateway has one that is not a UUID.
    if connect.client_id != gateway_id || !is_gateway_id(&gateway_id) {
        return Err(Reason::ClientId);
    }
    Ok(Rules {
        subscribe: Some(super::down_topic(&gateway_id)),
        client_id: gateway_id,
        is_gateway: true,
        publish: PublishRule::Nothing,
        frame_max: GATEWAY_FRAME_MAX,
    })
}

/// Whether `text` is a lower-case UUID.
pub(crate) fn is_gateway_id(text: &str) -> bool {
    text.len() == UUID_LEN
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
        })
}

/// How many peers a listener bears.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) connections_max: usize,
    pub(crate) handshakes_max: usize,
    pub(crate) handshakes_per_ip_max: usize,
}

pub(crate) struct Doorman {
    connections: Arc<Semaphore>,
    handshakes: Arc<Semaphore>,
    handshakes_per_ip_max: usize,
    by_ip: Mutex<BTreeMap<IpAddr, usize>>,
}

/// Counts a connection for as long as it lives.
pub(crate) struct Ticket {
    _connection: OwnedSemaphorePermit,
}

/// Counts a handshake until it is over.
pub(crate) struct Handshake {
    doorman: Arc<Doorman>,
    ip: IpAddr,
    _permit: OwnedSemaphorePermit,
}

impl Doorman {
    pub(crate) fn new(limits: Limits) -> Arc<Doorman> {
        Arc::new(Doorman {
            // Handshakes have places of their own: a flood of them takes no gateway's.
            connections: Arc::new(Semaphore::new(
                limits.connections_max + limits.handshakes_max,
            )),
            handshakes: Arc::new(Semaphore::new(limits.handshakes_max)),
            handshakes_per_ip_max: limits.handshakes_per_ip_max,
            by_ip: Mutex::default(),
        })
    }

    /// `None` when the house is full; nothing has been read from the peer then.
    pub(crate) fn let_in(self: &Arc<Doorman>, ip: IpAddr) -> Option<(Ticket, Handshake)> {
        let connection = self.connections.clone().try_acquire_owned().ok()?;
        let permit = self.handshakes.clone().try_acquire_owned().ok()?;
        let mut by_ip = self.by_ip();
        let pending = by_ip.get(&ip).copied().unwrap_or(0);
        if pending >= self.handshakes_per_ip_max {
            return None;
        }
        by_ip.insert(ip, pending + 1);
        drop(by_ip);
        let handshake = Handshake {
            doorman: self.clone(),
            ip,
            _permit: permit,
        };
        Some((
            Ticket {
                _connection: connection,
            },
            handshake,
        ))
    }

    fn by_ip(&self) -> MutexGuard<'_, BTreeMap<IpAddr, usize>> {
        self.by_ip.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Handshake {
    fn drop(&mut self) {
        let mut by_ip = self.doorman.by_ip();
        match by_ip.get_mut(&self.ip) {
            Some(pending) if *pending > 1 => *pending -= 1,
            _ => {
                by_ip.remove(&self.ip);
            }
        }
    }
}
