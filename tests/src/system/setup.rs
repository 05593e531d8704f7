//! Which ports a system has, and what its programs are told.

use super::System;
use crate::options::{CLOUD, NORTE, Options, SUL};
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

/// Below the range from which the kernel gives ports to outgoing connections: what was free stays
/// free over a restart.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) bank: u16,
    pub(super) cloud: u16,
    pub(super) ops: u16,
    pub(super) mqtt: u16,
    pub(super) norte: u16,
    pub(super) sul: u16,
    /// The network's fronts, where a test asked for one.
    pub(super) sync: u16,
    pub(super) hints: u16,
}

impl System {
    pub(super) fn bank_env(&self) -> BTreeMap<String, String> {
        settings(&[
            ("VOLTA_BANK_LISTEN", host(self.ports.bank)),
            ("VOLTA_BANK_DATABASE", shown(&self.file("bank.db"))),
        ])
    }

    pub(super) fn cloud_env(&self) -> BTreeMap<String, String> {
        let bank = self.bank().url;
        let mut env = settings(&[
            ("VOLTA_CLOUD_LISTEN", host(self.ports.cloud)),
            ("VOLTA_CLOUD_OPS_LISTEN", host(self.ports.ops)),
            ("VOLTA_CLOUD_MQTT_LISTEN", host(self.ports.mqtt)),
            ("VOLTA_CLOUD_PUBLIC_URL", self.cloud_url()),
            ("VOLTA_CLOUD_DATABASE", shown(&self.file("cloud.db"))),
            ("VOLTA_CLOUD_KEY_FILE", shown(&self.file("cloud.key"))),
            ("VOLTA_CLOUD_BANK_URL", format!("{bank}/v2")),
            ("VOLTA_CLOUD_BANK_TOKEN_URL", format!("{bank}/oauth/token")),
            (
                "VOLTA_CLOUD_CALLBACK_URL",
                self.cloud_url() + "/pix/callback",
            ),
        ]);
        if self.options.is_proxied() {
            let hints = host(self.ports.hints);
            env.insert("VOLTA_CLOUD_MQTT_ADVERTISE".to_owned(), hints);
        }
        env
    }

    pub(super) fn gateway_env(&self, dock: &str) -> BTreeMap<String, String> {
        let (neighbour, name) = match dock {
            NORTE => (SUL, "Ponto Sul"),
            _ => (NORTE, "Ponto Norte"),
        };
        let here = self.dock(dock).url;
        settings(&[
            ("VOLTA_GATEWAY_LISTEN", here.replace("http://", "")),
            ("VOLTA_GATEWAY_DATA_DIR", shown(&self.file(dock))),
            ("VOLTA_GATEWAY_CLOUD_URL", self.uplink_url()),
            ("VOLTA_GATEWAY_BAYS", Options::bays().to_owned()),
            ("VOLTA_GATEWAY_SIM_CARTS", self.options.carts_of(dock)),
            (
                "VOLTA_GATEWAY_SIM_NEIGHBOURS",
                format!("{name}={}", self.dock(neighbour).url),
            ),
        ])
    }
}

impl Ports {
    pub(super) fn free() -> Self {
        // Held until all are chosen, so that no two are the same.
        let held: [TcpListener; 8] = std::array::from_fn(|_| free_port());
        let port = |at: usize| held[at].local_addr().expect("a bound socket").port();
        Self {
            bank: port(0),
            cloud: port(1),
            ops: port(2),
            mqtt: port(3),
            norte: port(4),
            sul: port(5),
            sync: port(6),
            hints: port(7),
        }
    }
}

fn free_port() -> TcpListener {
    loop {
        let mut bytes = [0u8; 2];
        getrandom::fill(&mut bytes).expect("a test machine has randomness");
        let span = PORTS.end - PORTS.start;
        let port = PORTS.start + u16::from_le_bytes(bytes) % span;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener;
        }
    }
}

pub(super) fn crash_variable(name: &str) -> &'static str {
    match name {
        CLOUD => "VOLTA_CLOUD_CRASH_AT",
        NORTE | SUL => "VOLTA_GATEWAY_CRASH_AT",
        _ => panic!("{name} has no crash points"),
    }
}

fn settings(pairs: &[(&str, String)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
    pairs.iter().map(owned).collect()
}

fn host(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

pub(super) fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
