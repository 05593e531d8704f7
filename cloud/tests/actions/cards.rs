//! Member cards: the lists that gateways go by, and what their releases become here.

use crate::world::{
    DEPOSIT, SECOND, STAGES, Visit, World, card_key, cart, chain, dock_id, done, manager, refusal,
    shop,
};
use cloud::actions::add_technician::{self, AddTechnician};
use cloud::actions::set_card_state::{self, SetCardState};
use cloud::actions::{Rejection, revoke_technician};
use cloud::store::member_card::{self, CardRow, CardSearch, CardState};
use cloud::store::policy::{self, Scope};
use cloud::store::{allowance, grant, rental};
use cloud_core::policy::Policy;
use ed25519_dalek::SigningKey;
use shared::allowance::{Allowance, AllowanceHeader, CardLimits};
use shared::allowance::{CARDS_MAX, CardKey, Listed, TECHNICIANS_MAX};
use shared::event::{BayFault, Fact};
use shared::ids::PolicyId;
use shared::signed::PublicKey;
use shared::time::{ClockQuality, UnixMs};

const CPF: &str = "52998224725";
const NUMBER: &str = "7000 0001";

fn version(w: &mut World, dock: &str) -> u64 {
    w.accepted(dock).allowance
}

fn sets(w: &World, number: &str, state: CardState) -> cloud::actions::Outcome<()> {
    let set = SetCardState {
        chain: chain(),
        key: card_key(w, number),
        state,
        audit_id: format!("set-{}-{state:?}", w.everything().len()),
    };
    let now = w.now;
    w.act(move |tx| set_card_state::run(tx, now, &set, &manager()))
}

fn technician(w: &World, name: &str, key: u8) -> cloud::actions::Outcome<()> {
    let add = AddTechnician {
        chain: chain(),
        name: name.into(),
        key: PublicKey::of(&SigningKey::from_bytes(&[key; 32])),
        audit_id: format!("technician-{name}-{key}"),
    };
    let now = w.now;
    w.act(move |tx| add_technician::run(tx, now, &add, &manager()))
}

fn revokes(w: &World, key: u8) -> cloud::actions::Outcome<()> {
    let (now, key) = (w.now, PublicKey::of(&SigningKey::from_bytes(&[key; 32])));
    let audit = format!("revoke-{key}");
    w.act(move |tx| revoke_technician::run(tx, now, (&chain(), &key), &manager(), &audit))
}

#[test]
fn every_change_makes_the_version_grow_and_nothing_makes_it_shrink() {
    let mut w = World::new();
    let mut last = version(&mut w, "norte");
    assert_eq!(last, 1, "the policy alone is a list");
    let mut grows = |w: &mut World, what: &str| {
        let now = version(w, "norte");
        assert!(now > last, "{what}: {last} {now}");
        assert_eq!(version(w, "sul"), now, "{what}");
        last = now;
    };
    w.puts_card(NUMBER, None, CardState::Active);
    grows(&mut w, "added");
    w.puts_card(NUMBER, Some(CPF), CardState::Active);
    grows(&mut w, "changed");
    done(sets(&w, NUMBER, CardState::Denied));
    grows(&mut w, "denied");
    done(sets(&w, NUMBER, CardState::Active));
    grows(&mut w, "allowed");
    done(technician(&w, "Rui", 1));
    grows(&mut w, "technician");
    done(revokes(&w, 1));
    grows(&mut w, "revoked");
    let now = w.now;
    done(w.act(move |tx| {
        let id = PolicyId::new(2, [2; 10]);
        Ok(policy::insert(
            tx,
            &id,
            Scope::Store(shop()),
            2,
            &Policy::DEFAULT,
            now,
        )?)
    }));
    grows(&mut w, "policy");
    let before = w.everything();
    done(sets(&w, NUMBER, CardState::Active));
    assert_eq!(w.everything(), before, "what is so already is no change");
    w.restarts();
    assert_eq!(version(&mut w, "norte"), last);
}

#[test]
fn the_list_says_who_may_and_deny_wins() {
    let mut w = World::new();
    w.puts_card(NUMBER, None, CardState::Active);
    w.puts_card("7000 0002", None, CardState::Denied);
    done(technician(&w, "Rui", 1));
    let now = w.now;
    let list = w
        .read(move |tx| allowance::list(tx, &dock_id("norte"), now))
        .unwrap();
    let cards = w.read(|tx| allowance::cards(tx, &chain()));
    assert_eq!(cards.allow, [card_key(&w, "70000001")]);
    assert_eq!(
        cards.deny,
        [card_key(
            &w,
            " 7000-0002".trim_matches('-').replace('-', "").as_str()
        )]
    );
    assert_eq!(list.technicians[0].name, "Rui");
    assert_eq!(list.version, version(&mut w, "norte"));
}

#[test]
fn refusals_change_nothing() {
    let w = World::new();
    let before = w.everything();
    assert_eq!(
        refusal(sets(&w, NUMBER, CardState::Denied)),
        Rejection::UnknownCard
    );
    assert_eq!(refusal(revokes(&w, 1)), Rejection::UnknownTechnician);
    assert_eq!(w.everything(), before);
    done(technician(&w, "Rui", 1));
    let before = w.everything();
    for (name, key) in [("Rui", 2), ("Bia", 1)] {
        assert_eq!(
            refusal(technician(&w, name, key)),
            Rejection::TechnicianTaken
        );
    }
    assert_eq!(w.everything(), before);
    done(revokes(&w, 1));
    assert_eq!(refusal(revokes(&w, 1)), Rejection::UnknownTechnician);
    done(technician(&w, "Rui", 2));
    for n in 1..TECHNICIANS_MAX {
        done(technician(
            &w,
            &format!("t{n}"),
            100 + u8::try_from(n).unwrap(),
        ));
    }
    assert_eq!(
        refusal(technician(&w, "one more", 99)),
        Rejection::TooManyTechnicians
    );
}

/// A list of a hundred thousand denied cards is stored, paged, searched, built and read.
#[test]
fn a_hundred_thousand_denied_cards_are_a_list() {
    let mut w = World::new();
    let salt = w.keys.card_salt(&chain());
    done(w.act(move |tx| {
        for n in 0..100_000u32 {
            let card = CardRow {
                key: CardKey::of(&salt, &n.to_string()),
                ending: format!("{:04}", n % 10_000),
                holder: format!("lost {n}").parse().ok(),
                person: None,
                state: CardState::Denied,
                created_ms: UnixMs(i64::from(n)),
                changed_ms: UnixMs(i64::from(n)),
            };
            assert!(member_card::put(tx, &chain(), &card)?);
        }
        Ok(())
    }));
    w.puts_card("100000", None, CardState::Active);
    let search = CardSearch {
        text: "lost 4711".into(),
        ..CardSearch::default()
    };
    let (total, found, last) = w.read(move |tx| {
        let all = CardSearch {
            state: Some(CardState::Denied),
            ..CardSearch::default()
        };
        let total = member_card::total(tx, &chain(), &all)?;
        let found = member_card::page(tx, &chain(), &search, 50, 0)?;
        let last = member_card::page(tx, &chain(), &all, 50, 99_950)?;
        Ok((total, found, last))
    });
    assert_eq!((total, found.len(), last.len()), (100_000, 11, 50));
    assert_eq!(last[49].holder, "lost 0".parse().ok());
    let now = w.now;
    let list = w
        .read(move |tx| allowance::list(tx, &dock_id("norte"), now))
        .unwrap();
    let cards = w.read(|tx| allowance::cards(tx, &chain()));
    assert_eq!((cards.allow.len(), cards.deny.len()), (1, 100_000));
    assert!(cards.deny.len() <= CARDS_MAX);
    let id = w.gateway("norte").id;
    let header = AllowanceHeader {
        v: 1,
        gateway: id,
        version: list.version,
        issued_ms: now,
        salt: w.keys.card_salt(&chain()),
        limits: CardLimits {
            deposit_centavos: list.policy.deposit_centavos,
            card_releases_per_day: 4,
            gateway_centavos_per_day: list.policy.gateway_centavos_per_day,
        },
        technicians: vec![],
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let text = Allowance::encode(w.keys.signing(), header, cards.allow, cards.deny);
    let read = Allowance::decode(&text, &w.keys.public(), &id).unwrap();
    assert_eq!(read.listed(read.card_of("99999")), Listed::Denied);
    assert_eq!(read.listed(read.card_of("100000")), Listed::Allowed);
}

fn money_is_untouched(w: &World, visit: &Visit) {
    assert_eq!(w.books(), [0, 0, 0]);
    assert_eq!(w.orders(visit).len(), 0);
    assert_eq!(w.effects(), [""; 0]);
}

/// What each end of a card's release makes of its rental: no money at any step.
#[test]
fn a_cards_release_lives_like_any_other_and_moves_no_money() {
    type Deed = fn(&mut World, &Visit);
    let ends: [(&str, Deed, &str, &str); 4] = [
        (
            "back",
            |w, v| {
                let tag = w.pulls_by_card(v);
                w.docks("norte", 1, tag);
            },
            "closed",
            "applied",
        ),
        (
            "not taken",
            |w, v| {
                let grant = v.txid.parse().unwrap();
                let (bay, rental) = (v.bay, v.rental);
                w.tells("norte", Fact::ReleaseExpired { bay, grant, rental });
            },
            "cancelled:not_taken",
            "applied",
        ),
        (
            "failed",
            |w, v| {
                let grant = v.txid.parse().unwrap();
                let (bay, rental) = (v.bay, v.rental);
                let fault = BayFault::BoltStuckClosed;
                w.tells(
                    "norte",
                    Fact::ReleaseFailed {
                        bay,
                        grant,
                        rental,
                        fault,
                    },
                );
            },
            "cancelled:bay_fault",
            "applied",
        ),
        (
            "out",
            |w, v| {
                w.pulls_by_card(v);
            },
            "out",
            "applied",
        ),
    ];
    for (name, deed, state, outcome) in ends {
        let mut w = World::new();
        w.puts_card(NUMBER, Some(CPF), CardState::Active);
        let visit = w.opens_by_card("norte", 1, NUMBER);
        deed(&mut w, &visit);
        let told = w.reports("norte");
        assert!(told.iter().all(|t| t == outcome), "{name}: {told:?}");
        assert_eq!(w.state(&visit), state, "{name}");
        money_is_untouched(&w, &visit);
        assert_eq!(w.alarms(), [""; 0], "{name}");
        let row = w.row(&visit);
        assert_eq!(row.card, Some(card_key(&w, NUMBER)));
        assert!(row.person.is_some());
        assert_eq!(w.entry(&visit).is_some(), state == "closed", "{name}");
    }
}

#[test]
fn a_return_at_another_dock_closes_it_and_frees_the_card() {
    let mut w = World::new();
    w.puts_card(NUMBER, None, CardState::Active);
    let visit = w.opens_by_card("norte", 1, NUMBER);
    let tag = w.pulls_by_card(&visit);
    w.gateway("norte").offline.open_cards = vec![visit.rental];
    assert_eq!(w.accepted("norte").closed_cards, []);
    w.waits(SECOND);
    w.docks("sul", 1, tag);
    w.reports("sul");
    assert_eq!(w.state(&visit), "closed");
    assert_eq!(w.accepted("norte").closed_cards, [visit.rental]);
    assert!(w.entry(&visit).is_none(), "nobody is known to own it");
    money_is_untouched(&w, &visit);
}

#[test]
fn a_receipt_ends_a_cards_rental_too() {
    let mut w = World::new();
    w.puts_card(NUMBER, None, CardState::Active);
    let visit = w.opens_by_card("norte", 1, NUMBER);
    let tag = w.pulls_by_card(&visit);
    w.reports("norte");
    w.docks("norte", 1, tag);
    let receipt = w.receipt("norte");
    done(w.brings(&receipt));
    assert_eq!(w.state(&visit), "closed");
    assert_eq!(w.reports("norte"), ["already_applied"]);
    money_is_untouched(&w, &visit);
}

#[test]
fn a_person_gives_up_a_cards_cart_without_money() {
    let mut w = World::new();
    w.puts_card(NUMBER, Some(CPF), CardState::Active);
    let visit = w.opens_by_card("norte", 1, NUMBER);
    w.pulls_by_card(&visit);
    w.reports("norte");
    done(w.approves(&visit));
    assert_eq!(w.state(&visit), "closed");
    assert!(w.entry(&visit).is_none());
    money_is_untouched(&w, &visit);
}

#[test]
fn a_card_that_should_not_have_opened_calls_a_person() {
    for denied in [false, true] {
        let mut w = World::new();
        if denied {
            w.puts_card(NUMBER, None, CardState::Denied);
        }
        let visit = w.opens_by_card("norte", 1, NUMBER);
        w.pulls_by_card(&visit);
        assert_eq!(w.reports("norte"), ["applied"; 2], "it happened");
        assert_eq!(w.state(&visit), "out");
        assert_eq!(w.alarms(), ["card_not_allowed"]);
    }
}

/// A gateway cannot take another rental's name, or another grant's.
#[test]
fn ids_that_are_taken_begin_nothing() {
    let mut w = World::new();
    for stage in STAGES {
        let visit = w.at(stage);
        let before = w.row(&visit);
        let stolen = Visit {
            txid: w
                .grant(&visit)
                .map_or_else(String::new, |g| g.id.to_string()),
            ..visit.clone()
        };
        let opened = w.opens_by_card("norte", 1, NUMBER);
        let fact = |grant: &str, rental| Fact::CardReleaseStarted {
            bay: opened.bay,
            grant: grant.parse().unwrap(),
            rental,
            card: card_key_of(&opened),
            allowance: 1,
        };
        let of_rental = fact(&opened.txid, visit.rental);
        w.tells("norte", of_rental);
        if !stolen.txid.is_empty() {
            let of_grant = fact(&stolen.txid, shared::ids::RentalId::new(9, [9; 10]));
            w.tells("norte", of_grant);
        }
        let told = w.reports("norte");
        assert!(
            told[1..].iter().all(|t| t == "id_taken"),
            "{stage:?} {told:?}"
        );
        let after = w.row(&visit);
        assert_eq!((after.state, after.backing), (before.state, before.backing));
        w = World::new();
    }
}

fn card_key_of(_: &Visit) -> CardKey {
    CardKey::of("any", NUMBER)
}

#[test]
fn the_release_happened_when_its_stamp_says_as_far_as_that_is_worth() {
    for (clock, off_ms, seen_after_ms) in [
        (ClockQuality::Server, 0, 0),
        (ClockQuality::Floor, -5 * SECOND, -5 * SECOND),
        (ClockQuality::Server, 600 * SECOND, 0),
        (ClockQuality::Unset, 600 * SECOND, -3_600 * SECOND),
    ] {
        let mut w = World::new();
        w.advance(3_600 * SECOND);
        w.gateway("norte").clock = (clock, off_ms);
        let visit = w.opens_by_card("norte", 1, NUMBER);
        w.reports("norte");
        let rental = visit.rental;
        let row = w.read(move |tx| grant::by_rental(tx, &rental)).unwrap();
        assert_eq!(row.issued_ms, w.now.plus(seen_after_ms), "{clock:?}");
    }
}

#[test]
fn what_cards_took_is_counted_for_the_worst_case() {
    let mut w = World::new();
    w.puts_card(NUMBER, None, CardState::Active);
    let visit = w.opens_by_card("norte", 1, NUMBER);
    let tag = w.pulls_by_card(&visit);
    assert_eq!(tag, cart(1));
    let lost = w.opens_by_card("norte", 2, NUMBER);
    w.pulls_by_card(&lost);
    let kept = w.opens_by_card("norte", 2, NUMBER);
    let (bay, rental) = (kept.bay, kept.rental);
    let grant = kept.txid.parse().unwrap();
    w.tells("norte", Fact::ReleaseExpired { bay, grant, rental });
    w.docks("norte", 1, tag);
    w.reports("norte");
    let id = w.gateway("norte").id;
    let (count, worth) = w.read(move |tx| rental::out_by_card(tx, &id));
    assert_eq!((count, worth.get()), (1, DEPOSIT));
}
