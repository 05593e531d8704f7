//! The abandoned cart: a row for each rule of who gets what, and one for each refusal.
//!
//! The shop's own policy is short here: abandoned after two lit minutes, told a minute before, two
//! minutes to claim. A dock that is not heard for twenty seconds is dark.

use crate::world::{DAY, DEPOSIT, START, Visit, World, cart, done, manager, refusal, shop};
use cloud::actions::abandon_rental::{self, Act};
use cloud::actions::claim_rescue::{self, By, ClaimRescue, FinderClaim, Wanted};
use cloud::actions::judge_rescue::{self, Judgement};
use cloud::actions::{
    Outcome, Rejection, expire_voucher, object_rescue, redeem_voucher, rescue_cart, watch_rescues,
};
use cloud::store::bank_return::ReturnState;
use cloud::store::rescue::{self, RescueRow, RescueState};
use cloud::store::{alarm, ledger, payout, person, policy, voucher, worker};
use cloud_core::policy::Policy;
use cloud_core::rescue::{Decided, Inputs};
use jiff::tz::TimeZone;
use shared::event::{Contradiction, Fact};
use shared::ids::{PolicyId, RentalId, TagUid};
use shared::time::UnixMs;
use std::sync::Arc;

const PAYER: &str = "52998224725";
const FINDER: &str = "11144477735";
const OTHER: &str = "12345678909";
const KEY: &str = "ana@exemplo.com";
const MINUTE: i64 = 60_000;

const POLICY: Policy = Policy {
    abandon_after_minutes: 2,
    notice_lead_minutes: 1,
    claim_valid_minutes: 2,
    payout_delay_hours: 1,
    ..Policy::DEFAULT
};

fn world() -> World {
    world_of(POLICY)
}

fn world_of(policy: Policy) -> World {
    let mut w = World::new();
    let id = PolicyId::new(1, [2; 10]);
    let scope = policy::Scope::Store(shop());
    done(w.act(move |tx| Ok(policy::insert(tx, &id, scope, 2, &policy, START)?)));
    lit(&mut w, MINUTE);
    w
}

/// Time in which both docks are heard.
fn lit(w: &mut World, duration_ms: i64) {
    for _ in 0..duration_ms / 15_000 {
        w.waits(15_000);
    }
}

/// The clock's look at carts that stay out.
fn looks(w: &World) -> Vec<Act> {
    let now = w.now;
    let due = done(w.act(move |tx| abandon_rental::due_now(tx, now, &TimeZone::UTC)));
    let act = |id| done(w.act(move |tx| abandon_rental::run(tx, now, &TimeZone::UTC, &id)));
    due.into_iter().filter_map(act).collect()
}

/// A cart that was taken with this CPF and counts as abandoned.
#[track_caller]
fn abandoned(w: &mut World, dock: &'static str, cpf: Option<&str>) -> (Visit, TagUid) {
    let visit = match cpf {
        Some(cpf) => w.take_with_cpf(dock, cpf),
        None => w.take(dock),
    };
    w.bank_makes_charge(&visit);
    assert_eq!(w.pays(&visit, DEPOSIT), "deposit");
    let tag = w.pulls(&visit);
    w.reports(dock);
    lit(w, 2 * MINUTE);
    assert_eq!(looks(w), [Act::Abandon]);
    assert_eq!(w.state(&visit), "abandoned");
    (visit, tag)
}

/// Abandoned, and put into a bay of the other dock.
#[track_caller]
fn brought(w: &mut World, bay: u16, cpf: Option<&str>) -> Visit {
    let (visit, tag) = abandoned(w, "norte", cpf);
    lit(w, 15_000);
    w.docks("sul", bay, tag);
    assert_eq!(w.reports("sul"), ["found"]);
    visit
}

fn found(w: &World, visit: &Visit) -> RescueRow {
    let id = visit.rental;
    let row = w.read(move |tx| rescue::of_rental(tx, &id));
    row.expect("a cart that was brought")
}

fn wanted(key: &str) -> Wanted {
    Wanted::Key(key.parse().expect("a good key"))
}

fn claims(w: &mut World, visit: &Visit, cpf: &str, wanted: Wanted) -> Outcome<RescueState> {
    let finder = FinderClaim {
        cpf: cpf.parse().expect("a good CPF"),
        person: w.person(cpf).cpf.person,
        wanted,
    };
    claims_by(w, visit, By::Finder(finder))
}

fn claims_by(w: &World, visit: &Visit, by: By) -> Outcome<RescueState> {
    let claim = ClaimRescue {
        place: found(w, visit).place,
        by,
        today_ms: w.now.plus(-6 * 60 * MINUTE),
    };
    let (now, keys) = (w.now, Arc::clone(&w.keys));
    w.act(move |tx| claim_rescue::run(tx, now, &keys, &claim))
}

fn objects(w: &World, visit: &Visit) -> Outcome<()> {
    let (now, id) = (w.now, visit.rental);
    w.act(move |tx| object_rescue::run(tx, now, &id).map(drop))
}

fn judges(w: &World, visit: &Visit, judgement: Judgement) -> Outcome<()> {
    let (now, id) = (w.now, visit.rental);
    let audit = format!("{id}{now:?}");
    w.act(move |tx| judge_rescue::run(tx, now, (&id, judgement), (&manager(), &audit)))
}

fn redeems(w: &World, code: [u8; 32]) -> Outcome<i64> {
    let (now, audit) = (w.now, format!("{:?}", w.now));
    w.act(move |tx| redeem_voucher::run(tx, now, &code, (&manager(), &audit)).map(|c| c.get()))
}

/// The clock's look at vouchers: how many it looks at, and what goes to the prizes.
fn expires(w: &World) -> (usize, i64) {
    let now = w.now;
    let over = w.read(move |tx| voucher::overdue(tx, now, 100));
    let expire = |id: &RentalId| {
        let id = *id;
        done(w.act(move |tx| expire_voucher::run(tx, now, &id)))
    };
    let went = over.iter().filter_map(expire);
    (over.len(), went.map(|amount| amount.get()).sum())
}

fn good_until(w: &World, visit: &Visit) -> UnixMs {
    let id = visit.rental;
    let row = w.read(move |tx| voucher::of_rental(tx, &id));
    row.expect("a voucher").until_ms
}

fn lapses(w: &World) -> usize {
    let now = w.now;
    done(w.act(move |tx| rescue_cart::lapse(tx, now)))
}

/// Held, owed, payable, prize and shop. The books are balanced.
#[track_caller]
fn money(w: &World) -> [i64; 5] {
    let [bank, ..] = w.books();
    let balances = w.read(ledger::balances);
    let of = |kind: &str| -> i64 {
        let found = balances.iter().filter(|(k, _)| k == kind);
        -found.map(|(_, balance)| balance.get()).sum::<i64>()
    };
    let parts = ["held", "owed", "payable", "prize", "shop"].map(of);
    assert_eq!(
        bank,
        parts.iter().sum::<i64>(),
        "every centavo is in one place"
    );
    assert!(parts.iter().all(|part| *part >= 0), "{parts:?}");
    made_again(w);
    parts
}

/// Each decision that was stored follows from its stored inputs.
fn made_again(w: &World) {
    let rows = w.read(|tx| rescue::decided(tx, 100));
    for row in rows.iter().filter(|row| row.judged_ms.is_none()) {
        let inputs = row.inputs.as_deref().expect("a decision has inputs");
        let inputs: Inputs = serde_json::from_str(inputs).expect("our own text");
        let outcome = row.outcome.as_deref().expect("a decision has an outcome");
        let outcome: Decided = serde_json::from_str(outcome).expect("our own text");
        assert_eq!(Decided::of(&inputs.decide(&POLICY)), outcome);
    }
}

/// The state of the finder's payout, if one was ordered.
fn payout_of(w: &World, visit: &Visit) -> Option<String> {
    let id = visit.rental;
    let orders = w.read(move |tx| payout::of_rental(tx, &id));
    orders.last().map(|order| order.state.as_str().to_owned())
}

#[test]
fn a_cart_in_use_is_its_payers_whoever_brings_it() {
    let mut w = world();
    let (visit, tag) = w.goes_out("norte");
    lit(&mut w, MINUTE);
    assert!(looks(&w).is_empty());
    w.docks("sul", 1, tag);
    assert_eq!(w.reports("sul"), ["applied"]);
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(money(&w), [0, DEPOSIT, 0, 0, 0]);
    assert!(w.entry(&visit).is_some());
}

#[test]
fn who_brings_an_abandoned_cart_gets_what_the_rules_say() {
    type Deed = fn(&mut World, &Visit);
    type Row = (
        &'static str,
        Deed,
        &'static str,
        RescueState,
        [i64; 5],
        bool,
    );
    let rows: [Row; 7] = [
        (
            "a finder, by Pix",
            |w, v| {
                done(claims(w, v, FINDER, wanted(KEY)));
            },
            "rescued",
            RescueState::Rescued,
            [0, 0, 500, 500, 0],
            true,
        ),
        (
            "a finder, for a voucher",
            |w, v| {
                done(claims(w, v, FINDER, Wanted::Voucher([1; 32])));
            },
            "rescued",
            RescueState::Rescued,
            [0, 0, 500, 500, 0],
            true,
        ),
        (
            "the payer, by the rental's own address",
            |w, v| {
                done(claims_by(w, v, By::Payer(v.rental)));
            },
            "returned",
            RescueState::Late,
            [0, DEPOSIT, 0, 0, 0],
            false,
        ),
        (
            "the payer, as a finder",
            |w, v| {
                done(claims(w, v, PAYER, wanted(KEY)));
            },
            "returned",
            RescueState::Late,
            [0, DEPOSIT, 0, 0, 0],
            false,
        ),
        (
            "somebody to the payer's key",
            |w, v| {
                let claim = claims(w, v, FINDER, wanted(PAYER));
                assert_eq!(refusal(claim), Rejection::KeyOfAnother);
                lit(w, 3 * MINUTE);
                assert_eq!(lapses(w), 1);
            },
            "abandoned",
            RescueState::Unclaimed,
            [DEPOSIT, 0, 0, 0, 0],
            false,
        ),
        (
            "somebody who works here",
            |w, v| {
                let index = w.keys.cpf_index(&FINDER.parse().expect("a CPF"));
                let now = w.now;
                done(w.act(move |tx| Ok(worker::note(tx, &index, now)?)));
                done(claims(w, v, FINDER, wanted(KEY)));
            },
            "abandoned",
            RescueState::Unclaimed,
            [DEPOSIT, 0, 0, 0, 0],
            false,
        ),
        (
            "somebody who comes late",
            |w, v| {
                lit(w, 3 * MINUTE);
                done(claims(w, v, FINDER, wanted(KEY)));
            },
            "abandoned",
            RescueState::Unclaimed,
            [DEPOSIT, 0, 0, 0, 0],
            false,
        ),
    ];
    for (what, deed, state, rescue, parts, entry) in rows {
        let mut w = world();
        let visit = brought(&mut w, 1, Some(PAYER));
        assert_eq!(money(&w), [DEPOSIT, 0, 0, 0, 0], "{what}");
        deed(&mut w, &visit);
        assert_eq!(w.state(&visit), state, "{what}");
        assert_eq!(found(&w, &visit).state, rescue, "{what}");
        assert_eq!(money(&w), parts, "{what}");
        assert_eq!(w.entry(&visit).is_some(), entry, "{what}");
        let second = claims(&mut w, &visit, OTHER, wanted(KEY));
        assert_eq!(refusal(second), Rejection::RescueDecided, "{what}");
        assert_eq!(money(&w), parts, "{what}: a second claim moves nothing");
    }
}

#[test]
fn the_entry_is_the_finders_and_the_share_waits_for_the_payer_to_object() {
    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &visit, FINDER, wanted(KEY)));
    let row = found(&w, &visit);
    assert_eq!(w.entry(&visit).and_then(|entry| entry.person), row.finder);
    assert_ne!(row.finder, w.row(&visit).person);
    assert_eq!(row.pay_from_ms, Some(w.now.plus(60 * MINUTE)));
    assert_eq!(payout_of(&w, &visit).as_deref(), Some("waiting"));
}

#[test]
fn a_dark_dock_abandons_nothing_and_its_time_does_not_count() {
    let mut w = world();
    let (visit, _) = w.goes_out("norte");
    // Norte is heard, sul is not.
    for _ in 0..40 {
        w.advance(15_000);
        w.reports("norte");
    }
    assert!(looks(&w).is_empty(), "a dock of the store is dark");
    w.reports("sul");
    assert!(looks(&w).is_empty(), "ten minutes were dark");
    lit(&mut w, MINUTE);
    assert!(looks(&w).is_empty(), "one minute was lit");
    lit(&mut w, MINUTE);
    assert_eq!(looks(&w), [Act::Abandon]);
    assert_eq!(w.state(&visit), "abandoned");
    assert!(looks(&w).is_empty(), "once");
}

#[test]
fn a_dock_that_has_not_told_everything_is_dark() {
    let mut w = world();
    w.goes_out("norte");
    w.gateway("sul").remaining = 3;
    lit(&mut w, 5 * MINUTE);
    assert!(looks(&w).is_empty());
    w.gateway("sul").remaining = 0;
    w.waits(0);
    lit(&mut w, 2 * MINUTE);
    assert_eq!(looks(&w), [Act::Abandon]);
}

#[test]
fn a_docking_from_before_the_abandonment_is_in_time_when_it_is_told_after() {
    let mut w = world();
    let (visit, tag) = w.goes_out("norte");
    lit(&mut w, 2 * MINUTE);
    // Docked now, and told a moment after the rental was abandoned.
    w.docks("sul", 1, tag);
    w.advance(5_000);
    assert_eq!(looks(&w), [Act::Abandon]);
    w.advance(5_000);
    assert_eq!(w.reports("sul"), ["applied"]);
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(found(&w, &visit).state, RescueState::InTime);
    assert_eq!(money(&w), [0, DEPOSIT, 0, 0, 0]);
    assert!(w.entry(&visit).is_some(), "it was back in time");
}

#[test]
fn what_staff_put_in_and_what_contradicts_itself_earns_nothing() {
    let mut w = world();
    let (visit, tag) = abandoned(&mut w, "norte", None);
    lit(&mut w, 15_000);
    w.contradicts("sul", 1, Some(tag), Contradiction::TagWithoutCart);
    assert_eq!(w.reports("sul"), ["held_for_review"]);
    assert_eq!(w.state(&visit), "abandoned", "a tag is not a cart");
    assert!(w.alarms().contains(&"return_contradicted".to_owned()));
    let bay = crate::world::bay(2);
    w.tells("sul", Fact::CartPlaced { bay, tag });
    assert_eq!(w.reports("sul"), ["found"]);
    let row = found(&w, &visit);
    assert_eq!(row.state, RescueState::Unclaimed);
    assert_eq!(row.refusal.as_deref(), Some("service_mode"));
    let claim = claims(&mut w, &visit, FINDER, wanted(KEY));
    assert_eq!(refusal(claim), Rejection::RescueDecided);
    assert_eq!(money(&w), [DEPOSIT, 0, 0, 0, 0]);
}

#[test]
fn the_fourth_of_the_day_and_the_third_of_a_pair() {
    // The same payer each time; a cap of two of the pair, of three a day.
    let mut w = world();
    let mut states = Vec::new();
    for bay in [1, 2, 3, 3] {
        let visit = brought(&mut w, bay, Some(PAYER));
        states.push(done(claims(&mut w, &visit, FINDER, wanted(KEY))));
    }
    assert_eq!(
        states,
        [
            RescueState::Rescued,
            RescueState::Rescued,
            RescueState::Review,
            // Three of the day wait or were promised by now.
            RescueState::Unclaimed,
        ]
    );
    assert_eq!(money(&w), [2 * DEPOSIT, 0, 1_000, 1_000, 0]);
}

#[test]
fn a_payer_objects_and_a_person_decides() {
    for (judgement, state, rescue, parts, payout) in [
        (
            Judgement::ForPayer,
            "returned",
            RescueState::Overturned,
            [0, DEPOSIT, 0, 0, 0],
            "void",
        ),
        (
            Judgement::AgainstPayer,
            "rescued",
            RescueState::Rescued,
            [0, 0, 500, 500, 0],
            "waiting",
        ),
    ] {
        let mut w = world();
        let visit = brought(&mut w, 1, Some(PAYER));
        done(claims(&mut w, &visit, FINDER, wanted(KEY)));
        let early = judges(&w, &visit, judgement);
        assert_eq!(refusal(early), Rejection::NothingToJudge);
        done(objects(&w, &visit));
        done(objects(&w, &visit));
        assert_eq!(payout_of(&w, &visit).as_deref(), Some("held"));
        assert_eq!(money(&w), [0, 0, 500, 500, 0]);
        done(judges(&w, &visit, judgement));
        assert_eq!(w.state(&visit), state, "{judgement:?}");
        assert_eq!(found(&w, &visit).state, rescue, "{judgement:?}");
        assert_eq!(money(&w), parts, "{judgement:?}");
        assert_eq!(payout_of(&w, &visit).as_deref(), Some(payout));
        assert_eq!(
            w.entry(&visit).is_some(),
            judgement == Judgement::AgainstPayer
        );
        let again = judges(&w, &visit, judgement);
        assert_eq!(refusal(again), Rejection::NothingToJudge);
        if judgement == Judgement::ForPayer {
            w.bank_settles(&visit);
            assert_eq!(w.state(&visit), "closed");
            assert_eq!(money(&w), [0, 0, 0, 0, 0]);
        }
    }
}

#[test]
fn one_payer_who_objects_holds_all_that_the_finder_waits_for() {
    let mut w = world();
    let first = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &first, FINDER, wanted(KEY)));
    let second = brought(&mut w, 2, Some(OTHER));
    done(claims(&mut w, &second, FINDER, wanted(KEY)));
    done(objects(&w, &first));
    assert_eq!(
        payout_of(&w, &second).as_deref(),
        Some("held"),
        "the other too"
    );
    done(judges(&w, &second, Judgement::AgainstPayer));
    assert_eq!(
        payout_of(&w, &second).as_deref(),
        Some("waiting"),
        "looked at"
    );
    assert_eq!(payout_of(&w, &first).as_deref(), Some("held"));
    // While somebody objects, another find is looked at by a person.
    let third = brought(&mut w, 3, None);
    let state = done(claims(&mut w, &third, FINDER, wanted(KEY)));
    assert_eq!(state, RescueState::Review);
    assert_eq!(payout_of(&w, &third).as_deref(), Some("held"));
    done(judges(&w, &third, Judgement::AgainstPayer));
    assert_eq!(payout_of(&w, &third).as_deref(), Some("waiting"));
    assert_eq!(w.state(&third), "rescued");
    assert_eq!(money(&w), [0, 0, 1_500, 1_500, 0]);
}

#[test]
fn an_unclaimed_cart_is_its_payers_by_a_persons_word() {
    let mut w = world();
    let visit = brought(&mut w, 1, None);
    let early = lapses(&w);
    assert_eq!(early, 0, "the code is good");
    lit(&mut w, 3 * MINUTE);
    assert_eq!(lapses(&w), 1);
    assert_eq!(
        refusal(judges(&w, &visit, Judgement::ForPayer)),
        Rejection::NothingToJudge
    );
    done(objects(&w, &visit));
    assert_eq!(waiting(&w).len(), 1, "an alarm stands at once");
    done(judges(&w, &visit, Judgement::ForPayer));
    assert!(waiting(&w).is_empty(), "and ends at once");
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(money(&w), [0, DEPOSIT, 0, 0, 0]);
    assert!(w.entry(&visit).is_none(), "late is without an entry");
}

#[test]
fn a_voucher_serves_once_and_not_before_its_time() {
    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    let code = [7; 32];
    done(claims(&mut w, &visit, FINDER, Wanted::Voucher(code)));
    assert_eq!(refusal(redeems(&w, [8; 32])), Rejection::UnknownVoucher);
    assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherEarly);
    w.advance(61 * MINUTE);
    done(objects(&w, &visit));
    assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherHeld);
    done(judges(&w, &visit, Judgement::AgainstPayer));
    assert_eq!(done(redeems(&w, code)), 500);
    assert_eq!(money(&w), [0, 0, 0, 500, 500]);
    assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherUsed);
    w.advance(200 * DAY);
    assert_eq!(expires(&w), (0, 0), "it was used");
    w.advance(-200 * DAY);
    assert_eq!(money(&w), [0, 0, 0, 500, 500]);
    assert_eq!(found(&w, &visit).released_ms, Some(w.now));
}

#[test]
fn nobody_is_paid_from_a_pix_that_the_bank_takes_back() {
    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &visit, FINDER, wanted(KEY)));
    w.bank_returns(&visit, ("med1", DEPOSIT), ReturnState::Settled);
    assert_eq!(payout_of(&w, &visit).as_deref(), Some("void"));
    assert_eq!(w.state(&visit), "closed");
    assert_eq!(money(&w), [0, 0, 0, 0, 0]);

    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    w.bank_returns(&visit, ("med1", 400), ReturnState::Processing);
    let state = done(claims(&mut w, &visit, FINDER, wanted(KEY)));
    assert_eq!(state, RescueState::Review);
}

#[test]
fn a_cart_that_was_abandoned_is_the_next_customers_and_the_books_stay_right() {
    let mut w = world();
    // Into the lane, at whose mouth it is the next to leave.
    let visit = brought(&mut w, 3, None);
    let next = w.take("sul");
    w.bank_makes_charge(&next);
    assert_eq!(w.pays(&next, DEPOSIT), "deposit");
    assert_eq!(w.pulls(&next), cart(1), "the very cart");
    w.reports("sul");
    assert_eq!(w.state(&next), "out");
    done(claims(&mut w, &visit, FINDER, wanted(KEY)));
    assert_eq!(w.state(&visit), "rescued");
    assert_eq!(money(&w), [DEPOSIT, 0, 500, 500, 0]);
}

#[test]
fn a_finders_copy_holds_what_they_found_and_the_payers_copy_nothing_of_it() {
    let mut w = world();
    let first = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &first, FINDER, wanted(KEY)));
    let second = brought(&mut w, 2, Some(OTHER));
    done(claims(&mut w, &second, FINDER, Wanted::Voucher([5; 32])));
    let finder = found(&w, &first).finder.expect("a finder");
    let told = w.copy_for(finder);
    let by = |index: usize| (&told["found"][index]["by"], &told["found"][index]["state"]);
    assert_eq!(by(0), (&"voucher".into(), &"rescued".into()));
    assert_eq!(by(1), (&"pix_key".into(), &"rescued".into()));
    for find in told["found"].as_array().expect("a list") {
        assert_eq!(find["share_centavos"], 500);
        assert!(find["raffle_entry"]["code"].is_string(), "{find}");
        assert!(find["dock"].is_string() && find["docked"].is_string());
    }
    assert_eq!(told["found"][0]["voucher"]["amount_centavos"], 500);
    assert_eq!(told["found"].as_array().map(Vec::len), Some(2));
    let payout = &told["payouts"][0];
    assert_eq!(payout["pix_key"], KEY);
    assert_eq!(payout["amount_centavos"], 500);
    assert_eq!(payout["state"], "waiting");
    for visit in [&first, &second] {
        let id = visit.rental.to_string();
        assert!(!told.to_string().contains(&id), "whose cart it was");
    }
    let payer = w.row(&first).person.expect("taken with a CPF");
    let other = w.copy_for(payer);
    assert_eq!(other["rentals"][0]["state"], "rescued");
    assert!(other["rentals"][0]["raffle_entry"].is_null(), "{other}");
    for empty in ["found", "payouts"] {
        assert_eq!(other[empty].as_array().map(Vec::len), Some(0), "{empty}");
    }
    let earned = |id| w.read(move |tx| person::earned(tx, &id));
    assert_eq!((earned(finder), earned(payer)), ((0, 2), (1, 0)));
}

/// What the open alarms say of rescues that wait, by their rental, with when they began to.
fn waiting(w: &World) -> Vec<(String, UnixMs)> {
    let open = w.read(|tx| alarm::open(tx, 100));
    let of = open
        .into_iter()
        .filter(|alarm| alarm.kind == "rescue_waiting");
    of.map(|alarm| (alarm.subject, alarm.raised_ms)).collect()
}

fn watches(w: &World) -> usize {
    let now = w.now;
    done(w.act(move |tx| watch_rescues::run(tx, now)))
}

#[test]
fn an_alarm_stands_while_a_person_must_decide_and_ends_with_the_decision() {
    for judgement in [Judgement::ForPayer, Judgement::AgainstPayer] {
        let mut w = world();
        let visit = brought(&mut w, 1, Some(PAYER));
        let id = visit.rental.to_string();
        done(claims(&mut w, &visit, FINDER, wanted(KEY)));
        assert_eq!((watches(&w), waiting(&w)), (0, vec![]), "nobody objects");
        done(objects(&w, &visit));
        let since = (id, w.now);
        assert_eq!(waiting(&w), std::slice::from_ref(&since), "at once");
        lit(&mut w, 2 * MINUTE);
        assert_eq!(
            (watches(&w), waiting(&w)),
            (0, vec![since]),
            "its age is kept"
        );
        done(judges(&w, &visit, judgement));
        assert!(waiting(&w).is_empty(), "{judgement:?}: at once");
        assert_eq!(watches(&w), 0);
    }
}

#[test]
fn a_find_that_the_rules_leave_to_a_person_is_seen_and_so_is_all_that_it_holds() {
    let mut w = world();
    let first = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &first, FINDER, wanted(KEY)));
    let second = brought(&mut w, 2, Some(OTHER));
    done(claims(&mut w, &second, FINDER, wanted(KEY)));
    done(objects(&w, &first));
    assert_eq!(waiting(&w).len(), 2, "the other find of this finder too");
    let third = brought(&mut w, 3, None);
    let state = done(claims(&mut w, &third, FINDER, wanted(KEY)));
    assert_eq!((state, waiting(&w).len()), (RescueState::Review, 3));
    done(judges(&w, &first, Judgement::AgainstPayer));
    assert_eq!(
        waiting(&w),
        [(third.rental.to_string(), w.now)],
        "what waits still"
    );
    done(judges(&w, &third, Judgement::AgainstPayer));
    assert!(waiting(&w).is_empty());
}

#[test]
fn the_clock_finds_what_no_alarm_speaks_of_and_what_one_speaks_of_in_vain() {
    let mut w = world();
    let visit = brought(&mut w, 1, None);
    // While the code is good its claim comes first.
    done(objects(&w, &visit));
    assert_eq!((watches(&w), waiting(&w)), (0, vec![]));
    let objected = w.now;
    lit(&mut w, 3 * MINUTE);
    assert_eq!(lapses(&w), 1);
    let since = (visit.rental.to_string(), objected);
    assert_eq!(waiting(&w), std::slice::from_ref(&since));
    let sql = "DELETE FROM alarm";
    done(w.act(move |tx| Ok(tx.execute(sql, &[]).map(drop)?)));
    assert_eq!(
        (watches(&w), waiting(&w)),
        (1, vec![since]),
        "books of before"
    );
    let sql = "UPDATE rescue SET objection = 'dismissed'";
    done(w.act(move |tx| Ok(tx.execute(sql, &[]).map(drop)?)));
    assert_eq!((watches(&w), waiting(&w)), (0, vec![]));
}

#[test]
fn a_voucher_that_nobody_uses_goes_to_the_prizes_once() {
    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    let code = [7; 32];
    done(claims(&mut w, &visit, FINDER, Wanted::Voucher(code)));
    let from = found(&w, &visit).pay_from_ms.expect("a moment");
    let until = good_until(&w, &visit);
    assert_eq!(until, from.plus(180 * DAY));
    w.advance(until.since(w.now) - 1);
    assert_eq!(expires(&w), (0, 0), "good for a moment more");
    w.advance(1);
    assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherExpired);
    assert_eq!(money(&w), [0, 0, 500, 500, 0]);
    assert_eq!(expires(&w), (1, 500));
    assert_eq!(money(&w), [0, 0, 0, 1_000, 0]);
    let (now, id) = (w.now, visit.rental);
    let again = done(w.act(move |tx| expire_voucher::run(tx, now, &id)));
    assert_eq!((again, expires(&w)), (None, (0, 0)), "once");
    assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherExpired);
    assert_eq!(refusal(objects(&w, &visit)), Rejection::ContestClosed);
    assert_eq!(money(&w), [0, 0, 0, 1_000, 0]);
    let booked = w.booked(&id.to_string());
    let ended = booked.iter().filter(|one| *one == "voucher_expired 500");
    assert_eq!(ended.count(), 1, "{booked:?}");
}

#[test]
fn a_voucher_that_is_held_when_it_would_end_is_good_for_longer() {
    for (judgement, parts, used) in [
        (Judgement::AgainstPayer, [0, 0, 0, 500, 500], true),
        (Judgement::ForPayer, [0, DEPOSIT, 0, 0, 0], false),
    ] {
        let mut w = world();
        let visit = brought(&mut w, 1, Some(PAYER));
        let code = [7; 32];
        done(claims(&mut w, &visit, FINDER, Wanted::Voucher(code)));
        done(objects(&w, &visit));
        w.advance(good_until(&w, &visit).since(w.now));
        assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherHeld);
        assert_eq!(expires(&w), (1, 0), "looked at, and nothing went");
        assert_eq!(good_until(&w, &visit), w.now.plus(30 * DAY));
        done(judges(&w, &visit, judgement));
        match used {
            true => assert_eq!(done(redeems(&w, code)), 500),
            false => assert_eq!(refusal(redeems(&w, code)), Rejection::VoucherHeld),
        }
        w.advance(31 * DAY);
        assert_eq!(expires(&w), (0, 0), "{judgement:?}");
        assert_eq!(money(&w), parts, "{judgement:?}");
    }
}

#[test]
fn the_dark_time_of_a_gateway_that_was_replaced_does_not_count() {
    let mut w = world();
    w.goes_out("norte");
    for _ in 0..40 {
        w.advance(15_000);
        w.reports("norte");
    }
    // Sul said nothing in all that time; another device takes its place.
    w.enrols("sul", [9; 32]);
    w.reports("sul");
    w.reports("norte");
    assert!(looks(&w).is_empty(), "ten minutes were dark");
    lit(&mut w, MINUTE);
    assert!(looks(&w).is_empty(), "one minute was lit");
    lit(&mut w, MINUTE);
    assert_eq!(looks(&w), [Act::Abandon]);
}

#[test]
fn what_a_finder_has_is_not_taken_back_when_the_bank_takes_the_pix() {
    type Deed = fn(&mut World, &Visit);
    let deeds: [(&str, Deed); 2] = [
        ("a voucher was used", |w, visit| {
            done(claims(w, visit, FINDER, Wanted::Voucher([7; 32])));
            w.advance(61 * MINUTE);
            assert_eq!(done(redeems(w, [7; 32])), 500);
        }),
        ("the Pix may be at the bank", |w, visit| {
            done(claims(w, visit, FINDER, wanted(KEY)));
            let (now, id) = (w.now, visit.rental);
            done(w.act(move |tx| {
                let order = payout::of_rental(tx, &id)?.pop().expect("an order");
                Ok(payout::set_sent(tx, &order.id, now)?)
            }));
        }),
    ];
    for (what, deed) in deeds {
        let mut w = world();
        let visit = brought(&mut w, 1, Some(PAYER));
        deed(&mut w, &visit);
        w.bank_returns(&visit, ("med1", DEPOSIT), ReturnState::Settled);
        assert_eq!(w.state(&visit), "rescued", "{what}");
        let booked = w.booked(&visit.rental.to_string());
        let back = booked.iter().any(|one| one.contains("share_back"));
        assert!(!back, "{what}: {booked:?}");
        assert!(w.alarms().contains(&"refund_excess".to_owned()), "{what}");
        assert_ne!(payout_of(&w, &visit).as_deref(), Some("void"), "{what}");
    }
}

#[test]
fn a_claim_of_a_contested_cart_holds_what_the_finder_waits_for() {
    let mut w = world();
    let first = brought(&mut w, 1, Some(PAYER));
    done(claims(&mut w, &first, FINDER, wanted(KEY)));
    let second = brought(&mut w, 2, Some(OTHER));
    done(objects(&w, &second));
    assert_eq!(payout_of(&w, &first).as_deref(), Some("waiting"));
    done(claims(&mut w, &second, FINDER, wanted(KEY)));
    for visit in [&first, &second] {
        assert_eq!(payout_of(&w, visit).as_deref(), Some("held"));
    }
}

#[test]
fn a_doubted_docking_is_claimed_once() {
    let mut w = world();
    let visit = brought(&mut w, 1, Some(PAYER));
    let sql = "UPDATE rescue SET doubt = 'unproven', state = 'review'";
    done(w.act(move |tx| Ok(tx.execute(sql, &[]).map(drop)?)));
    let voucher = Wanted::Voucher([7; 32]);
    let state = done(claims(&mut w, &visit, FINDER, voucher));
    assert_eq!((state, waiting(&w).len()), (RescueState::Review, 1));
    let second = claims(&mut w, &visit, OTHER, wanted(KEY));
    assert_eq!(refusal(second), Rejection::RescueDecided);
}
