//! Carts that leave a dock which the cloud cannot hear.

use crate::world::{DEPOSIT, Deed, SECOND, World, done, refusal};
use cloud::actions::Rejection;
use cloud_core::offline::carried_until;
use cloud_core::placement::DARK_AFTER_MS;
use shared::event::{Fact, GrantRefusal};
use shared::grant::Grant;
use shared::ids::RentalId;
use shared::offline::SharedSecret;
use shared::signed::PublicKey;

const NOBODY: [u8; 16] = [0; 16];

#[test]
fn a_grant_has_the_id_that_its_code_holds() {
    let mut w = World::new();
    for serial in 1..=3 {
        let visit = w.take("norte");
        w.pays(&visit, DEPOSIT);
        let grant = w.grant(&visit).unwrap();
        let gateway = w.gateway("norte").clone();
        let secret = SharedSecret::between(&gateway.key, &w.keys.public());
        assert_eq!(grant.serial, serial);
        assert_eq!(grant.id, secret.grant_id(serial));
        let code = secret.release_code(serial, grant.bay, w.now);
        let read = secret.read_release_code(&code, serial, &[grant.bay], w.now);
        assert_eq!(read.unwrap().grant, grant.id);
        let key = w.keys.public();
        let carried = Grant::carried(&grant.token).unwrap();
        let read = Grant::from_carried(&carried, &key, &gateway.id).unwrap();
        assert_eq!((read.serial, read.rental), (serial, visit.rental));
    }
    let visit = w.take("sul");
    w.pays(&visit, DEPOSIT);
    assert_eq!(
        w.grant(&visit).unwrap().serial,
        1,
        "each gateway counts its own"
    );
}

#[test]
fn a_silent_dock_is_sold_by_what_it_last_said_and_each_cart_once() {
    let mut w = World::new();
    w.advance(2 * 3_600 * SECOND);
    let mut bays = Vec::new();
    for _ in 0..4 {
        let visit = w.take("norte");
        w.pays(&visit, DEPOSIT);
        bays.push(w.grant(&visit).unwrap().bay.get());
    }
    bays.sort_unstable();
    assert_eq!(bays, [1, 2, 2, 2]);
    assert_eq!(w.refused("norte"), cloud::actions::Rejection::NoCart);
}

#[test]
fn a_grant_that_nobody_carried_lives_as_long_as_its_code_and_lapses_after_the_wait() {
    let mut w = World::new();
    w.advance(DARK_AFTER_MS);
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    let grant = w.grant(&visit).unwrap();
    assert_eq!(grant.expires_ms, carried_until(w.now));
    assert_eq!(grant.lapse_ms, grant.expires_ms.plus(900 * SECOND));
    w.now = grant.lapse_ms.plus(-1);
    assert_eq!(
        w.lapses(),
        0,
        "the dock may have used it and be unable to tell"
    );
    w.now = grant.lapse_ms;
    assert_eq!(w.lapses(), 1);
    assert_eq!(w.state(&visit), "cancelled:grant_lapsed");
    assert_eq!(w.books(), [DEPOSIT, 0, DEPOSIT]);
}

#[test]
fn a_dock_that_falls_silent_with_a_grant_on_its_way_gives_it_a_longer_life() {
    let mut w = World::new();
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    let short = w.grant(&visit).unwrap();
    assert_eq!(short.expires_ms, w.now.plus(120 * SECOND));
    w.advance(DARK_AFTER_MS - 1);
    assert_eq!(w.extends(), 0, "not silent yet");
    w.advance(1);
    assert_eq!(w.extends(), 1);
    let long = w.grant(&visit).unwrap();
    assert_eq!(long.id, short.id, "one grant, one use");
    assert_eq!(long.expires_ms, carried_until(short.issued_ms));
    let told = Grant::from_token(&long.token, &w.keys.public(), &long.gateway).unwrap();
    assert_eq!((told.serial, told.expires_ms), (1, long.expires_ms));
    assert_eq!(w.extends(), 0, "once");
    w.now = short.lapse_ms;
    assert_eq!(w.lapses(), 0);
    let key = PublicKey::of(&w.gateway("norte").key);
    assert_ne!(key, w.keys.public());
}

/// A refund beside a code that still opens the bay would be a cart for nothing.
#[test]
fn staff_end_no_release_while_its_grant_can_be_used() {
    let mut w = World::new();
    w.advance(DARK_AFTER_MS);
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    let grant = w.grant(&visit).unwrap();
    w.now = grant.expires_ms.plus(-1);
    assert!(w.now.since(grant.issued_ms) > 900 * SECOND, "long ago");
    assert_eq!(refusal(w.approves(&visit)), Rejection::ReleaseUnderWay);
    assert_eq!(w.accepted("norte").grants, [grant.token]);
    w.advance(1);
    done(w.approves(&visit));
    assert_eq!(w.state(&visit), "cancelled:by_staff");
    assert!(w.accepted("norte").grants.is_empty());
}

#[test]
fn a_grant_that_ran_out_stays_over_when_its_dock_falls_silent() {
    let mut w = World::new();
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    w.advance(120 * SECOND);
    assert_eq!(w.extends(), 0);
}

/// A release by a typed code names no rental: its grant does.
#[test]
fn every_event_of_a_code_release_finds_its_rental() {
    type Row = (
        &'static str,
        fn(&World, &crate::world::Visit) -> Vec<Fact>,
        &'static str,
    );
    fn told(w: &World, visit: &crate::world::Visit, deeds: &[Deed]) -> Vec<Fact> {
        let nobody = RentalId::from_bytes(NOBODY);
        let fact = |deed: &Deed| match w.fact(visit, *deed) {
            Fact::ReleaseStarted { bay, grant, .. } => Fact::ReleaseStarted {
                bay,
                grant,
                rental: nobody,
            },
            Fact::CartPulled {
                bay, grant, tag, ..
            } => Fact::CartPulled {
                bay,
                grant,
                rental: nobody,
                tag,
            },
            Fact::ReleaseExpired { bay, grant, .. } => Fact::ReleaseExpired {
                bay,
                grant,
                rental: nobody,
            },
            Fact::ReleaseFailed {
                bay, grant, fault, ..
            } => Fact::ReleaseFailed {
                bay,
                grant,
                rental: nobody,
                fault,
            },
            Fact::GrantRefused { bay, grant, .. } => Fact::GrantRefused {
                bay,
                grant,
                rental: nobody,
                reason: GrantRefusal::BayEmpty,
            },
            other => other,
        };
        deeds.iter().map(fact).collect()
    }
    let rows: [Row; 4] = [
        (
            "pulled",
            |w, v| told(w, v, &[Deed::Starts, Deed::Pulls(crate::world::cart(1))]),
            "out",
        ),
        (
            "not taken",
            |w, v| told(w, v, &[Deed::Starts, Deed::NotTaken]),
            "cancelled:not_taken",
        ),
        (
            "failed",
            |w, v| told(w, v, &[Deed::Starts, Deed::Fails]),
            "cancelled:bay_fault",
        ),
        (
            "refused",
            |w, v| told(w, v, &[Deed::Refuses]),
            "cancelled:grant_refused",
        ),
    ];
    for (name, facts, state) in rows {
        let mut w = World::new();
        w.advance(DARK_AFTER_MS);
        let visit = w.take("norte");
        w.pays(&visit, DEPOSIT);
        let facts = facts(&w, &visit);
        let count = facts.len();
        for fact in facts {
            w.tells("norte", fact);
        }
        assert_eq!(w.reports("norte"), vec!["applied"; count], "{name}");
        assert_eq!(w.state(&visit), state, "{name}");
        let rental = visit.rental;
        let found = w.read(move |tx| cloud::store::gateway_event::of_rental(tx, &rental));
        assert_eq!(found.len(), count, "{name}: the rental's story has them");
    }
}

#[test]
fn a_code_of_another_gateways_grant_is_nobodys() {
    let mut w = World::new();
    let visit = w.take("norte");
    w.pays(&visit, DEPOSIT);
    let grant = w.grant(&visit).unwrap();
    w.tells(
        "sul",
        Fact::CartPulled {
            bay: grant.bay,
            grant: grant.id,
            rental: RentalId::from_bytes(NOBODY),
            tag: crate::world::cart(5),
        },
    );
    assert_eq!(w.reports("sul"), ["unknown_grant"]);
    assert_eq!(w.state(&visit), "paid");
}

#[test]
fn a_docks_own_address_is_kept_while_it_is_one() {
    let mut w = World::new();
    let kept = |w: &mut World, told: Option<&str>| {
        w.gateway("norte").offline.local_url = told.map(str::to_owned);
        w.reports("norte");
        let id = w.gateway("norte").id;
        w.read(move |tx| cloud::store::gateway::by_id(tx, &id))
            .unwrap()
            .local_url
    };
    let good = "http://192.168.4.1:8088";
    assert_eq!(kept(&mut w, Some(good)).as_deref(), Some(good));
    for bad in ["javascript:alert(1)", "http://a:b@c", "http://a?b"] {
        assert_eq!(kept(&mut w, Some(bad)), None, "{bad}");
    }
    assert_eq!(kept(&mut w, None), None);
    done(w.syncs("norte"));
}
