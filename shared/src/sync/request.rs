use super::{
    BATCH_EVENTS_MAX, EVENT_BYTES_MAX, HEADER_BYTES_MAX, JSON_DEPTH_MAX, SEQ_MAX, SYNC_BYTES_MAX,
    SyncHeader,
};
use crate::chain::{Hash, Head};
use crate::event::{ENVELOPE_VERSION, Envelope};
use crate::ids::GatewayId;
use crate::json::check_bounds;
use crate::signed::{self, Domain, PublicKey};
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use std::ops::Range;

/// A request whose every byte is vouched for by the gateway's key.
#[derive(Debug)]
pub struct SyncRequest {
    pub header: SyncHeader,
    pub events: Vec<ReceivedEvent>,
    /// Hash of the line before the first event, as that event claims it.
    pub prev: Hash,
    body: String,
}

#[derive(Debug)]
pub struct ReceivedEvent {
    pub hash: Hash,
    /// `None`: its place is sound, but something else in it is of no kind this version knows.
    pub envelope: Option<Envelope>,
    pub seq: u64,
    line: Range<usize>,
}

/// Why a request is refused, in the order of the checks. Lines are counted from 1, the header
/// being line 1, so that the message points into the body as an editor shows it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SyncError {
    #[error("the body is not UTF-8 or exceeds {SYNC_BYTES_MAX} bytes: send a smaller batch")]
    Unbounded,
    #[error("line {line} is longer than a line may be or nested too deeply: quarantine it")]
    LineUnbounded { line: usize },
    #[error("line 1 is not a signed sync header of version 1")]
    HeaderMalformed,
    #[error("line 1 names another gateway than the one asked for")]
    OtherGateway,
    #[error("the signature of line 1 does not match this gateway's key: enrol again if it is new")]
    BadSignature,
    #[error("line 1 announces {announced} events, {found} follow: send exactly those announced")]
    WrongCount { announced: usize, found: usize },
    #[error("line {line} is not a signed event of version 1")]
    Malformed { line: usize },
    #[error("line {line} was changed after it was signed")]
    Altered { line: usize },
    #[error(
        "line {line} holds event {found} where {expected} belongs: one is missing, repeated, swapped or inserted"
    )]
    OutOfSequence {
        line: usize,
        expected: u64,
        found: u64,
    },
    #[error("line {line} does not continue the line before it")]
    Unchained { line: usize },
    #[error("the last line, {line}, is not the one that line 1 vouches for")]
    WrongHead { line: usize },
}

impl SyncRequest {
    /// Builds the body a gateway sends: the signed header and the journal lines as they are stored.
    pub fn encode<'a>(
        key: &SigningKey,
        header: &SyncHeader,
        lines: impl IntoIterator<Item = &'a str>,
    ) -> String {
        let mut body = signed::sign_value(key, Domain::SyncRequest, header);
        body.push('\n');
        for line in lines {
            body.push_str(line);
            body.push('\n');
        }
        body
    }

    /// The gateway a body claims to come from, to look up its key. Nothing is vouched for yet.
    pub fn claimed_gateway(body: &[u8]) -> Result<GatewayId, SyncError> {
        let line = body.split(|b| *b == b'\n').next().unwrap_or_default();
        let line = std::str::from_utf8(line).map_err(|_| SyncError::HeaderMalformed)?;
        header_of(line).map(|header| header.gateway)
    }

    /// The header alone, vouched for by `key`; the events after it are not looked at.
    pub fn header(
        body: &[u8],
        gateway: &GatewayId,
        key: &PublicKey,
    ) -> Result<SyncHeader, SyncError> {
        if body.len() > SYNC_BYTES_MAX {
            return Err(SyncError::Unbounded);
        }
        let line = body.split(|b| *b == b'\n').next().unwrap_or_default();
        let line = std::str::from_utf8(line).map_err(|_| SyncError::Unbounded)?;
        let header = header_of(line)?;
        if header.gateway != *gateway {
            return Err(SyncError::OtherGateway);
        }
        signed::verify(key, Domain::SyncRequest, line).map_err(|_| SyncError::BadSignature)?;
        Ok(header)
    }

    /// Checks a whole body: one signature, and one hash an event.
    pub fn decode(body: Vec<u8>, gateway: &GatewayId, key: &PublicKey) -> Result<Self, SyncError> {
        if body.len() > SYNC_BYTES_MAX {
            return Err(SyncError::Unbounded);
        }
        let body = String::from_utf8(body).map_err(|_| SyncError::Unbounded)?;
        let (first, rest) = body.split_once('\n').ok_or(SyncError::HeaderMalformed)?;
        let header = header_of(first)?;
        if header.gateway != *gateway {
            return Err(SyncError::OtherGateway);
        }
        signed::verify(key, Domain::SyncRequest, first).map_err(|_| SyncError::BadSignature)?;
        let (prev, events) = events_of(rest, first.len() + 1, &header, key)?;
        Ok(Self {
            header,
            events,
            prev,
            body,
        })
    }

    /// The signed text of an event, as the gateway stored it.
    pub fn line(&self, event: &ReceivedEvent) -> &str {
        &self.body[event.line.clone()]
    }

    /// The head this batch leads to.
    pub fn head(&self) -> Head {
        Head {
            seq: self.header.first_seq + self.events.len() as u64 - 1,
            hash: self.header.head,
        }
    }
}

fn header_of(line: &str) -> Result<SyncHeader, SyncError> {
    check_bounds(line.as_bytes(), HEADER_BYTES_MAX, JSON_DEPTH_MAX)
        .map_err(|_| SyncError::LineUnbounded { line: 1 })?;
    let json = signed::text_of(line).map_err(|_| SyncError::HeaderMalformed)?;
    let header: SyncHeader = serde_json::from_str(json).map_err(|_| SyncError::HeaderMalformed)?;
    let numbered = (1..=SEQ_MAX).contains(&header.first_seq);
    if header.v != 1 || !numbered || header.count > BATCH_EVENTS_MAX {
        return Err(SyncError::HeaderMalformed);
    }
    Ok(header)
}

fn events_of(
    rest: &str,
    offset: usize,
    header: &SyncHeader,
    key: &PublicKey,
) -> Result<(Hash, Vec<ReceivedEvent>), SyncError> {
    let lines: Vec<&str> = rest.split_terminator('\n').collect();
    if lines.len() != header.count {
        // A line lost, repeated or inserted shows here first; say which, if the lines can tell.
        sequence_fault(&lines, header)?;
        return Err(SyncError::WrongCount {
            announced: header.count,
            found: lines.len(),
        });
    }
    let mut events = Vec::with_capacity(lines.len());
    let mut first_prev = header.head;
    let mut last: Option<Hash> = None;
    let mut start = offset;
    for (index, line) in lines.iter().enumerate() {
        let number = index + 2;
        let expected = header.first_seq + index as u64;
        let (place, envelope) = envelope_of(line, number)?;
        if place.gateway != header.gateway {
            return Err(SyncError::Malformed { line: number });
        }
        if place.seq != expected {
            return Err(SyncError::OutOfSequence {
                line: number,
                expected,
                found: place.seq,
            });
        }
        match last {
            None => first_prev = place.prev,
            Some(hash) if hash != place.prev => {
                return Err(
                    first_altered(&lines, key).unwrap_or(SyncError::Unchained { line: number })
                );
            }
            Some(_) => {}
        }
        let hash = Hash::of_line(line);
        last = Some(hash);
        events.push(ReceivedEvent {
            hash,
            envelope,
            seq: place.seq,
            line: start..start + line.len(),
        });
        start += line.len() + 1;
    }
    match last {
        Some(hash) if hash != header.head => {
            let line = lines.len() + 1;
            Err(first_altered(&lines, key).unwrap_or(SyncError::WrongHead { line }))
        }
        _ => Ok((first_prev, events)),
    }
}

/// All that the chain needs of an event; whatever else a newer gateway writes is not looked at.
#[derive(Deserialize)]
struct Place {
    gateway: GatewayId,
    seq: u64,
    prev: Hash,
}

/// Reads an event's place in the chain even where this version cannot read the rest.
fn envelope_of(line: &str, number: usize) -> Result<(Place, Option<Envelope>), SyncError> {
    check_bounds(line.as_bytes(), EVENT_BYTES_MAX, JSON_DEPTH_MAX)
        .map_err(|_| SyncError::LineUnbounded { line: number })?;
    let malformed = SyncError::Malformed { line: number };
    let json = signed::text_of(line).map_err(|_| malformed.clone())?;
    if let Ok(envelope) = serde_json::from_str::<Envelope>(json)
        && envelope.v == ENVELOPE_VERSION
    {
        let place = Place {
            gateway: envelope.gateway,
            seq: envelope.seq,
            prev: envelope.prev,
        };
        return Ok((place, Some(envelope)));
    }
    let place: Place = serde_json::from_str(json).map_err(|_| malformed)?;
    Ok((place, None))
}

fn sequence_fault(lines: &[&str], header: &SyncHeader) -> Result<(), SyncError> {
    for (index, line) in lines.iter().enumerate() {
        let number = index + 2;
        let expected = header.first_seq + index as u64;
        let (place, _) = envelope_of(line, number)?;
        if place.seq != expected {
            return Err(SyncError::OutOfSequence {
                line: number,
                expected,
                found: place.seq,
            });
        }
    }
    Ok(())
}

/// Only on the way to a refusal: names the line whose own signature fails.
fn first_altered(lines: &[&str], key: &PublicKey) -> Option<SyncError> {
    lines
        .iter()
        .position(|line| signed::verify(key, Domain::Event, line).is_err())
        .map(|index| SyncError::Altered { line: index + 2 })
}
