//! The gateway's pages without cloud and brain, to work on their looks: "locate" opens a bay.
//!
//! `cargo run -p edge --example pages -- 8191 [neighbour's port]`

use edge::http;
use edge::status::{
    BayView, EventView, Handle, Neighbour, PageCommand, Sensors, Serving, Stage, Status, Uplink,
};
use hardware::simulated::SimulatedDock;
use hardware::{Driver, drive};
use shared::dock::{Lamp, Seen, Signal, Sound};
use shared::enrol::{BayKind, BayLayout};
use shared::ids::{BayNo, DockId, GatewayId, TagUid};
use shared::sync::{BaySnapshot, BayState};
use shared::time::{ClockQuality, UnixMs};
use std::collections::BTreeMap;
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
    let (_status, status) = watch::channel(Arc::new(status(&layout)));
    let echo = Arc::clone(&driver);
    std::thread::spawn(move || toy(&echo, &seen));
    tokio::spawn(async move {
        while let Some(command) = asked.recv().await {
            if let PageCommand::Locate { bay } = command {
                driver.unlock(bay, 400);
                show(&driver, bay, Lamp::Open, Some(Sound::Open));
            }
        }
    });
    let listener = TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    let handle = Handle {
        status,
        commands,
        simulated: Some(simulated),
        neighbours,
    };
    http::serve(listener, handle).await
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

fn status(layout: &[BayLayout]) -> Status {
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
        sensors: Sensors::default(),
    });
    let events = (1..9).map(|seq| EventView {
        seq,
        kind: ["cart_docked", "cart_pulled", "release_started"][usize::from(seq % 3 == 0)],
        bay: BayNo::new(1).ok(),
        wall_ms: NOW,
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
            bays: bays.collect(),
            events: events.collect(),
        })),
    }
}

fn number(bay: u16) -> BayNo {
    BayNo::new(bay).expect("below a thousand")
}

fn tag(odd: u8, last: u8) -> TagUid {
    TagUid::new(&[0x04, 0xa1, odd + last, 0x3c + last * 0x16]).expect("four bytes")
}
