//! An external broker takes the embedded one's place by configuration: Debian's mosquitto,
//! with accounts and topic rules as an operator would set them.

use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use super::peers::{Enrolled, Gateway, SECRET, gateway_id, not_for_ever};
use cloud::mqtt::{self, MqttConfig, MqttError, MqttMode};

const MOSQUITTO: &str = "/usr/sbin/mosquitto";
const MOSQUITTO_PASSWD: &str = "/usr/bin/mosquitto_passwd";
const CLOUD_PASSWORD: &str = "c@loud:secret";

struct Mosquitto {
    child: Child,
    port: u16,
    _dir: tempfile::TempDir,
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn add_account(dir: &Path, username: &str, password: &str) {
    let file = dir.join("passwords");
    let create: &[&str] = if file.exists() { &[] } else { &["-c"] };
    let added = Command::new(MOSQUITTO_PASSWD)
        .args(create)
        .arg("-b")
        .arg(&file)
        .args([username, password])
        .status()
        .unwrap();
    assert!(added.success());
}

async fn mosquitto(gateways: &[&str]) -> Option<Mosquitto> {
    if !Path::new(MOSQUITTO).exists() {
        assert!(
            std::env::var_os("CI").is_none(),
            "CI needs {MOSQUITTO} (apt install mosquitto)"
        );
        eprintln!("SKIPPED: no {MOSQUITTO}, the external broker was not tested");
        return None;
    }
    let dir = tempfile::tempdir().unwrap();
    add_account(dir.path(), "cloud", CLOUD_PASSWORD);
    for id in gateways {
        add_account(dir.path(), id, SECRET);
    }
    let rules =
        "user cloud\ntopic write volta/gateway/+/down\n\npattern read volta/gateway/%u/down\n";
    std::fs::write(dir.path().join("rules"), rules).unwrap();
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let settings = format!(
        "user root\nlistener {port} 127.0.0.1\nset_tcp_nodelay true\nallow_anonymous false\n\
         password_file {dir}/passwords\nacl_file {dir}/rules\npersistence false\n",
        dir = dir.path().display()
    );
    let settings_file = dir.path().join("mosquitto.conf");
    std::fs::write(&settings_file, settings).unwrap();
    let child = Command::new(MOSQUITTO)
        .arg("-c")
        .arg(&settings_file)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut mosquitto = Mosquitto {
        child,
        port,
        _dir: dir,
    };
    not_for_ever("mosquitto", async {
        while tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))
            .await
            .is_err()
        {
            assert!(
                mosquitto.child.try_wait().unwrap().is_none(),
                "mosquitto ended"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    Some(mosquitto)
}

fn external(url: &str) -> MqttConfig {
    MqttConfig {
        mode: MqttMode::External {
            url: url.to_owned(),
        },
        ..MqttConfig::default()
    }
}

#[tokio::test]
async fn hints_travel_through_mosquitto() {
    let (one, other) = (gateway_id(1), gateway_id(2));
    let Some(broker) = mosquitto(&[&one, &other]).await else {
        return;
    };
    let url = format!("mqtt://cloud:c%40loud:secret@127.0.0.1:{}", broker.port);
    let mqtt = mqtt::start(external(&url), Arc::new(Enrolled))
        .await
        .unwrap();
    let mut first = Gateway::connect(&mqtt, &one).await;
    let mut second = Gateway::connect(&mqtt, &other).await;
    for round in 0..20 {
        mqtt.downlink()
            .publish(&one, format!("one {round}").into())
            .unwrap();
        mqtt.downlink()
            .publish(&other, format!("other {round}").into())
            .unwrap();
        assert_eq!(first.hint().await, format!("one {round}"));
        assert_eq!(second.hint().await, format!("other {round}"));
    }
    assert!(mqtt.stats().healthy);
    assert_eq!(mqtt.listen_addr(), None);
    not_for_ever("shutdown", mqtt.shutdown()).await;
}

#[tokio::test]
async fn the_downlink_finds_a_broker_that_comes_back() {
    let id = gateway_id(1);
    let Some(mut broker) = mosquitto(&[&id]).await else {
        return;
    };
    let url = format!("mqtt://cloud:c%40loud:secret@127.0.0.1:{}", broker.port);
    let mqtt = mqtt::start(external(&url), Arc::new(Enrolled))
        .await
        .unwrap();
    let until = async |connected: bool| {
        not_for_ever("the downlink's state", async {
            while mqtt.downlink().is_connected() != connected {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        })
        .await;
    };
    until(true).await;
    broker.child.kill().unwrap();
    broker.child.wait().unwrap();
    until(false).await;
    assert!(!mqtt.stats().healthy);
    broker.child = Command::new(MOSQUITTO)
        .arg("-c")
        .arg(broker._dir.path().join("mosquitto.conf"))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until(true).await;
    let mut gateway = Gateway::connect(&mqtt, &id).await;
    mqtt.downlink().publish(&id, "back".into()).unwrap();
    assert_eq!(gateway.hint().await, "back");
    mqtt.shutdown().await;
}

#[tokio::test]
async fn a_wrong_url_is_named_with_the_way_out() {
    let started = mqtt::start(external("http://broker"), Arc::new(Enrolled)).await;
    let Err(error @ MqttError::Url { .. }) = started else {
        panic!("a refusal expected")
    };
    assert!(error.to_string().contains("VOLTA_CLOUD_MQTT_URL"));
    assert!(error.to_string().contains("mqtt://user:password@"));
}

/// Every hint beyond the queue's length is refused and counted, and nothing blocks.
#[tokio::test]
async fn without_a_broker_hints_are_dropped_and_counted() {
    let free = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = format!("mqtt://{}", free.local_addr().unwrap());
    drop(free);
    let mqtt = mqtt::start(external(&url), Arc::new(Enrolled))
        .await
        .unwrap();
    let id = gateway_id(1);
    for _ in 0..1100 {
        mqtt.downlink().publish(&id, b"hint".to_vec()).ok();
    }
    let stats = mqtt.stats();
    assert_eq!(
        (stats.hints_queued, stats.hints_dropped, stats.healthy),
        (1024, 76, false)
    );
    let too_long = vec![0; mqtt::PAYLOAD_BYTES_MAX + 1];
    assert!(mqtt.downlink().publish(&id, too_long).is_err());
    assert!(mqtt.downlink().publish("+", vec![]).is_err());
    not_for_ever("shutdown", mqtt.shutdown()).await;
}
