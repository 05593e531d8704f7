//! What staff do at a dock is nobody's return, and what needs a person is shown to one.

use crate::world::{DEPOSIT, World, bay, cart};
use shared::event::{BayFault, Fact, Technician, TechnicianAction};

#[test]
fn a_rented_cart_that_staff_put_in_keeps_its_money_and_calls_a_person() {
    let mut w = World::new();
    let (visit, tag) = w.goes_out("norte");
    w.tells("sul", Fact::CartPlaced { bay: bay(1), tag });
    w.tells(
        "sul",
        Fact::CartPlaced {
            bay: bay(2),
            tag: cart(99),
        },
    );
    w.tells(
        "sul",
        Fact::CartTaken {
            bay: bay(2),
            tag: cart(99),
        },
    );
    assert_eq!(w.reports("sul"), ["applied"; 3]);
    assert_eq!(w.state(&visit), "out");
    assert_eq!(w.books(), [DEPOSIT, DEPOSIT, 0]);
    assert_eq!(w.alarms(), ["rented_cart_placed"]);
    w.approves(&visit).unwrap();
    assert_eq!(w.state(&visit), "returned");
    assert!(w.entry(&visit).is_none(), "work that staff did earns none");
    assert_eq!(w.alarms(), [""; 0]);
}

#[test]
fn a_bay_that_rests_is_shown_until_it_works_again() {
    let mut w = World::new();
    let faults = |w: &mut World, fault| {
        w.tells("norte", Fact::BayFaulted { bay: bay(1), fault });
        assert_eq!(w.reports("norte"), ["applied"]);
        w.alarms()
    };
    assert_eq!(faults(&mut w, BayFault::ReaderDeaf), [""; 0]);
    assert_eq!(faults(&mut w, BayFault::Unreliable), ["bay_unreliable"]);
    w.tells("norte", Fact::BayRecovered { bay: bay(2) });
    w.reports("norte");
    assert_eq!(w.alarms(), ["bay_unreliable"], "another bay");
    w.tells("norte", Fact::BayRecovered { bay: bay(1) });
    w.reports("norte");
    assert_eq!(w.alarms(), [""; 0]);
}

#[test]
fn what_a_technician_does_is_kept_and_moves_nothing() {
    let mut w = World::new();
    let before = w.books();
    for action in [
        TechnicianAction::SignedIn,
        TechnicianAction::ServiceBegan,
        TechnicianAction::BayLocated { bay: bay(1) },
        TechnicianAction::ServiceEnded,
    ] {
        let by = Technician::Key("Rui".into());
        w.tells("norte", Fact::TechnicianActed { by, action });
    }
    assert_eq!(w.reports("norte"), ["applied"; 4]);
    assert_eq!(w.books(), before);
    assert_eq!(w.alarms(), [""; 0]);
}
