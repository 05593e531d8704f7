//! A cloud that is ended and begun again by its doom, and is asked for things meanwhile.

use super::Death;
use super::doom::Doom;
use super::life::Life;
use super::line::Line;
use crate::kills::Dice;
use cloud::actions::{Failure, Outcome};
use cloud::app::Shared;
use cloud::store::{StoreError, Tx};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// A life that is ended at any moment lasts from a moment to this.
const LIFE_MS_MAX: u64 = 1_500;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

pub(super) struct Cloud {
    app: watch::Receiver<Option<Shared>>,
    orders: mpsc::Sender<Order>,
    deaths: Arc<AtomicUsize>,
    keeper: JoinHandle<()>,
}

enum Order {
    /// Ends this life and begins one that is not ended any more.
    BeginTheLast,
    Close,
}

struct Keeper {
    death: Death,
    folder: PathBuf,
    line: Arc<Line>,
    doom: Arc<Doom>,
    dice: Dice,
    deaths: Arc<AtomicUsize>,
    deaths_max: usize,
    app: watch::Sender<Option<Shared>>,
}

impl Cloud {
    pub(super) async fn open(
        death: Death,
        folder: PathBuf,
        (line, doom): (Arc<Line>, Arc<Doom>),
        (dice, deaths_max): (Dice, usize),
    ) -> Self {
        doom.watches(&folder.join("cloud.db"));
        let (sender, app) = watch::channel(None);
        let (orders, received) = mpsc::channel(4);
        let deaths = Arc::new(AtomicUsize::new(0));
        let keeper = Keeper {
            death,
            folder,
            line,
            doom,
            dice,
            deaths: Arc::clone(&deaths),
            deaths_max,
            app: sender,
        };
        Self {
            app,
            orders,
            deaths,
            keeper: tokio::spawn(keeper.keep(received)),
        }
    }

    pub(super) fn deaths(&self) -> usize {
        self.deaths.load(Ordering::SeqCst)
    }

    /// The life that is on, or the next one.
    pub(super) async fn app(&self) -> Shared {
        let mut app = self.app.clone();
        let living = app.wait_for(Option::is_some).await;
        living
            .expect("the keeper outlives who asks it")
            .clone()
            .expect("waited for")
    }

    /// Carries an action out, in this life or the next.
    pub(super) async fn act<T, W>(&self, work: W) -> Outcome<T>
    where
        T: Send + 'static,
        W: Fn(&Tx<'_>) -> Outcome<T> + Clone + Send + 'static,
    {
        loop {
            let app = self.app().await;
            let done = app.store.write(work.clone()).await;
            drop(app);
            match done {
                Err(Failure::Store(StoreError::Closed | StoreError::Busy)) => {
                    tokio::time::sleep(BETWEEN_TRIES).await;
                }
                Err(Failure::Store(error)) => panic!("the store failed: {error}"),
                done => return done,
            }
        }
    }

    pub(super) async fn begin_the_last(&self) {
        let before = self.app().await.config.bank.bank_url.clone();
        let _ = self.orders.send(Order::BeginTheLast).await;
        let mut app = self.app.clone();
        let other = |app: &Option<Shared>| {
            app.as_ref()
                .is_some_and(|app| app.config.bank.bank_url != before)
        };
        let _ = app.wait_for(other).await;
    }

    pub(super) async fn close(self) {
        let _ = self.orders.send(Order::Close).await;
        let _ = self.keeper.await;
    }
}

impl Keeper {
    async fn keep(mut self, mut orders: mpsc::Receiver<Order>) {
        let mut life = self.begin(true).await;
        loop {
            let moment = self.moment();
            let order = tokio::select! {
                order = orders.recv() => order,
                () = self.doom.fallen.notified() => None,
                () = moment => None,
            };
            self.end(life).await;
            life = match order {
                Some(Order::Close) => return,
                Some(Order::BeginTheLast) => {
                    self.deaths_max = 0;
                    self.begin(false).await
                }
                None => {
                    let died = self.deaths.fetch_add(1, Ordering::SeqCst) + 1;
                    self.begin(died < self.deaths_max).await
                }
            };
        }
    }

    /// When this life ends by the clock, if it does.
    fn moment(&mut self) -> impl Future<Output = ()> + Send + use<> {
        let ends =
            self.death == Death::AnyMoment && self.deaths.load(Ordering::SeqCst) < self.deaths_max;
        let after = Duration::from_millis(100 + self.dice.below(LIFE_MS_MAX));
        async move {
            match ends {
                true => tokio::time::sleep(after).await,
                false => std::future::pending().await,
            }
        }
    }

    async fn begin(&mut self, doomed: bool) -> Life {
        let crash_at = match doomed {
            true => self.doom.arm(&mut self.dice),
            false => {
                self.doom.spare();
                None
            }
        };
        let (folder, line) = (self.folder.clone(), Arc::clone(&self.line));
        let begun = tokio::task::spawn_blocking(move || Life::begin(&folder, &line, crash_at));
        let life = begun.await.expect("a cloud begins");
        self.app.send_replace(Some(life.app()));
        life
    }

    async fn end(&self, life: Life) {
        self.line.cut();
        self.app.send_replace(None);
        let ended = tokio::task::spawn_blocking(move || life.end());
        ended.await.expect("a cloud ends");
    }
}
