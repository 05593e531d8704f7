//! Everything that is wrong at the start is said in one line that names the way out.

use crate::cloud::Cloud;
use crate::program::Place;
use std::fs;
use std::net::TcpListener;

#[tokio::test]
async fn a_wrong_value_names_its_variable() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    for (variable, value, says) in [
        (
            "VOLTA_GATEWAY_CLOUD_URL",
            "volta.example",
            "http:// or https://",
        ),
        ("VOLTA_GATEWAY_LISTEN", "8101", "127.0.0.1:8101"),
        ("VOLTA_GATEWAY_ENROLMENT_CODE", "a b", "managers' site"),
        ("VOLTA_GATEWAY_HARDWARE", "raspberry-pi", "simulated"),
        ("VOLTA_GATEWAY_BAYS", "1:shelf", "number:lane:capacity"),
        ("VOLTA_GATEWAY_SIM_CARTS", "1:04a1b2c3", "bay=tag+tag"),
        ("VOLTA_GATEWAY_SIM_NEIGHBOURS", "http://x", "name=address"),
        ("VOLTA_GATEWAY_LOG", "edge=loud", "log filter"),
        ("VOLTA_GATEWAY_LOG_FORMAT", "xml", "text or json"),
        ("VOLTA_GATEWAY_CRASH_AT", "now", "after_commit"),
    ] {
        let (code, text) = place.refusal(&[(variable, value)]).await;
        assert!(matches!(code, Some(1 | 2)), "{variable}: {code:?} {text}");
        assert!(
            text.contains(variable) && text.contains(says),
            "{variable}: {text}"
        );
        assert!(!place.data().exists(), "{variable}: nothing was made");
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let (code, text) = place.refusal(&[("VOLTA_GATEWAY_LISTEN", &address)]).await;
    assert_eq!(code, Some(1));
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(
        text.contains(&address) && text.contains("VOLTA_GATEWAY_LISTEN"),
        "{text}"
    );
}

#[tokio::test]
async fn a_past_that_cannot_be_vouched_for_ends_the_start() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;

    let (code, text) = place.refusal(&[]).await;
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains("VOLTA_GATEWAY_DATA_DIR"),
        "two on one directory: {text}"
    );
    assert_eq!(gateway.terminate().await, Some(0));

    type Change = Option<&'static [u8]>;
    let copy = "journal.lines-0000000000000001";
    let rows: [([&str; 2], Change, &str); 6] = [
        (["device.key", "device.key.kept"], None, "missing"),
        (
            ["device.key", "device.key.kept"],
            Some(b""),
            "is a device key",
        ),
        (["journal.db", copy], None, "missing"),
        (["journal.db", copy], Some(b""), "not an SQLite database"),
        (
            ["journal.db", copy],
            Some(&[b'x'; 9_000]),
            "not an SQLite database",
        ),
        (
            ["enrolment.signed", "enrolment.signed.kept"],
            Some(b"half a li"),
            "is an enrolment",
        ),
    ];
    for (names, change, says) in rows {
        let before = names.map(|name| fs::read(place.file(name)).unwrap());
        for name in names {
            match change {
                None => fs::remove_file(place.file(name)).unwrap(),
                Some(bytes) => fs::write(place.file(name), bytes).unwrap(),
            }
        }
        let (code, text) = place.refusal(&[]).await;
        let name = names[0];
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains(says) && text.contains(name), "{name}: {text}");
        assert!(
            text.contains("`volta-cloud enrolment-code`"),
            "{name} has a way out: {text}"
        );
        // An older journal is a second one to the cloud: nobody is sent to fetch it.
        assert!(!text.contains("backup"), "{name}: {text}");
        for (name, before) in names.into_iter().zip(before) {
            let after = fs::read(place.file(name)).ok();
            assert_eq!(after.as_deref(), change, "{name} is left as it was");
            fs::write(place.file(name), before).unwrap();
        }
    }
    let _healed = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
}

#[tokio::test]
async fn one_damaged_file_is_made_whole_from_its_second_copy() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    type Change = Option<&'static [u8]>;
    let rows: [(&str, Change); 8] = [
        ("device.key", None),
        ("device.key", Some(b"")),
        ("enrolment.signed", None),
        ("enrolment.signed", Some(b"half a li")),
        ("journal.db", None),
        ("journal.db", Some(b"")),
        ("journal.db", Some(&[b'x'; 9_000])),
        ("journal.lines-0000000000000001", Some(b"half a li")),
    ];
    for (starts, (name, change)) in (2..).zip(rows) {
        match change {
            None => fs::remove_file(place.file(name)).unwrap(),
            Some(bytes) => fs::write(place.file(name), bytes).unwrap(),
        }
        let gateway = place.start(&[]);
        // The cloud of the tests takes nothing that does not continue the chain it has.
        cloud
            .until(name, |book| book.count("gateway_started") == starts)
            .await;
        assert_eq!(gateway.terminate().await, Some(0), "{name}");
    }
    assert_eq!(cloud.count("cart_docked"), 1, "the cart is remembered");
    assert_eq!(cloud.count("journal_salvaged"), 0, "nothing was lost");
}

#[tokio::test]
async fn a_journal_that_lost_its_end_goes_on_beyond_the_gap_and_is_no_fork() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    let copy = place.file("journal.lines-0000000000000001");
    let lines = fs::read_to_string(&copy).unwrap();
    // The cloud holds the lost line: it was told before the card failed.
    let (kept, _) = lines.rsplit_once("cart_docked").unwrap();
    fs::write(&copy, kept).unwrap();
    fs::write(place.file("journal.db"), "").unwrap();

    let _salvaged = place.start(&[]);
    cloud
        .until("the gap", |book| book.count("journal_salvaged") == 1)
        .await;
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
    let again = cloud.grant(1);
    cloud.book().grants.push(again);
    cloud
        .until("a release", |book| book.count("release_started") == 1)
        .await;
    assert!(cloud.book().head.seq > 1_000_000);
}
