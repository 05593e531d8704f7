//! The diagnostics bundle holds what helps, and nothing that is anybody's secret.

use super::technician::enter;
use super::*;
use crate::config::{Setting, SettingValue};
use crate::journal::Journal;
use edge_core::io::Now;
use shared::allowance::CardKey;
use shared::event::{Fact, Technician, TechnicianAction};
use shared::ids::{GrantId, RentalId};
use shared::time::{MonoMs, Stamp};
use std::io::Write as _;
use tracing_subscriber::fmt::MakeWriter as _;

const ENROLMENT_CODE: &str = "CANARY-ENROL-9931";
const PASSWORD: &str = "canary-downlink-password";
const CARD_NUMBER: &str = "6031990000017777";
const NAME: &str = "Canária da Silva";

fn facts() -> Vec<Fact> {
    let action = TechnicianAction::SignedIn;
    vec![
        Fact::CardReleaseStarted {
            bay: bay(1),
            grant: GrantId::new(1, [3; 10]),
            rental: RentalId::new(1, [4; 10]),
            card: CardKey::of("salt", CARD_NUMBER),
            allowance: 1,
        },
        Fact::TechnicianActed {
            by: Technician::Key(NAME.into()),
            action,
        },
        Fact::CartDocked {
            bay: bay(1),
            tag: tag('a'),
        },
    ]
}

fn journal_with(path: &std::path::Path, facts: &[Fact]) {
    let gateway = GatewayId::new(1, [1; 10]);
    Journal::create(path, &gateway).unwrap();
    let now = Now {
        mono: MonoMs(1),
        wall: UnixMs(1),
        random: 1,
    };
    let mut journal = Journal::open(path, gateway, &key(1), now).unwrap();
    let at = Stamp {
        boot: 1,
        mono_ms: MonoMs(1),
        wall_ms: UnixMs(0),
        clock: ClockQuality::Unset,
    };
    let memory = journal.memory().clone();
    for some in facts.chunks(500) {
        journal.commit(at, some, &memory, None).unwrap();
    }
}

async fn take(rig: &Rig, cookie: &str) -> Vec<u8> {
    let mut post = request(
        Method::POST,
        "/tech/bundle",
        "application/x-www-form-urlencoded",
        "",
    );
    post.headers_mut().insert("cookie", cookie.parse().unwrap());
    let response = send(rig, post).await;
    assert_eq!(response.status(), StatusCode::OK);
    to_bytes(response.into_body(), 1 << 26)
        .await
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn a_bundle_tells_much_and_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    journal_with(&path, &facts());
    let mut rig = rig_with(path);
    // The router shares ring and hidden texts with the rig's machine; settings are given anew.
    rig.machine.settings = Arc::from([
        Setting {
            name: "VOLTA_GATEWAY_ENROLMENT_CODE".into(),
            value: SettingValue::Masked,
            help: String::new(),
        },
        Setting {
            name: "VOLTA_GATEWAY_LOG".into(),
            value: SettingValue::Plain("info".into()),
            help: String::new(),
        },
    ]);
    rig.serve(serving(Uplink::NotYet));
    let cookie = enter(&rig).await;
    let device_key = crate::identity::text_of(&key(1));
    for secret in [ENROLMENT_CODE, PASSWORD, &device_key] {
        rig.machine.hidden.hide(secret);
    }
    // A defect that logs what it should not.
    let mut line = rig.machine.logs.make_writer();
    write!(
        line,
        "INFO started {ENROLMENT_CODE} {PASSWORD} {device_key}"
    )
    .unwrap();
    drop(line);
    let bytes = take(&rig, &cookie).await;
    let text = String::from_utf8_lossy(&bytes);
    let card = CardKey::of("salt", CARD_NUMBER).to_string();
    let session = cookie.split_once('=').unwrap().1;
    let answer_secret = secret().technician_answer("ABCD1234");
    for canary in [
        ENROLMENT_CODE,
        PASSWORD,
        CARD_NUMBER,
        NAME,
        &device_key,
        &card,
        session,
        &answer_secret,
    ] {
        assert!(!text.contains(canary), "{canary}");
    }
    for told in [
        "status.json",
        "config.json",
        "events.jsonl",
        "log.txt",
        "cart_docked",
        "card_release_started",
        "0400000a",
        "INFO started",
        "volta-gateway test",
    ] {
        assert!(text.contains(told), "{told}");
    }
    let taken = rig.told();
    assert!(
        format!("{taken:?}").contains("DiagnosticsTaken"),
        "an event"
    );
}

#[tokio::test]
async fn a_bundle_of_a_long_life_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("journal.db");
    let many: Vec<Fact> = facts().into_iter().cycle().take(6_000).collect();
    journal_with(&path, &many);
    let rig = rig_with(path);
    rig.serve(serving(Uplink::NotYet));
    let cookie = enter(&rig).await;
    for _ in 0..2_000 {
        let mut line = rig.machine.logs.make_writer();
        line.write_all(&[b'x'; 4_000]).unwrap();
    }
    let bytes = take(&rig, &cookie).await;
    assert!(bytes.len() > 500_000, "{} bytes", bytes.len());
    assert!(
        bytes.len() <= crate::diagnostics::BUNDLE_BYTES_MAX,
        "{} bytes",
        bytes.len()
    );
}
