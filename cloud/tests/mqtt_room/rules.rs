//! One session a gateway, its own topic only, no wills, a clean end.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use cloud::mqtt::{MqttError, down_topic};
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{
    DisconnectReasonCode, Filter, LastWill, Packet, PubAck, Publish, Subscribe,
    SubscribeReasonCode, Unsubscribe,
};

use super::peers::{Gateway, Hello, Raw, addr, closes, config, gateway_id, not_for_ever, open};

#[tokio::test]
async fn a_newer_session_takes_over() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    let mut older = Raw::seated(addr(&mqtt), &id).await;
    let mut newer = Gateway::connect(&mqtt, &id).await;
    assert_eq!(
        older.sent_away().await,
        DisconnectReasonCode::SessionTakenOver
    );
    older.ends().await;
    assert_eq!(mqtt.connected(), [id.as_str()]);
    for text in ["one", "two"] {
        mqtt.downlink().publish(&id, text.into()).unwrap();
        assert_eq!(newer.hint().await, text);
    }
    closes(mqtt).await;
}

#[tokio::test]
async fn only_its_own_topic() {
    let mqtt = open(config()).await;
    let (id, other) = (gateway_id(1), gateway_id(2));
    let own = down_topic(&id);
    let table = [
        (
            vec![own.as_str()],
            SubscribeReasonCode::Success(QoS::AtLeastOnce),
        ),
        (vec![&own, &own], SubscribeReasonCode::NotAuthorized),
        (vec![&other], SubscribeReasonCode::NotAuthorized),
        (vec!["#"], SubscribeReasonCode::NotAuthorized),
        (
            vec!["volta/gateway/+/down"],
            SubscribeReasonCode::NotAuthorized,
        ),
        (vec!["volta/gateway/#"], SubscribeReasonCode::NotAuthorized),
        (
            vec!["$share/all/volta/gateway/+/down"],
            SubscribeReasonCode::NotAuthorized,
        ),
        (vec!["$SYS/#"], SubscribeReasonCode::NotAuthorized),
        (vec!["volta/probe"], SubscribeReasonCode::NotAuthorized),
        (vec![&own, "#"], SubscribeReasonCode::NotAuthorized),
    ];
    let mut raw = Raw::seated(addr(&mqtt), &id).await;
    for (filters, expected) in table {
        let asked = filters
            .iter()
            .map(|path| Filter::new(*path, QoS::AtLeastOnce));
        let mut subscribe = Subscribe::new_many(asked, None);
        subscribe.pkid = 7;
        raw.send(&Packet::Subscribe(subscribe)).await;
        let Some(Packet::SubAck(ack)) = raw.packet().await else {
            panic!("SUBACK expected")
        };
        assert_eq!(
            ack.return_codes,
            vec![expected; filters.len()],
            "{filters:?}"
        );
    }
    mqtt.downlink()
        .publish(&other, "not for you".into())
        .unwrap();
    mqtt.downlink().publish(&id, "for you".into()).unwrap();
    let Some(Packet::Publish(hint)) = raw.packet().await else {
        panic!("a hint expected")
    };
    assert_eq!(hint.payload, "for you");
    for topic in [
        down_topic(&other),
        own,
        "volta/probe".to_owned(),
        "x".to_owned(),
    ] {
        let mut raw = Raw::seated(addr(&mqtt), &id).await;
        let publish = Publish::new(topic.clone(), QoS::AtMostOnce, "forged", None);
        raw.send(&Packet::Publish(publish)).await;
        assert_eq!(
            raw.sent_away().await,
            DisconnectReasonCode::NotAuthorized,
            "{topic}"
        );
    }
    closes(mqtt).await;
}

#[tokio::test]
async fn packets_out_of_turn() {
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    let mut raw = Raw::seated(addr(&mqtt), &id).await;
    let unsubscribe = Unsubscribe {
        pkid: 5,
        filters: vec![down_topic(&id)],
        properties: None,
    };
    raw.send(&Packet::Unsubscribe(unsubscribe)).await;
    assert!(matches!(raw.packet().await, Some(Packet::UnsubAck(ack)) if ack.pkid == 5));
    raw.send(&Packet::PubAck(PubAck::new(9, None))).await;
    assert_eq!(raw.sent_away().await, DisconnectReasonCode::ProtocolError);
    let mut raw = Raw::introduce(addr(&mqtt), Hello::of(&id)).await;
    assert!(matches!(raw.packet().await, Some(Packet::ConnAck(_))));
    raw.send_bytes(b"\x10\x0e\x00\x04MQTT\x05\x02\x00\x1e\x00\x00\x01i")
        .await;
    assert_eq!(raw.sent_away().await, DisconnectReasonCode::ProtocolError);
    closes(mqtt).await;
}

#[tokio::test]
async fn a_will_is_never_published() {
    let mqtt = open(config()).await;
    let (victim, forger) = (gateway_id(1), gateway_id(2));
    let mut gateway = Gateway::connect(&mqtt, &victim).await;
    let will = LastWill::new(down_topic(&victim), "forged", QoS::AtLeastOnce, false, None);
    let hello = Hello {
        will: Some(will),
        ..Hello::of(&forger)
    };
    let (raw, _) = Raw::answer(addr(&mqtt), hello).await;
    raw.reset();
    while mqtt.connected().contains(&forger) {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    mqtt.downlink().publish(&victim, "honest".into()).unwrap();
    assert_eq!(gateway.hint().await, "honest");
    closes(mqtt).await;
}

#[tokio::test]
async fn shutdown_says_goodbye_and_frees_the_port() {
    let mqtt = open(config()).await;
    let addr = addr(&mqtt);
    let mut raw = Raw::seated(addr, &gateway_id(1)).await;
    not_for_ever("shutdown", mqtt.shutdown()).await;
    assert_eq!(
        raw.sent_away().await,
        DisconnectReasonCode::ServerShuttingDown
    );
    raw.ends().await;
    drop(raw);
    let mut again = config();
    again.mode = cloud::mqtt::MqttMode::Embedded { listen: addr };
    closes(open(again).await).await;
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_way_out() {
    let taken = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .unwrap();
    let listen = taken.local_addr().unwrap();
    let mut config = config();
    config.mode = cloud::mqtt::MqttMode::Embedded { listen };
    let started = cloud::mqtt::start(config, std::sync::Arc::new(super::peers::Enrolled)).await;
    let Err(error @ MqttError::PortTaken { .. }) = started else {
        panic!("port taken expected")
    };
    let text = error.to_string();
    for part in [
        &listen.to_string(),
        "already in use",
        "VOLTA_CLOUD_MQTT_LISTEN",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

/// Prints only: `cargo nextest run -p cloud round_trip --no-capture`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn round_trip() {
    const ROUNDS: usize = 300;
    let mqtt = open(config()).await;
    let id = gateway_id(1);
    let mut gateway = Gateway::connect(&mqtt, &id).await;
    let mut took = Vec::new();
    for round in 0..ROUNDS {
        let started = Instant::now();
        mqtt.downlink()
            .publish(&id, round.to_string().into_bytes())
            .unwrap();
        assert_eq!(gateway.hint().await, round.to_string());
        took.push(started.elapsed());
    }
    took.sort();
    println!(
        "cloud to gateway through the front: p50 {:?}, p99 {:?}",
        took[ROUNDS / 2],
        took[ROUNDS * 99 / 100]
    );
    let started = Instant::now();
    for round in 0..ROUNDS {
        mqtt.downlink()
            .publish(&id, round.to_string().into_bytes())
            .unwrap();
    }
    for round in 0..ROUNDS {
        assert_eq!(gateway.hint().await, round.to_string());
    }
    println!("{ROUNDS} hints at once: {:?}", started.elapsed());
    closes(mqtt).await;
}
