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
    let rows: [(&str, Change, &str); 6] = [
        ("device.key", None, "missing"),
        ("device.key", Some(b""), "not a device key"),
        ("journal.db", None, "missing"),
        ("journal.db", Some(b""), "not an SQLite database"),
        ("journal.db", Some(&[b'x'; 9_000]), "not an SQLite database"),
        ("enrolment.signed", Some(b"half a li"), "not an enrolment"),
    ];
    for (name, change, says) in rows {
        let path = place.file(name);
        let before = fs::read(&path).unwrap();
        match change {
            None => fs::remove_file(&path).unwrap(),
            Some(bytes) => fs::write(&path, bytes).unwrap(),
        }
        let (code, text) = place.refusal(&[]).await;
        assert_eq!(code, Some(1), "{name}: {text}");
        assert!(text.contains(says) && text.contains(name), "{name}: {text}");
        assert!(
            text.contains("`volta-cloud enrolment-code`"),
            "{name} has a way out: {text}"
        );
        // An older journal is a second one to the cloud: nobody is sent to fetch it.
        assert!(!text.contains("backup"), "{name}: {text}");
        let after = fs::read(&path).ok();
        assert_eq!(after.as_deref(), change, "{name} is left as it was");
        fs::write(&path, before).unwrap();
    }
    let _healed = place.start(&[]);
    cloud
        .until("a second start", |book| book.count("gateway_started") == 2)
        .await;
}
