use bytes::BytesMut;
use rumqttc::v5::mqttbytes::v5 as theirs;

use super::write::packet;
use super::*;

fn take(bytes: &[u8]) -> Result<Option<Frame>, Reason> {
    Frame::take(&mut BytesMut::from(bytes), 1024)
}

fn whole(bytes: &[u8]) -> Frame {
    take(bytes).unwrap().unwrap()
}

fn theirs_reads(bytes: &Bytes) -> theirs::Packet {
    theirs::Packet::read(&mut BytesMut::from(&bytes[..]), None).unwrap()
}

#[test]
fn frames_are_cut_at_their_length() {
    type Taken = Result<Option<usize>, Reason>;
    let table: [(&[u8], Taken); 10] = [
        (&[], Ok(None)),
        (&[0x10], Ok(None)),
        (&[0x00], Err(Reason::Malformed)),
        (&[0xF0], Err(Reason::Malformed)),
        (&[0x10, 0x02, 0], Ok(None)),
        (&[0xC0, 0x00], Ok(Some(2))),
        (&[0x10, 0x02, 1, 2, 3], Ok(Some(4))),
        (&[0x10, 0x80], Ok(None)),
        (&[0x10, 0xFF, 0xFF, 0xFF, 0x7F], Err(Reason::TooLarge)),
        (
            &[0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            Err(Reason::Malformed),
        ),
    ];
    for (bytes, expected) in table {
        let taken = take(bytes).map(|frame| frame.map(|f| f.bytes().len()));
        assert_eq!(taken, expected, "{bytes:?}");
    }
}

#[test]
fn connect_is_read_as_rumqttc_writes_it() {
    let will = theirs::LastWill::new(
        "somewhere",
        "gone",
        rumqttc::v5::mqttbytes::QoS::AtLeastOnce,
        true,
        None,
    );
    for will in [None, Some(will)] {
        let connect = theirs::Connect {
            keep_alive: 7,
            client_id: "id".into(),
            clean_start: true,
            properties: None,
        };
        let login = theirs::Login::new("user", "secret");
        let mut bytes = BytesMut::new();
        theirs::Packet::Connect(connect, will, Some(login))
            .write(&mut bytes, None)
            .unwrap();
        let read = Connect::parse(&whole(&bytes)).unwrap();
        assert_eq!(read.client_id, "id");
        assert_eq!(read.keep_alive_seconds, 7);
        assert_eq!(
            (read.username.as_str(), read.password.as_slice()),
            ("user", &b"secret"[..])
        );
    }
}

#[test]
fn every_cut_of_a_connect_is_malformed() {
    let good = connect("id", 7, "user", "secret");
    let body = whole(&good).body().to_vec();
    for len in 0..body.len() {
        let cut = packet(CONNECT << 4, &body[..len]);
        assert_eq!(
            Connect::parse(&whole(&cut)).unwrap_err(),
            Reason::Malformed,
            "{len} bytes"
        );
    }
    let longer = packet(CONNECT << 4, &[body, vec![0]].concat());
    assert_eq!(
        Connect::parse(&whole(&longer)).unwrap_err(),
        Reason::Malformed
    );
}

#[test]
fn other_protocols_are_named() {
    let table: [(&[u8], Reason); 3] = [
        (
            &[0, 4, b'M', b'Q', b'T', b'T', 4, 2, 0, 9, 0, 0],
            Reason::Version,
        ),
        (
            &[0, 6, b'M', b'Q', b'I', b's', b'd', b'p', 3, 2, 0, 9, 0, 0],
            Reason::Version,
        ),
        (
            &[0, 4, b'H', b'T', b'T', b'P', 5, 2, 0, 9, 0, 0],
            Reason::Malformed,
        ),
    ];
    for (body, expected) in table {
        let frame = packet(CONNECT << 4, body);
        assert_eq!(Connect::parse(&whole(&frame)).unwrap_err(), expected);
    }
}

#[test]
fn rumqttc_reads_what_the_front_writes() {
    let reasons = [
        Reason::Success,
        Reason::Malformed,
        Reason::Protocol,
        Reason::ClientId,
        Reason::BadPassword,
        Reason::NotAuthorized,
        Reason::Unavailable,
        Reason::Busy,
        Reason::TooLarge,
    ];
    for reason in reasons {
        assert!(matches!(
            theirs_reads(&refusal(reason)),
            theirs::Packet::ConnAck(_)
        ));
    }
    let goodbyes = [
        Reason::Success,
        Reason::Malformed,
        Reason::Protocol,
        Reason::NotAuthorized,
        Reason::ShuttingDown,
        Reason::KeepAlive,
        Reason::TakenOver,
        Reason::TooLarge,
    ];
    for reason in goodbyes {
        assert!(matches!(
            theirs_reads(&disconnect(reason)),
            theirs::Packet::Disconnect(_)
        ));
    }
    let theirs::Packet::ConnAck(welcome) = theirs_reads(&welcome(60, 1024)) else {
        panic!()
    };
    let properties = welcome.properties.unwrap();
    assert_eq!(properties.server_keep_alive, Some(60));
    assert_eq!(properties.max_packet_size, Some(1024));
    let codes = [Reason::NotAuthorized as u8];
    let suback = theirs_reads(&filters_ack(SUBSCRIBE, 9, &codes));
    assert!(matches!(suback, theirs::Packet::SubAck(ack) if ack.pkid == 9));
    let unsuback = theirs_reads(&filters_ack(UNSUBSCRIBE, 9, &[NO_SUBSCRIPTION]));
    assert!(matches!(unsuback, theirs::Packet::UnsubAck(ack) if ack.pkid == 9));
    assert_eq!(
        filters(&whole(&subscribe(3, "a/b", 1))).unwrap(),
        (3, vec![("a/b".into(), 1)])
    );
    assert_eq!(
        filters(&whole(&unsubscribe(4, "a/b"))).unwrap(),
        (4, vec![("a/b".into(), 0)])
    );
}

#[test]
fn filters_and_publishes_with_faults_are_refused() {
    let table: [(&[u8], Reason); 5] = [
        (&[0x80, 5, 0, 1, 0, 0, 0], Reason::Malformed), // flags
        (&[0x82, 3, 0, 0, 0], Reason::Malformed),       // packet id 0
        (&[0x82, 3, 0, 1, 0], Reason::Protocol),        // no filter
        (&[0x82, 6, 0, 1, 0, 0, 9, 0], Reason::Malformed), // a length that lies
        (&[0x82, 7, 0, 1, 0, 0, 1, 0, 0], Reason::Malformed), // a NUL
    ];
    for (bytes, expected) in table {
        assert_eq!(filters(&whole(bytes)).unwrap_err(), expected, "{bytes:?}");
    }
    let publish = Publish::parse(&whole(&[0x33, 8, 0, 1, b'a', 0, 7, 0, b'x', b'y'])).unwrap();
    let expected = Publish {
        topic: "a".into(),
        qos: 1,
        retain: true,
        packet_id: Some(7),
    };
    assert_eq!(publish, expected);
    assert!(Publish::parse(&whole(&[0x32, 3, 0, 1, b'a'])).is_err());
}
