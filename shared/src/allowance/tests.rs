use super::*;

const SALT: &str = "pepper";

fn header() -> AllowanceHeader {
    AllowanceHeader {
        v: 1,
        gateway: GatewayId::new(1, [1; 10]),
        version: 3,
        issued_ms: UnixMs(5),
        salt: SALT.into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 4,
            gateway_centavos_per_day: Centavos::new(20_000),
        },
        technicians: vec![],
        lent: Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    }
}

fn cards(numbers: impl IntoIterator<Item = u32>) -> Vec<CardKey> {
    let key = |number: u32| CardKey::of(SALT, &number.to_string());
    numbers.into_iter().map(key).collect()
}

#[test]
fn deny_wins_and_strangers_are_unknown() {
    let cloud = SigningKey::from_bytes(&[3; 32]);
    let text = Allowance::encode(&cloud, header(), cards(0..500), cards(400..100_000));
    let list = Allowance::decode(&text, &PublicKey::of(&cloud), &header().gateway).unwrap();
    assert_eq!((list.header.allow, list.header.deny), (500, 99_600));
    for (number, listed) in [
        ("0", Listed::Allowed),
        (" 399 ", Listed::Allowed),
        ("400", Listed::Denied),
        ("99999", Listed::Denied),
        ("100000", Listed::Unknown),
    ] {
        assert_eq!(list.listed(list.card_of(number)), listed, "{number}");
    }
    assert_eq!(list.card_of("ab 12"), list.card_of("AB12"));
}

#[test]
fn a_list_is_its_clouds_for_one_gateway_and_whole() {
    let cloud = SigningKey::from_bytes(&[3; 32]);
    let key = PublicKey::of(&cloud);
    let here = header().gateway;
    let text = Allowance::encode(&cloud, header(), cards(0..3), cards(3..5));
    let other_key = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
    let elsewhere = GatewayId::new(2, [2; 10]);
    let v2 = Allowance::encode(&cloud, AllowanceHeader { v: 2, ..header() }, vec![], vec![]);
    let shorter = &text[..text.len() - 17];
    let empty = Allowance::encode(&cloud, header(), vec![], vec![]);
    assert!(Allowance::decode(&empty, &key, &here).is_ok());
    for (text, key, gateway, error) in [
        ("", &key, &here, AllowanceError::Malformed),
        (&text, &other_key, &here, AllowanceError::BadSignature),
        (&v2, &key, &elsewhere, AllowanceError::Malformed),
        (&text, &key, &elsewhere, AllowanceError::OtherGateway),
        (shorter, &key, &here, AllowanceError::Altered),
        (&format!("{text}x"), &key, &here, AllowanceError::Altered),
        (
            &"x".repeat(ALLOWANCE_BYTES_MAX),
            &key,
            &here,
            AllowanceError::Malformed,
        ),
    ] {
        assert_eq!(Allowance::decode(text, key, gateway), Err(error));
    }
}
