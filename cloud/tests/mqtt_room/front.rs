//! What kills the bare broker, through the front: afterwards a well-behaved gateway still gets
//! in and hears its hint, from the same broker.

use std::net::Ipv4Addr;
use std::time::Duration;

use rumqttc::v5::mqttbytes::v5::{ConnectReturnCode, DisconnectReasonCode, Packet};
use tokio::io::AsyncReadExt;

use super::peers::{
    CROOKED, Gateway, Hello, Raw, addr, closes, config, gateway_id, not_for_ever, open,
    still_serves,
};

const RESETS: usize = 200;
const ILLEGAL_IDS: usize = 50;

#[tokio::test]
async fn resets_right_after_connect() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    for _ in 0..RESETS {
        Raw::introduce(addr(&mqtt), Hello::of(&id)).await.reset();
    }
    let mut gateway = Gateway::connect(&mqtt, &id).await;
    mqtt.downlink().publish(&id, "same id".into()).unwrap();
    assert_eq!(gateway.hint().await, "same id");
    closes(mqtt).await;
}

#[tokio::test]
async fn resets_in_a_session() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    for _ in 0..RESETS / 4 {
        Raw::seated(addr(&mqtt), &id).await.reset();
    }
    closes(mqtt).await;
}

#[tokio::test]
async fn illegal_client_ids() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    let upper = id.to_uppercase();
    let table = [
        "",
        "+",
        "$SYS",
        "a#b",
        "a/b",
        "volta-downlink",
        "volta-probe",
        &upper,
    ];
    for client_id in table.into_iter().cycle().take(ILLEGAL_IDS) {
        let hello = Hello {
            client_id,
            ..Hello::of(&id)
        };
        let (_, code) = Raw::answer(addr(&mqtt), hello).await;
        assert_eq!(
            code,
            ConnectReturnCode::ClientIdentifierNotValid,
            "{client_id}"
        );
    }
    // Even if the credentials' book is wrong about what a gateway id is.
    for _ in 0..2 {
        let hello = Hello {
            client_id: "a/+/#",
            username: CROOKED,
            ..Hello::of("")
        };
        let (_, code) = Raw::answer(addr(&mqtt), hello).await;
        assert_eq!(code, ConnectReturnCode::ClientIdentifierNotValid);
    }
    closes(mqtt).await;
}

#[tokio::test]
async fn wrong_credentials() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    let right = Hello::of(&id);
    let table = [
        (
            "wrong password",
            Hello {
                password: "wrong",
                ..right.clone()
            },
        ),
        (
            "no password",
            Hello {
                password: "",
                ..right.clone()
            },
        ),
        (
            "downlink's name",
            Hello {
                username: "volta-downlink",
                password: "x",
                ..right.clone()
            },
        ),
        (
            "probe's name",
            Hello {
                username: "volta-probe",
                password: "x",
                ..right
            },
        ),
    ];
    for (name, hello) in table {
        let (mut raw, code) = Raw::answer(addr(&mqtt), hello).await;
        assert_eq!(code, ConnectReturnCode::BadUserNamePassword, "{name}");
        raw.ends().await;
    }
    closes(mqtt).await;
}

#[tokio::test]
async fn a_flood_of_connections_shuts_nobody_else_out() {
    const FLOOD: usize = 300;
    let mut config = config();
    config.handshakes_max = 64;
    config.handshakes_per_ip_max = 16;
    config.handshake_deadline = Duration::from_secs(3600);
    let mqtt = open(config).await;
    let attacker = Ipv4Addr::new(127, 0, 0, 2);
    let mut flood = Vec::new();
    for _ in 0..FLOOD {
        flood.push(Raw::dial_from(attacker, addr(&mqtt)).await);
    }
    still_serves(&mqtt).await;
    while mqtt.stats().refused < (FLOOD - 16) as u64 {
        tokio::task::yield_now().await;
    }
    assert_eq!(mqtt.stats().refused, (FLOOD - 16) as u64);
    drop(flood);
    closes(mqtt).await;
}

#[tokio::test]
async fn a_full_house_is_no_trap() {
    let mut config = config();
    config.connections_max = 4;
    config.handshakes_max = 1;
    let mqtt = open(config).await;
    let ids: Vec<String> = (0..5).map(gateway_id).collect();
    let mut seated = Vec::new();
    for id in &ids {
        seated.push(Raw::seated(addr(&mqtt), id).await);
    }
    for _ in 0..20 {
        let mut refused = Raw::introduce(addr(&mqtt), Hello::of(&ids[0])).await;
        assert!(refused.packet().await.is_none());
    }
    assert_eq!(mqtt.connected(), ids);
    drop(seated);
    closes(mqtt).await;
}

#[tokio::test]
async fn silent_peers() {
    let mut config = config();
    config.handshake_deadline = Duration::from_millis(100);
    let mqtt = open(config).await;
    let starts: [&[u8]; 4] = [b"", b"\x10", b"\x10\x40", b"\x10\x40\x00\x04MQTT\x05"];
    for start in starts {
        let mut raw = Raw::dial(addr(&mqtt)).await;
        raw.send_bytes(start).await;
        raw.ends().await;
    }
    let id = gateway_id(1);
    let hello = Hello {
        keep_alive: 1,
        ..Hello::of(&id)
    };
    let (mut raw, _) = Raw::answer(addr(&mqtt), hello).await;
    assert_eq!(
        raw.sent_away().await,
        DisconnectReasonCode::KeepAliveTimeout
    );
    closes(mqtt).await;
}

#[tokio::test]
async fn garbage() {
    let mut config = config();
    config.handshake_deadline = Duration::from_millis(100);
    let mqtt = open(config).await;
    let table: [&[u8]; 9] = [
        b"GET / HTTP/1.1\r\nHost: volta\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        &[0x00; 4096],
        &[0xFF; 4096],
        b"\xc0\x00",
        b"\xe0\x00",
        b"\x10\x00",
        b"\x40\x02\x00\x00",
        b"\x10\x0c\x00\x04MQTT\x05\xff\xff\xff\xff\xff",
    ];
    let rounds = table.iter().enumerate().map(async |(number, bytes)| {
        let mut answer = Vec::new();
        let mut raw = Raw::dial(addr(&mqtt)).await;
        raw.send_bytes(bytes).await;
        not_for_ever("the end", raw.stream.read_to_end(&mut answer))
            .await
            .ok();
        let id = gateway_id(number);
        let hello = Hello {
            keep_alive: 1,
            ..Hello::of(&id)
        };
        let (mut raw, _) = Raw::answer(addr(&mqtt), hello).await;
        raw.send_bytes(bytes).await;
        not_for_ever("the end", raw.stream.read_to_end(&mut answer))
            .await
            .ok();
    });
    futures_util::future::join_all(rounds).await;
    closes(mqtt).await;
}

#[tokio::test]
async fn packets_that_are_too_long() {
    let mqtt = open(config()).await;
    let mut raw = Raw::dial(addr(&mqtt)).await;
    raw.send_bytes(b"\x10\xff\xff\x7f").await;
    let Some(Packet::ConnAck(ack)) = raw.packet().await else {
        panic!("CONNACK expected")
    };
    assert_eq!(ack.code, ConnectReturnCode::PacketTooLarge);
    let mut raw = Raw::seated(addr(&mqtt), &gateway_id(1)).await;
    raw.send_bytes(b"\x30\xff\xff\x7f").await;
    assert_eq!(raw.sent_away().await, DisconnectReasonCode::PacketTooLarge);
    closes(mqtt).await;
}

#[tokio::test]
async fn another_version_of_the_protocol() {
    let mqtt = open(config()).await;
    let mut raw = Raw::dial(addr(&mqtt)).await;
    raw.send_bytes(b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x1e\x00\x02id")
        .await;
    let mut answer = Vec::new();
    not_for_ever("CONNACK", raw.stream.read_to_end(&mut answer))
        .await
        .unwrap();
    assert_eq!(answer, [0x20, 2, 0, 1]);
    closes(mqtt).await;
}
