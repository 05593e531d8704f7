//! What is sent to a person's key: once, under one id, to nobody else, and not after a word against it.

use crate::world::{DAY, DEPOSIT, SECOND, Stage, Visit, World, done, manager, refusal, shop};
use cloud::actions::begin_payout::{self, Begun};
use cloud::actions::decide_payout::{self, Decision, Verdict};
use cloud::actions::erase_person::{self, ErasePerson};
use cloud::actions::order_payout::{self, Order};
use cloud::actions::settle_payout::{self, Returned, Told};
use cloud::actions::{Outcome, Rejection, name_key, watch_payouts};
use cloud::entropy::Entropy;
use cloud::keys::SealedPixKey;
use cloud::store::bank_return::ReturnState;
use cloud::store::outbox::{self, EffectKind};
use cloud::store::payout::{self, Debt, PayoutRow};
use cloud::store::{ledger, person_field};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::payout::{BankWord, Hold, Limits, Next, PayoutState, Refusal};
use cloud_core::refund::Refusal as RefundRefusal;
use cloud_core::rental::Step;
use shared::ids::{PayoutId, PersonId};
use shared::money::Centavos;
use shared::pix_key::PixKey;

const ANA: &str = "529.982.247-25";
const RUI: &str = "111.444.777-35";
const MINUTE: i64 = 60 * SECOND;
const LIMITS: Limits = Limits {
    one_max: Centavos::new(5_000),
    day_max: Centavos::new(6_000),
};

/// Somebody with a key, known from here on.
fn sealed(w: &mut World, cpf: &str, key: &str) -> SealedPixKey {
    let (new, now) = (w.person(cpf), w.now);
    let (person, own) = done(w.act(move |tx| name_key::know(tx, now, &new)));
    let key: PixKey = key.parse().expect("a good key");
    let entropy = &mut Entropy::default();
    let sealed = w.keys.seal_pix_key(&key, person, &own, entropy);
    sealed.expect("our own key file")
}

/// A visit whose deposit no devolução can bring.
fn owed_because(why: RefundRefusal) -> (World, Visit) {
    let mut w = World::new();
    let visit = w.at(Stage::Returned);
    w.delivers_grant(&visit);
    let word = cloud_core::refund::BankWord::Refused(why);
    let next = done(w.bank_says(w.last_order(&visit).id, word, 1));
    assert_eq!(next, cloud_core::refund::Next::Owe(why));
    (w, visit)
}

fn names(w: &World, visit: &Visit, key: &SealedPixKey) -> Outcome<usize> {
    let (now, rental, key) = (w.now, visit.rental, key.clone());
    w.act(move |tx| name_key::owed(tx, now, &rental, &key))
}

/// An owed deposit whose payout is ordered to Ana's e-mail.
fn ordered() -> (World, Visit) {
    let (mut w, visit) = owed_because(RefundRefusal::AccountGone);
    let key = sealed(&mut w, ANA, "ana@exemplo.com");
    assert_eq!(done(names(&w, &visit, &key)), 1);
    (w, visit)
}

/// A finder's part of `centavos`, booked as a rescue books it, and its order.
fn found(w: &mut World, centavos: i64, key: &SealedPixKey) -> PayoutId {
    w.reports("norte");
    w.reports("sul");
    let (visit, tag) = w.goes_out("norte");
    let rental = visit.rental;
    let order = Order {
        debt: Debt::Finder(rental),
        rental,
        store: shop(),
        person: key.person,
        key: key.clone(),
        amount: Centavos::new(centavos),
        pay_from_ms: w.now.plus(DAY),
        hold: None,
    };
    let now = w.now;
    let id = done(w.act(move |tx| {
        let share = Transfer::new(TransferKind::FinderShare, shop(), order.amount);
        let share = share.expect("a positive share");
        ledger::book(tx, &share, &order.rental.to_string(), now)?;
        order_payout::run(tx, now, &order)
    }));
    w.docks("norte", visit.bay.get(), tag);
    id
}

fn orders(w: &World, visit: &Visit) -> Vec<PayoutRow> {
    let rental = visit.rental;
    w.read(move |tx| payout::of_rental(tx, &rental))
}

fn last(w: &World, visit: &Visit) -> PayoutRow {
    orders(w, visit).pop().expect("a payout was ordered")
}

fn by_id(w: &World, id: PayoutId) -> PayoutRow {
    w.read(move |tx| payout::by_id(tx, &id))
        .expect("it was ordered")
}

fn begins(w: &World, id: PayoutId) -> Begun {
    let (now, retry) = (w.now, w.now.plus(MINUTE));
    done(w.act(move |tx| {
        outbox::begin(tx, EffectKind::SendPayout, &id.to_string(), retry)?;
        begin_payout::run(tx, now, &id, &LIMITS)
    }))
}

#[track_caller]
fn is_sent(w: &World, id: PayoutId) {
    let begun = begins(w, id);
    assert!(
        matches!(begun, Begun::Send { asked: false, .. }),
        "{begun:?}"
    );
}

fn says(w: &World, id: PayoutId, word: BankWord) -> Next {
    let told = Told {
        word,
        settled_ms: Some(w.now),
        e2eid: Some("E99999010202611211400abcdefghijk".into()),
        detail: Some("why".into()),
        attempts: 0,
    };
    let now = w.now;
    done(w.act(move |tx| settle_payout::run(tx, now, &id, &told)))
}

fn comes_back(w: &World, id: PayoutId, (part, centavos): (&str, i64)) -> bool {
    let back = Returned {
        id: part.to_owned(),
        amount: Centavos::new(centavos),
        settled_ms: Some(w.now),
    };
    let now = w.now;
    done(w.act(move |tx| settle_payout::returned(tx, now, &id, &back)))
}

fn decides(w: &World, payout: PayoutId, verdict: Verdict) -> Outcome<Step<()>> {
    let decision = Decision {
        payout,
        verdict,
        by: manager(),
        audit_id: format!("{verdict:?} {payout}"),
    };
    let now = w.now;
    w.act(move |tx| decide_payout::run(tx, now, &decision))
}

fn due_in(w: &World, id: PayoutId) -> Option<i64> {
    let waits = w.read(move |tx| outbox::waits(tx, EffectKind::SendPayout, &id.to_string()));
    waits.map(|(_, due)| due.since(w.now))
}

fn payable(w: &World) -> i64 {
    let balances = w.read(ledger::balances);
    let of = balances.iter().filter(|(kind, _)| kind == "payable");
    -of.map(|(_, balance)| balance.get()).sum::<i64>()
}

#[test]
fn trap_25_after_day_90_an_owed_deposit_is_paid_to_a_key_once() {
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    assert_eq!(order.amount, Centavos::new(DEPOSIT));
    assert_eq!(
        order.id,
        order_payout::id_of(&order.debt, 1),
        "follows from the debt"
    );
    assert_eq!(due_in(&w, order.id), Some(0));
    assert_eq!(w.books(), [1_000, 0, 1_000]);
    // A second tap orders nothing.
    let mut again = w;
    let key = sealed(&mut again, ANA, "ana@exemplo.com");
    let w = again;
    assert_eq!(refusal(names(&w, &visit, &key)), Rejection::NothingOwed);
    is_sent(&w, order.id);
    assert_eq!(
        says(&w, order.id, BankWord::Processing),
        Next::AskAgain {
            after_ms: 500,
            concern: None,
        }
    );
    assert!(matches!(
        begins(&w, order.id),
        Begun::Send { asked: true, .. }
    ));
    assert_eq!(says(&w, order.id, BankWord::Settled), Next::Book);
    assert_eq!(says(&w, order.id, BankWord::Settled), Next::AlreadyApplied);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.booked(&order.id.to_string()), ["owed_payout 1000"]);
    assert_eq!(w.refunds(&visit), ["1 paid_out 1000"]);
    assert_eq!(w.state(&visit), "closed");
    assert!(w.alarms().is_empty(), "{:?}", w.alarms());
    assert_eq!(refusal(names(&w, &visit, &key)), Rejection::NothingOwed);
    assert_eq!(due_in(&w, order.id), None);
}

#[test]
fn every_word_has_its_state_its_wait_and_its_alarm() {
    use BankWord::{Doubtful, Refused, Rejected, Unknown};
    for (word, state, orders_after, wait, alarm) in [
        (
            Refused(Refusal::KeyUnknown),
            "refused",
            1,
            None,
            "payout_refused",
        ),
        (
            Rejected(Refusal::OwnerDiffers),
            "refused",
            1,
            None,
            "payout_refused",
        ),
        (
            Refused(Refusal::AccountGone),
            "refused",
            1,
            None,
            "payout_refused",
        ),
        (
            Refused(Refusal::Fraud),
            "refused",
            1,
            None,
            "payout_refused",
        ),
        (
            Refused(Refusal::NoBalance),
            "waiting",
            2,
            Some(10),
            "payout_no_balance",
        ),
        (
            Refused(Refusal::BankLimit),
            "waiting",
            2,
            Some(60),
            "payout_refused",
        ),
        (
            Refused(Refusal::TimedOut),
            "waiting",
            2,
            Some(5),
            "payout_refused",
        ),
        (
            Rejected(Refusal::NoBalance),
            "requested",
            1,
            Some(10),
            "payout_no_balance",
        ),
        (
            Rejected(Refusal::Budget),
            "requested",
            1,
            Some(30),
            "payout_refused",
        ),
        (
            Doubtful(Refusal::KeyUnknown),
            "requested",
            1,
            Some(5),
            "payout_refused",
        ),
    ] {
        let (w, visit) = ordered();
        let first = last(&w, &visit).id;
        is_sent(&w, first);
        says(&w, first, word);
        let order = last(&w, &visit);
        assert_eq!(order.state.as_str(), state, "{word:?}");
        assert_eq!(orders(&w, &visit).len(), orders_after, "{word:?}");
        assert_eq!(due_in(&w, order.id), wait.map(|m| m * MINUTE), "{word:?}");
        assert_eq!(w.alarms(), [alarm, "refund_owed"], "{word:?}");
        assert_eq!(w.books(), [1_000, 0, 1_000], "{word:?}");
        assert_eq!(order.id != first, orders_after == 2, "{word:?}");
    }
    let (mut w, visit) = ordered();
    let id = last(&w, &visit).id;
    is_sent(&w, id);
    w.advance(15 * MINUTE);
    says(&w, id, Unknown);
    assert_eq!(w.alarms(), ["payout_late", "refund_owed"]);
    says(&w, id, BankWord::Settled);
    assert!(w.alarms().is_empty());
}

#[test]
fn what_the_receiver_must_mend_waits_for_another_key() {
    let (mut w, visit) = ordered();
    let first = last(&w, &visit).id;
    is_sent(&w, first);
    says(&w, first, BankWord::Refused(Refusal::KeyUnknown));
    let key = sealed(&mut w, ANA, "+5511987654321");
    assert_eq!(done(names(&w, &visit, &key)), 1);
    let second = last(&w, &visit);
    assert_eq!((second.order_no, second.state), (2, PayoutState::Waiting));
    is_sent(&w, second.id);
    // The old id is spent; if money moves under it all the same, a person is told.
    assert_eq!(says(&w, first, BankWord::Settled), Next::Excess);
    assert_eq!(
        w.alarms(),
        ["payout_excess", "payout_refused", "refund_owed"]
    );
    assert_eq!(says(&w, second.id, BankWord::Settled), Next::Book);
    assert_eq!(w.books(), [0, 0, 0]);
}

#[test]
fn trap_18_dict_budget_wrong_keys_are_counted_by_person_and_by_debt() {
    let (mut w, visit) = ordered();
    for key in ["b@exemplo.com", "c@exemplo.com", "d@exemplo.com"] {
        let id = last(&w, &visit).id;
        is_sent(&w, id);
        says(&w, id, BankWord::Rejected(Refusal::KeyUnknown));
        let key = sealed(&mut w, ANA, key);
        let named = names(&w, &visit, &key);
        match last(&w, &visit).order_no {
            // Three wrong ones, and the fourth is not taken, whoever says it is theirs.
            3 if last(&w, &visit).state != PayoutState::Waiting => {
                assert_eq!(refusal(named), Rejection::TooManyKeys);
                let other = sealed(&mut w, RUI, "rui@exemplo.com");
                assert_eq!(refusal(names(&w, &visit, &other)), Rejection::TooManyKeys);
            }
            _ => assert_eq!(done(named), 1),
        }
    }
    assert_eq!(orders(&w, &visit).len(), 3);
    w.advance(DAY + 1);
    let key = sealed(&mut w, ANA, "ana@exemplo.com.br");
    assert_eq!(done(names(&w, &visit, &key)), 1);
}

#[test]
fn payouts_go_one_at_a_time_and_a_stuck_one_stops_nobody_for_ever() {
    let mut w = World::new();
    let key = sealed(&mut w, ANA, "ana@exemplo.com");
    let [one, two] = [500, 400].map(|centavos| found(&mut w, centavos, &key));
    assert!(
        matches!(begins(&w, one), Begun::Wait),
        "not before its time"
    );
    assert_eq!(due_in(&w, one), Some(DAY));
    w.waits(DAY);
    is_sent(&w, one);
    assert!(matches!(begins(&w, two), Begun::Wait));
    assert_eq!(due_in(&w, two), Some(SECOND));
    w.advance(15 * MINUTE - 1);
    assert!(matches!(begins(&w, two), Begun::Wait));
    w.advance(1);
    is_sent(&w, two);
    assert_eq!(payable(&w), 900);
    says(&w, two, BankWord::Settled);
    says(&w, one, BankWord::Settled);
    assert_eq!(payable(&w), 0);
    assert_eq!(w.booked(&one.to_string()), ["payout 500"]);
}

#[test]
fn limits_hold_until_a_person_has_looked() {
    let mut w = World::new();
    let key = sealed(&mut w, ANA, "ana@exemplo.com");
    let [high, fits, over] = [5_001, 5_000, 1_001].map(|c| found(&mut w, c, &key));
    w.waits(DAY);
    assert!(matches!(begins(&w, high), Begun::Stop));
    assert_eq!(by_id(&w, high).state, PayoutState::Held(Hold::AboveLimit));
    assert_eq!(w.alarms(), ["payout_held"]);
    assert_eq!(due_in(&w, high), None);
    is_sent(&w, fits);
    says(&w, fits, BankWord::Settled);
    assert!(matches!(begins(&w, over), Begun::Stop));
    assert_eq!(
        by_id(&w, over).state,
        PayoutState::Held(Hold::AboveDayLimit)
    );
    assert_eq!(
        done(decides(&w, over, Verdict::Release)),
        Step::Executed(())
    );
    assert_eq!(
        done(decides(&w, over, Verdict::Release)),
        Step::AlreadyApplied
    );
    assert_eq!(due_in(&w, over), Some(0));
    is_sent(&w, over);
    let audited = w.count("SELECT count(*) FROM audit WHERE action = 'release_payout'");
    assert_eq!(audited, 1);
}

#[test]
fn an_objection_holds_and_voids_only_what_has_not_left() {
    let mut w = World::new();
    let key = sealed(&mut w, ANA, "ana@exemplo.com");
    let id = found(&mut w, 500, &key);
    let now = w.now;
    let hold = |w: &World| w.act(move |tx| order_payout::hold(tx, now, &id, Hold::Objection));
    let unhold = |w: &World| w.act(move |tx| order_payout::unhold(tx, now, &id));
    let void = |w: &World| w.act(move |tx| order_payout::void(tx, now, &id));
    done(hold(&w));
    assert_eq!(w.alarms(), ["payout_held"]);
    let objected = refusal(decides(&w, id, Verdict::Release));
    assert_eq!(objected, Rejection::PayoutObjected);
    w.waits(2 * DAY);
    assert!(
        matches!(begins(&w, id), Begun::Stop),
        "held whatever the clock says"
    );
    done(unhold(&w));
    assert!(w.alarms().is_empty());
    is_sent(&w, id);
    for late in [hold(&w), void(&w)] {
        assert_eq!(refusal(late), Rejection::PayoutSent);
    }
    let other = found(&mut w, 400, &key);
    let now = w.now;
    done(w.act(move |tx| order_payout::void(tx, now, &other)));
    w.waits(2 * DAY);
    assert!(matches!(begins(&w, other), Begun::Stop));
    assert_eq!(says(&w, other, BankWord::Settled), Next::Excess);
}

#[test]
fn what_comes_back_is_owed_again_and_a_person_looks() {
    let (mut w, visit) = ordered();
    let first = last(&w, &visit).id;
    is_sent(&w, first);
    says(&w, first, BankWord::Settled);
    assert!(comes_back(&w, first, ("D1", 400)));
    assert!(
        !comes_back(&w, first, ("D1", 400)),
        "told twice, booked once"
    );
    assert_eq!(w.books(), [400, 0, 400]);
    assert_eq!(w.refunds(&visit), ["1 owed 1000"]);
    assert_eq!(w.alarms(), ["payout_returned", "refund_owed"]);
    let key = sealed(&mut w, ANA, "+5511987654321");
    assert_eq!(done(names(&w, &visit, &key)), 1);
    let second = last(&w, &visit);
    assert_eq!(
        second.amount,
        Centavos::new(400),
        "what came back and no more"
    );
    assert_eq!(second.state, PayoutState::Held(Hold::Review));
    done(decides(&w, second.id, Verdict::Release));
    is_sent(&w, second.id);
    says(&w, second.id, BankWord::Settled);
    assert_eq!(w.books(), [0, 0, 0]);
    assert!(comes_back(&w, second.id, ("D2", 400)));
    assert_eq!(
        done(decides(&w, second.id, Verdict::Repeat)),
        Step::Executed(())
    );
    let third = last(&w, &visit);
    assert_eq!((third.order_no, third.amount), (3, Centavos::new(400)));
    is_sent(&w, third.id);
    says(&w, third.id, BankWord::Settled);
    assert_eq!(
        (w.books(), w.refunds(&visit)),
        ([0, 0, 0], vec!["1 paid_out 1000".into()])
    );
}

#[test]
fn money_that_may_be_back_leaves_only_by_a_persons_word() {
    for why in [RefundRefusal::Duplicate, RefundRefusal::Fraud] {
        let (mut w, visit) = owed_because(why);
        let key = sealed(&mut w, ANA, "ana@exemplo.com");
        done(names(&w, &visit, &key));
        let order = last(&w, &visit);
        assert_eq!(order.state, PayoutState::Held(Hold::Review), "{why:?}");
        assert_eq!(due_in(&w, order.id), None);
        assert!(matches!(begins(&w, order.id), Begun::Stop));
        assert_eq!(
            done(decides(&w, order.id, Verdict::Void)),
            Step::Executed(())
        );
        // It stays owed, and asking again is looked at again.
        done(names(&w, &visit, &key));
        let again = last(&w, &visit);
        assert_eq!(
            (again.order_no, again.state),
            (2, PayoutState::Held(Hold::Review))
        );
        done(decides(&w, again.id, Verdict::Release));
        is_sent(&w, again.id);
    }
}

#[test]
fn what_the_bank_gave_back_meanwhile_is_not_paid_too() {
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    assert!(w.bank_returns(&visit, ("M1", DEPOSIT), ReturnState::Settled));
    assert!(matches!(begins(&w, order.id), Begun::Stop));
    assert_eq!(by_id(&w, order.id).state, PayoutState::Void);
    assert_eq!(w.books(), [0, 0, 0]);
    // Nor the other way round: what a payout brought is not the bank's to give back again.
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    is_sent(&w, order.id);
    says(&w, order.id, BankWord::Settled);
    assert!(w.bank_returns(&visit, ("M1", DEPOSIT), ReturnState::Settled));
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.alarms(), ["refund_excess"]);
    // Both at once: the ledger does not give what it does not owe, and a person is told.
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    is_sent(&w, order.id);
    assert!(w.bank_returns(&visit, ("M1", DEPOSIT), ReturnState::Settled));
    assert_eq!(says(&w, order.id, BankWord::Settled), Next::Book);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.alarms(), ["payout_excess"]);
}

#[test]
fn a_debt_is_ordered_for_one_person_and_one_amount() {
    let mut w = World::new();
    let key = sealed(&mut w, ANA, "ana@exemplo.com");
    let id = found(&mut w, 500, &key);
    let row = by_id(&w, id);
    let stranger = sealed(&mut w, RUI, "rui@exemplo.com");
    let order = |key: &SealedPixKey, centavos| {
        let order = Order {
            debt: row.debt.clone(),
            rental: row.rental,
            store: row.store,
            person: key.person,
            key: key.clone(),
            amount: Centavos::new(centavos),
            pay_from_ms: row.pay_from_ms,
            hold: None,
        };
        let now = w.now;
        w.act(move |tx| order_payout::run(tx, now, &order))
    };
    assert_eq!(done(order(&key, 500)), id);
    assert_eq!(refusal(order(&key, 501)), Rejection::PayoutOrdered);
    assert_eq!(refusal(order(&stranger, 500)), Rejection::PayoutOrdered);
    assert_eq!(w.count("SELECT count(*) FROM payout"), 1);
}

#[test]
fn keys_lie_sealed_and_end_with_their_person() {
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    let tables = w.everything();
    for clear in ["ana@exemplo.com", "52998224725", "exemplo"] {
        assert!(!tables.contains(clear), "{clear} lies in the clear");
        let bytes = format!("{:?}", clear.as_bytes());
        let bytes = bytes.trim_matches(['[', ']']);
        assert!(!tables.contains(bytes), "{clear} lies in bytes");
    }
    let opened = |w: &World, person: PersonId, id: PayoutId| {
        let found = w.read(move |tx| person_field::payout_key(tx, &person, &id));
        found.and_then(|(own, key)| w.keys.open_pix_key(&own, &key))
    };
    let key = opened(&w, order.person, order.id).expect("it opens");
    assert_eq!(key.as_str(), "ana@exemplo.com");
    let now = w.now;
    let erase = |n: u8| ErasePerson {
        person: order.person,
        by: None,
        audit_id: format!("{n}"),
    };
    let wish = erase(1);
    let tried = w.act(move |tx| erase_person::run(tx, now, &wish));
    assert_eq!(refusal(tried), Rejection::MoneyOwed, "while it is open");
    is_sent(&w, order.id);
    says(&w, order.id, BankWord::Settled);
    let wish = erase(2);
    done(w.act(move |tx| erase_person::run(tx, now, &wish)));
    assert_eq!(opened(&w, order.person, order.id), None);
    assert!(
        comes_back(&w, order.id, ("D1", DEPOSIT)),
        "booked all the same"
    );
    let repeated = refusal(decides(&w, order.id, Verdict::Repeat));
    assert_eq!(repeated, Rejection::UnknownPerson, "nothing can be sent");
}

#[test]
fn a_payout_that_nobody_speaks_of_is_told_after_a_quarter_of_an_hour() {
    let (mut w, visit) = ordered();
    let watched = |w: &World| {
        let now = w.now;
        done(w.act(move |tx| watch_payouts::run(tx, now)))
    };
    assert_eq!(watched(&w), 0);
    w.advance(15 * MINUTE);
    assert_eq!((watched(&w), watched(&w)), (1, 0));
    assert_eq!(w.alarms(), ["payout_late", "refund_owed"]);
    let id = last(&w, &visit).id;
    is_sent(&w, id);
    says(&w, id, BankWord::Settled);
    assert!(w.alarms().is_empty());
}

#[test]
fn a_receiver_is_told_of_it_with_the_key_whole_unless_it_is_anothers() {
    let (w, visit) = ordered();
    let order = last(&w, &visit);
    let told = || w.copy_for(order.person)["payouts"][0].clone();
    let waits = told();
    assert_eq!(waits["purpose"], "owed");
    assert_eq!(waits["state"], "waiting");
    assert_eq!(waits["amount_centavos"], DEPOSIT);
    assert_eq!(waits["pix_key"], "ana@exemplo.com");
    is_sent(&w, order.id);
    says(&w, order.id, BankWord::Refused(Refusal::OwnerDiffers));
    let refused = told();
    assert_eq!(refused["reason"], "owner_differs");
    assert_eq!(refused["pix_key"], "a***@e***.com", "somebody else's");
}
