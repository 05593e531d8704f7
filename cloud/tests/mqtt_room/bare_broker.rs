//! Why there is a front: the same broker without it. A test here that fails is good news: the
//! broker was mended, and the front may become smaller.

use std::time::Duration;

use super::peers::{Hello, Raw, gateway_id, not_for_ever};
use cloud::mqtt::broker::Broker;
use rumqttc::v5::mqttbytes::v5::Packet;

const RESETS_MAX: usize = 500;

async fn serves(broker: &Broker, client_id: &str) -> bool {
    let (username, password) = broker.login();
    let hello = Hello {
        username,
        password,
        ..Hello::of(client_id)
    };
    let mut raw = Raw::introduce(broker.addr(), hello).await;
    let welcomed = matches!(raw.packet().await, Some(Packet::ConnAck(_)));
    if welcomed {
        raw.send_bytes(b"\xe0\x00").await;
        raw.ends().await;
    }
    welcomed
}

#[tokio::test]
async fn an_illegal_client_id_twice_kills_the_bare_broker() {
    let broker = Broker::start(16).await.unwrap();
    assert!(serves(&broker, &gateway_id(1)).await);
    for _ in 0..2 {
        assert!(!serves(&broker, "a/b").await);
    }
    assert!(!serves(&broker, &gateway_id(2)).await, "it survived");
    broker.stop().await;
}

#[tokio::test]
async fn resets_after_connect_kill_the_bare_broker() {
    let broker = Broker::start(16).await.unwrap();
    let id = gateway_id(1);
    let (username, password) = broker.login();
    let mut resets = 0;
    while serves(&broker, &gateway_id(2)).await {
        resets += 1;
        assert!(resets <= RESETS_MAX, "it survived {RESETS_MAX} resets");
        let hello = Hello {
            username,
            password,
            ..Hello::of(&id)
        };
        Raw::introduce(broker.addr(), hello).await.reset();
    }
    println!("the bare broker was dead after {resets} resets");
    broker.stop().await;
}

#[tokio::test]
async fn brokers_stop_and_start_side_by_side() {
    for _ in 0..3 {
        let (one, other) = tokio::join!(Broker::start(16), Broker::start(16));
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_ne!(one.addr(), other.addr());
        assert!(serves(&one, &gateway_id(1)).await && serves(&other, &gateway_id(1)).await);
        not_for_ever("stop", one.stop()).await;
        tokio::time::timeout(Duration::from_secs(60), other.stop())
            .await
            .unwrap();
    }
}
