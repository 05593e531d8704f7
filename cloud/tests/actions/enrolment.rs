//! How a device becomes the gateway of a dock, and how the one before it is retired.

use crate::world::{
    DEPOSIT, Deed, Gateway, SECOND, Stage, World, bay, bays_of, cart, dock_id, done, refusal,
};
use cloud::actions::enrol_gateway::{self, Enrol};
use cloud::actions::{Outcome, Rejection};
use cloud::store::gateway::{self, GatewayState};
use shared::event::Fact;
use shared::ids::GatewayId;
use shared::time::UnixMs;

const CODE: [u8; 32] = [0xc0; 32];

fn device(number: u8) -> Gateway {
    let id = GatewayId::new(1, [number; 10]);
    Gateway::new(id, [number; 32], bays_of("norte"))
}

fn offers_code(w: &World, code: [u8; 32], expires: UnixMs) {
    done(w.act(move |tx| Ok(gateway::add_code(tx, &code, &dock_id("norte"), expires)?)));
}

fn enrols(w: &World, device: &Gateway, code: [u8; 32]) -> Outcome<GatewayId> {
    let (now, enrol): (_, Enrol) = (w.now, w.enrolment(device, code));
    w.act(move |tx| enrol_gateway::run(tx, now, &enrol).map(|e| e.gateway))
}

fn state(w: &World, id: GatewayId) -> Option<GatewayState> {
    w.read(move |tx| gateway::by_id(tx, &id)).map(|g| g.state)
}

#[test]
fn the_same_device_with_the_same_code_is_answered_again() {
    let w = World::empty();
    offers_code(&w, CODE, w.now.plus(1));
    let first = done(enrols(&w, &device(1), CODE));
    let mut again = device(1);
    again.id = GatewayId::new(9, [9; 10]);
    assert_eq!(done(enrols(&w, &again, CODE)), first, "the first id stands");
    let mut late = w;
    late.advance(SECOND);
    assert_eq!(
        done(enrols(&late, &again, CODE)),
        first,
        "its answer may be lost for longer than the code is good"
    );
    assert_eq!(late.count("SELECT count(*) FROM gateway"), 1);
}

/// Each row has the faults of the rows after it as well where it can.
#[test]
fn an_enrolment_is_refused_for_the_first_reason_there_is() {
    let mut w = World::empty();
    offers_code(&w, CODE, w.now.plus(2));
    assert_eq!(
        refusal(enrols(&w, &device(1), [0; 32])),
        Rejection::CodeUnknown
    );
    done(enrols(&w, &device(1), CODE));
    offers_code(&w, [0xc1; 32], w.now.plus(1));
    w.advance(1);
    let before = w.everything();
    assert_eq!(
        refusal(enrols(&w, &device(2), CODE)),
        Rejection::CodeUsed,
        "used comes before expired"
    );
    assert_eq!(
        refusal(enrols(&w, &device(1), [0xc1; 32])),
        Rejection::CodeExpired,
        "expired comes before a key that is taken"
    );
    assert_eq!(w.everything(), before);
    offers_code(&w, [0xc2; 32], w.now.plus(1));
    offers_code(&w, [0xc3; 32], w.now.plus(1));
    let mut same_key = device(1);
    same_key.id = GatewayId::new(9, [9; 10]);
    let kept = done(enrols(&w, &same_key, [0xc3; 32]));
    assert_eq!(
        kept,
        device(1).id,
        "the same device keeps its name and its journal"
    );
    done(enrols(&w, &device(2), [0xc2; 32]));
    offers_code(&w, [0xc4; 32], w.now.plus(1));
    assert_eq!(
        refusal(enrols(&w, &device(1), [0xc4; 32])),
        Rejection::KeyTaken,
        "a device that was replaced does not come back under its old key"
    );
    assert_eq!(
        refusal(enrols(&w, &device(1), CODE)),
        Rejection::CodeUsed,
        "a retired device is not let in by its old code"
    );
}

#[test]
fn a_new_device_retires_the_one_before_it() {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    let old = w.gateways["norte"].clone();
    w.enrols("norte", [8; 32]);
    assert_eq!(state(&w, old.id), Some(GatewayState::Retired));
    assert_eq!(
        w.refused("norte"),
        Rejection::NoCart,
        "it has not spoken yet"
    );
    let pull = w.fact(&visit, Deed::Pulls(cart(1)));
    w.tells("norte", pull);
    assert_eq!(
        w.reports("norte"),
        ["unknown_grant"],
        "the old one's grants are not the new one's"
    );
    let bays = w.count("SELECT count(*) FROM bay WHERE carts > 0");
    let mut late = old;
    let pull = w.fact(&visit, Deed::Pulls(cart(1)));
    late.records(w.now, pull);
    let dock = Fact::CartDocked {
        bay: bay(1),
        tag: cart(1),
    };
    late.records(w.now, dock);
    let request = late.request(w.now, 0..1);
    done(w.accepts(request));
    assert_eq!(
        w.state(&visit),
        "out",
        "what it did before is history, and counts"
    );
    let request = late.request(w.now, 1..2);
    done(w.accepts(request));
    assert_eq!(
        w.state(&visit),
        "returned:told_late",
        "a person looks at its returns"
    );
    assert_eq!(w.books(), [DEPOSIT, DEPOSIT, 0]);
    assert_eq!(
        w.count("SELECT count(*) FROM bay WHERE carts > 0"),
        bays,
        "it has no say about now"
    );
    assert_eq!(state(&w, late.id), Some(GatewayState::Retired));
}

#[test]
fn a_cart_that_left_under_the_old_device_comes_back_under_the_new_one() {
    let mut w = World::new();
    let visit = w.at(Stage::Out);
    w.enrols("norte", [8; 32]);
    w.bay("norte", 1).carts.clear();
    w.reports("norte");
    w.docks("norte", 1, cart(1));
    assert_eq!(w.reports("norte"), ["applied"]);
    w.bank_settles(&visit);
    assert_eq!(w.state(&visit), "closed");
}
