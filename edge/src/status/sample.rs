//! A gateway that serves no bays and has nothing to tell, for tests to change.

use super::{Serving, Uplink};
use ed25519_dalek::SigningKey;
use edge_core::io::ExposureView;
use shared::ids::{DockId, GatewayId};
use shared::money::Centavos;
use shared::offline::SharedSecret;
use shared::signed::PublicKey;
use shared::time::{ClockQuality, UnixMs};
use std::sync::Arc;

pub(crate) fn serving() -> Serving {
    let key = |seed| SigningKey::from_bytes(&[seed; 32]);
    Serving {
        at: UnixMs(60_000),
        gateway: GatewayId::new(1, [1; 10]),
        dock: DockId::new(1, [2; 10]),
        store_name: "Mercado".into(),
        dock_name: "Norte".into(),
        dock_url: "https://volta.example/d/1".into(),
        boot: 1,
        clock: ClockQuality::Unset,
        clock_offset_ms: 0,
        head_seq: 0,
        acked_seq: 0,
        oldest_unacked_ms: None,
        quarantined: vec![],
        uplink: Uplink::NotYet,
        downlink_connected: false,
        journal_bytes: 1,
        storage: Default::default(),
        receipts: Arc::default(),
        said: None,
        bays: vec![],
        service: None,
        test: None,
        exposure: ExposureView {
            spent: Centavos::new(1_000),
            limit: Centavos::new(10_000),
            open_cards: 1,
            allowance: 0,
        },
        clock_floor: UnixMs(0),
        allowance: None,
        witnessed: vec![],
        secret: SharedSecret::between(&key(1), &PublicKey::of(&key(2))),
    }
}
