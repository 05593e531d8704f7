//! What a dock says of a release, and what its silence means.

use crate::world::{DEPOSIT, Deed, SECOND, Stage, Visit, World, cart, done};
use cloud::store::grant::GrantState;
use shared::event::{Contradiction, Fact};

const GRANT: i64 = 120 * SECOND;
const MARGIN: i64 = 60 * SECOND;
const PATIENCE: i64 = 900 * SECOND;

fn paid() -> (World, Visit) {
    let mut w = World::new();
    let visit = w.at(Stage::Paid);
    w.delivers_grant(&visit);
    (w, visit)
}

#[test]
fn what_a_dock_says_of_a_release_decides() {
    use Deed::{Fails, NotTaken, Pulls, Refuses, Starts};
    let pull = Pulls(cart(1));
    const YES: &str = "applied";
    const TWICE: &str = "already_applied";
    const OVER: &str = "rental_over";
    let rows: Vec<(Vec<Deed>, &[&str], &str, &str)> = vec![
        (vec![Starts], &[YES], "paid", ""),
        (vec![Starts, pull], &[YES, YES], "out", ""),
        (vec![pull], &[YES], "out", ""),
        (
            vec![Starts, NotTaken],
            &[YES, YES],
            "cancelled:not_taken",
            "",
        ),
        (vec![Starts, Fails], &[YES, YES], "cancelled:bay_fault", ""),
        (vec![Refuses], &[YES], "cancelled:grant_refused", ""),
        (
            vec![Refuses, Refuses],
            &[YES, YES],
            "cancelled:grant_refused",
            "",
        ),
        (
            vec![Starts, Starts, pull, pull],
            &[YES, YES, YES, TWICE],
            "out",
            "",
        ),
        (vec![pull, NotTaken], &[YES, OVER], "out", ""),
        (vec![pull, Refuses], &[YES, OVER], "out", ""),
        (
            vec![pull, Pulls(cart(2))],
            &[YES, OVER],
            "out",
            "cart_out_without_deposit",
        ),
        (
            vec![Fails, pull],
            &[YES, OVER],
            "cancelled:bay_fault",
            "cart_out_without_deposit",
        ),
    ];
    for (deeds, outcomes, state, alarm) in rows {
        let (mut w, visit) = paid();
        for deed in &deeds {
            w.records(&visit, *deed);
        }
        assert_eq!(w.reports("norte"), outcomes, "{deeds:?}");
        assert_eq!(w.state(&visit), state, "{deeds:?}");
        let alarms: Vec<_> = Some(alarm).filter(|a| !a.is_empty()).into_iter().collect();
        assert_eq!(w.alarms(), alarms, "{deeds:?}");
        let refunded = state.starts_with("cancelled");
        assert_eq!(w.orders(&visit).len(), usize::from(refunded), "{deeds:?}");
        let books = [DEPOSIT, DEPOSIT, 0];
        let owed = [DEPOSIT, 0, DEPOSIT];
        assert_eq!(w.books(), if refunded { owed } else { books }, "{deeds:?}");
        let grant = w.grant(&visit).unwrap().state;
        assert_ne!(grant, GrantState::Open, "{deeds:?}");
    }
}

#[test]
fn a_gateway_speaks_only_for_its_own_grants() {
    let (mut w, visit) = paid();
    let other = w.take("norte");
    w.pays(&other, DEPOSIT);
    let deeds = [
        Deed::Starts,
        Deed::Pulls(cart(1)),
        Deed::NotTaken,
        Deed::Fails,
        Deed::Refuses,
    ];
    let (mine, its) = (w.grant(&visit).unwrap(), w.grant(&other).unwrap());
    for deed in deeds {
        let fact = w.fact(&visit, deed);
        w.tells("sul", fact);
    }
    assert_eq!(w.reports("sul"), ["unknown_grant"; 5]);
    let crossed = Fact::CartPulled {
        bay: mine.bay,
        grant: mine.id,
        rental: its.rental,
        tag: cart(1),
    };
    let invented = Fact::ReleaseExpired {
        bay: mine.bay,
        grant: shared::ids::GrantId::new(1, [0; 10]),
        rental: visit.rental,
    };
    w.tells("norte", crossed);
    w.tells("norte", invented);
    assert_eq!(w.reports("norte"), ["unknown_grant"; 2]);
    for visit in [&visit, &other] {
        assert_eq!(w.state(visit), "paid");
        assert_eq!(w.grant(visit).unwrap().state, GrantState::Open);
    }
    assert_eq!(w.books(), [2_000, 2_000, 0]);
}

#[test]
fn a_grant_is_offered_until_it_is_used_or_expires() {
    let (mut w, visit) = paid();
    let token = w.grant(&visit).unwrap().token;
    assert_eq!(w.accepted("norte").grants, std::slice::from_ref(&token));
    assert!(w.accepted("sul").grants.is_empty());
    w.advance(GRANT - 1);
    assert_eq!(w.accepted("norte").grants, [token]);
    w.advance(1);
    assert!(w.accepted("norte").grants.is_empty());
}

#[test]
fn a_grant_lapses_when_its_gateway_has_told_everything() {
    let (mut w, visit) = paid();
    w.advance(GRANT - 1);
    w.reports("norte");
    assert_eq!(w.lapses(), 0, "not expired");
    w.advance(1 + MARGIN);
    w.reports("norte");
    w.advance(1);
    assert_eq!(w.lapses(), 0, "it may have used it at the last moment");
    w.gateway("norte").remaining = 1;
    w.reports("norte");
    assert_eq!(w.lapses(), 0, "there is more to come");
    w.gateway("norte").remaining = 0;
    w.reports("norte");
    assert_eq!(w.lapses(), 1);
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
    assert_eq!(w.grant(&visit).unwrap().state, GrantState::Over);
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
    assert_eq!(w.lapses(), 0);
    assert_eq!(w.books(), [1_000, 0, 1_000]);
}

#[test]
fn a_used_grant_never_lapses_but_its_silence_is_shown() {
    let (mut w, visit) = paid();
    w.records(&visit, Deed::Starts);
    w.reports("norte");
    w.waits(15 * 60 * SECOND);
    assert_eq!(w.lapses(), 0);
    assert!(w.alarms().is_empty());
    w.waits(1);
    w.lapses();
    assert_eq!(w.alarms(), ["release_unresolved"]);
    w.waits(PATIENCE * 2);
    assert_eq!(w.lapses(), 0);
    assert_eq!(w.state(&visit), "paid");
    w.records(&visit, Deed::Pulls(cart(1)));
    w.reports("norte");
    assert_eq!(w.state(&visit), "out");
    assert!(w.alarms().is_empty());
}

/// Its grant never left this system.
#[test]
fn what_was_never_handed_out_has_its_patience_and_no_more() {
    let (mut w, visit) = paid();
    w.advance(GRANT + PATIENCE - 1);
    assert_eq!(w.lapses(), 0);
    assert_eq!(w.state(&visit), "paid");
    assert_eq!(w.alarms(), ["release_unresolved"]);
    w.advance(1);
    assert_eq!(w.lapses(), 1);
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
    assert!(w.alarms().is_empty(), "the lapse resolved it");
    assert_eq!(w.refunds(&visit), ["1 requested 1000"]);
}

#[test]
fn docks_that_stay_dark_do_not_hide_one_that_has_told() {
    let mut w = World::new();
    let mut carts: Vec<u8> = (10..220).collect();
    carts.extend([2, 3, 4]);
    w.bay("norte", 2).carts = carts.iter().map(|n| cart(*n)).collect();
    w.reports("norte");
    for _ in 0..201 {
        let visit = w.take("norte");
        w.pays(&visit, DEPOSIT);
    }
    w.advance(1);
    w.reports("sul");
    let told = w.take("sul");
    w.pays(&told, DEPOSIT);
    w.advance(GRANT + MARGIN + 1);
    w.reports("sul");
    assert_eq!(w.lapses(), 1);
    assert_eq!(w.state(&told), "cancelled:grant_lapsed");
}

/// As after a restored backup, which forgot that the grant was handed out.
#[test]
fn a_pull_that_is_told_after_the_lapse_alarms_and_refunds_nothing_twice() {
    let (mut w, visit) = paid();
    let tag = w.pulls(&visit);
    w.advance(GRANT + PATIENCE);
    assert_eq!(w.lapses(), 1);
    w.bank_settles(&visit);
    assert_eq!(w.reports("norte"), ["applied", "rental_over"]);
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
    assert_eq!(w.alarms(), ["cart_out_without_deposit"]);
    w.docks("sul", 1, tag);
    assert_eq!(w.reports("sul"), ["not_rented"]);
    assert_eq!(w.refunds(&visit), ["1 settled 1000"]);
    assert_eq!(w.books(), [0, 0, 0]);
    assert!(w.entry(&visit).is_none());
}

/// Cart 1 is out under the first, was put back unseen, and leaves again under the second.
fn pulled_again() -> (World, Visit, Visit) {
    let mut w = World::new();
    let (first, tag) = w.goes_out("norte");
    w.bay("norte", 1).carts.push(tag);
    w.waits(5 * SECOND);
    let (second, again) = w.goes_out("norte");
    assert_eq!(again, tag);
    (w, first, second)
}

#[test]
fn a_cart_that_is_pulled_again_keeps_its_first_payer_whole() {
    let (mut w, first, second) = pulled_again();
    assert_eq!(
        w.state(&first),
        "returned",
        "it was in its bay to leave again"
    );
    assert_eq!(w.state(&second), "out");
    assert_eq!(w.refunds(&first), ["1 requested 1000"]);
    assert!(w.alarms().is_empty());
    w.docks("sul", 1, cart(1));
    assert_eq!(w.reports("sul"), ["applied"]);
    assert_eq!(w.state(&second), "returned");
    assert_eq!(w.books(), [2_000, 0, 2_000]);
    let after = w.everything();
    done(w.approves(&first));
    assert_eq!(w.everything(), after, "a person has nothing left to do");
    assert!(w.alarms().is_empty());
    w.bank_settles(&first);
    w.bank_settles(&second);
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.count("SELECT count(*) FROM entry"), 2);
}

#[test]
fn a_receipt_under_review_stays_as_it_was_when_its_cart_leaves_again() {
    let mut w = World::new();
    let (first, tag) = w.goes_out("norte");
    w.contradicts("norte", 1, Some(tag), Contradiction::BoltNotEngaged);
    w.bay("norte", 1).carts.push(tag);
    w.reports("norte");
    let receipt = w.row(&first);
    w.waits(60 * SECOND);
    let (second, again) = w.goes_out("norte");
    assert_eq!(again, tag);
    assert_eq!(w.state(&first), "returned:bolt_not_engaged");
    assert_eq!(w.row(&first).returned_ms, receipt.returned_ms);
    assert_eq!(w.row(&first).returned, receipt.returned);
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["applied"]);
    assert_eq!(w.state(&second), "returned", "the return is the second's");
    assert_eq!(w.state(&first), "returned:bolt_not_engaged");
    done(w.approves(&first));
    assert_eq!(w.books(), [2_000, 0, 2_000]);
}
