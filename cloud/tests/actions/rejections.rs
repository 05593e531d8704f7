//! Every code an action refuses with, in order of precedence, and that a refusal changes nothing.

use crate::world::{CAMPAIGN_CLOSES, STAGES, Stage, Visit, World, cart, refusal};
use cloud::actions::{Outcome, Rejection};
use cloud_core::placement::DARK_AFTER_MS;
use cloud_core::rental::InvalidTransition::{self, AlreadyPaid, NotOut, Over};
use shared::event::BayFault;
use shared::ids::RentalId;

const CPF: &str = "52998224725";

/// What an action answers at each stage, in the order of `STAGES`; `None` is carried out.
#[track_caller]
fn at_each_stage(
    expected: [Option<Rejection>; 8],
    mut action: impl FnMut(&mut World, &Visit) -> Outcome<()>,
) {
    for (stage, expected) in STAGES.into_iter().zip(expected) {
        let mut w = World::new();
        let visit = w.at(stage);
        let before = w.everything();
        let answer = action(&mut w, &visit);
        match expected {
            None => assert!(answer.is_ok(), "{stage:?}"),
            Some(code) => {
                assert_eq!(refusal(answer), code, "{stage:?}");
                assert_eq!(w.everything(), before, "{stage:?}: nothing was changed");
            }
        }
    }
}

fn no(transition: InvalidTransition) -> Option<Rejection> {
    Some(Rejection::Transition(transition))
}

/// A visit that the cloud has never heard of.
fn stranger() -> Visit {
    Visit {
        rental: RentalId::new(1, [0; 10]),
        txid: "0".repeat(32),
        dock: "norte",
        bay: crate::world::bay(1),
    }
}

#[test]
fn a_customer_gives_up_only_before_paying() {
    let paid = no(AlreadyPaid);
    at_each_stage(
        [None, paid, paid, paid, paid, no(Over), no(Over), None],
        |w, visit| w.gives_up(visit),
    );
    let w = World::new();
    assert_eq!(refusal(w.gives_up(&stranger())), Rejection::UnknownRental);
}

#[test]
fn a_charge_expires_only_unpaid() {
    let paid = no(AlreadyPaid);
    at_each_stage(
        [None, paid, paid, paid, paid, no(Over), None, no(Over)],
        |w, visit| w.expires(visit),
    );
    let w = World::new();
    assert_eq!(refusal(w.expires(&stranger())), Rejection::UnknownCharge);
}

#[test]
fn a_person_ends_only_what_no_dock_is_about_to_end() {
    at_each_stage(
        [
            no(NotOut),
            Some(Rejection::ReleaseUnderWay),
            None,
            None,
            None,
            None,
            no(Over),
            no(Over),
        ],
        |w, visit| w.approves(visit),
    );
    let w = World::new();
    assert_eq!(refusal(w.approves(&stranger())), Rejection::UnknownRental);
}

#[test]
fn an_entry_is_claimed_only_where_there_is_one_and_nobodys() {
    let none = Some(Rejection::NoEntry);
    at_each_stage(
        [none, none, none, none, None, None, none, none],
        |w, visit| w.claims(visit, CPF),
    );
    let mut w = World::new();
    let nobody = stranger();
    assert_eq!(refusal(w.claims(&nobody, CPF)), Rejection::UnknownRental);
    let visit = w.at(Stage::Closed);
    w.claims(&visit, CPF).unwrap();
    let before = w.everything();
    for cpf in [CPF, "11144477735"] {
        assert_eq!(refusal(w.claims(&visit, cpf)), Rejection::NoEntry, "taken");
    }
    assert_eq!(w.everything(), before);
}

#[test]
fn an_entry_is_not_claimed_after_its_campaign_froze() {
    let mut w = World::new();
    let visit = w.at(Stage::Closed);
    w.now = CAMPAIGN_CLOSES;
    assert_eq!(refusal(w.claims(&visit, CPF)), Rejection::NoEntry);
    assert_eq!(w.count("SELECT count(*) FROM person"), 0);
}

#[test]
fn who_paid_with_a_cpf_has_no_entry_to_claim() {
    let mut w = World::new();
    let visit = w.take_with_cpf("norte", CPF);
    w.pays(&visit, crate::world::DEPOSIT);
    let tag = w.pulls(&visit);
    w.docks("norte", 1, tag);
    w.reports("norte");
    assert_eq!(refusal(w.claims(&visit, "11144477735")), Rejection::NoEntry);
}

#[test]
fn a_charge_that_was_never_ordered_has_no_outcome() {
    let w = World::new();
    let answer = w.bank_answers_charge(&stranger(), w.standing());
    assert_eq!(refusal(answer), Rejection::UnknownCharge);
}

/// Each row has the fault of the row after it too, so the order of the codes shows.
#[test]
fn a_cart_is_refused_for_the_first_reason_there_is() {
    let mut w = World::empty();
    let mut wish = w.wish("leste");
    assert_eq!(refusal(w.tries("norte", &wish)), Rejection::UnknownDock);
    wish.dock_code = "norte".into();
    assert_eq!(refusal(w.tries("norte", &wish)), Rejection::DockDark);
    w.enrols("norte", [1; 32]);
    assert_eq!(
        w.refused("norte"),
        Rejection::NoCart,
        "it has not said what it holds"
    );
    w.reports("norte");
    w.advance(DARK_AFTER_MS - 1);
    w.take("norte");
    w.bay("norte", 1).fault = Some(BayFault::BoltStuckClosed);
    w.bay("norte", 2).carts.clear();
    w.reports("norte");
    let before = w.everything();
    assert_eq!(w.refused("norte"), Rejection::NoCart);
    w.advance(DARK_AFTER_MS);
    assert_eq!(w.refused("norte"), Rejection::NoCart, "silent is no reason");
    assert_eq!(w.everything(), before);
    w.bay("norte", 2).carts.push(cart(2));
    w.reports("norte");
    assert_eq!(w.take("norte").bay.get(), 2);
}
