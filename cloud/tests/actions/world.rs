//! A chain with one store and two docks, a virtual clock, and the verbs that move it on.
//!
//! Shape: `norte` has slot 1 with cart 1 and lane 2 with carts 2, 3 and 4 (4 at its mouth). `sul` has
//! the empty slots 1 and 2 and lane 3 with cart 5. Each dock has an enrolled gateway with a real key.

mod bank;
mod customer;
mod dock;
mod look;
mod offline;

pub(crate) use customer::{STAGES, Stage, Visit};
pub(crate) use dock::{Bay, Deed, Gateway};
pub(crate) use offline::card_key;

use cloud::actions::{self, Failure, Outcome, Rejection};
use cloud::keys::Keys;
use cloud::live::Hub;
use cloud::store::campaign::CampaignRow;
use cloud::store::{self, DbError, Store, Tx};
use cloud_core::policy::Policy;
use shared::enrol::BayKind;
use shared::ids::{BayNo, CampaignId, ChainId, DockId, PolicyId, StaffId, StoreId, TagUid};
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const START: UnixMs = UnixMs(1_790_000_000_000);
pub(crate) const DEPOSIT: i64 = 1_000;
pub(crate) const SECOND: i64 = 1_000;
pub(crate) const DAY: i64 = 24 * 3_600 * SECOND;
pub(crate) const CAMPAIGN_CLOSES: UnixMs = UnixMs(START.0 + 20 * DAY);

pub(crate) struct World {
    pub(crate) now: UnixMs,
    pub(crate) store: Store,
    pub(crate) keys: Arc<Keys>,
    pub(crate) gateways: BTreeMap<&'static str, Gateway>,
    serial: u64,
    runtime: tokio::runtime::Runtime,
    folder: tempfile::TempDir,
    /// How often a copy has taken the database's place.
    restored: u32,
}

pub(crate) fn bay(number: u16) -> BayNo {
    BayNo::new(number).expect("bays of the tests have good numbers")
}

pub(crate) fn cart(number: u8) -> TagUid {
    TagUid::new(&[4, 0, 0, number]).expect("four bytes are a tag")
}

pub(crate) fn manager() -> StaffId {
    StaffId::new(1, [9; 10])
}

/// The code an action was refused with; a database that failed is never an answer.
#[track_caller]
pub(crate) fn refusal<T>(outcome: Outcome<T>) -> Rejection {
    match outcome {
        Err(Failure::Rejected(rejection)) => rejection,
        Err(Failure::Store(error)) => panic!("the store failed: {error}"),
        Ok(_) => panic!("the action was carried out"),
    }
}

#[track_caller]
pub(crate) fn done<T>(outcome: Outcome<T>) -> T {
    outcome.unwrap_or_else(|failure| panic!("not carried out: {failure}"))
}

impl World {
    pub(crate) fn new() -> Self {
        let mut world = Self::empty();
        world.enrols("norte", [1; 32]);
        world.enrols("sul", [2; 32]);
        for dock in ["norte", "sul"] {
            world.reports(dock);
        }
        world
    }

    /// Chain, store, docks, policy and campaign, but no gateway yet.
    pub(crate) fn empty() -> Self {
        // No power is cut in these tests, so memory may spare them the disk's flushes.
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let folder = folder.expect("a folder for the database");
        let store = Store::open(&folder.path().join("cloud.db"), Hub::default())
            .expect("a new database opens");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime on this thread");
        let world = Self {
            now: START,
            store,
            keys: Arc::new(Keys::from_bytes(&[7; 96])),
            gateways: BTreeMap::new(),
            serial: 0,
            runtime,
            folder,
            restored: 0,
        };
        done(world.act(found));
        world
    }

    pub(crate) fn advance(&mut self, duration_ms: i64) {
        self.now = self.now.plus(duration_ms);
    }

    /// Time in which both gateways keep saying that they are there.
    pub(crate) fn waits(&mut self, duration_ms: i64) {
        self.advance(duration_ms);
        self.reports("norte");
        self.reports("sul");
    }

    pub(crate) fn act<T: Send + 'static>(
        &self,
        work: impl FnMut(&Tx<'_>) -> Outcome<T> + Send + 'static,
    ) -> Outcome<T> {
        self.runtime.block_on(self.store.write(work))
    }

    pub(crate) fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Tx<'_>) -> Result<T, DbError> + Send + 'static,
    ) -> T {
        self.runtime
            .block_on(self.store.read(work))
            .expect("a read of an open store")
    }

    pub(crate) fn file(&self) -> PathBuf {
        let name = match self.restored {
            0 => "cloud.db".to_owned(),
            times => format!("restored-{times}.db"),
        };
        self.folder.path().join(name)
    }

    /// The process ends and another opens the same file.
    pub(crate) fn restarts(&mut self) {
        self.store = Store::open(&self.file(), Hub::default()).expect("our own database opens");
    }

    /// The database is lost, and what was copied from it before takes its place.
    pub(crate) fn restores(&mut self, copy: &Path) {
        self.restored += 1;
        std::fs::copy(copy, self.file()).expect("room for the copy");
        self.restarts();
    }

    pub(crate) fn opens_campaign(&self, number: u8, opens: UnixMs, closes: UnixMs) {
        let month = actions::open_campaign::Month {
            name: format!("promo {number}"),
            opens_ms: opens,
            closes_ms: closes,
        };
        let id = CampaignId::new(u64::from(number), [number; 10]);
        done(self.act(move |tx| actions::open_campaign::run(tx, &chain(), id, &month)));
    }

    /// Entropy that differs each time and is the same in each run.
    fn serial(&mut self) -> [u8; 10] {
        self.serial += 1;
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&self.serial.to_be_bytes());
        bytes
    }

    fn born_ms(&self) -> u64 {
        u64::try_from(self.now.0).expect("the tests begin after 1970")
    }
}

pub(crate) fn chain() -> ChainId {
    ChainId::new(1, [1; 10])
}

pub(crate) fn dock_id(dock: &str) -> DockId {
    DockId::new(1, if dock == "norte" { [1; 10] } else { [2; 10] })
}

pub(crate) fn shop() -> StoreId {
    StoreId::new(1, [1; 10])
}

fn found(tx: &Tx<'_>) -> Outcome<()> {
    let campaign = CampaignRow {
        id: CampaignId::new(1, [1; 10]),
        name: "setembro".into(),
        opens_ms: UnixMs(START.0 - DAY),
        closes_ms: CAMPAIGN_CLOSES,
    };
    let staff = store::staff::StaffRow {
        id: manager(),
        login: "gerente".into(),
        role: "manager".into(),
        password_hash: "-".into(),
        must_change: false,
    };
    let policy = PolicyId::new(1, [1; 10]);
    store::dock::insert_chain(tx, &chain(), "Rede")?;
    store::dock::insert_store(tx, &shop(), &chain(), "Loja", "Recife")?;
    let scope = store::policy::Scope::Store(shop());
    store::policy::insert(tx, &policy, scope, 1, &Policy::DEFAULT, UnixMs(0))?;
    store::ledger::open_accounts(tx, shop())?;
    store::campaign::insert(tx, &chain(), &campaign)?;
    store::staff::insert(tx, &staff, START)?;
    for dock in ["norte", "sul"] {
        store::dock::insert(tx, &dock_id(dock), &shop(), dock, dock)?;
    }
    Ok(())
}

/// The bays of a dock and the carts that stand in them when the shop opens.
pub(crate) fn bays_of(dock: &str) -> BTreeMap<BayNo, Bay> {
    let slot = |carts: &[u8]| Bay::new(BayKind::Slot, 1, carts);
    let lane = |carts: &[u8]| Bay::new(BayKind::Lane, 4, carts);
    if dock == "norte" {
        BTreeMap::from([(bay(1), slot(&[1])), (bay(2), lane(&[2, 3, 4]))])
    } else {
        BTreeMap::from([
            (bay(1), slot(&[])),
            (bay(2), slot(&[])),
            (bay(3), lane(&[5])),
        ])
    }
}
