use std::time::Duration;

use tokio::sync::mpsc;

use super::*;

struct Nobody;

#[async_trait::async_trait]
impl Credentials for Nobody {
    async fn check(&self, _username: &str, _password: &[u8]) -> Option<String> {
        None
    }
}

/// Kills the broker as a gateway could without the front. An illegal client id fails in the
/// same place as a reset between CONNECT and its answer, but without a race.
async fn poison(target: &backend::Target) {
    for _ in 0..2 {
        let stream = tokio::net::TcpStream::connect(target.addr).await.unwrap();
        let mut pipe = pipe::Pipe::new(stream, 1024).unwrap();
        pipe.push(&wire::connect(
            "il/legal",
            30,
            target.username,
            &target.password,
        ));
        pipe.flush().await.unwrap();
        pipe.drain().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_broker_is_found_out_and_restarted() {
    let (restarted, mut restarts) = mpsc::unbounded_channel();
    let hook: RestartHook = Arc::new(move || {
        restarted.send(()).unwrap();
    });
    let config = MqttConfig {
        mode: MqttMode::Embedded {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
        },
        probe_interval: Duration::from_millis(50),
        on_restart: Some(hook),
        ..MqttConfig::default()
    };
    let mqtt = start(config, Arc::new(Nobody)).await.unwrap();
    let mut target = mqtt.embedded.as_ref().unwrap().house.target.clone();
    let first = target.borrow().clone();
    poison(&first).await;
    restarts.recv().await.unwrap();
    let second = target
        .wait_for(|now| now.addr != first.addr)
        .await
        .unwrap()
        .clone();
    assert_ne!(second.password, first.password);
    assert_eq!(mqtt.stats().broker_restarts, 1);
    while !mqtt.stats().healthy {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    mqtt.shutdown().await;
}

#[test]
fn topics_of_gateways() {
    let id = "0193a5b2-7c3f-7d11-8a55-3f0f6f0f9a01";
    let table = [
        (down_topic(id), Some(id)),
        (format!("volta/gateway/{id}/up"), None),
        (format!("volta/gateway/{}/down", id.to_uppercase()), None),
        ("volta/gateway/+/down".to_owned(), None),
        ("volta/gateway//down".to_owned(), None),
        (format!("{}/x", down_topic(id)), None),
    ];
    for (topic, expected) in table {
        assert_eq!(gateway_of_topic(&topic), expected, "{topic}");
    }
}
