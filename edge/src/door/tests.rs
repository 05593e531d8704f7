use super::*;
use ed25519_dalek::SigningKey;
use shared::allowance::{AllowanceHeader, CardKey, CardLimits};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::signed::PublicKey;
use shared::time::UnixMs;
use std::sync::mpsc;

fn cloud() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

fn here() -> GatewayId {
    GatewayId::new(1, [1; 10])
}

fn grant(gateway: GatewayId) -> Grant {
    Grant {
        v: 1,
        id: GrantId::new(1, [2; 10]),
        gateway,
        bay: BayNo::new(3).unwrap(),
        rental: RentalId::new(1, [3; 10]),
        serial: 7,
        issued_ms: UnixMs(1),
        expires_ms: UnixMs(2),
    }
}

fn carried(gateway: GatewayId) -> String {
    Grant::carried(&grant(gateway).to_token(&cloud())).unwrap()
}

/// A list that allows one card whose reader types ten digits.
fn list() -> Arc<Allowance> {
    let header = AllowanceHeader {
        v: 1,
        gateway: here(),
        version: 1,
        issued_ms: UnixMs(1),
        salt: "salt".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 2,
            gateway_centavos_per_day: Centavos::new(10_000),
        },
        technicians: vec![],
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let allow = vec![CardKey::of("salt", "0001234567")];
    let text = Allowance::encode(&cloud(), header, allow, vec![]);
    Arc::new(Allowance::decode(&text, &PublicKey::of(&cloud()), &here()).unwrap())
}

fn door(list: Option<Arc<Allowance>>) -> (Door, mpsc::Receiver<Message>) {
    let (inbox, messages) = Inbox::new();
    let door = Door::default();
    let peer = Peer {
        gateway: here(),
        cloud_key: PublicKey::of(&cloud()),
    };
    door.open(peer, inbox, watch::Sender::new(list).subscribe());
    (door, messages)
}

fn phone() -> IpAddr {
    IpAddr::from([10, 42, 0, 9])
}

fn kind(input: &Input) -> String {
    match input {
        Input::Carried(grant) => format!("grant for bay {}", grant.bay),
        Input::CodeTyped { code, .. } => format!("code {code}"),
        Input::CardShown { card, .. } => format!("card {card}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_line_is_a_grant_a_code_or_a_card() {
    let ours = carried(here());
    let link = format!("http://10.42.0.1:8101/g/{ours}");
    let garbled = format!("http?;;10.42.0.1?8101;g;{}", ours.to_lowercase());
    let other = format!("/g/{}", carried(GatewayId::new(9, [9; 10])));
    let card = |number: &str| format!("card {}", CardKey::of("salt", number));
    for (line, expected) in [
        (ours.as_str(), Some("grant for bay 3".to_owned())),
        (&link, Some("grant for bay 3".to_owned())),
        (&garbled, Some("grant for bay 3".to_owned())),
        (&other, None),
        (&ours[..ours.len() - 1], None),
        ("0412345678", Some("code 0412345678".to_owned())),
        ("04123-45678", Some("code 0412345678".to_owned())),
        ("04 1234 5678", Some("code 0412345678".to_owned())),
        ("0001234567", Some(card("0001234567"))),
        ("123456789", Some(card("123456789"))),
        ("ab12cd34", Some(card("AB12CD34"))),
        ("1234567", None),
        ("ab12", None),
        ("123", None),
        ("a/b/c/d", None),
        (&"9".repeat(33), None),
        (&"A".repeat(216), None),
        ("", None),
    ] {
        let (door, messages) = door(Some(list()));
        assert!(door.scanned(line));
        let read = messages.try_iter().find_map(|message| match message {
            Message::Door(knock) => Some(kind(&knock.input)),
            _ => None,
        });
        assert_eq!(read, expected, "{line}");
    }
}

#[test]
fn without_a_list_ten_digits_are_a_code() {
    let (door, messages) = door(None);
    door.scanned("0001234567");
    let Ok(Message::Door(knock)) = messages.try_recv() else {
        panic!("a knock");
    };
    assert_eq!(kind(&knock.input), "code 0001234567");
}

#[tokio::test]
async fn a_phone_brings_codes_and_grants_but_no_cards() {
    let (door, messages) = door(Some(list()));
    assert_eq!(
        Door::default().type_code("0412345678", phone()).await,
        Heard::Closed
    );
    for typed in ["0001", "", "123456789", "12345678901", "AB12CD34EF"] {
        assert_eq!(
            door.type_code(typed, phone()).await,
            Heard::Unread,
            "{typed}"
        );
    }
    assert_eq!(door.hand_in("AAAA").await, Heard::Unread);
    assert!(messages.try_recv().is_err());
    let refused = DoorAnswer::Refused(DoorRefusal::CodeWrong);
    let answering = std::thread::spawn(move || {
        let mut answers = vec![None, Some(refused)];
        for message in messages {
            let Message::Door(knock) = message else {
                continue;
            };
            assert!(!knock.at_dock);
            let ours = Source::Phone(phone());
            assert!(!matches!(knock.input, Input::CodeTyped { from, .. } if from != ours));
            let Some(answer) = answers.pop() else { return };
            knock.reply.unwrap().send(answer).unwrap();
        }
    });
    assert_eq!(
        door.type_code("0001234567", phone()).await,
        Heard::Answered(refused)
    );
    assert_eq!(door.hand_in(&carried(here())).await, Heard::Waiting);
    assert_eq!(door.hand_in(&carried(here())).await, Heard::Closed);
    answering.join().unwrap();
}
