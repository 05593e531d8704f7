//! Between one peer and its session at the broker: what may pass, in packets of ours.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::backend::Backend;
use super::pipe::{Pipe, PipeEnd};
use super::wire::{self, Frame, Publish, Reason};

const WRITE_PATIENCE: Duration = Duration::from_secs(10); // a peer that does not read is gone
const BATCH_MAX: usize = 64; // packets moved between two flushes

/// What one peer may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// The client id at the broker. A gateway's is its gateway id.
    pub(crate) client_id: String,
    /// Whether it is listed among the connected gateways.
    pub(crate) is_gateway: bool,
    /// The one topic it may subscribe to.
    pub(crate) subscribe: Option<String>,
    pub(crate) publish: PublishRule,
    /// The longest packet taken from it, in bytes.
    pub(crate) frame_max: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PublishRule {
    Nothing,
    Topic(String),
    AnyGateway,
}

impl Rules {
    fn may_subscribe(&self, filter: &str) -> bool {
        self.subscribe.as_deref() == Some(filter)
    }

    fn may_publish(&self, topic: &str) -> bool {
        match &self.publish {
            PublishRule::Nothing => false,
            PublishRule::Topic(only) => only == topic,
            PublishRule::AnyGateway => super::gateway_of_topic(topic).is_some(),
        }
    }
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The peer said DISCONNECT.
    Left,
    /// The peer's connection broke.
    Lost,
    /// The broker closed the session or broke the protocol.
    BrokerLost,
    /// The peer is sent away.
    SentAway(Reason),
}

pub(crate) struct Relay<'a> {
    peer: &'a mut Pipe,
    backend: &'a mut Backend,
    rules: &'a Rules,
    subscribed: bool,
    /// Packet ids of QoS 1 publishes to the peer, oldest first. The broker closes the session
    /// on any other PUBACK than the first of these.
    unacknowledged: VecDeque<u16>,
}

impl<'a> Relay<'a> {
    pub(crate) fn new(peer: &'a mut Pipe, backend: &'a mut Backend, rules: &'a Rules) -> Relay<'a> {
        Relay {
            peer,
            backend,
            rules,
            subscribed: false,
            unacknowledged: VecDeque::new(),
        }
    }

    /// Runs until one side ends. May be cancelled: both sides stay at a packet's border.
    pub(crate) async fn run(mut self, keep_alive_seconds: u16) -> End {
        let patience = Duration::from_millis(u64::from(keep_alive_seconds) * 1_500);
        let mut deadline = Instant::now() + patience;
        loop {
            let moved = tokio::select! {
                frame = self.peer.next() => {
                    deadline = Instant::now() + patience;
                    frame.map_err(peer_end).and_then(|frame| self.upwards(&frame))
                }
                frame = self.backend.next() => {
                    frame.map_err(|_| End::BrokerLost).and_then(|frame| self.downwards(&frame))
                }
                () = sleep_until(deadline) => Err(End::SentAway(Reason::KeepAlive)),
            };
            if let Err(end) = moved.and_then(|()| self.rest()) {
                return end;
            }
            match timeout(WRITE_PATIENCE, self.flush()).await {
                Ok(Ok(())) => {}
                Ok(Err(end)) => return end,
                Err(_) => return End::Lost,
            }
        }
    }

    async fn flush(&mut self) -> Result<(), End> {
        self.backend.flush().await.map_err(|_| End::BrokerLost)?;
        self.peer.flush().await.map_err(|_| End::Lost)
    }

    /// What else has arrived already goes with the same flush.
    fn rest(&mut self) -> Result<(), End> {
        for _ in 0..BATCH_MAX {
            let up = self.peer.buffered().map_err(peer_end)?;
            let down = self.backend.buffered().map_err(|_| End::BrokerLost)?;
            if up.is_none() && down.is_none() {
                break;
            }
            up.map_or(Ok(()), |frame| self.upwards(&frame))?;
            down.map_or(Ok(()), |frame| self.downwards(&frame))?;
        }
        Ok(())
    }

    fn downwards(&mut self, frame: &Frame) -> Result<(), End> {
        match frame.kind() {
            wire::DISCONNECT => return Err(End::BrokerLost),
            wire::PUBLISH => {
                let publish = Publish::parse(frame).map_err(|_| End::BrokerLost)?;
                self.unacknowledged.extend(publish.packet_id);
            }
            _ => {}
        }
        self.peer.push(frame.bytes());
        Ok(())
    }

    fn upwards(&mut self, frame: &Frame) -> Result<(), End> {
        let answered = match frame.kind() {
            wire::PINGREQ => {
                self.backend.push(&wire::pingreq());
                Ok(())
            }
            wire::PUBACK => self.acknowledged(frame),
            wire::SUBSCRIBE => self.subscribe(frame),
            wire::UNSUBSCRIBE => self.unsubscribe(frame),
            wire::PUBLISH => self.publish(frame),
            wire::DISCONNECT => return Err(End::Left),
            _ => Err(Reason::Protocol),
        };
        answered.map_err(End::SentAway)
    }

    fn acknowledged(&mut self, frame: &Frame) -> Result<(), Reason> {
        let packet_id = frame.packet_id()?;
        if self.unacknowledged.pop_front() != Some(packet_id) {
            return Err(Reason::Protocol);
        }
        self.backend.push(&wire::puback(packet_id));
        Ok(())
    }

    /// All filters of a packet are granted, or none.
    fn subscribe(&mut self, frame: &Frame) -> Result<(), Reason> {
        let (packet_id, filters) = wire::filters(frame)?;
        match filters.as_slice() {
            [(filter, qos)] if self.rules.may_subscribe(filter) => {
                self.subscribed = true;
                self.backend
                    .push(&wire::subscribe(packet_id, filter, (*qos).min(1)));
            }
            _ => {
                let codes = vec![Reason::NotAuthorized as u8; filters.len()];
                self.peer
                    .push(&wire::filters_ack(wire::SUBSCRIBE, packet_id, &codes));
            }
        }
        Ok(())
    }

    /// The broker never answers for a filter it does not know, so the front does.
    fn unsubscribe(&mut self, frame: &Frame) -> Result<(), Reason> {
        let (packet_id, filters) = wire::filters(frame)?;
        match filters.as_slice() {
            [(filter, _)] if self.subscribed && self.rules.may_subscribe(filter) => {
                self.subscribed = false;
                self.backend.push(&wire::unsubscribe(packet_id, filter));
            }
            _ => {
                let codes = vec![wire::NO_SUBSCRIPTION; filters.len()];
                self.peer
                    .push(&wire::filters_ack(wire::UNSUBSCRIBE, packet_id, &codes));
            }
        }
        Ok(())
    }

    fn publish(&mut self, frame: &Frame) -> Result<(), Reason> {
        let publish = Publish::parse(frame)?;
        if !self.rules.may_publish(&publish.topic) || publish.retain || publish.qos > 1 {
            return Err(Reason::NotAuthorized);
        }
        self.backend.push(frame.bytes());
        Ok(())
    }
}

fn peer_end(end: PipeEnd) -> End {
    match end {
        PipeEnd::Closed => End::Lost,
        PipeEnd::Broken(reason) => End::SentAway(reason),
    }
}
