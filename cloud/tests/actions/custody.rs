//! Returns that no clock proves: what else proves them, what does not, and that each is paid once.

use crate::world::{DEPOSIT, SECOND, Visit, World, cart};
use shared::ids::TagUid;
use shared::time::ClockQuality::{self, Server, Unset};

/// What is told after a return at `sul`, made in a boot that nobody told the time.
#[derive(Debug, Clone, Copy)]
enum Told {
    /// `sul` says again what stands in its bays, in a boot that has not heard the time either.
    Sul,
    /// The same, its clock set by the cloud.
    SulOnTime,
    Norte,
    /// Somebody takes the cart out of its bay at `sul`, unseen.
    CarriedOff,
    /// A bay at `norte` shows the same tag.
    ShownAtNorte,
    /// A customer takes it at `sul`, whose gateway tells of it.
    TakenAgain,
    /// And brings it back to `sul`.
    BroughtAgain,
}

use Told::{BroughtAgain, CarriedOff, Norte, ShownAtNorte, Sul, SulOnTime, TakenAgain};

fn tell(w: &mut World, tag: TagUid, told: Told) {
    w.advance(SECOND);
    match told {
        Sul => drop(w.reports("sul")),
        SulOnTime => {
            w.gateway("sul").sends_by = Server;
            w.reports("sul");
        }
        Norte => drop(w.reports("norte")),
        CarriedOff => w.bay("sul", 1).carts.clear(),
        ShownAtNorte => {
            w.bay("norte", 1).carts.push(tag);
            w.reports("norte");
        }
        TakenAgain => {
            let mut wish = w.wish("sul");
            wish.wished = Some(crate::world::bay(1));
            let visit = w.tries("sul", &wish).expect("a cart is there");
            w.bank_makes_charge(&visit);
            w.pays(&visit, DEPOSIT);
            assert_eq!(w.pulls(&visit), tag);
            w.reports("sul");
            assert_eq!(w.state(&visit), "out");
        }
        BroughtAgain => {
            w.docks("sul", 1, tag);
            w.reports("sul");
        }
    }
}

/// An hour after both docks were heard, a cart leaves `norte`, whose clock is then worth so much;
/// `told` says whether the cloud hears.
fn leaves(clock: ClockQuality, told: bool) -> (World, Visit, TagUid) {
    let mut w = World::new();
    w.waits(SECOND);
    w.gateway("sul").clock = (Unset, 0);
    w.gateway("sul").sends_by = Unset;
    w.advance(3_600 * SECOND);
    w.reports("norte");
    let visit = w.take("norte");
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    w.gateway("norte").clock = (clock, 0);
    let tag = w.pulls(&visit);
    assert_eq!(tag, cart(1));
    if told {
        w.reports("norte");
    }
    w.advance(60 * SECOND);
    (w, visit, tag)
}

fn check(w: &World, visit: &Visit, state: &str, name: &str) {
    assert_eq!(w.state(visit), state, "{name}");
    let paid = usize::from(state == "returned");
    assert_eq!(w.orders(visit).len(), paid, "{name}");
    assert_eq!(usize::from(w.entry(visit).is_some()), paid, "{name}");
    assert_eq!(w.alarms().len(), 1 - paid, "{name}: {:?}", w.alarms());
    w.books();
}

#[test]
fn a_return_without_a_clock_is_proved_by_where_the_cart_is() {
    let held = "returned:unproven";
    let rows: [(&str, &[Told], &str); 7] = [
        ("nothing more is heard", &[], held),
        ("it stands where it was put", &[Sul], "returned"),
        ("said twice, paid once", &[Sul, SulOnTime, Sul], "returned"),
        ("it is not there", &[CarriedOff, Sul, SulOnTime], held),
        ("the tag is in two docks", &[ShownAtNorte, SulOnTime], held),
        ("the next customer takes it", &[TakenAgain], "returned"),
        (
            "and brings it back",
            &[TakenAgain, BroughtAgain, SulOnTime],
            "returned",
        ),
    ];
    for (name, script, state) in rows {
        let (mut w, visit, tag) = leaves(Server, true);
        w.docks("sul", 1, tag);
        assert_eq!(w.reports("sul"), ["held_for_review"], "{name}");
        assert_eq!(w.state(&visit), held, "{name}");
        for told in script {
            tell(&mut w, tag, *told);
        }
        check(&w, &visit, state, name);
    }
}

#[test]
fn a_return_that_is_told_before_its_pull_counts_once_when_the_pull_is_told() {
    let held = "returned:unproven";
    // What the clocks of the docks were worth: of `sul` when the cart came, of `norte` when it went.
    let (neither, both) = ((Unset, Unset), (Server, Server));
    type Row<'a> = (&'a str, (ClockQuality, ClockQuality), &'a [Told], &'a str);
    let rows: [Row<'_>; 8] = [
        ("both clocks were good", both, &[Norte], "returned"),
        ("only one was", (Server, Unset), &[Norte], held),
        ("only the other was", (Unset, Server), &[Norte], held),
        (
            "that one and a look",
            (Unset, Server),
            &[Norte, Sul],
            "returned",
        ),
        ("an old look", neither, &[Norte, Sul, Sul], held),
        ("a new look", neither, &[Norte, Sul, SulOnTime], "returned"),
        (
            "taken again before",
            (Unset, Server),
            &[TakenAgain, Norte],
            "returned",
        ),
        (
            "brought back before, and a look",
            neither,
            &[TakenAgain, BroughtAgain, Norte, SulOnTime],
            "returned",
        ),
    ];
    for (name, (came, went), script, state) in rows {
        let (mut w, visit, tag) = leaves(went, false);
        w.gateway("sul").clock = (came, 0);
        w.docks("sul", 1, tag);
        assert_eq!(w.reports("sul"), ["not_rented"], "{name}");
        for told in script {
            tell(&mut w, tag, *told);
        }
        check(&w, &visit, state, name);
    }
}

/// `norte` takes the cart in and lets it go again before `sul`, dark, can tell that it left there.
#[test]
fn a_pull_told_after_the_next_rental_is_over_with_that_rentals_cart() {
    for clock in [Server, Unset] {
        let mut w = World::new();
        w.waits(3_600 * SECOND);
        let mut wish = w.wish("sul");
        wish.wished = Some(crate::world::bay(3));
        let first = w.tries("sul", &wish).expect("cart 5 is there");
        w.bank_makes_charge(&first);
        w.pays(&first, DEPOSIT);
        w.gateway("sul").clock = (clock, 0);
        w.gateway("sul").sends_by = Unset;
        let tag = w.pulls(&first);
        w.advance(60 * SECOND);
        w.bay("norte", 1).carts.clear();
        w.docks("norte", 1, tag);
        assert_eq!(w.reports("norte"), ["not_rented"]);
        w.advance(60 * SECOND);
        let (second, again) = w.goes_out("norte");
        assert_eq!((again, second.bay.get()), (tag, 1));
        w.advance(60 * SECOND);
        w.reports("sul");
        assert_eq!(w.state(&second), "out", "{clock:?}");
        if clock == Unset {
            assert_eq!(w.state(&first), "returned:pulled_again");
            assert_eq!(w.orders(&first).len(), 0);
        }
        w.advance(60 * SECOND);
        w.docks("norte", 1, tag);
        assert_eq!(w.reports("norte"), ["applied"]);
        for visit in [&first, &second] {
            check(&w, visit, "returned", &format!("{clock:?}"));
        }
        assert_eq!(w.books(), [2 * DEPOSIT, 0, 2 * DEPOSIT]);
    }
}
