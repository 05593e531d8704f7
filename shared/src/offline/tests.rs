use super::*;

fn pair() -> (SharedSecret, SharedSecret) {
    let gateway = SigningKey::from_bytes(&[1; 32]);
    let cloud = SigningKey::from_bytes(&[2; 32]);
    (
        SharedSecret::between(&gateway, &PublicKey::of(&cloud)),
        SharedSecret::between(&cloud, &PublicKey::of(&gateway)),
    )
}

fn bays(numbers: &[u16]) -> Vec<BayNo> {
    numbers.iter().map(|n| BayNo::new(*n).unwrap()).collect()
}

#[test]
fn both_sides_know_one_secret_and_a_third_knows_none_of_it() {
    let (gateway, cloud) = pair();
    assert_eq!(gateway.0, cloud.0);
    let third = SigningKey::from_bytes(&[3; 32]);
    let other = SharedSecret::between(&third, &PublicKey::of(&SigningKey::from_bytes(&[2; 32])));
    assert_ne!(other.0, cloud.0);
    assert_ne!(cloud.grant_id(1), cloud.grant_id(2));
    assert_eq!(cloud.grant_id(7), gateway.grant_id(7));
}

#[test]
fn a_release_code_is_for_its_gateway_serial_bay_and_time() {
    let (gateway, cloud) = pair();
    let issued = UnixMs(1_700_000_000_000);
    let bay = BayNo::new(3).unwrap();
    let code = cloud.release_code(142, bay, issued);
    assert_eq!(code.len(), RELEASE_CODE_DIGITS);
    let spaced = format!("{} {}-{}", &code[..3], &code[3..6], &code[6..]);
    let minutes = |n: i64| issued.plus(n * 60_000);
    // (typed, highest serial known, bays of the dock, now) and whether it is taken.
    for (name, typed, highest, numbers, now, taken) in [
        ("as issued", &code, 141, &[1, 2, 3][..], issued, true),
        ("with blanks", &spaced, 141, &[3], issued, true),
        ("out of order", &code, 170, &[3], issued, true),
        ("many before it unused", &code, 80, &[3], issued, true),
        ("long overtaken", &code, 180, &[3], issued, false),
        ("far ahead", &code, 40, &[3], issued, false),
        ("no such bay", &code, 141, &[1, 2], issued, false),
        ("14 minutes on", &code, 141, &[3], minutes(14), true),
        ("21 minutes on", &code, 141, &[3], minutes(21), false),
        (
            "a clock 4 minutes behind",
            &code,
            141,
            &[3],
            minutes(-4),
            true,
        ),
        (
            "a clock an hour behind",
            &code,
            141,
            &[3],
            minutes(-60),
            false,
        ),
    ] {
        let read = gateway.read_release_code(typed, highest, &bays(numbers), now);
        let expected = taken.then(|| ReleaseCode {
            serial: 142,
            bay,
            grant: cloud.grant_id(142),
        });
        assert_eq!(read, expected, "{name}");
    }
    let wrong = format!("{}{}", &code[..9], (code.as_bytes()[9] - b'0' + 1) % 10);
    for typed in ["", "42", &wrong, &format!("{code}0")] {
        let read = gateway.read_release_code(typed, 141, &bays(&[3]), issued);
        assert_eq!(read, None, "{typed}");
    }
}

#[test]
fn a_receipt_code_is_for_its_event_and_tag() {
    let (gateway, cloud) = pair();
    let tag = TagUid::new(&[4, 0xa1, 2, 3]).unwrap();
    let other = TagUid::new(&[4, 0xa1, 2, 4]).unwrap();
    for seq in [1, 1_042, u64::from(PART_MASK)] {
        let code = gateway.receipt_code(seq, &tag);
        let sloppy = format!("{}-{}", &code[..6], &code[6..])
            .to_lowercase()
            .replace('0', "o");
        assert_eq!(cloud.read_receipt_code(&sloppy, &tag), Some(seq));
        assert_eq!(cloud.read_receipt_code(&code, &other), None);
        assert_eq!(cloud.read_receipt_code(&code[1..], &tag), None);
    }
    assert_eq!(cloud.read_receipt_code("ÁÉ", &tag), None);
}

#[test]
fn a_technicians_answer_is_eight_digits_for_one_challenge() {
    let (gateway, cloud) = pair();
    let answer = cloud.technician_answer("K7QX-2M9P");
    assert_eq!(answer.len(), 8);
    assert_eq!(gateway.technician_answer("K7QX-2M9P"), answer);
    assert_ne!(gateway.technician_answer("K7QX-2M9Q"), answer);
}
