//! The packets the front writes, to peers and to the broker.

use bytes::{BufMut, Bytes, BytesMut};

use super::{
    CONNACK, CONNECT, DISCONNECT, PINGREQ, PROTOCOL_LEVEL, PUBACK, PUBLISH,
    REMAINING_LENGTH_BYTES_MAX, Reason, SUBSCRIBE, UNSUBSCRIBE,
};

const RECEIVE_MAX: u16 = 64; // QoS 1 publishes in flight towards the broker, for one peer

/// A CONNECT of ours: clean start, no will, the session ends with the connection.
pub(crate) fn connect(
    client_id: &str,
    keep_alive_seconds: u16,
    username: &str,
    password: &str,
) -> Bytes {
    const CLEAN_START_USERNAME_PASSWORD: u8 = 0xC2;
    let mut body = BytesMut::new();
    put_text(&mut body, "MQTT");
    body.put_u8(PROTOCOL_LEVEL);
    body.put_u8(CLEAN_START_USERNAME_PASSWORD);
    body.put_u16(keep_alive_seconds);
    body.put_u8(0);
    put_text(&mut body, client_id);
    put_text(&mut body, username);
    put_text(&mut body, password);
    packet(CONNECT << 4, &body)
}

/// Welcome, with everything the front does not offer said at once.
pub(crate) fn welcome(keep_alive_seconds: u16, frame_max: usize) -> Bytes {
    let mut properties = BytesMut::new();
    properties.put_slice(&[0x11, 0, 0, 0, 0]); // session expiry: at once
    properties.put_u8(0x21); // receive maximum
    properties.put_u16(RECEIVE_MAX);
    properties.put_slice(&[0x24, 1]); // highest QoS
    properties.put_slice(&[0x25, 0]); // no retained messages
    properties.put_u8(0x27); // longest packet from the peer
    properties.put_u32(u32::try_from(frame_max).unwrap_or(u32::MAX));
    properties.put_slice(&[0x28, 0]); // no wildcards
    properties.put_slice(&[0x29, 0]); // no subscription ids
    properties.put_slice(&[0x2A, 0]); // no shared subscriptions
    properties.put_u8(0x13); // keep alive that the front holds the peer to
    properties.put_u16(keep_alive_seconds);
    let mut body = BytesMut::new();
    body.put_slice(&[0, Reason::Success as u8]);
    put_varint(&mut body, properties.len());
    body.put_slice(&properties);
    packet(CONNACK << 4, &body)
}

pub(crate) fn refusal(reason: Reason) -> Bytes {
    if reason == Reason::Version {
        // An MQTT 3.1.1 client understands only its own, shorter CONNACK.
        return packet(CONNACK << 4, &[0, 1]);
    }
    packet(CONNACK << 4, &[0, reason as u8, 0])
}

/// Reason and property length are always written: rumqttc cannot read the short form.
pub(crate) fn disconnect(reason: Reason) -> Bytes {
    packet(DISCONNECT << 4, &[reason as u8, 0])
}

pub(crate) fn subscribe(packet_id: u16, filter: &str, qos: u8) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u16(packet_id);
    body.put_u8(0);
    put_text(&mut body, filter);
    body.put_u8(qos);
    packet(SUBSCRIBE << 4 | 0x02, &body)
}

pub(crate) fn unsubscribe(packet_id: u16, filter: &str) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u16(packet_id);
    body.put_u8(0);
    put_text(&mut body, filter);
    packet(UNSUBSCRIBE << 4 | 0x02, &body)
}

/// SUBACK or UNSUBACK, after the kind of packet it answers.
pub(crate) fn filters_ack(answered_kind: u8, packet_id: u16, codes: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    body.put_u16(packet_id);
    body.put_u8(0);
    body.put_slice(codes);
    packet((answered_kind + 1) << 4, &body)
}

pub(crate) fn puback(packet_id: u16) -> Bytes {
    packet(PUBACK << 4, &packet_id.to_be_bytes())
}

pub(crate) fn pingreq() -> Bytes {
    packet(PINGREQ << 4, &[])
}

/// A QoS 0 publish.
pub(crate) fn publish(topic: &str, payload: &[u8]) -> Bytes {
    let mut body = BytesMut::new();
    put_text(&mut body, topic);
    body.put_u8(0);
    body.put_slice(payload);
    packet(PUBLISH << 4, &body)
}

pub(super) fn packet(first: u8, body: &[u8]) -> Bytes {
    let mut out = BytesMut::with_capacity(1 + REMAINING_LENGTH_BYTES_MAX + body.len());
    out.put_u8(first);
    put_varint(&mut out, body.len());
    out.put_slice(body);
    out.freeze()
}

fn put_varint(out: &mut BytesMut, mut value: usize) {
    loop {
        let low = (value & 0x7F) as u8;
        value >>= 7;
        out.put_u8(if value > 0 { low | 0x80 } else { low });
        if value == 0 {
            return;
        }
    }
}

fn put_text(out: &mut BytesMut, text: &str) {
    let len = u16::try_from(text.len()).expect("the front's own strings are short");
    out.put_u16(len);
    out.put_slice(text.as_bytes());
}
