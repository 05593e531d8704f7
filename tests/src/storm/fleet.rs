//! All gateways of a storm: enrolled through the cloud's own door, each a task of one process.

use super::dock::{layout, tag};
use super::journal::Journal;
use super::station::{Act, Station};
use super::tally::{Phase, Tally};
use crate::device::Device;
use crate::http::eventually;
use crate::system::System;
use cloud::app::now;
use cloud::entropy::Entropy;
use cloud::http::code_hash;
use cloud::live::Hub;
use cloud::store::policy::Scope;
use cloud::store::{Store, StoreError, Tx, dock, gateway, ledger, policy};
use cloud_core::policy::Policy;
use ed25519_dalek::SigningKey;
use edge::config::CloudUrl;
use edge::wire::Wire;
use reqwest::Client;
use shared::chain::Head;
use shared::enrol::{EnrolRequest, Enrolled};
use shared::ids::{BayNo, ChainId, DockId, GatewayId, PolicyId, StoreId, TagUid};
use shared::signed::{self, Domain, PublicKey};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;

/// Docks in one shop, and in one transaction of their making.
const SHOP_DOCKS: usize = 2;
const COMMIT_DOCKS: usize = 500;

/// Enrolments under way at one time: technicians are not many.
const ENROLLING_MAX: usize = 32;

/// A code is used within seconds here.
const CODE_VALID_MS: i64 = 3_600_000;

/// Threads for the gateways; the cloud needs the rest of the machine.
const THREADS: usize = 2;

const POLL: Duration = Duration::from_millis(50);

/// Tags of the carts that stand in bay 1 of every dock, and of those that are tapped in.
const STANDING: u8 = 0xfa;
const TAPPED: u8 = 0xfb;

pub(super) struct Fleet {
    acts: Vec<UnboundedSender<Act>>,
    tally: Arc<Tally>,
    /// Dropped last: the tasks live in it.
    _runtime: Runtime,
}

impl Fleet {
    /// So many docks with a cart each, enrolled and seen by the cloud.
    pub(super) fn start(system: &System, count: usize) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .enable_all()
            .build()
            .expect("a test machine has threads");
        let codes = runtime.block_on(make_docks(system, count));
        let url = system.uplink_url();
        let enrolled = runtime.block_on(enrol_all(&url, codes));
        let tally = Arc::new(Tally::default());
        let url: CloudUrl = url.parse().expect("our own address");
        let mut acts = Vec::new();
        for (number, (key, enrolled)) in enrolled {
            let wire = Wire::new(url.clone(), enrolled.gateway, enrolled.cloud_key);
            let wire = wire.expect("plain HTTP needs nothing of the machine");
            let journal = Journal::new(key, enrolled.gateway);
            let cart = tag(STANDING, number);
            let cloud = (wire, enrolled.cloud_key);
            let station = Station::new(number, cloud, journal, cart, Arc::clone(&tally));
            let (act, acted) = unbounded_channel();
            runtime.spawn(station.run(acted));
            acts.push(act);
        }
        let fleet = Self {
            acts,
            tally,
            _runtime: runtime,
        };
        eventually("every gateway has told all it knows", || {
            (fleet.tally.phase().drained_count() == count).then_some(())
        });
        fleet
    }

    pub(super) fn size(&self) -> usize {
        self.acts.len()
    }

    pub(super) fn turn(&self) -> Phase {
        self.tally.turn()
    }

    /// Looks at what was counted in this phase until there is something to see.
    pub(super) fn watch(&self, what: &str, seen: impl Fn(&Phase) -> bool) {
        eventually(what, || seen(&self.tally.phase()).then_some(()));
    }

    /// False: not everybody's live state and backlog was taken in `patience`.
    pub(super) fn recovered(&self, patience: Duration) -> bool {
        let all = self.size();
        self.within(patience, || {
            let phase = self.tally.phase();
            phase.live_count() == all && phase.drained_count() == all
        })
    }

    /// Waits for carts that were pushed in and have not been told of. False: not in `patience`.
    pub(super) fn rest(&self, patience: Duration) -> bool {
        self.within(patience, || {
            let asked = |number| self.ask(number, |waits| Act::Waits { waits });
            !(0..self.size()).any(asked)
        })
    }

    fn within(&self, patience: Duration, seen: impl Fn() -> bool) -> bool {
        let end = Instant::now() + patience;
        while Instant::now() < end {
            if seen() {
                return true;
            }
            std::thread::sleep(POLL);
        }
        false
    }

    pub(super) fn power_cut(&self, history: usize) {
        for number in 0..self.size() {
            self.act(number, Act::PowerCut { history });
        }
    }

    pub(super) fn push(&self, number: usize, bay: BayNo, tag: TagUid) {
        self.act(number, Act::Push { bay, tag });
    }

    /// A strange cart is pushed in at each of these docks, evenly spread over a time.
    pub(super) fn tap_in(&self, numbers: std::ops::Range<usize>, within: Duration) {
        let steps = u32::try_from(numbers.len().max(1)).expect("a fleet of this earth");
        for (step, number) in (0u32..).zip(numbers) {
            let after = within * step / steps;
            let tag = tag(TAPPED, number);
            self.act(number, Act::TapIn { after, tag });
        }
    }

    /// Pulls at the cart of a bay until the bolt lets it go.
    pub(super) fn pull(&self, number: usize, bay: BayNo) -> TagUid {
        eventually(&format!("dock {number} lets a cart go"), || {
            self.ask(number, |pulled| Act::Pull { bay, pulled })
        })
    }

    /// When the gateways that rest will ask next, from now.
    pub(super) fn plans(&self) -> Vec<Duration> {
        let asked = |number| self.ask(number, |planned| Act::Plan { planned });
        (0..self.size()).filter_map(asked).collect()
    }

    /// The end of every journal.
    pub(super) fn heads(&self) -> BTreeMap<GatewayId, Head> {
        let asked = |number| self.ask(number, |told| Act::Tell { told });
        (0..self.size()).map(asked).collect()
    }

    fn ask<T>(&self, number: usize, act: impl FnOnce(Sender<T>) -> Act) -> T {
        let (answer, answered): (_, Receiver<T>) = channel();
        self.act(number, act(answer));
        let answer = answered.recv();
        answer.unwrap_or_else(|_| panic!("gateway {number} has ended"))
    }

    fn act(&self, number: usize, act: Act) {
        let sent = self.acts[number].send(act);
        assert!(sent.is_ok(), "gateway {number} has ended");
    }
}

/// The dock code of a gateway.
pub(super) fn code_of(number: usize) -> String {
    format!("t{number:05}")
}

/// Shops of the demo's chain, and an enrolment code for each dock.
async fn make_docks(system: &System, count: usize) -> Vec<String> {
    let path = system.folder().join("cloud.db");
    let store = Store::open(&path, Hub::default()).expect("the cloud's own database");
    let demo = store.read(|tx| dock::by_code(tx, "norte")).await;
    let chain = demo.ok().flatten().expect("the demo is seeded").chain;
    let codes: Vec<String> = (0..count).map(|_| hex::encode(random())).collect();
    for first in (0..count).step_by(COMMIT_DOCKS) {
        let last = count.min(first + COMMIT_DOCKS);
        let hashes: Vec<[u8; 32]> = codes[first..last].iter().map(|c| code_hash(c)).collect();
        let made = store
            .write(move |tx: &Tx<'_>| make_shops(tx, &chain, first, &hashes))
            .await;
        made.expect("the cloud's own tables");
    }
    codes
}

fn make_shops(
    tx: &Tx<'_>,
    chain: &ChainId,
    first: usize,
    hashes: &[[u8; 32]],
) -> Result<(), StoreError> {
    let at = now();
    let mut entropy = Entropy::default();
    for (shop, hashes) in hashes.chunks(SHOP_DOCKS).enumerate() {
        let id = entropy.id(StoreId::new, at);
        dock::insert_store(tx, &id, chain, "Supermercado", "São Paulo")?;
        ledger::open_accounts(tx, id)?;
        let version = entropy.id(PolicyId::new, at);
        policy::insert(tx, &version, Scope::Store(id), 1, &Policy::DEFAULT, at)?;
        for (place, hash) in hashes.iter().enumerate() {
            let code = code_of(first + shop * SHOP_DOCKS + place);
            let new = entropy.id(DockId::new, at);
            dock::insert(tx, &new, &id, &code, "Ponto")?;
            gateway::add_code(tx, hash, &new, at.plus(CODE_VALID_MS))?;
        }
    }
    Ok(())
}

async fn enrol_all(url: &str, codes: Vec<String>) -> BTreeMap<usize, (SigningKey, Enrolled)> {
    let client = Client::builder()
        .no_proxy()
        .build()
        .expect("fixed settings");
    let url = format!("{url}/gateway/v1/enrol");
    let mut waiting = codes.into_iter().enumerate();
    let mut under_way = JoinSet::new();
    let mut done = BTreeMap::new();
    loop {
        while under_way.len() < ENROLLING_MAX
            && let Some((number, code)) = waiting.next()
        {
            let (client, url) = (client.clone(), url.clone());
            under_way.spawn(async move { (number, enrol(&client, &url, code).await) });
        }
        match under_way.join_next().await {
            Some(ended) => done.extend(ended),
            None => return done,
        }
    }
}

async fn enrol(client: &Client, url: &str, code: String) -> (SigningKey, Enrolled) {
    let key = Device::any_key();
    let request = EnrolRequest {
        v: 1,
        code,
        public_key: PublicKey::of(&key),
        software: "a gateway of the storm".to_owned(),
        bays: layout(),
    };
    let body = signed::sign_value(&key, Domain::EnrolRequest, &request);
    let answer = client.post(url).body(body).send().await;
    let answer = answer.expect("the cloud answers");
    assert_eq!(answer.status(), 200, "{code}", code = request.code);
    let line = answer.text().await.expect("a signed line");
    let json = signed::text_of(line.trim_end()).expect("a signed line");
    let enrolled: Enrolled = serde_json::from_str(json).expect("the cloud's own type");
    signed::verify(&enrolled.cloud_key, Domain::Enrolled, line.trim_end())
        .expect("signed by the cloud");
    (key, enrolled)
}

fn random() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("a test machine has randomness");
    bytes
}
