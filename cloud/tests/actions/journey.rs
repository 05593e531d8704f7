//! A cart out and back, and what each step leaves in the books.

use crate::world::{CAMPAIGN_CLOSES, DAY, DEPOSIT, Deed, SECOND, START, Stage, World, cart, done};
use cloud::store::charge::ChargeState;
use cloud::store::grant::GrantState;
use cloud_core::refund::{BankWord, Next, Refusal};
use shared::time::UnixMs;

const CPF: &str = "52998224725";

/// State, bank/held/owed, waiting effects.
#[track_caller]
fn expect(
    world: &World,
    visit: &crate::world::Visit,
    state: &str,
    books: [i64; 3],
    effects: &[&str],
) {
    assert_eq!(world.state(visit), state);
    assert_eq!(world.books(), books, "books when {state}");
    assert_eq!(world.effects(), effects, "effects when {state}");
}

#[test]
fn a_cart_goes_out_here_and_comes_back_there() {
    let mut w = World::new();
    let visit = w.take("norte");
    expect(
        &w,
        &visit,
        "awaiting_payment",
        [0, 0, 0],
        &["create_charge"],
    );
    w.bank_makes_charge(&visit);
    expect(&w, &visit, "awaiting_payment", [0, 0, 0], &[]);
    assert_eq!(w.charge(&visit).state, ChargeState::Active);

    w.waits(40 * SECOND);
    let pix = w.pix(&visit, DEPOSIT);
    assert_eq!(w.verdict(&pix), "deposit");
    expect(&w, &visit, "paid", [1_000, 1_000, 0], &["deliver_grant"]);
    let grant = w.grant(&visit).unwrap();
    assert_eq!(grant.gateway, w.gateway("norte").id);
    assert_eq!(grant.expires_ms, w.now.plus(120 * SECOND));
    w.delivers_grant(&visit);
    expect(&w, &visit, "paid", [1_000, 1_000, 0], &[]);

    w.records(&visit, Deed::Starts);
    assert_eq!(w.reports("norte"), ["applied"]);
    assert_eq!(w.grant(&visit).unwrap().state, GrantState::Used);
    expect(&w, &visit, "paid", [1_000, 1_000, 0], &[]);
    w.bay("norte", 1).carts.clear();
    w.records(&visit, Deed::Pulls(cart(1)));
    assert_eq!(w.reports("norte"), ["applied"]);
    expect(&w, &visit, "out", [1_000, 1_000, 0], &[]);
    assert_eq!(w.row(&visit).tag, Some(cart(1)));

    w.waits(3_600 * SECOND);
    assert_eq!(w.entry(&visit).map(|e| e.id), None);
    w.docks("sul", 2, cart(1));
    assert_eq!(w.reports("sul"), ["applied"]);
    expect(&w, &visit, "returned", [1_000, 0, 1_000], &["send_refund"]);
    let row = w.row(&visit);
    let sul = w.gateway("sul").id;
    assert_eq!(row.returned.map(|p| (p.gateway, p.seq)), Some((sul, 1)));
    assert_eq!(row.returned_bay.map(|b| b.get()), Some(2));
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);

    w.bank_settles(&visit);
    expect(&w, &visit, "closed", [0, 0, 0], &[]);
    assert_eq!(w.refunds(&visit), ["1 settled 1000"]);
    assert_eq!(w.booked(&pix.e2eid), ["deposit 1000", "due 1000"]);
    let order = w.last_order(&visit);
    assert_eq!(w.booked(&order.id.to_string()), ["refund 1000"]);
    assert_eq!(order.return_id.as_deref(), Some("D1"));
    assert!(w.entry(&visit).is_some());
    assert!(w.alarms().is_empty());
}

#[test]
fn everything_is_there_after_a_restart_between_any_two_steps() {
    let mut w = World::new();
    let visit = w.take("norte");
    w.restarts();
    w.bank_makes_charge(&visit);
    w.restarts();
    w.pays(&visit, DEPOSIT);
    w.restarts();
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.restarts();
    w.docks("sul", 1, tag);
    w.reports("sul");
    w.restarts();
    w.bank_settles(&visit);
    w.restarts();
    expect(&w, &visit, "closed", [0, 0, 0], &["deliver_grant"]);
}

#[test]
fn the_entry_is_made_once_and_belongs_to_the_cpf_of_the_payment() {
    let mut w = World::new();
    let known = w.take_with_cpf("norte", CPF);
    let again = w.take_with_cpf("norte", CPF);
    let nobody = w.take("norte");
    let carts = [&known, &again, &nobody].map(|visit| {
        w.pays(visit, DEPOSIT);
        w.pulls(visit)
    });
    w.reports("norte");
    let person = w.row(&known).person;
    assert!(person.is_some());
    assert_eq!(w.row(&again).person, person, "one CPF is one person");
    for tag in carts.into_iter().chain(carts) {
        w.docks("sul", 3, tag);
    }
    w.reports("sul");
    assert_eq!(w.count("SELECT count(*) FROM entry"), 3);
    assert_eq!(w.entry(&known).unwrap().person, person);
    assert_eq!(w.entry(&again).unwrap().person, person);
    assert_eq!(w.entry(&nobody).unwrap().person, None);
    assert_ne!(w.entry(&known).unwrap().id, w.entry(&again).unwrap().id);
    assert_eq!(w.count("SELECT count(DISTINCT salt) FROM entry"), 3);
}

#[test]
fn a_return_between_campaigns_is_refunded_and_earns_nothing() {
    let mut w = World::new();
    let (visit, tag) = w.goes_out("norte");
    w.now = CAMPAIGN_CLOSES;
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["applied"]);
    assert_eq!(w.entry(&visit).map(|e| e.id), None);
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
}

#[test]
fn a_campaign_opens_once_and_counts_from_its_first_moment_to_before_its_last() {
    let mut w = World::new();
    let closes = CAMPAIGN_CLOSES.plus(30 * DAY);
    w.opens_campaign(2, UnixMs(CAMPAIGN_CLOSES.0 - 1), closes);
    w.opens_campaign(3, CAMPAIGN_CLOSES, closes);
    w.opens_campaign(4, CAMPAIGN_CLOSES, closes);
    w.opens_campaign(5, START, START.plus(1));
    assert_eq!(w.count("SELECT count(*) FROM campaign"), 2);
    for (at, name) in [
        (CAMPAIGN_CLOSES.plus(-1), "setembro"),
        (CAMPAIGN_CLOSES, "promo 3"),
        (closes.plus(-1), "promo 3"),
    ] {
        w.now = at.plus(-1);
        w.waits(0);
        let (visit, tag) = w.goes_out("norte");
        w.now = at;
        w.docks("norte", 1, tag);
        w.reports("norte");
        assert_eq!(w.entry(&visit).unwrap().campaign.name, name, "at {at:?}");
    }
}

#[test]
fn the_receipt_claims_its_entry_until_the_campaign_freezes() {
    let mut w = World::new();
    let visit = w.at(Stage::Closed);
    w.now = CAMPAIGN_CLOSES.plus(-1);
    done(w.claims(&visit, CPF));
    let person = w.entry(&visit).unwrap().person;
    assert!(person.is_some());
    assert_eq!(w.row(&visit).person, person);
    assert_eq!(w.count("SELECT count(*) FROM person"), 1);
}

#[test]
fn the_policy_of_the_moment_is_recorded_and_decides_the_grant() {
    let mut w = World::new();
    let early = w.take("norte");
    let cheaper = cloud_core::policy::Policy {
        deposit_centavos: shared::money::Centavos::new(500),
        grant_valid_seconds: 60,
        ..cloud_core::policy::Policy::DEFAULT
    };
    let (id, from) = (shared::ids::PolicyId::new(2, [2; 10]), w.now.plus(1));
    done(w.act(move |tx| {
        let scope = cloud::store::policy::Scope::Store(crate::world::shop());
        Ok(cloud::store::policy::insert(
            tx, &id, scope, 2, &cheaper, from,
        )?)
    }));
    w.advance(1);
    let late = w.take("norte");
    assert_eq!(w.pays(&early, DEPOSIT), "deposit");
    assert_eq!(w.pays(&late, 500), "deposit");
    assert_eq!(w.books(), [1_500, 1_500, 0]);
    let valid = |visit| w.grant(visit).map(|g| g.expires_ms.since(g.issued_ms));
    assert_eq!(valid(&early), Some(120 * SECOND));
    assert_eq!(valid(&late), Some(60 * SECOND));
}

#[test]
fn nothing_is_asked_of_the_bank_again_once_it_has_answered() {
    let mut w = World::new();
    let visit = w.at(Stage::Closed);
    let before = w.everything();
    let order = w.last_order(&visit).id;
    for word in [
        BankWord::Settled,
        BankWord::Processing,
        BankWord::Refused(Refusal::Other),
    ] {
        assert_eq!(done(w.bank_says(order, word, 9)), Next::AlreadyApplied);
    }
    w.delivers_grant(&visit);
    let delivered = w.everything();
    w.delivers_grant(&visit);
    assert_eq!(w.everything(), delivered);
    assert_eq!(before.lines().count(), delivered.lines().count());
}
