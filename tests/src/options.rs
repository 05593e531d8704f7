//! What a test changes about the demo system before it starts.

use shared::time::UnixMs;
use std::collections::{BTreeMap, BTreeSet};

/// The names of the processes, for overrides, kills and logs.
pub const BANK: &str = "bank";
pub const CLOUD: &str = "cloud";
pub const NORTE: &str = "norte";
pub const SUL: &str = "sul";

/// The demo system as `scripts/run` starts it, with the changes a test asks for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    env: BTreeMap<&'static str, BTreeMap<String, String>>,
    absent: BTreeSet<&'static str>,
    carts: BTreeMap<&'static str, String>,
    policy: BTreeMap<&'static str, i64>,
    proxied: bool,
    starts: Option<UnixMs>,
}

const BAYS: &str = "1:slot,2:slot,3:slot,4:lane:6";
const CARTS: [(&str, &str); 2] = [
    (
        NORTE,
        "1=04a10000000001,2=04a10000000002,4=04a10000000003+04a10000000004+04a10000000005",
    ),
    (SUL, "2=04b20000000001,4=04b20000000002+04b20000000003"),
];

impl Options {
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a variable of one process.
    pub fn env(mut self, process: &'static str, name: &str, value: &str) -> Self {
        let of_process = self.env.entry(process).or_default();
        of_process.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Other carts than the demo's: `bay=tag+tag,…`, the innermost first.
    pub fn carts(mut self, dock: &'static str, carts: &str) -> Self {
        self.carts.insert(dock, carts.to_owned());
        self
    }

    /// Leaves the gateway of a dock away: the dock exists and nobody is enrolled for it.
    pub fn without(mut self, dock: &'static str) -> Self {
        self.absent.insert(dock);
        self
    }

    /// Another number in the shop's policy, by its column: what takes minutes or hours is too long for
    /// a test, and below what a manager may set.
    pub fn policy(mut self, number: &'static str, value: i64) -> Self {
        self.policy.insert(number, value);
        self
    }

    /// Puts a network of ours between docks and cloud: [`crate::System::network`].
    pub fn through_proxy(mut self) -> Self {
        self.proxied = true;
        self
    }

    /// All programs begin at this moment, which [`crate::System::wait_until`] moves on.
    pub fn starting(mut self, moment: UnixMs) -> Self {
        self.starts = Some(moment);
        self
    }

    pub(crate) fn starts(&self) -> Option<UnixMs> {
        self.starts
    }

    pub(crate) fn is_proxied(&self) -> bool {
        self.proxied
    }

    pub(crate) fn policy_numbers(&self) -> &BTreeMap<&'static str, i64> {
        &self.policy
    }

    pub(crate) fn docks(&self) -> Vec<&'static str> {
        [NORTE, SUL]
            .into_iter()
            .filter(|dock| !self.absent.contains(dock))
            .collect()
    }

    pub(crate) fn env_of(&self, process: &str) -> impl Iterator<Item = (String, String)> {
        let of_process = self.env.get(process).cloned();
        of_process.unwrap_or_default().into_iter()
    }

    pub(crate) fn bays() -> &'static str {
        BAYS
    }

    pub(crate) fn carts_of(&self, dock: &str) -> String {
        let usual = CARTS.iter().find(|(name, _)| *name == dock);
        let given = self.carts.get(dock).map(String::as_str);
        given
            .or(usual.map(|(_, carts)| *carts))
            .unwrap_or_default()
            .to_owned()
    }

    /// How many carts a dock begins with.
    pub(crate) fn cart_count(&self, dock: &str) -> u64 {
        let carts = self.carts_of(dock);
        let tags = carts.matches('=').count() + carts.matches('+').count();
        tags as u64
    }
}
