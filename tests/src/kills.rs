//! Cloud and gateways are killed again and again while customers take carts out and bring them back.
//!
//! The oracle is the docks' own world: which cart physically left with which rental. A rental whose
//! cart left ends closed, once the cart is back, and no person has to look; one whose cart never left is
//! given back; and at the end the cloud's books say of every cart, centavo and event what the world and
//! the bank say.

mod customer;
mod world;

use crate::audit::Fate;
use crate::customer::Rental;
use crate::http::{eventually, in_time};
use crate::options::{CLOUD, NORTE, Options, SUL};
use crate::system::System;
use customer::{Story, Visitor};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;
use world::Town;

/// Customers who walk about at the same time. Fewer than carts, so that each finds one.
const VISITORS: u64 = 3;

/// What a customer who lost the cloud's answer began is never paid, and runs out after this.
const PAYMENT_WINDOW_SECONDS: i64 = 20;

const CARTS_NORTH: &str = "1=04a10000000001,2=04a10000000002";
const CARTS_SOUTH: &str = "1=04b20000000001,2=04b20000000002";

/// What happened, for the reader of the log.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    pub kills: BTreeMap<&'static str, usize>,
    /// Carts that left and came back, and the money too.
    pub closed: usize,
    /// Carts that left and came back to the same dock while its gateway was dead all along: nothing
    /// in the world shows that they ever left. The money went back; a raffle entry was not earned.
    pub unseen: usize,
    /// Paid and given back, since the cart never left.
    pub given_back: usize,
    /// Begun without an answer to the customer, never paid.
    pub unheard: usize,
}

/// Numbers from a seed, so that a failing run can be tried again.
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Evenly below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end.max(1)
    }
}

/// Kills `kills` times at random moments, at most `pause_ms_max` apart, lets everything come to
/// rest, and panics naming whatever does not agree.
pub fn kill_at_random(seed: u64, kills: usize, pause_ms_max: u64) -> Tally {
    let options = Options::new()
        .carts(NORTE, CARTS_NORTH)
        .carts(SUL, CARTS_SOUTH)
        .policy("payment_window_seconds", PAYMENT_WINDOW_SECONDS)
        .env(CLOUD, "VOLTA_CLOUD_TAKES_PER_MINUTE", "100000")
        .env(CLOUD, "VOLTA_CLOUD_BANK_POLL_SECONDS", "1");
    let mut system = System::start(&options);
    let town = Town::of(&system);
    let closing = AtomicBool::new(false);
    let mut tally = Tally::default();
    let stories: Vec<Story> = thread::scope(|scope| {
        let visitors: Vec<_> = (0..VISITORS)
            .map(|number| {
                let visitor = Visitor::new(&town, Dice::new(seed ^ (number + 1)), &closing);
                scope.spawn(|| visitor.walk())
            })
            .collect();
        let killed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            kill(&mut system, seed, kills, pause_ms_max)
        }));
        closing.store(true, Ordering::SeqCst);
        let stories = visitors.into_iter().flat_map(|visitor| {
            let walked = visitor.join();
            walked.unwrap_or_else(|_| panic!("a customer was left standing; seed {seed}"))
        });
        let stories = stories.collect();
        tally.kills = killed.unwrap_or_else(|_| panic!("a program did not start; seed {seed}"));
        stories
    });
    settle(&system, &town, &stories, &mut tally);
    tally
}

fn kill(
    system: &mut System,
    seed: u64,
    kills: usize,
    pause_ms_max: u64,
) -> BTreeMap<&'static str, usize> {
    let mut dice = Dice::new(seed);
    let mut done = BTreeMap::new();
    for _ in 0..kills {
        // The moment is what is random here: there is no event to wait for.
        thread::sleep(Duration::from_millis(dice.below(pause_ms_max)));
        let target = [CLOUD, NORTE, SUL][usize::try_from(dice.below(3)).unwrap_or(0)];
        system.restart(target);
        *done.entry(target).or_default() += 1;
    }
    done
}

fn settle(system: &System, town: &Town, stories: &[Story], tally: &mut Tally) {
    let mut fates: Vec<(&Rental, Fate)> = Vec::new();
    for story in stories {
        let fate = match (story.paid, story.left) {
            (true, true) => came_back_as(system, story),
            (true, false) => given_back_as(system, &story.rental),
            (false, _) => Fate::ExpiredUnpaid,
        };
        fates.push((&story.rental, fate));
    }
    let count = |wanted: fn(&Story) -> bool| stories.iter().filter(|s| wanted(s)).count();
    let unseen = stories.iter().zip(&fates);
    let unseen = unseen.filter(|(story, (_, fate))| story.left && *fate != Fate::Closed);
    tally.unseen = unseen.count();
    tally.closed = count(|story| story.left) - tally.unseen;
    tally.given_back = count(|story| story.paid && !story.left);
    let all: i64 = system.cloud_db().one("SELECT count(*) FROM rental", &[]);
    tally.unheard = usize::try_from(all).unwrap_or(0) - stories.len();
    eventually("what nobody pays runs out", || {
        let open = "SELECT count(*) FROM rental WHERE state = 'awaiting_payment'";
        (system.cloud_db().one::<i64>(open, &[]) == 0).then_some(())
    });
    system.audit_with(&fates, tally.unheard);
    for (dock, carts) in town.carts() {
        system.await_carts(dock, carts);
    }
    town.nobody_can_steal();
}

/// Closed, unless its dock saw neither the pull nor the return.
fn came_back_as(system: &System, story: &Story) -> Fate {
    let id = system.id(&story.rental);
    let ended = "SELECT state FROM rental WHERE id = ?1 AND ended_ms IS NOT NULL";
    let state: Option<String> = in_time(|| system.cloud_db().first(ended, &[&id]));
    let pulls = "SELECT count(*) FROM gateway_event WHERE rental_id = ?1 AND kind = 'cart_pulled'";
    let unseen = story.home && system.cloud_db().one::<i64>(pulls, &[&id]) == 0;
    match state.as_deref() {
        Some("cancelled") if unseen => Fate::CancelledRefunded,
        _ => Fate::Closed,
    }
}

/// The window passed, or the grant did: both give everything back, and only the cloud's word for it
/// differs.
fn given_back_as(system: &System, rental: &Rental) -> Fate {
    match system.stored_state(rental).as_str() {
        "expired" => Fate::ExpiredRefunded,
        _ => Fate::CancelledRefunded,
    }
}
