//! The listener in front of the embedded broker: the only thing peers can touch. It reads
//! CONNECT under a deadline, knows who it is, seats one session a client id, and relays.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;

use super::admission::{Doorman, Gate, Handshake, Limits, Ticket};
use super::backend::{Backend, BackendError, Target};
use super::pipe::{Pipe, PipeEnd};
use super::relay::{End, Relay, Rules};
use super::seats::Seats;
use super::wire::{self, Connect, Reason};

const CONNECT_FRAME_MAX: usize = 2048; // a client id, a user name and a password
const KEEP_ALIVE_SECONDS_MAX: u16 = 60; // a silent connection is found out after 90 s
const SEAT_PATIENCE: Duration = Duration::from_secs(10); // twice what a leaving session may take
const GOODBYE_PATIENCE: Duration = Duration::from_secs(1);
const STOP_PATIENCE: Duration = Duration::from_secs(8);
const ACCEPT_PAUSE: Duration = Duration::from_millis(50); // out of file descriptors, usually

/// What the public and the internal listener have in common.
pub(crate) struct House {
    pub(crate) seats: Arc<Seats>,
    pub(crate) target: watch::Receiver<Arc<Target>>,
    /// Rung when the broker fails a session: the supervisor looks at once.
    pub(crate) broker_failed: Notify,
    pub(crate) refused: AtomicU64,
    pub(crate) handshake_deadline: Duration,
}

pub(crate) struct Front {
    addr: SocketAddr,
    stop: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Front {
    /// Serves `listener` until `stop`.
    pub(crate) fn start(
        listener: TcpListener,
        gate: Gate,
        limits: Limits,
        house: Arc<House>,
    ) -> std::io::Result<Front> {
        let addr = listener.local_addr()?;
        let (stop, stopping) = watch::channel(false);
        let door = Door {
            gate,
            doorman: Doorman::new(limits),
            house,
            stopping,
        };
        let accepting = tokio::spawn(accept(listener, Arc::new(door)));
        Ok(Front {
            addr,
            stop,
            accepting,
        })
    }

    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Sends every peer away and waits until their sessions at the broker are closed.
    pub(crate) async fn stop(self) {
        self.stop.send_replace(true);
        if timeout(STOP_PATIENCE, self.accepting).await.is_err() {
            tracing::warn!("some MQTT sessions did not end in time");
        }
    }
}

struct Door {
    gate: Gate,
    doorman: Arc<Doorman>,
    house: Arc<House>,
    stopping: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, door: Arc<Door>) {
    let mut stopping = door.stopping.clone();
    let mut peers = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|stop| *stop) => break,
            Some(_) = peers.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "cannot accept an MQTT connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        match door.doorman.let_in(from.ip()) {
            Some((ticket, handshake)) => {
                peers.spawn(serve(door.clone(), stream, ticket, handshake));
            }
            // Closing is the whole answer: a flood costs one accept a connection.
            None => {
                door.house.refused.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    drop(listener);
    while peers.join_next().await.is_some() {}
}

async fn serve(door: Arc<Door>, stream: TcpStream, ticket: Ticket, handshake: Handshake) {
    let Ok(mut peer) = Pipe::new(stream, CONNECT_FRAME_MAX) else {
        return;
    };
    let mut stopping = door.stopping.clone();
    let introduced = tokio::select! {
        _ = stopping.wait_for(|stop| *stop) => Err(Some(Reason::Unavailable)),
        introduced = timeout(door.house.handshake_deadline, introduce(&door.gate, &mut peer)) => {
            introduced.unwrap_or(Err(None))
        }
    };
    match introduced {
        Ok((connect, rules)) => {
            seat(&door, &mut peer, &connect, &rules, handshake).await;
        }
        Err(reason) => refuse(&door, &mut peer, reason).await,
    }
    drop(ticket);
}

/// `Err(None)` is a peer that gets no answer.
async fn introduce(gate: &Gate, peer: &mut Pipe) -> Result<(Connect, Rules), Option<Reason>> {
    let frame = match peer.next().await {
        Ok(frame) if frame.kind() == wire::CONNECT => frame,
        Err(PipeEnd::Broken(Reason::TooLarge)) => return Err(Some(Reason::TooLarge)),
        Ok(_) | Err(_) => return Err(None),
    };
    let connect = Connect::parse(&frame)?;
    let rules = gate.admit(&connect).await?;
    peer.set_frame_max(rules.frame_max);
    Ok((connect, rules))
}

async fn seat(
    door: &Door,
    peer: &mut Pipe,
    connect: &Connect,
    rules: &Rules,
    handshake: Handshake,
) {
    let (visit, mut asked_to_leave) = door.house.seats.enter(&rules.client_id);
    let mut stopping = door.stopping.clone();
    let opened = tokio::select! {
        _ = &mut asked_to_leave => Err(Reason::Busy),
        _ = stopping.wait_for(|stop| *stop) => Err(Reason::Unavailable),
        opened = open(door, rules, visit.seat()) => opened,
    };
    let mut backend = match opened {
        Ok(backend) => backend,
        Err(reason) => return refuse(door, peer, Some(reason)).await,
    };
    let keep_alive_seconds = match connect.keep_alive_seconds {
        0 => KEEP_ALIVE_SECONDS_MAX,
        wanted => wanted.min(KEEP_ALIVE_SECONDS_MAX),
    };
    peer.push(&wire::welcome(keep_alive_seconds, rules.frame_max));
    let welcomed = timeout(GOODBYE_PATIENCE, peer.flush()).await;
    drop(handshake);
    let end = if matches!(welcomed, Ok(Ok(()))) {
        if rules.is_gateway {
            visit.show_online();
        }
        let relay = Relay::new(peer, &mut backend, rules).run(keep_alive_seconds);
        relay_until(relay, asked_to_leave, stopping).await
    } else {
        End::Lost
    };
    tracing::debug!(mqtt.client_id = %rules.client_id, mqtt.end = ?end, "MQTT session ended");
    backend.close().await;
    drop(visit);
    say_goodbye(door, peer, end).await;
}

async fn open(
    door: &Door,
    rules: &Rules,
    seat: impl Future<Output = super::seats::Seat>,
) -> Result<Backend, Reason> {
    let seat = timeout(SEAT_PATIENCE, seat)
        .await
        .map_err(|_| Reason::Busy)?;
    let target = door.house.target.borrow().clone();
    Backend::open(target, rules.client_id.clone(), seat)
        .await
        .map_err(|error: BackendError| {
            tracing::warn!(mqtt.client_id = %rules.client_id, %error, "no session at the broker");
            door.house.broker_failed.notify_one();
            Reason::Unavailable
        })
}

async fn relay_until(
    relay: impl Future<Output = End>,
    asked_to_leave: oneshot::Receiver<()>,
    mut stopping: watch::Receiver<bool>,
) -> End {
    tokio::select! {
        end = relay => end,
        _ = asked_to_leave => End::SentAway(Reason::TakenOver),
        _ = stopping.wait_for(|stop| *stop) => End::SentAway(Reason::ShuttingDown),
    }
}

async fn refuse(door: &Door, peer: &mut Pipe, reason: Option<Reason>) {
    door.house.refused.fetch_add(1, Ordering::Relaxed);
    if let Some(reason) = reason {
        tracing::debug!(mqtt.reason = ?reason, "MQTT peer refused");
        peer.push(&wire::refusal(reason));
        timeout(GOODBYE_PATIENCE, peer.flush()).await.ok();
    }
}

async fn say_goodbye(door: &Door, peer: &mut Pipe, end: End) {
    let reason = match end {
        End::Left | End::Lost => return,
        End::SentAway(reason) => reason,
        End::BrokerLost => {
            door.house.broker_failed.notify_one();
            Reason::ShuttingDown
        }
    };
    peer.push(&wire::disconnect(reason));
    timeout(GOODBYE_PATIENCE, peer.flush()).await.ok();
}
