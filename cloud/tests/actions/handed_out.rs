//! A release that left this system and of which the dock has not told: what it may have opened stays
//! paid for until somebody knows.

use crate::world::{DAY, DEPOSIT, SECOND, Visit, World, done};
use cloud::actions::honour_receipt::Verdict;
use cloud::actions::{Rejection, hand_out_grant};
use cloud::store::gateway::GatewayState;
use cloud::store::receipt;
use cloud::store::receipt::ReceiptOutcome::{Honoured, Waiting};
use cloud_core::placement::DARK_AFTER_MS;
use shared::ids::RentalId;

const MARGIN: i64 = 60 * SECOND;

/// How a grant leaves.
#[derive(Debug, Clone, Copy)]
enum Out {
    InAnAnswer,
    AndTheAnswerWasLost,
    OnTheCustomersPhone,
}

/// Paid at a dock that is silent from now on, and handed out.
fn handed(way: Out) -> (World, Visit) {
    let mut w = World::new();
    if matches!(way, Out::OnTheCustomersPhone) {
        w.advance(DARK_AFTER_MS);
    }
    let visit = w.take_with_cpf("norte", "52998224725");
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    match way {
        Out::InAnAnswer => assert_eq!(w.accepted("norte").grants.len(), 1),
        Out::AndTheAnswerWasLost => {
            let all = w.gateway("norte").events();
            done(w.sends("norte", all..all));
        }
        Out::OnTheCustomersPhone => assert!(shows(&w, &visit)),
    }
    (w, visit)
}

fn shows(w: &World, visit: &Visit) -> bool {
    let (now, id) = (w.now, w.grant(visit).expect("a granted visit").id);
    done(w.act(move |tx| hand_out_grant::run(tx, now, &id)))
}

/// Carried to a dark dock it may have opened the bay: neither the deposit nor the cart goes back.
#[test]
fn what_was_handed_out_waits_for_its_dock_or_for_a_person() {
    for way in [
        Out::InAnAnswer,
        Out::AndTheAnswerWasLost,
        Out::OnTheCustomersPhone,
    ] {
        let (mut w, visit) = handed(way);
        w.now = w.grant(&visit).unwrap().lapse_ms.plus(30 * DAY);
        assert_eq!(w.lapses(), 0, "{way:?}");
        assert_eq!(w.state(&visit), "paid", "{way:?}");
        assert_eq!(w.refunds(&visit), [""; 0], "{way:?}");
        assert_eq!(w.alarms(), ["release_unresolved"], "{way:?}");
        for _ in 0..3 {
            w.take("norte");
        }
        assert_eq!(w.refused("norte"), Rejection::NoCart, "{way:?}: sold once");
        done(w.approves(&visit));
        assert_eq!(w.state(&visit), "cancelled:by_staff", "{way:?}");
        assert_eq!(w.refunds(&visit), ["1 requested 1000"], "{way:?}");
        assert!(w.alarms().is_empty());
        assert_eq!(
            w.count("SELECT count(*) FROM audit WHERE action = 'end_release'"),
            1
        );
        w.pulls(&visit);
        assert_eq!(w.reports("norte"), ["applied", "rental_over"], "{way:?}");
        assert_eq!(w.alarms(), ["cart_out_without_deposit"], "{way:?}");
        assert_eq!(w.refunds(&visit), ["1 requested 1000"], "{way:?}");
    }
}

#[test]
fn a_dock_that_tells_everything_after_the_expiry_ends_what_it_never_used() {
    let (mut w, visit) = handed(Out::OnTheCustomersPhone);
    let expires = w.grant(&visit).unwrap().expires_ms;
    w.now = expires.plus(MARGIN);
    w.reports("norte");
    assert_eq!(w.lapses(), 0, "a request may be a minute old");
    w.advance(1);
    w.reports("norte");
    assert_eq!(w.lapses(), 1);
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
}

#[test]
fn a_grant_leaves_once_and_only_while_it_can_be_used() {
    let (mut w, visit) = handed(Out::InAnAnswer);
    let first = w.grant(&visit).unwrap().handed_ms;
    assert_eq!(first, Some(w.now));
    w.advance(SECOND);
    assert!(shows(&w, &visit));
    w.accepted("norte");
    assert_eq!(w.grant(&visit).unwrap().handed_ms, first);
    w.now = w.grant(&visit).unwrap().expires_ms;
    assert!(!shows(&w, &visit));
}

/// Out by a carried code, back at the same dark dock, the receipt brought meanwhile.
#[test]
fn a_whole_trip_at_a_dark_dock_is_one_refund_and_one_entry() {
    let (mut w, visit) = handed(Out::OnTheCustomersPhone);
    let lapse = w.grant(&visit).unwrap().lapse_ms;
    let tag = w.pulls(&visit);
    w.advance(600 * SECOND);
    w.docks("norte", 1, tag);
    let receipt = w.receipt("norte");
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Waiting));
    w.now = lapse.plus(DAY);
    assert_eq!(w.lapses(), 0);
    assert_eq!(
        (w.state(&visit).as_str(), w.books()),
        ("paid", [1_000, 1_000, 0])
    );
    assert_eq!(w.alarms(), ["release_unresolved"]);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Waiting));
    let told = w.reports("norte");
    assert_eq!(told[..2], ["applied", "applied"], "{told:?}");
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(w.lapses(), 0);
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Honoured));
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    w.bank_settles(&visit);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.count("SELECT count(*) FROM entry"), 1);
    assert!(w.entry(&visit).is_some());
    assert!(w.alarms().is_empty());
}

/// The dock that took the cart in stays dark; the one that gave it out tells.
#[test]
fn a_waiting_receipt_is_weighed_when_its_pull_is_told() {
    let (mut w, visit) = handed(Out::OnTheCustomersPhone);
    let tag = w.pulls(&visit);
    w.advance(600 * SECOND);
    w.docks("sul", 1, tag);
    let receipt = w.receipt("sul");
    assert_eq!(done(w.brings(&receipt)), Verdict::Brought(Waiting));
    w.advance(60 * SECOND);
    w.reports("norte");
    assert!(
        w.state(&visit).starts_with("returned"),
        "{}",
        w.state(&visit)
    );
    w.reports("sul");
    assert_eq!(w.state(&visit), "returned");
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    assert_eq!(w.count("SELECT count(*) FROM entry"), 1);
}

/// A code says less than the signature that was brought before it.
#[test]
fn a_code_typed_after_a_receipt_takes_nothing_from_it() {
    let mut w = World::new();
    let (_, tag) = w.goes_out("norte");
    w.advance(60 * SECOND);
    w.docks("norte", 1, tag);
    let receipt = w.receipt("norte");
    done(w.brings(&receipt));
    let (now, place) = (w.now, receipt.place);
    let stored = move |w: &World| w.read(move |tx| receipt::at(tx, &place)).unwrap();
    let mut code = stored(&w);
    let signed = (code.hash, code.bay, code.wall_ms);
    assert!(signed.0.is_some());
    (code.hash, code.bay, code.wall_ms) = (None, None, None);
    done(w.act(move |tx| Ok(receipt::put(tx, &code, now)?)));
    let kept = stored(&w);
    assert_eq!((kept.hash, kept.bay, kept.wall_ms), signed);
}

/// Its events were lost in a salvage: the card must not stay locked for ever.
#[test]
fn a_card_whose_rental_nobody_knows_is_freed_once_everything_is_told() {
    let mut w = World::new();
    let lost = RentalId::new(5, [5; 10]);
    w.gateway("norte").offline.open_cards = vec![lost];
    w.gateway("norte").remaining = 1;
    assert!(
        w.accepted("norte").closed_cards.is_empty(),
        "it may be told"
    );
    w.gateway("norte").remaining = 0;
    assert_eq!(w.accepted("norte").closed_cards, [lost]);
}

#[test]
fn books_that_were_set_back_count_on_above_what_a_dock_goes_by() {
    let mut w = World::new();
    let version = |w: &mut World| w.accepted("norte").allowance;
    let before = version(&mut w);
    w.gateway("norte").offline.allowance = before + 50;
    assert_eq!(version(&mut w), before + 51);
    assert_eq!(w.alarms(), ["list_ahead"]);
    assert_eq!(version(&mut w), before + 51, "once");
    w.gateway("norte").offline.allowance = before + 51;
    w.reports("norte");
    assert_eq!(w.alarms(), ["list_ahead"], "a list that nobody answered it");
    let next = version(&mut w);
    w.takes_list("norte", next);
    w.reports("norte");
    assert!(w.alarms().is_empty(), "it took the next list");
    w.gateway("norte").offline.allowance = u64::MAX >> 1;
    assert_eq!(version(&mut w), next, "no gateway uses the numbers up");
    assert_eq!(w.alarms(), ["list_ahead"]);
}

#[test]
fn a_journal_older_than_what_it_told_is_named_as_one() {
    let mut w = World::new();
    w.goes_out("norte");
    w.goes_out("norte");
    let mut restored = w.gateway("norte").set_back(1);
    restored.skips(w.now, 1_000_100);
    done(w.accepts(restored.request(w.now, 1..2)));
    assert_eq!(w.alarms(), ["journal_set_back"]);
}

/// Evidence against a device that was replaced must not put it beside its successor.
#[test]
fn a_replaced_device_with_a_second_journal_stays_replaced() {
    let mut w = World::new();
    w.goes_out("norte");
    let old = w.gateway("norte").set_back(0);
    w.enrols("norte", [9; 32]);
    let mut twin = old;
    twin.records(
        w.now,
        shared::event::Fact::BayRecovered {
            bay: crate::world::bay(2),
        },
    );
    let id = twin.id;
    done(w.accepts(twin.request(w.now, 0..1)));
    let row = w
        .read(move |tx| cloud::store::gateway::by_id(tx, &id))
        .unwrap();
    assert_eq!(row.state, GatewayState::Retired);
    assert_eq!(w.alarms(), ["gateway_forked"]);
}
