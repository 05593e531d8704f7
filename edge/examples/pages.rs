//! The gateway's pages without cloud and brain, to work on their looks: "blink" opens a bay, service
//! and tests are played. Type a challenge of the sign-in page here to get its answer. On an odd port
//! the cloud is one that showed two lists for a raffle.
//!
//! `cargo run -p edge --example pages -- 8191 [neighbour's port]`

use ed25519_dalek::SigningKey;
use edge::config::{Setting, SettingValue};
use edge::http;
use edge::logs::{Hidden, LogRing};
use edge::status::{
    BayView, Handle, Machine, Neighbour, PageCommand, Sensors, Serving, Stage, Status, Uplink,
};
use edge_core::io::{ExposureView, TechnicianOrder, TestStep, TestView};
use hardware::simulated::SimulatedDock;
use hardware::{Driver, drive};
use shared::commitment::Commitment;
use shared::dock::{Lamp, Part, Seen, Signal, Sound};
use shared::enrol::{BayKind, BayLayout};
use shared::event::TestVerdict;
use shared::ids::{BayNo, CampaignId, DockId, GatewayId, TagUid};
use shared::money::Centavos;
use shared::octets::Octets;
use shared::offline::SharedSecret;
use shared::signed::PublicKey;
use shared::sync::{BaySnapshot, BayState};
use shared::time::{ClockQuality, MonoMs, UnixMs};
use shared::witness::{Promise, Witnessed};
use std::collections::BTreeMap;
use std::io::BufRead as _;
use std::sync::{Arc, mpsc};
use tokio::net::TcpListener;
use tokio::sync::watch;

const NOW: UnixMs = UnixMs(1_795_282_327_000);

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut ports = std::env::args().skip(1);
    let port = ports.next().unwrap_or_else(|| "8191".into());
    let neighbours: Arc<[Neighbour]> = ports
        .map(|port| Neighbour {
            name: "Ponto Sul".into(),
            url: format!("http://127.0.0.1:{port}"),
        })
        .collect();
    let layout = [
        (1, BayKind::Slot, 1),
        (2, BayKind::Slot, 1),
        (3, BayKind::Lane, 6),
        (4, BayKind::Slot, 1),
        (5, BayKind::Slot, 1),
    ]
    .map(|(bay, kind, capacity)| BayLayout {
        bay: number(bay),
        kind,
        capacity,
    });
    let odd = port.bytes().next_back().unwrap_or_default();
    let tag = |last| tag(odd, last);
    let carts = BTreeMap::from([
        (number(1), vec![tag(1)]),
        (number(3), vec![tag(2), tag(3), tag(4)]),
        (number(5), vec![tag(5)]),
    ]);
    let (simulated, dock) = SimulatedDock::new(&layout, carts);
    let (told, seen) = mpsc::channel();
    let driver = Arc::new(drive(dock, move |observation| {
        let _ = told.send(observation);
    }));
    let (commands, mut asked) = tokio::sync::mpsc::channel(8);
    let (state, status) = watch::channel(Arc::new(status(&layout, odd % 2 == 1)));
    let echo = Arc::clone(&driver);
    std::thread::spawn(move || toy(&echo, &seen));
    std::thread::spawn(answer_challenges);
    tokio::spawn(async move {
        while let Some(command) = asked.recv().await {
            if let PageCommand::Technician { by, order } = command {
                if let TechnicianOrder::Locate { bay } = order {
                    driver.unlock(bay, 400);
                    show(&driver, bay, Lamp::Open, Some(Sound::Open));
                }
                state.send_modify(|status| {
                    if let Stage::Serving(serving) = &mut Arc::make_mut(status).stage {
                        play(serving, by, &order);
                    }
                });
            }
        }
    });
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let handle = Handle {
        cable: Default::default(),
        status,
        commands,
        door: Default::default(),
        simulated: Some(simulated),
        neighbours,
        machine: machine(),
    };
    http::serve(listener, handle).await
}

/// Each answer leads to the next step, whatever a brain would make of it.
fn play(serving: &mut Serving, by: shared::event::Technician, order: &TechnicianOrder) {
    let view = |bay, step, verdict| {
        let until = MonoMs(0);
        let view = TestView {
            bay,
            step,
            until,
            verdict,
        };
        Some((view, 30_000))
    };
    match *order {
        TechnicianOrder::BeginService => serving.service = Some(by),
        TechnicianOrder::EndService => (serving.service, serving.test) = (None, None),
        TechnicianOrder::BeginTest { bay } => serving.test = view(bay, TestStep::Lamp, None),
        TechnicianOrder::AbandonTest { bay } => {
            serving.test = view(bay, TestStep::Done, Some(TestVerdict::Abandoned));
        }
        TechnicianOrder::Confirm { bay, works: false } => {
            serving.test = view(bay, TestStep::Done, Some(TestVerdict::Lamp));
        }
        TechnicianOrder::Confirm { bay, works: true } => {
            serving.test = match serving.test.map(|(test, _)| test.step) {
                Some(TestStep::Lamp) => view(bay, TestStep::Sound, None),
                _ => view(bay, TestStep::Done, Some(TestVerdict::Passed)),
            };
        }
        _ => {}
    }
}

fn secret() -> SharedSecret {
    let key = |seed| SigningKey::from_bytes(&[seed; 32]);
    SharedSecret::between(&key(1), &PublicKey::of(&key(2)))
}

fn answer_challenges() {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match edge::technician::read_challenge(&line) {
            Some(challenge) => println!("{}", secret().technician_answer(&challenge)),
            None => println!("a challenge has eight letters and digits"),
        }
    }
}

fn machine() -> Machine {
    let setting = |name: &str, value: &str, help: &str| Setting {
        name: name.into(),
        value: match value {
            "" => SettingValue::Empty,
            "***" => SettingValue::Masked,
            text => SettingValue::Plain(text.into()),
        },
        help: help.into(),
    };
    Machine {
        journal: "/nowhere/journal.db".into(),
        settings: Arc::from([
            setting(
                "VOLTA_GATEWAY_CLOUD_URL",
                "http://127.0.0.1:8080",
                "Where the cloud answers",
            ),
            setting(
                "VOLTA_GATEWAY_ENROLMENT_CODE",
                "***",
                "One-time code of the managers' site",
            ),
            setting(
                "VOLTA_GATEWAY_SIM_CARTS",
                "",
                "Carts in the simulated bays at the first start",
            ),
        ]),
        logs: LogRing::default(),
        hidden: Hidden::default(),
    }
}

/// Shows what a bay's tag suggests; no brain.
fn toy(driver: &Driver, seen: &mpsc::Receiver<shared::dock::Observation>) {
    let mut first = BTreeMap::new();
    for observation in seen {
        let bay = observation.bay;
        match observation.seen {
            Seen::Tag(tag) if first.insert(bay, tag).is_none() => {
                let lamp = tag.map_or(Lamp::Off, |_| Lamp::Ready);
                show(driver, bay, lamp, None);
            }
            Seen::Tag(Some(_)) => show(driver, bay, Lamp::Accepted, Some(Sound::Accepted)),
            Seen::Tag(None) => show(driver, bay, Lamp::Off, None),
            Seen::Failed(_) => show(driver, bay, Lamp::OutOfService, Some(Sound::Attention)),
            _ => {}
        }
    }
}

fn show(driver: &Driver, bay: BayNo, lamp: Lamp, sound: Option<Sound>) {
    driver.show(bay, Signal { lamp, sound });
}

fn status(layout: &[BayLayout], liar: bool) -> Status {
    let bays = layout.iter().map(|layout| BayView {
        snapshot: BaySnapshot {
            bay: layout.bay,
            kind: layout.kind,
            capacity: layout.capacity,
            state: [BayState::Occupied, BayState::Vacant, BayState::Faulted]
                [usize::from(layout.bay.get()) % 3],
            carts: 1,
            tag: Some(tag(0, 1)),
            fault: (layout.bay.get() == 2).then_some(shared::event::BayFault::ReaderDeaf),
            contradiction: None,
        },
        signal: None,
        sensors: Sensors {
            bolt_engaged: Some(true),
            present: Some(layout.bay.get() != 4),
            tag: Some(Some(tag(0, 1))),
            failing: (layout.bay.get() == 2)
                .then_some(Part::Reader)
                .into_iter()
                .collect(),
            reader_failures: u32::from(layout.bay.get() == 2) * 4,
        },
    });
    Status {
        software: "volta-gateway 0.1.0".into(),
        cloud_url: "http://127.0.0.1:8080".into(),
        device_key: "BHuFgfxyzoP6b5V6A1hT0rGkKp2V7nYc0aZrB3k9xQs".into(),
        stage: Stage::Serving(Box::new(Serving {
            at: NOW,
            gateway: GatewayId::new(1, [1; 10]),
            dock: DockId::new(1, [2; 10]),
            store_name: "Mercado Modelo".into(),
            dock_name: "Ponto Norte".into(),
            dock_url: "http://127.0.0.1:8080/d/NORTE".into(),
            boot: 3,
            clock: ClockQuality::Server,
            clock_offset_ms: -42,
            head_seq: 8,
            acked_seq: 6,
            oldest_unacked_ms: Some(90_000),
            quarantined: vec![],
            uplink: Uplink::Answered { last_ms: NOW },
            downlink_connected: true,
            journal_bytes: 81_920,
            storage: Default::default(),
            bays: bays.collect(),
            receipts: Default::default(),
            said: None,
            service: None,
            test: None,
            exposure: ExposureView {
                spent: Centavos::new(6_000),
                limit: Centavos::new(50_000),
                open_cards: 2,
                allowance: 0,
            },
            clock_floor: NOW,
            allowance: None,
            witnessed: witnessed(liar),
            secret: secret(),
        })),
        renewal: String::new(),
    }
}

/// Two raffles; of the newer one a second list was shown where the cloud is a liar.
fn witnessed(liar: bool) -> Vec<Witnessed> {
    let key = SigningKey::from_bytes(&[5; 32]);
    let promise = |campaign: u8, n: u64, root: u8| {
        let mut digest = [root; 32];
        for (at, byte) in (1u8..).zip(&mut digest) {
            *byte = byte.wrapping_mul(37).wrapping_add(at.wrapping_mul(53));
        }
        let commitment = Commitment {
            campaign: CampaignId::from_bytes([campaign; 16]),
            rules_hash: Octets([campaign; 32]),
            n,
            root: Octets(digest),
        };
        Promise::new(commitment, &key)
    };
    let of = |name: &str, promise, days: i64| Witnessed {
        name: name.into(),
        promise,
        seen_ms: NOW.plus(days * -86_400_000),
        clock: ClockQuality::Server,
        contradicted: None,
    };
    let mut newest = of("Sorteio Aberto de novembro", promise(2, 12_345, 11), 1);
    newest.contradicted = liar.then(|| (promise(2, 12_346, 12), NOW));
    vec![
        newest,
        of("Sorteio Aberto de outubro", promise(1, 9_876, 13), 31),
    ]
}

fn number(bay: u16) -> BayNo {
    BayNo::new(bay).expect("below a thousand")
}

fn tag(odd: u8, last: u8) -> TagUid {
    TagUid::new(&[0x04, 0xa1, odd + last, 0x3c + last * 0x16]).expect("four bytes")
}
