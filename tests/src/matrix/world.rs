//! One shop with its bank, its cloud and the journeys of one kind of death, and what they do in turn.

use super::cloud_lives::Cloud;
use super::dock::{Dock, SLOTS};
use super::doom::Doom;
use super::line::Line;
use super::teller::Teller;
use super::{Death, Fault, Timing};
use crate::database::Database;
use crate::kills::Dice;
use cloud::actions::take_cart::TakeCart;
use cloud::actions::{Outcome, cancel_rental, hand_out_grant, take_cart};
use cloud::app::now;
use cloud::store::campaign::CampaignRow;
use cloud::store::{self, Tx, grant};
use cloud_core::policy::Policy;
use futures_util::future::join_all;
use shared::event::Fact;
use shared::ids::{BayNo, CampaignId, ChainId, PolicyId, RentalId, StoreId, TagUid};
use shared::time::UnixMs;
use std::path::PathBuf;
use std::sync::Arc;

/// Requests that customers make at one time.
const AT_ONCE: usize = 16;

pub(super) struct Journey {
    pub(super) fault: Fault,
    pub(super) timing: Timing,
    pub(super) rental: RentalId,
    pub(super) txid: String,
    dock: usize,
    bay: BayNo,
    /// The cart, while it is out.
    tag: Option<TagUid>,
    pub(super) e2eids: Vec<String>,
}

pub(super) struct World {
    pub(super) death: Death,
    pub(super) folder: tempfile::TempDir,
    pub(super) teller: Teller,
    pub(super) line: Arc<Line>,
    pub(super) cloud: Cloud,
    pub(super) journeys: Vec<Journey>,
    docks: Vec<Dock>,
}

impl World {
    pub(super) async fn open(death: Death, seed: u64, cells: Vec<(Fault, Timing)>) -> Self {
        // No power is cut here, so memory may spare the disk's flushes.
        let memory = std::path::Path::new("/dev/shm");
        let folder = if memory.is_dir() {
            tempfile::tempdir_in(memory)
        } else {
            tempfile::tempdir()
        };
        let folder = folder.expect("a folder for two databases");
        let teller = Teller::open(folder.path()).await;
        let doom = Doom::new(death);
        let line = Line::open(teller.url().to_owned(), Arc::clone(&doom)).await;
        let deaths_max = match death {
            Death::Spared => 0,
            _ => 10 + cells.len() / 40,
        };
        let place: PathBuf = folder.path().to_owned();
        let chance = (Dice::new(seed ^ (death as u64 + 1)), deaths_max);
        let cloud = Cloud::open(death, place, (Arc::clone(&line), doom), chance).await;
        let (docks, journeys) = laid_out(cells);
        let world = Self {
            death,
            folder,
            teller,
            line,
            cloud,
            journeys,
            docks,
        };
        world.found().await;
        world
    }

    async fn found(&self) {
        let at = now();
        let docks: Vec<_> = self.docks.iter().map(|d| (d.id, d.code.clone())).collect();
        let founded = self.cloud.act(move |tx: &Tx<'_>| {
            let (chain, shop) = (ChainId::new(1, [1; 10]), StoreId::new(1, [1; 10]));
            store::dock::insert_chain(tx, &chain, "Rede")?;
            store::dock::insert_store(tx, &shop, &chain, "Loja", "Recife")?;
            let scope = store::policy::Scope::Store(shop);
            let policy = PolicyId::new(1, [1; 10]);
            store::policy::insert(tx, &policy, scope, 1, &Policy::DEFAULT, UnixMs(0))?;
            store::ledger::open_accounts(tx, shop)?;
            let campaign = CampaignRow {
                id: CampaignId::new(1, [1; 10]),
                name: "sempre".into(),
                opens_ms: UnixMs(0),
                closes_ms: at.plus(400 * 24 * 3_600 * 1_000),
            };
            store::campaign::insert(tx, &chain, &campaign)?;
            for (id, code) in &docks {
                store::dock::insert(tx, id, &shop, code, code)?;
            }
            Ok(())
        });
        founded.await.expect("a shop is founded");
        for dock in &self.docks {
            let enrolled = self.cloud.act(shared(dock.enrolment(now())));
            enrolled.await.expect("a gateway is enrolled");
        }
        loop {
            let app = self.cloud.app().await;
            if app
                .bank
                .put_webhook(&self.line.callback_url())
                .await
                .is_ok()
            {
                return;
            }
        }
    }

    /// Every dock that is not dark tells what it has; all of them where `dark` too.
    pub(super) async fn reports(&mut self, dark: bool) {
        let lit = self.docks.len() - dark_docks(&self.journeys);
        let speaking = if dark { self.docks.len() } else { lit };
        let own = self.cloud.app().await.keys.public();
        for dock in &mut self.docks[..speaking] {
            loop {
                let told = self.cloud.act(shared(dock.told(now(), own)));
                let answer = told.await;
                if dock.hears(&answer) {
                    break;
                }
            }
        }
    }

    pub(super) async fn take(&self, numbers: &[usize]) {
        for number in numbers {
            let journey = &self.journeys[*number];
            self.line.concerns(&journey.txid, journey.fault);
            let mut token_hash = [0; 32];
            token_hash[..8].copy_from_slice(&(*number as u64).to_be_bytes());
            let take = TakeCart {
                dock_code: self.docks[journey.dock].code.clone(),
                wished: Some(journey.bay),
                rental: journey.rental,
                token_hash,
                txid: journey.txid.clone(),
                person: None,
            };
            let at = now();
            let taken = self.cloud.act(move |tx| take_cart::run(tx, at, &take));
            let taken = taken.await.expect("a cart is promised");
            assert_eq!(taken.bay, journey.bay, "every journey has its own slot");
        }
        let forged = |n: &&usize| self.journeys[**n].fault == Fault::CallbackForged;
        for number in numbers.iter().filter(forged) {
            let e2eid = format!("E99999010202601010000{number:011}");
            self.line.forge(&self.journeys[*number].txid, &e2eid).await;
        }
    }

    pub(super) fn those(&self, wanted: impl Fn(&Journey) -> bool) -> Vec<usize> {
        let all = self.journeys.iter().enumerate();
        all.filter(|(_, j)| wanted(j)).map(|(n, _)| n).collect()
    }

    /// The customer gives up before anything is paid.
    pub(super) async fn cancel(&self, numbers: &[usize]) {
        for number in numbers {
            let (rental, at) = (self.journeys[*number].rental, now());
            let given_up = move |tx: &Tx<'_>| cancel_rental::by_customer(tx, at, &rental);
            let _ = self.cloud.act(given_up).await;
        }
    }

    pub(super) async fn pay(&mut self, numbers: &[usize], late: bool) {
        for some in numbers.chunks(AT_ONCE) {
            let paying = some.iter().map(|number| async {
                let journey = &self.journeys[*number];
                let wrong = journey.timing == Timing::WrongAmount;
                let valor = wrong.then_some("9.99");
                let mut paid = Vec::new();
                paid.extend(self.teller.pay(&journey.txid, valor, late).await);
                if journey.timing == Timing::PaidTwice {
                    paid.extend(self.teller.pay_key("10.00").await);
                }
                for e2eid in &paid {
                    self.line.concerns(e2eid, journey.fault);
                }
                (*number, paid)
            });
            for (number, paid) in join_all(paying).await {
                self.journeys[number].e2eids.extend(paid);
            }
        }
    }

    /// Bays open for those that have a grant, and their carts leave; or nobody pulls.
    pub(super) async fn open_bays(&mut self, numbers: &[usize]) {
        for number in numbers {
            let (rental, timing) = (self.journeys[*number].rental, self.journeys[*number].timing);
            let app = self.cloud.app().await;
            let read = app
                .store
                .read(move |tx| grant::by_rental(tx, &rental))
                .await;
            drop(app);
            let Ok(Some(row)) = read else {
                continue;
            };
            if timing == Timing::DarkDock {
                let (id, at) = (row.id, now());
                let carried = self.cloud.act(move |tx| hand_out_grant::run(tx, at, &id));
                carried.await.expect("the customer's phone has the grant");
            }
            let (bay, grant, at) = (row.bay, row.id, now());
            let journey = &mut self.journeys[*number];
            let dock = &mut self.docks[journey.dock];
            dock.records(at, Fact::ReleaseStarted { bay, grant, rental });
            if timing == Timing::NotTaken {
                dock.records(at, Fact::ReleaseExpired { bay, grant, rental });
                continue;
            }
            let tag = dock.takes_out(bay).expect("its own cart stands there");
            journey.tag = Some(tag);
            let pulled = Fact::CartPulled {
                bay,
                grant,
                rental,
                tag,
            };
            dock.records(at, pulled);
        }
    }

    /// The cart comes back to the slot it left; nothing is told yet.
    pub(super) fn bring_back(&mut self, numbers: &[usize]) {
        for number in numbers {
            let journey = &mut self.journeys[*number];
            if let Some(tag) = journey.tag.take() {
                let (bay, dock) = (journey.bay, &mut self.docks[journey.dock]);
                dock.records(now(), Fact::CartDocked { bay, tag });
                dock.puts_in(bay, tag);
            }
        }
    }

    pub(super) fn db(&self) -> Database {
        Database::open(&self.folder.path().join("cloud.db"))
    }

    pub(super) async fn close(self) {
        self.cloud.close().await;
        self.teller.close().await;
    }
}

/// Docks with a slot for each journey; those of dark journeys last.
fn laid_out(mut cells: Vec<(Fault, Timing)>) -> (Vec<Dock>, Vec<Journey>) {
    cells.sort_by_key(|(_, timing)| *timing == Timing::DarkDock);
    let lit = cells.iter().filter(|(_, t)| *t != Timing::DarkDock).count();
    let first_dark = lit.div_ceil(SLOTS);
    let mut made = Vec::new();
    for (number, (fault, timing)) in cells.into_iter().enumerate() {
        let (dock, place) = match number.checked_sub(lit) {
            None => (number / SLOTS, number % SLOTS),
            Some(dark) => (first_dark + dark / SLOTS, dark % SLOTS),
        };
        let mut entropy = [0; 10];
        entropy[2..].copy_from_slice(&(number as u64 + 1).to_be_bytes());
        let born = u64::try_from(now().0).expect("after 1970");
        let rental = RentalId::new(born, entropy);
        made.push(Journey {
            fault,
            timing,
            rental,
            txid: rental.simple(),
            dock,
            bay: Dock::bay(place),
            tag: None,
            e2eids: Vec::new(),
        });
    }
    let docks = made.iter().map(|j| j.dock).max().map_or(0, |last| last + 1);
    ((0..docks).map(Dock::new).collect(), made)
}

fn dark_docks(journeys: &[Journey]) -> usize {
    let dark = journeys.iter().filter(|j| j.timing == Timing::DarkDock);
    dark.count().div_ceil(SLOTS)
}

/// An action that can be tried again in another life.
fn shared<T>(
    work: impl Fn(&Tx<'_>) -> Outcome<T> + Send + Sync + 'static,
) -> impl Fn(&Tx<'_>) -> Outcome<T> + Clone + Send + 'static {
    let work = Arc::new(work);
    move |tx| work(tx)
}
