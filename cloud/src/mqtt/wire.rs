//! The MQTT 5 packets the front understands, read and written by hand: a peer's bytes are
//! never handed to the broker, which gets packets of ours instead.

mod write;

use bytes::{Buf, Bytes, BytesMut};

pub(crate) use write::{
    connect, disconnect, filters_ack, pingreq, puback, publish, refusal, subscribe, unsubscribe,
    welcome,
};

pub(crate) const CONNECT: u8 = 1;
pub(crate) const CONNACK: u8 = 2;
pub(crate) const PUBLISH: u8 = 3;
pub(crate) const PUBACK: u8 = 4;
pub(crate) const SUBSCRIBE: u8 = 8;
pub(crate) const SUBACK: u8 = 9;
pub(crate) const UNSUBSCRIBE: u8 = 10;
pub(crate) const PINGREQ: u8 = 12;
pub(crate) const DISCONNECT: u8 = 14;

const PROTOCOL_LEVEL: u8 = 5;
const FILTERS_MAX: usize = 8; // a gateway subscribes to one topic; more is somebody probing
const REMAINING_LENGTH_BYTES_MAX: usize = 4; // by the standard

/// Why a peer was turned away, as MQTT 5 says it on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Reason {
    Success = 0x00,
    Malformed = 0x81,
    Protocol = 0x82,
    Version = 0x84,
    ClientId = 0x85,
    BadPassword = 0x86,
    NotAuthorized = 0x87,
    Unavailable = 0x88,
    Busy = 0x89,
    ShuttingDown = 0x8B,
    KeepAlive = 0x8D,
    TakenOver = 0x8E,
    TooLarge = 0x95,
}

/// "There was no such subscription": the answer to UNSUBSCRIBE that the broker never gives.
pub(crate) const NO_SUBSCRIPTION: u8 = 0x11;

/// One whole packet.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    bytes: Bytes,
    header_len: usize,
}

impl Frame {
    /// Takes one whole packet off `buffer`, or `None` while it is incomplete. A packet longer
    /// than `frame_max` bytes is refused as soon as its header is read.
    pub(crate) fn take(buffer: &mut BytesMut, frame_max: usize) -> Result<Option<Frame>, Reason> {
        // Kind 0 does not exist, and kind 15 (AUTH) is never asked for here.
        if matches!(buffer.first().map(|first| first >> 4), Some(0 | 15)) {
            return Err(Reason::Malformed);
        }
        let mut remaining_len = 0usize;
        for index in 0..REMAINING_LENGTH_BYTES_MAX {
            let Some(byte) = buffer.get(1 + index).copied() else {
                return Ok(None);
            };
            remaining_len |= usize::from(byte & 0x7F) << (7 * index);
            if byte & 0x80 == 0 {
                let header_len = 2 + index;
                let total_len = header_len + remaining_len;
                if total_len > frame_max {
                    return Err(Reason::TooLarge);
                }
                if buffer.len() < total_len {
                    return Ok(None);
                }
                let bytes = buffer.split_to(total_len).freeze();
                return Ok(Some(Frame { bytes, header_len }));
            }
        }
        Err(Reason::Malformed)
    }

    pub(crate) fn kind(&self) -> u8 {
        self.bytes[0] >> 4
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.header_len..]
    }

    /// The packet id that PUBACK, SUBACK and their kind begin with.
    pub(crate) fn packet_id(&self) -> Result<u16, Reason> {
        Reader(self.body()).packet_id()
    }

    /// The reason code of a CONNACK.
    pub(crate) fn connack_code(&self) -> Option<u8> {
        (self.kind() == CONNACK)
            .then(|| self.body().get(1).copied())
            .flatten()
    }
}

/// What the front needs from a CONNECT. A will is read over: it is never handed on.
#[derive(Clone, Debug)]
pub(crate) struct Connect {
    pub(crate) client_id: String,
    pub(crate) keep_alive_seconds: u16,
    pub(crate) username: String,
    pub(crate) password: Vec<u8>,
}

impl Connect {
    pub(crate) fn parse(frame: &Frame) -> Result<Connect, Reason> {
        const HAS_WILL: u8 = 0x04;
        const HAS_PASSWORD: u8 = 0x40;
        const HAS_USERNAME: u8 = 0x80;
        let mut reader = Reader(frame.body());
        let name = reader.binary()?;
        let level = reader.u8()?;
        if name != b"MQTT" || level != PROTOCOL_LEVEL {
            let known = name == b"MQTT" || name == b"MQIsdp";
            return Err(if known {
                Reason::Version
            } else {
                Reason::Malformed
            });
        }
        let flags = reader.u8()?;
        if flags & 0x01 != 0 {
            return Err(Reason::Malformed);
        }
        let keep_alive_seconds = reader.u16()?;
        reader.properties()?;
        let client_id = reader.text()?;
        if flags & HAS_WILL != 0 {
            reader.properties()?;
            reader.binary()?;
            reader.binary()?;
        }
        let username = if flags & HAS_USERNAME != 0 {
            reader.text()?
        } else {
            String::new()
        };
        let password = if flags & HAS_PASSWORD != 0 {
            reader.binary()?.to_vec()
        } else {
            Vec::new()
        };
        reader.end()?;
        Ok(Connect {
            client_id,
            keep_alive_seconds,
            username,
            password,
        })
    }
}

/// The header of a PUBLISH.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Publish {
    pub(crate) topic: String,
    pub(crate) qos: u8,
    pub(crate) retain: bool,
    pub(crate) packet_id: Option<u16>,
}

impl Publish {
    pub(crate) fn parse(frame: &Frame) -> Result<Publish, Reason> {
        let first = frame.bytes[0];
        let qos = (first >> 1) & 0x03;
        let mut reader = Reader(frame.body());
        let topic = reader.text()?;
        let packet_id = if qos > 0 {
            Some(reader.packet_id()?)
        } else {
            None
        };
        reader.properties()?;
        Ok(Publish {
            topic,
            qos,
            retain: first & 0x01 != 0,
            packet_id,
        })
    }
}

/// Packet id and filters of a SUBSCRIBE, each with the wanted QoS, or of an UNSUBSCRIBE.
pub(crate) fn filters(frame: &Frame) -> Result<(u16, Vec<(String, u8)>), Reason> {
    if frame.bytes[0] & 0x0F != 0x02 {
        return Err(Reason::Malformed);
    }
    let mut reader = Reader(frame.body());
    let packet_id = reader.packet_id()?;
    reader.properties()?;
    let mut filters = Vec::new();
    while !reader.0.is_empty() {
        let filter = reader.text()?;
        let options = if frame.kind() == SUBSCRIBE {
            reader.u8()?
        } else {
            0
        };
        filters.push((filter, options & 0x03));
        if filters.len() > FILTERS_MAX {
            return Err(Reason::Protocol);
        }
    }
    if filters.is_empty() {
        Err(Reason::Protocol)
    } else {
        Ok((packet_id, filters))
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn u8(&mut self) -> Result<u8, Reason> {
        self.0.try_get_u8().map_err(|_| Reason::Malformed)
    }

    fn u16(&mut self) -> Result<u16, Reason> {
        self.0.try_get_u16().map_err(|_| Reason::Malformed)
    }

    fn packet_id(&mut self) -> Result<u16, Reason> {
        match self.u16()? {
            0 => Err(Reason::Malformed),
            id => Ok(id),
        }
    }

    fn bytes(&mut self, len: usize) -> Result<&'a [u8], Reason> {
        let (head, tail) = self.0.split_at_checked(len).ok_or(Reason::Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    fn binary(&mut self) -> Result<&'a [u8], Reason> {
        let len = self.u16()?;
        self.bytes(usize::from(len))
    }

    fn text(&mut self) -> Result<String, Reason> {
        let text = std::str::from_utf8(self.binary()?).map_err(|_| Reason::Malformed)?;
        if text.contains('\0') {
            Err(Reason::Malformed)
        } else {
            Ok(text.to_owned())
        }
    }

    fn properties(&mut self) -> Result<(), Reason> {
        let mut len = 0usize;
        for index in 0..REMAINING_LENGTH_BYTES_MAX {
            let byte = self.u8()?;
            len |= usize::from(byte & 0x7F) << (7 * index);
            if byte & 0x80 == 0 {
                return self.bytes(len).map(|_| ());
            }
        }
        Err(Reason::Malformed)
    }

    fn end(&self) -> Result<(), Reason> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Reason::Malformed)
        }
    }
}

#[cfg(test)]
mod tests;
