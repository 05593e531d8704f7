//! Whatever the customers, docks and bank do, in any order and as often as they like, the money is
//! right. Gateways here may report what no lock could do.

use crate::world::{DEPOSIT, Deed, START, Visit, World, cart, manager, shop};
use cloud::actions::charge_made::Made;
use cloud::actions::claim_rescue::{self, By, ClaimRescue, FinderClaim, Wanted};
use cloud::actions::confirm_payment::Received;
use cloud::actions::judge_rescue::{self, Judgement};
use cloud::actions::{Failure, Outcome, abandon_rental, object_rescue, rescue_cart};
use cloud::store::bank_return::{self, ReturnState};
use cloud::store::{Tx, gateway, ledger, policy, rescue};
use cloud_core::policy::Policy;
use cloud_core::refund::{BankWord, Refusal};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use shared::event::{Contradiction, Fact};
use shared::ids::{PolicyId, RefundId};
use std::sync::Arc;

#[derive(Debug, Clone)]
enum Step {
    Take {
        sul: bool,
        cpf: bool,
    },
    GoesOut {
        sul: bool,
    },
    ComesBack {
        visit: usize,
        sul: bool,
    },
    Charge {
        visit: usize,
        refused: bool,
    },
    Pay {
        visit: usize,
        wrong: bool,
    },
    TellAgain {
        pix: usize,
    },
    GiveUp {
        visit: usize,
    },
    Expire {
        visit: usize,
    },
    Release {
        visit: usize,
        deed: u8,
        tag: u8,
    },
    Dock {
        sul: bool,
        bay: u16,
        tag: u8,
    },
    Contradict {
        sul: bool,
        tag: u8,
        kind: u8,
    },
    Leave {
        sul: bool,
        tag: u8,
    },
    Unknown {
        sul: bool,
    },
    Sync {
        sul: bool,
    },
    Resend {
        sul: bool,
        back: usize,
    },
    Bank {
        order: usize,
        word: u8,
    },
    Begin {
        order: usize,
    },
    Return {
        pix: usize,
        id: u8,
        amount: i64,
        state: u8,
    },
    Approve {
        visit: usize,
    },
    Claim {
        visit: usize,
    },
    Wait {
        seconds: i64,
        heard: bool,
    },
    /// The cart stays out, both docks heard, for as long as the policy allows and more.
    Stays,
    /// Somebody says who brought the cart: a finder, another, or the payer.
    Finds {
        visit: usize,
        who: u8,
    },
    Objects {
        visit: usize,
    },
    Judges {
        visit: usize,
        for_payer: bool,
    },
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let (any_bool, visit, tag) = (any::<bool>(), 0..8usize, 1..6u8);
    prop_oneof![
        3 => (any_bool, any_bool).prop_map(|(sul, cpf)| Step::Take { sul, cpf }),
        5 => any_bool.prop_map(|sul| Step::GoesOut { sul }),
        5 => (visit.clone(), any_bool).prop_map(|(visit, sul)| Step::ComesBack { visit, sul }),
        2 => (visit.clone(), prop::bool::weighted(0.2))
            .prop_map(|(visit, refused)| Step::Charge { visit, refused }),
        5 => (visit.clone(), prop::bool::weighted(0.1))
            .prop_map(|(visit, wrong)| Step::Pay { visit, wrong }),
        1 => (0..9usize).prop_map(|pix| Step::TellAgain { pix }),
        1 => visit.clone().prop_map(|visit| Step::GiveUp { visit }),
        1 => visit.clone().prop_map(|visit| Step::Expire { visit }),
        6 => (visit.clone(), 0..9u8, tag.clone())
            .prop_map(|(visit, deed, tag)| Step::Release { visit, deed, tag }),
        5 => (any_bool, 1..4u16, tag.clone())
            .prop_map(|(sul, bay, tag)| Step::Dock { sul, bay, tag }),
        2 => (any_bool, tag.clone(), 0..4u8)
            .prop_map(|(sul, tag, kind)| Step::Contradict { sul, tag, kind }),
        1 => (any_bool, tag).prop_map(|(sul, tag)| Step::Leave { sul, tag }),
        1 => any_bool.prop_map(|sul| Step::Unknown { sul }),
        6 => any_bool.prop_map(|sul| Step::Sync { sul }),
        2 => (any_bool, 0..9usize).prop_map(|(sul, back)| Step::Resend { sul, back }),
        6 => (0..9usize, 0..8u8).prop_map(|(order, word)| Step::Bank { order, word }),
        2 => (0..9usize).prop_map(|order| Step::Begin { order }),
        2 => (0..9usize, 0..3u8, prop_oneof![Just(400), Just(1_000)], 0..3u8)
            .prop_map(|(pix, id, amount, state)| Step::Return { pix, id, amount, state }),
        1 => visit.clone().prop_map(|visit| Step::Approve { visit }),
        1 => visit.prop_map(|visit| Step::Claim { visit }),
        3 => (prop_oneof![Just(1), Just(15), Just(131), Just(1_100)], prop::bool::weighted(0.7))
            .prop_map(|(seconds, heard)| Step::Wait { seconds, heard }),
        3 => Just(Step::Stays),
        3 => (0..8usize, 0..3u8).prop_map(|(visit, who)| Step::Finds { visit, who }),
        1 => (0..8usize).prop_map(|visit| Step::Objects { visit }),
        1 => (0..8usize, any_bool)
            .prop_map(|(visit, for_payer)| Step::Judges { visit, for_payer }),
        1 => Just(Step::Restart),
    ]
}

fn dock(sul: bool) -> &'static str {
    if sul { "sul" } else { "norte" }
}

struct Play {
    world: World,
    visits: Vec<Visit>,
    told: Vec<Received>,
}

/// A refusal is a fair answer; a store that fails is not.
fn fair<T>(outcome: Outcome<T>) -> Option<T> {
    match outcome {
        Ok(answer) => Some(answer),
        Err(Failure::Rejected(_)) => None,
        Err(Failure::Store(error)) => panic!("the store failed: {error}"),
    }
}

fn finds(world: &mut World, visit: &Visit, who: u8) {
    let (id, now) = (visit.rental, world.now);
    let Some(found) = world.read(move |tx| rescue::of_rental(tx, &id)) else {
        return;
    };
    let finder = |world: &mut World, cpf: &str, wanted| {
        By::Finder(FinderClaim {
            cpf: cpf.parse().expect("a good CPF"),
            person: world.person(cpf).cpf.person,
            wanted,
        })
    };
    let key = Wanted::Key("ana@exemplo.com".parse().expect("a good key"));
    let by = match who {
        0 => finder(&mut *world, "11144477735", key),
        1 => {
            let mut code = [0; 32];
            code[..16].copy_from_slice(id.as_bytes());
            finder(&mut *world, "12345678909", Wanted::Voucher(code))
        }
        _ => By::Payer(id),
    };
    let claim = ClaimRescue {
        place: found.place,
        by,
        today_ms: now.plus(-3_600_000),
    };
    let keys = Arc::clone(&world.keys);
    fair(world.act(move |tx| claim_rescue::run(tx, now, &keys, &claim)));
}

fn objects(world: &World, visit: &Visit) {
    let (id, now) = (visit.rental, world.now);
    fair(world.act(move |tx| object_rescue::run(tx, now, &id)));
}

fn judges(world: &mut World, visit: &Visit, for_payer: bool) {
    let judgement = match for_payer {
        true => Judgement::ForPayer,
        false => Judgement::AgainstPayer,
    };
    let audit = world.person("52998224725").cpf.person.to_string();
    let (id, now) = (visit.rental, world.now);
    fair(world.act(move |tx| judge_rescue::run(tx, now, (&id, judgement), (&manager(), &audit))));
}

impl Play {
    fn visit(&self, index: usize) -> Option<Visit> {
        let count = self.visits.len();
        (count > 0).then(|| self.visits[index % count].clone())
    }

    fn plays(&mut self, step: &Step) {
        match *step {
            Step::Take { sul, cpf } => self.takes(dock(sul), cpf),
            Step::Dock { sul, bay, tag } => {
                let (dock, bay) = (dock(sul), if sul { bay } else { bay.min(2) });
                self.world.docks(dock, bay, cart(tag));
            }
            Step::Contradict { sul, tag, kind } => {
                let kinds = [
                    Contradiction::TagWithoutCart,
                    Contradiction::CartWithoutTag,
                    Contradiction::BoltNotEngaged,
                    Contradiction::TagInTwoBays,
                ];
                let kind = kinds[usize::from(kind)];
                self.world.contradicts(dock(sul), 1, Some(cart(tag)), kind);
            }
            Step::Leave { sul, tag } => {
                let (bay, tag) = (crate::world::bay(1), cart(tag));
                self.world.tells(dock(sul), Fact::CartLeft { bay, tag });
            }
            Step::Unknown { sul } => {
                let now = self.world.now;
                self.world.gateway(dock(sul)).records_unknown(now);
            }
            Step::Sync { sul } => drop(self.world.reports(dock(sul))),
            Step::Resend { sul, back } => {
                let events = self.world.gateway(dock(sul)).events();
                let lines = events.saturating_sub(back)..events;
                fair(self.world.sends(dock(sul), lines));
            }
            Step::TellAgain { pix } => {
                if let Some(pix) = self.told.get(pix) {
                    fair(self.world.bank_tells(pix));
                }
            }
            Step::Bank { order, word } => self.bank(order, word),
            Step::Begin { order } => {
                if let Some(order) = self.order(order) {
                    self.world.begins_to_send(order);
                }
            }
            Step::Return {
                pix,
                id,
                amount,
                state,
            } => self.returns(pix, id, amount, state),
            Step::Wait { seconds, heard } => {
                self.world.advance(seconds * 1_000);
                if heard {
                    self.world.waits(0);
                }
                self.world.lapses();
            }
            Step::GoesOut { sul } => self.goes_out(dock(sul)),
            Step::Stays => self.stays(),
            Step::Restart => self.world.restarts(),
            Step::Charge { visit, .. }
            | Step::Pay { visit, .. }
            | Step::ComesBack { visit, .. }
            | Step::GiveUp { visit }
            | Step::Expire { visit }
            | Step::Release { visit, .. }
            | Step::Approve { visit }
            | Step::Finds { visit, .. }
            | Step::Objects { visit }
            | Step::Judges { visit, .. }
            | Step::Claim { visit } => {
                if let Some(visit) = self.visit(visit) {
                    self.moves(&visit, step);
                }
            }
        }
    }

    fn stays(&mut self) {
        for _ in 0..5 {
            self.world.waits(15_000);
        }
        let (world, now) = (&self.world, self.world.now);
        let due = fair(world.act(move |tx| abandon_rental::due_now(tx, now, &TimeZone::UTC)));
        for id in due.unwrap_or_default() {
            let run = move |tx: &Tx<'_>| abandon_rental::run(tx, now, &TimeZone::UTC, &id);
            fair(world.act(run));
        }
        fair(world.act(move |tx| rescue_cart::lapse(tx, now)));
    }

    fn takes(&mut self, dock: &'static str, cpf: bool) {
        let mut wish = self.world.wish(dock);
        wish.person = cpf.then(|| self.world.person("52998224725"));
        self.visits.extend(fair(self.world.tries(dock, &wish)));
    }

    /// The honest way out, as far as the dock can serve.
    fn goes_out(&mut self, dock: &'static str) {
        self.world.reports(dock);
        let before = self.visits.len();
        self.takes(dock, false);
        let Some(visit) = self.visits.get(before).cloned() else {
            return;
        };
        let pix = self.world.pix(&visit, DEPOSIT);
        fair(self.world.bank_tells(&pix));
        self.told.push(pix);
        let bay = self.world.grant(&visit).map(|grant| grant.bay);
        if bay.is_some_and(|bay| !self.world.gateway(dock).bays[&bay].carts.is_empty()) {
            self.world.pulls(&visit);
            self.world.reports(dock);
        }
    }

    fn moves(&mut self, visit: &Visit, step: &Step) {
        let world = &mut self.world;
        match *step {
            Step::Charge { refused, .. } => {
                let made = if refused {
                    Made::Refused
                } else {
                    world.standing()
                };
                fair(world.bank_answers_charge(visit, made));
            }
            Step::Pay { wrong, .. } => {
                let pix = world.pix(visit, DEPOSIT - i64::from(wrong));
                fair(world.bank_tells(&pix));
                self.told.push(pix);
            }
            Step::ComesBack { sul, .. } => {
                if let Some(tag) = world.row(visit).tag {
                    world.docks(dock(sul), 2, tag);
                    world.reports(dock(sul));
                }
            }
            Step::GiveUp { .. } => drop(fair(world.gives_up(visit))),
            Step::Expire { .. } => drop(fair(world.expires(visit))),
            Step::Approve { .. } => drop(fair(world.approves(visit))),
            Step::Claim { .. } => drop(fair(world.claims(visit, "11144477735"))),
            Step::Finds { who, .. } => finds(world, visit, who),
            Step::Objects { .. } => objects(world, visit),
            Step::Judges { for_payer, .. } => judges(world, visit, for_payer),
            Step::Release { deed, tag, .. } if world.grant(visit).is_some() => {
                let deed = match deed {
                    0 | 1 => Deed::Starts,
                    2 => Deed::NotTaken,
                    3 => Deed::Fails,
                    4 => Deed::Refuses,
                    _ => Deed::Pulls(cart(tag)),
                };
                world.records(visit, deed);
                world.reports(visit.dock);
            }
            _ => {}
        }
    }

    fn order(&self, order: usize) -> Option<RefundId> {
        let visits = self.visits.iter();
        let orders: Vec<_> = visits.flat_map(|visit| self.world.orders(visit)).collect();
        (!orders.is_empty()).then(|| orders[order % orders.len()].id)
    }

    fn bank(&mut self, order: usize, word: u8) {
        let Some(order) = self.order(order) else {
            return;
        };
        let word = match word {
            0 => BankWord::Refused(Refusal::Other),
            1 => BankWord::Unknown,
            2 => BankWord::Processing,
            3 => BankWord::Refused(Refusal::NoBalance),
            4 => BankWord::Rejected(Refusal::AboveAmount),
            5 => BankWord::Refused(Refusal::AccountGone),
            _ => BankWord::Settled,
        };
        fair(self.world.bank_says(order, word, 1));
    }

    /// The bank gives back by itself what is left to give, at most.
    fn returns(&mut self, pix: usize, id: u8, amount: i64, state: u8) {
        let count = self.told.len();
        let Some(pix) = (count > 0).then(|| self.told[pix % count].clone()) else {
            return;
        };
        let (e2eid, paid) = (pix.e2eid.clone(), pix.amount);
        let asked = e2eid.clone();
        let left = self
            .world
            .read(move |tx| bank_return::remaining(tx, &asked, paid))
            .left;
        let state = [
            ReturnState::Settled,
            ReturnState::Processing,
            ReturnState::Refused,
        ][usize::from(state)];
        if amount <= left.get() {
            let id = format!("bank{id}");
            self.world.returned_of(&e2eid, (&id, amount), state);
        }
    }
}

/// Each counts what must not be there.
const NEVER: [(&str, &str); 14] = [
    (
        "a Pix with two settled refunds",
        "SELECT count(*) FROM (SELECT e2eid FROM refund WHERE state = 'settled' \
         GROUP BY e2eid HAVING count(*) > 1)",
    ),
    (
        "a Pix with two refunds alive",
        "SELECT count(*) FROM (SELECT e2eid FROM refund WHERE state <> 'refused' \
         GROUP BY e2eid HAVING count(*) > 1)",
    ),
    (
        "more refunded than paid",
        "SELECT count(*) FROM payment p WHERE p.amount_centavos < (SELECT \
         coalesce(sum(t.amount_centavos), 0) FROM ledger_transfer t WHERE (t.kind = 'refund' \
         AND t.reference IN (SELECT r.id FROM refund r WHERE r.e2eid = p.e2eid)) \
         OR (t.kind IN ('bank_return', 'bank_return_held') AND t.reference LIKE p.e2eid || '/%'))",
    ),
    (
        "a Pix that is due and not back, without an order, or an order of more than is left",
        "SELECT count(*) FROM (SELECT p.amount_centavos - coalesce((SELECT sum(b.amount_centavos) \
         FROM bank_return b WHERE b.e2eid = p.e2eid AND b.state = 'settled'), 0) AS rest, \
         (SELECT r.amount_centavos FROM refund r WHERE r.e2eid = p.e2eid \
         AND (r.state = 'owed' OR (r.state = 'requested' AND EXISTS \
         (SELECT 1 FROM outbox o WHERE o.subject = r.id AND o.attempts = 0)))) AS ordered \
         FROM payment p) WHERE ordered > rest",
    ),
    (
        "a refund that waits without an effect, or is decided with one",
        "SELECT count(*) FROM refund r LEFT JOIN outbox o ON o.kind = 'send_refund' \
         AND o.subject = r.id WHERE o.subject IS NULL \
         OR (r.state IN ('requested', 'processing')) <> (o.done_ms IS NULL)",
    ),
    (
        "an open grant of a rental that is not paid",
        "SELECT count(*) FROM bay_grant g JOIN rental r ON r.id = g.rental_id \
         WHERE g.state = 'open' AND r.state <> 'paid'",
    ),
    (
        "a paid rental without a grant",
        "SELECT count(*) FROM rental WHERE state = 'paid' \
         AND id NOT IN (SELECT rental_id FROM bay_grant)",
    ),
    (
        "an honoured return without its entry, or an entry without one",
        "SELECT count(*) FROM rental r LEFT JOIN entry e ON e.rental_id = r.id \
         WHERE r.abandoned_ms IS NULL \
         AND ((r.state = 'closed' OR (r.state = 'returned' AND r.review IS NULL)) \
         AND r.returned_gateway IS NOT NULL) <> (e.id IS NOT NULL)",
    ),
    (
        "a rescue without its entry, or a late return with one",
        "SELECT count(*) FROM rescue c JOIN rental r ON r.id = c.rental_id \
         LEFT JOIN entry e ON e.rental_id = r.id \
         WHERE (c.state IN ('rescued', 'in_time')) <> (e.id IS NOT NULL)",
    ),
    (
        "a finder who is the payer, or parts that are not the deposit",
        "SELECT count(*) FROM rescue c JOIN rental r ON r.id = c.rental_id \
         WHERE c.state = 'rescued' AND (c.finder_id = r.person_id \
         OR c.finder_centavos >= r.deposit_centavos \
         OR c.finder_centavos + c.prize_centavos > r.deposit_centavos)",
    ),
    (
        "a rental over or honoured that still holds a cart, or one out that does not",
        "SELECT count(*) FROM rental WHERE (state = 'out' AND out_tag IS NULL) \
         OR (out_tag IS NOT NULL AND NOT (state = 'out' OR review IS NOT NULL \
         OR (state = 'abandoned' AND returned_ms IS NULL)))",
    ),
    (
        "a journal with a hole",
        "SELECT count(*) FROM gateway g WHERE g.head_seq <> \
         (SELECT count(*) FROM gateway_event e WHERE e.gateway_id = g.id AND e.seq <= g.head_seq)",
    ),
    (
        "a review without an alarm",
        "SELECT count(*) FROM rental r WHERE r.state = 'returned' AND r.review IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM alarm a WHERE a.kind = 'return_contradicted' \
         AND a.subject = r.id AND a.cleared_ms IS NULL)",
    ),
    (
        "a charge that could be paid for a rental that is over",
        "SELECT count(*) FROM charge c JOIN rental r ON r.id = c.rental_id \
         WHERE c.state IN ('requested', 'active') AND r.state <> 'awaiting_payment'",
    ),
];

/// What finders and prizes have in the books.
fn shares(world: &World) -> [i64; 2] {
    let balances = world.read(ledger::balances);
    ["payable", "prize"].map(|kind| {
        let found = balances.iter().filter(|(k, _)| k == kind);
        -found.map(|(_, balance)| balance.get()).sum::<i64>()
    })
}

fn holds(world: &World) {
    let [bank, held, owed] = world.books();
    let [payable, prize] = shares(world);
    assert_eq!(bank, held + owed + payable + prize);
    let promised =
        world.count("SELECT coalesce(sum(finder_centavos), 0) FROM rescue WHERE state = 'rescued'");
    assert_eq!(payable, promised, "payable is what finders were promised");
    let deposits = world.count(
        "SELECT coalesce(sum(deposit_centavos), 0) - coalesce((SELECT sum(t.amount_centavos) \
         FROM ledger_transfer t JOIN rental h ON t.reference LIKE h.e2eid || '/%' \
         WHERE t.kind = 'bank_return_held' AND (h.state IN ('paid', 'out', 'abandoned') \
         OR (h.state = 'returned' AND h.review IS NOT NULL))), 0) FROM rental \
         WHERE state IN ('paid', 'out', 'abandoned') OR (state = 'returned' AND review IS NOT NULL)",
    );
    assert_eq!(held, deposits, "held is what carts out will bring back");
    let due = world.count(
        "SELECT coalesce(sum(p.amount_centavos - coalesce((SELECT sum(b.amount_centavos) \
         FROM bank_return b WHERE b.e2eid = p.e2eid AND b.state = 'settled'), 0)), 0) \
         FROM payment p JOIN refund r ON r.e2eid = p.e2eid \
         WHERE r.state IN ('requested', 'processing', 'owed')",
    );
    assert_eq!(owed, due, "owed is what is on its way back");
    let found = world.read(|tx| {
        let count = |sql| tx.first(sql, &[], |row| row.int(0));
        NEVER.iter().map(|(_, sql)| count(sql)).collect()
    });
    let found: Vec<Option<i64>> = found;
    for ((what, _), found) in NEVER.iter().zip(found) {
        assert_eq!(found, Some(0), "{what}");
    }
}

/// After everything, a patient bank and an honest dock bring all the money home.
fn comes_home(play: &mut Play) {
    for sul in [false, true] {
        play.world.reports(dock(sul));
    }
    play.world.advance(2_000_000);
    for sul in [false, true] {
        play.world.reports(dock(sul));
    }
    play.world.lapses();
    let now = play.world.now;
    fair(play.world.act(move |tx| rescue_cart::lapse(tx, now)));
    for visit in play.visits.clone() {
        let state = play.world.state(&visit);
        let away = play.world.row(&visit).returned_ms.is_none();
        if state == "abandoned" && !away {
            objects(&play.world, &visit);
            judges(&mut play.world, &visit, true);
        }
        if state == "out" {
            let tag = play
                .world
                .row(&visit)
                .tag
                .expect("a cart that is out has a tag");
            play.world.docks("sul", 2, tag);
            play.world.reports("sul");
        }
        fair(play.world.approves(&visit));
        for order in play.world.orders(&visit) {
            fair(play.world.bank_says(order.id, BankWord::Settled, 1));
        }
    }
    holds(&play.world);
    let stuck = play
        .world
        .count("SELECT count(*) FROM rental WHERE state = 'paid'");
    let [bank, held, owed] = play.world.books();
    assert_eq!(owed, 0);
    let [payable, prize] = shares(&play.world);
    assert_eq!(bank, held + payable + prize);
    // What a manager left unclaimed stays held.
    let kept = play
        .world
        .count("SELECT count(*) FROM rental WHERE state = 'abandoned'");
    assert!(held <= (stuck + kept) * DEPOSIT);
    if stuck > 0 {
        let alarms = play.world.alarms();
        assert!(alarms.contains(&"release_unresolved".to_owned()));
    }
}

/// A shop in which a cart counts as abandoned after a minute.
fn short() -> World {
    let world = World::new();
    let policy = Policy {
        abandon_after_minutes: 1,
        notice_lead_minutes: 1,
        ..Policy::DEFAULT
    };
    let id = PolicyId::new(1, [2; 10]);
    let scope = policy::Scope::Store(shop());
    fair(world.act(move |tx| Ok(policy::insert(tx, &id, scope, 2, &policy, START)?)));
    world
}

fn cases() -> ProptestConfig {
    ProptestConfig {
        cases: 150,
        max_shrink_iters: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_money_is_right_whatever_happens(steps in prop::collection::vec(step(), 1..40)) {
        let mut play = Play { world: short(), visits: Vec::new(), told: Vec::new() };
        for step in &steps {
            play.plays(step);
            holds(&play.world);
        }
        comes_home(&mut play);
        let norte = play.world.gateway("norte").id;
        let head = play.world.read(move |tx| gateway::by_id(tx, &norte)).unwrap().head;
        prop_assert_eq!(head, play.world.gateway("norte").head());
    }
}
