//! Peers for the MQTT tests: a gateway as the edge builds it, and a raw socket that speaks by
//! rumqttc's codec, so that the front's own codec is not judged by itself.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cloud::mqtt::{self, Credentials, Mqtt, MqttConfig, MqttMode};
use rumqttc::NetworkOptions;
use rumqttc::v5::mqttbytes::v5::{
    Connect, ConnectReturnCode, Disconnect, DisconnectReasonCode, LastWill, Login, Packet,
};
use rumqttc::v5::mqttbytes::{Error, QoS};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

const HANG: Duration = Duration::from_secs(60); // not a bound on speed: a hang becomes a failure

pub(crate) const SECRET: &str = "a gateway's secret";
/// A user name whose gateway id is not one the broker survives.
pub(crate) const CROOKED: &str = "crooked";

pub(crate) fn gateway_id(number: usize) -> String {
    format!("0193a5b2-7c3f-7d11-8a55-{number:012x}")
}

pub(crate) struct Enrolled;

#[async_trait::async_trait]
impl Credentials for Enrolled {
    async fn check(&self, username: &str, password: &[u8]) -> Option<String> {
        let known = password == SECRET.as_bytes();
        known.then(|| {
            if username == CROOKED {
                "a/+/#"
            } else {
                username
            }
            .to_owned()
        })
    }
}

pub(crate) async fn not_for_ever<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(HANG, future).await {
        Ok(value) => value,
        Err(_) => panic!("hangs: {what}"),
    }
}

pub(crate) fn config() -> MqttConfig {
    MqttConfig {
        mode: MqttMode::Embedded {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
        },
        ..MqttConfig::default()
    }
}

pub(crate) async fn open(config: MqttConfig) -> Mqtt {
    mqtt::start(config, Arc::new(Enrolled)).await.unwrap()
}

/// A gateway as `edge` builds it.
pub(crate) struct Gateway {
    _client: AsyncClient, // the event loop ends with its last client
    events: EventLoop,
}

impl Gateway {
    pub(crate) async fn connect(mqtt: &Mqtt, id: &str) -> Gateway {
        let access = mqtt.gateway_access(id, SECRET);
        let mut options = MqttOptions::new(access.client_id, access.host, access.port);
        options.set_credentials(access.username, access.password);
        options
            .set_keep_alive(Duration::from_secs(15))
            .set_clean_start(true);
        let mut network = NetworkOptions::new();
        network.set_tcp_nodelay(true);
        options.set_network_options(network);
        let (client, events) = AsyncClient::new(options, 16);
        client
            .try_subscribe(access.topic, QoS::AtLeastOnce)
            .unwrap();
        let mut gateway = Gateway {
            _client: client,
            events,
        };
        not_for_ever("SUBACK", async {
            while !matches!(gateway.packet().await, Packet::SubAck(_)) {}
        })
        .await;
        gateway
    }

    /// The next hint.
    pub(crate) async fn hint(&mut self) -> Bytes {
        not_for_ever("a hint", async {
            loop {
                if let Packet::Publish(publish) = self.packet().await {
                    return publish.payload;
                }
            }
        })
        .await
    }

    async fn packet(&mut self) -> Packet {
        loop {
            match self.events.poll().await {
                Ok(Event::Incoming(packet)) => return packet,
                Ok(Event::Outgoing(_)) => {}
                // A flooded front may turn a newcomer away; gateways try again.
                Err(error) => {
                    eprintln!("gateway: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// The measure of everything here: a well-behaved gateway gets in and hears its hint.
pub(crate) async fn still_serves(mqtt: &Mqtt) {
    let id = gateway_id(0xfeed);
    let mut gateway = Gateway::connect(mqtt, &id).await;
    for text in ["first", "second"] {
        mqtt.downlink().publish(&id, text.into()).unwrap();
        assert_eq!(gateway.hint().await, text);
    }
    assert_eq!(
        mqtt.stats().broker_restarts,
        0,
        "the broker died on the way"
    );
}

pub(crate) fn addr(mqtt: &Mqtt) -> SocketAddr {
    mqtt.listen_addr().unwrap()
}

pub(crate) async fn closes(mqtt: Mqtt) {
    still_serves(&mqtt).await;
    not_for_ever("shutdown", mqtt.shutdown()).await;
}

/// A raw peer.
pub(crate) struct Raw {
    pub(crate) stream: TcpStream,
    inbound: BytesMut,
}

impl Raw {
    pub(crate) async fn dial(addr: SocketAddr) -> Raw {
        Raw::dial_from(Ipv4Addr::LOCALHOST, addr).await
    }

    pub(crate) async fn dial_from(ip: Ipv4Addr, addr: SocketAddr) -> Raw {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((ip, 0).into()).unwrap();
        let stream = socket.connect(addr).await.unwrap();
        Raw {
            stream,
            inbound: BytesMut::new(),
        }
    }

    /// Sends CONNECT; does not wait for the answer.
    pub(crate) async fn introduce(addr: SocketAddr, hello: Hello<'_>) -> Raw {
        let mut raw = Raw::dial(addr).await;
        raw.send(&hello.packet()).await;
        raw
    }

    /// Sends CONNECT and waits for the answer's code.
    pub(crate) async fn answer(addr: SocketAddr, hello: Hello<'_>) -> (Raw, ConnectReturnCode) {
        let mut raw = Raw::introduce(addr, hello).await;
        match raw.packet().await {
            Some(Packet::ConnAck(ack)) => (raw, ack.code),
            other => panic!("CONNACK expected, not {other:?}"),
        }
    }

    /// A session of a gateway that may come in.
    pub(crate) async fn seated(addr: SocketAddr, id: &str) -> Raw {
        let (raw, code) = Raw::answer(addr, Hello::of(id)).await;
        assert_eq!(code, ConnectReturnCode::Success);
        raw
    }

    pub(crate) async fn send(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        packet.write(&mut bytes, None).unwrap();
        self.send_bytes(&bytes).await;
    }

    /// The peer may have hung up already: what counts is what it says and what it does next.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.ok();
    }

    /// The next packet, or `None` when the other side has closed.
    pub(crate) async fn packet(&mut self) -> Option<Packet> {
        not_for_ever("a packet or the end", async {
            loop {
                match Packet::read(&mut self.inbound, None) {
                    Ok(packet) => return Some(packet),
                    Err(Error::InsufficientBytes(_)) => {}
                    Err(error) => panic!("unreadable: {error}"),
                }
                if !matches!(self.stream.read_buf(&mut self.inbound).await, Ok(1..)) {
                    return None;
                }
            }
        })
        .await
    }

    pub(crate) async fn ends(&mut self) {
        while self.packet().await.is_some() {}
    }

    /// The reason of the DISCONNECT that comes next.
    pub(crate) async fn sent_away(&mut self) -> DisconnectReasonCode {
        match self.packet().await {
            Some(Packet::Disconnect(Disconnect { reason_code, .. })) => reason_code,
            other => panic!("DISCONNECT expected, not {other:?}"),
        }
    }

    /// Ends as a power cut behind a router does: with a TCP reset.
    pub(crate) fn reset(self) {
        self.stream.set_zero_linger().unwrap();
    }
}

/// What a raw peer says in CONNECT.
#[derive(Clone)]
pub(crate) struct Hello<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
    pub(crate) keep_alive: u16,
    pub(crate) will: Option<LastWill>,
}

impl<'a> Hello<'a> {
    pub(crate) fn of(id: &'a str) -> Hello<'a> {
        Hello {
            client_id: id,
            username: id,
            password: SECRET,
            keep_alive: 30,
            will: None,
        }
    }

    fn packet(self) -> Packet {
        let connect = Connect {
            keep_alive: self.keep_alive,
            client_id: self.client_id.to_owned(),
            clean_start: true,
            properties: None,
        };
        let login = Login::new(self.username, self.password);
        Packet::Connect(connect, self.will, Some(login))
    }
}
