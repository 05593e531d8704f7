//! A gateway that cannot start, under a service manager: it stays up, says why, changes nothing, and
//! starts as soon as it can.

use crate::cloud::Cloud;
use crate::manager::Manager;
use crate::program::{Place, Running, ask};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

const PAGE: &str = "text/html,application/xhtml+xml";
const PROBLEM: &str = "*/*";

/// Every file of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    fs::read_dir(folder).unwrap().map(read).collect()
}

/// At once and whole, as a careful technician puts a file back.
fn put(path: &Path, bytes: &[u8]) {
    let beside = path.with_extension("beside");
    fs::write(&beside, bytes).unwrap();
    fs::rename(beside, path).unwrap();
}

/// A place whose gateway has taken a cart in and was ended.
async fn lived(cloud: &Cloud) -> Place {
    let place = Place::new(cloud);
    let gateway = place.start(&[]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    place
}

struct Damage {
    /// The first is put back.
    files: [(&'static str, &'static [u8]); 2],
    code: &'static str,
    says: &'static str,
}

const DAMAGES: [Damage; 3] = [
    Damage {
        files: [
            ("journal.db", b"no journal any more"),
            ("journal.lines-0000000000000001", b""),
        ],
        code: "journal_unusable",
        says: "O diário não pode ser usado",
    },
    Damage {
        files: [
            ("device.key", b"\0\0\0"),
            ("device.key.kept", b"half a key"),
        ],
        code: "key_unusable",
        says: "A chave deste aparelho",
    },
    Damage {
        files: [
            ("enrolment.signed", b""),
            ("enrolment.signed.kept", b"half"),
        ],
        code: "enrolment_unusable",
        says: "O cadastro deste aparelho",
    },
];

#[tokio::test]
async fn what_a_person_must_mend_is_said_changes_nothing_and_heals_by_itself() {
    let cloud = Cloud::start().await;
    let place = lived(&cloud).await;
    for (starts, damage) in (2..).zip(DAMAGES) {
        let (name, code) = (damage.files[0].0, damage.code);
        let whole = fs::read(place.file(name)).unwrap();
        for (name, bytes) in damage.files {
            fs::write(place.file(name), bytes).unwrap();
        }
        let before = files(&place.data());
        let manager = Manager::new();
        let socket = manager.path();
        let mut gateway = place.start(&[
            ("NOTIFY_SOCKET", &socket),
            ("WATCHDOG_USEC", "300000"),
            ("VOLTA_GATEWAY_RETRY_MS", "100"),
        ]);
        manager.hear("READY=1").await;
        manager.hear("STATUS=stranded: ").await;
        manager.hear("WATCHDOG=1").await;
        let asked = gateway.ask("/simulator/api/state", PROBLEM);
        let (status, problem) = manager.meanwhile(asked).await;
        assert!(status == 503 && problem.contains(code), "{problem}");
        assert!(problem.contains(name), "the file is named: {problem}");
        let (status, page) = manager.meanwhile(gateway.ask("/tech", PAGE)).await;
        assert!(status == 503 && page.contains(damage.says), "{page}");
        while gateway.log().matches("it waits and tries again").count() < 4 {
            manager.hear("STATUS=stranded: ").await;
        }
        assert!(files(&place.data()) == before, "{code}: something changed");
        assert_eq!(cloud.count("gateway_started"), starts - 1, "{code}");

        put(&place.file(name), &whole);
        manager.hear("STATUS=serves").await;
        let started = cloud.until(code, |book| book.count("gateway_started") == starts);
        manager.meanwhile(started).await;
        let (status, _) = manager.meanwhile(gateway.ask("/", PAGE)).await;
        assert_eq!(status, 200, "the page is the dock's again");
        let ended = manager.meanwhile(gateway.terminate()).await;
        assert_eq!(ended, Some(0), "{code}");
    }
    assert_eq!(cloud.count("cart_docked"), 1, "the cart is remembered");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_waited_for() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    fs::write(place.data(), "a file in its place").unwrap();
    let manager = Manager::new();
    let socket = manager.path();
    let gateway = place.start(&[("NOTIFY_SOCKET", &socket), ("VOLTA_GATEWAY_RETRY_MS", "50")]);
    manager
        .hear("STATUS=stranded: cannot use the data directory")
        .await;
    fs::remove_file(place.data()).unwrap();
    cloud
        .until("a start", |book| book.count("gateway_started") == 1)
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
}

#[tokio::test]
async fn half_written_settings_are_shown_and_never_guessed() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    for (name, value, says) in [
        ("VOLTA_GATEWAY_PINS", Some("1:spi=0."), "PINS"),
        ("VOLTA_GATEWAY_DATA_DIR", Some(""), "DATA_DIR"),
        ("VOLTA_GATEWAY_BAYS", None, "no value is given for"),
        ("VOLTA_GATEWAY_HARDWARE", None, "no value is given for"),
        ("VOLTA_GATEWAY_CLOUD_URL", None, "no value is given for"),
        ("VOLTA_GATEWAY_LOG", Some("edge=loud"), "log filter"),
        (
            "VOLTA_GATEWAY_ENROLMENT_CODE",
            Some("OPEN SESAME"),
            "managers",
        ),
    ] {
        let manager = Manager::new();
        let mut command = place.command(&[("NOTIFY_SOCKET", &manager.path())]);
        command.env("VOLTA_GATEWAY_LOG_FORMAT", "text");
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
        let mut gateway = Running::of(command);
        manager.hear("READY=1").await;
        let status = manager.hear("STATUS=stranded: ").await.pop().unwrap();
        let named = |text: &str| text.contains(name) && text.contains(says);
        assert!(named(&status), "{status}");
        let line = gateway.logged("page.address=").await;
        let (_, address) = line.rsplit_once("page.address=").unwrap();
        let url = format!("http://{}/", address.trim());
        let (code, problem) = ask(&url, PROBLEM).await;
        assert!(code == 503 && named(&problem), "{problem}");
        assert!(problem.contains("settings_unusable"), "{problem}");
        let (code, page) = ask(&url, PAGE).await;
        assert!(code == 503 && page.contains(name), "{page}");
        assert!(page.contains("Uma configuração falta"), "{page}");
        assert!(!place.data().exists(), "{name}: nothing was made");
        let told = format!("{page}{problem}{status}{}", gateway.log());
        assert!(!told.contains("SESAME"), "a secret is told: {told}");
        assert_eq!(gateway.terminate().await, Some(0), "{name}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_read_is_named() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let manager = Manager::new();
    let socket = manager.path();
    let gateway = place.start(&[("NOTIFY_SOCKET", &socket), ("VOLTA_GATEWAY_LISTEN", "")]);
    manager.hear("READY=1").await;
    manager
        .hear("STATUS=stranded: VOLTA_GATEWAY_LISTEN must be")
        .await;
    assert_eq!(gateway.terminate().await, Some(0));
    manager.hear("STOPPING=1").await;
}

#[tokio::test]
async fn a_port_in_use_keeps_the_page_away_and_not_the_dock() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let manager = Manager::new();
    let socket = manager.path();
    let mut gateway = place.start(&[
        ("NOTIFY_SOCKET", &socket),
        ("VOLTA_GATEWAY_LISTEN", &address),
    ]);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    gateway.logged("no page yet").await;
    drop(taken);
    gateway.logged("the page is served").await;
    let (status, _) = ask(&format!("http://{address}/"), PAGE).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn a_start_that_takes_long_has_a_page_and_signs_of_life() {
    let cloud = Cloud::start().await;
    let place = lived(&cloud).await;
    let path = place.file("device.key");
    let key = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    // Whoever reads it waits until somebody writes: a card that takes its time.
    let mut making = Command::new("mkfifo");
    let made = making.args(["-m", "600"]).arg(&path).status();
    assert!(made.unwrap().success());
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let manager = Manager::new();
    let socket = manager.path();
    let gateway = place.start(&[
        ("NOTIFY_SOCKET", &socket),
        ("WATCHDOG_USEC", "300000"),
        ("VOLTA_GATEWAY_LISTEN", &address),
    ]);
    manager.hear("STATUS=starting").await;
    manager.hear("EXTEND_TIMEOUT_USEC=").await;
    let heard = manager.hear("WATCHDOG=1").await;
    assert!(
        !heard.iter().any(|said| said.contains("READY")),
        "{heard:?}"
    );
    let url = format!("http://{address}/");
    let (status, problem) = manager.meanwhile(ask(&url, PROBLEM)).await;
    assert!(status == 503 && problem.contains("starting"), "{problem}");
    let (status, page) = manager.meanwhile(ask(&url, PAGE)).await;
    assert!(status == 503 && page.contains("recomposto"), "{page}");

    let written = tokio::task::spawn_blocking(move || fs::write(path, key));
    written.await.unwrap().unwrap();
    manager.hear("READY=1").await;
    let (status, _) = manager.meanwhile(ask(&url, PAGE)).await;
    assert_eq!(status, 200);
    assert_eq!(manager.meanwhile(gateway.terminate()).await, Some(0));
}

#[tokio::test]
async fn a_defect_right_behind_the_start_is_shown_before_the_next_start() {
    let cloud = Cloud::start().await;
    let place = lived(&cloud).await;
    let manager = Manager::new();
    let socket = manager.path();
    let mut gateway = place.start(&[
        ("NOTIFY_SOCKET", &socket),
        ("WATCHDOG_USEC", "300000"),
        ("VOLTA_GATEWAY_CRASH_AT", "gateway_started:panics"),
        ("VOLTA_GATEWAY_RETRY_MS", "2000"),
    ]);
    manager
        .hear("STATUS=stranded: the event loop ended by a defect")
        .await;
    let heard = manager.hear("WATCHDOG=1").await;
    assert!(
        !heard.iter().any(|said| said.contains("hangs")),
        "{heard:?}"
    );
    let (status, problem) = manager.meanwhile(gateway.ask("/", PROBLEM)).await;
    assert!(
        status == 503 && problem.contains("program_ended"),
        "{problem}"
    );
    let (code, _) = manager.meanwhile(gateway.ended()).await;
    assert_eq!(code, Some(1), "and the service manager starts it anew");
}
