//! As much of an MQTT 5 broker as one subscriber needs.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

pub(crate) struct Broker {
    listener: TcpListener,
}

pub(crate) struct Session {
    stream: TcpStream,
    /// The CONNECT packet's variable header and payload.
    pub connect: Vec<u8>,
    pub topic: String,
}

impl Broker {
    pub(crate) async fn start() -> Self {
        Self {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    pub(crate) fn port(&self) -> u16 {
        self.listener.local_addr().unwrap().port()
    }

    /// Takes the next client up to its subscription.
    pub(crate) async fn session(&self) -> Session {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let (kind, connect) = packet(&mut stream).await;
        assert_eq!(kind, 0x10, "CONNECT");
        stream.write_all(&[0x20, 3, 0, 0, 0]).await.unwrap();
        let (kind, subscribe) = packet(&mut stream).await;
        assert_eq!(kind, 0x82, "SUBSCRIBE");
        // Packet id, no properties, one topic filter.
        let length = usize::from(u16::from_be_bytes([subscribe[3], subscribe[4]]));
        let topic = String::from_utf8(subscribe[5..5 + length].to_vec()).unwrap();
        let granted = [0x90, 4, subscribe[0], subscribe[1], 0, 1];
        stream.write_all(&granted).await.unwrap();
        Session {
            stream,
            connect,
            topic,
        }
    }
}

impl Session {
    /// Publishes with QoS 1 and waits for the acknowledgement.
    pub(crate) async fn publish(&mut self, payload: &[u8]) {
        let mut body = u16::try_from(self.topic.len())
            .unwrap()
            .to_be_bytes()
            .to_vec();
        body.extend_from_slice(self.topic.as_bytes());
        body.extend_from_slice(&[0, 7, 0]);
        body.extend_from_slice(payload);
        let mut bytes = vec![0x32];
        let mut length = body.len();
        while length >= 128 {
            bytes.push(u8::try_from(length % 128).unwrap() | 0x80);
            length /= 128;
        }
        bytes.push(u8::try_from(length).unwrap());
        bytes.extend_from_slice(&body);
        self.stream.write_all(&bytes).await.unwrap();
        let (kind, ack) = packet(&mut self.stream).await;
        assert_eq!((kind, &ack[..2]), (0x40, &[0u8, 7][..]), "PUBACK");
    }
}

async fn packet(stream: &mut TcpStream) -> (u8, Vec<u8>) {
    let kind = stream.read_u8().await.unwrap();
    let (mut length, mut shift) = (0usize, 0);
    loop {
        let byte = stream.read_u8().await.unwrap();
        length |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            break;
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    (kind, body)
}
