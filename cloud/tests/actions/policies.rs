//! Policies of chains and stores: which version decides when, and that none is ever changed.

use crate::world::{DEPOSIT, SECOND, World, chain, dock_id, done, manager, refusal, shop};
use cloud::actions::follow_chain::{self, FollowChain};
use cloud::actions::make_policy::{self, MakePolicy};
use cloud::actions::{Outcome, Rejection};
use cloud::store::policy::{self, Scope};
use cloud::store::{allowance, staff};
use cloud_core::policy::{Field, Policy, PolicyError};
use shared::ids::{ChainId, PolicyId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;

const CHAIN: fn() -> Scope = || Scope::Chain(chain());
const SHOP: fn() -> Scope = || Scope::Store(shop());

/// The default with another deposit, by which the tests tell versions apart.
fn asking(centavos: i64) -> Policy {
    Policy {
        deposit_centavos: Centavos::new(centavos),
        ..Policy::DEFAULT
    }
}

fn next(scope: Scope, seen: i64, centavos: i64, from: Option<UnixMs>) -> MakePolicy {
    let number = u8::try_from(centavos / 100).expect("small deposits");
    let kind = if scope == CHAIN() { 7 } else { 8 };
    MakePolicy {
        id: PolicyId::new(3, [kind, number, 1, 1, 1, 1, 1, 1, 1, 1]),
        chain: chain(),
        scope,
        seen,
        policy: asking(centavos),
        valid_from: from,
        audit_id: format!("policy-{kind}-{number}"),
    }
}

fn makes(w: &World, make: &MakePolicy) -> Outcome<i64> {
    let (now, make) = (w.now, make.clone());
    w.act(move |tx| make_policy::run(tx, now, &make, &manager()))
}

fn deposit_at(w: &World, at: UnixMs) -> i64 {
    let found = w.read(move |tx| policy::at(tx, &shop(), at));
    found.expect("a policy").policy.deposit_centavos.get()
}

#[test]
fn a_stores_own_goes_before_the_chains_and_a_later_moment_waits() {
    let mut w = World::new();
    let t = w.now;
    let plus = |seconds: i64| t.plus(seconds * SECOND);
    // The world's shop has a version 1 of its own. Nobody follows the chain yet.
    assert_eq!(done(makes(&w, &next(CHAIN(), 0, 2_000, None))), 1);
    assert_eq!(deposit_at(&w, t), DEPOSIT, "the store's own decides");
    let other = StoreId::new(1, [4; 10]);
    done(w.act(move |tx| {
        Ok(cloud::store::dock::insert_store(
            tx,
            &other,
            &chain(),
            "Outra",
            "Recife",
        )?)
    }));
    let follows = move |w: &World, at| {
        let found = w.read(move |tx| policy::at(tx, &other, at));
        let row = found.expect("the chain's");
        assert_eq!(row.scope, CHAIN());
        row.policy.deposit_centavos.get()
    };
    assert_eq!(follows(&w, t), 2_000);
    assert_eq!(done(makes(&w, &next(SHOP(), 1, 500, Some(plus(60))))), 2);
    assert_eq!(done(makes(&w, &next(SHOP(), 2, 600, Some(plus(120))))), 3);
    assert_eq!(done(makes(&w, &next(CHAIN(), 1, 3_000, Some(plus(90))))), 2);
    for (seconds, own, chains) in [
        (0, 1_000, 2_000),
        (59, 1_000, 2_000),
        (60, 500, 2_000),
        (90, 500, 3_000),
        (119, 500, 3_000),
        (120, 600, 3_000),
        (99_999, 600, 3_000),
    ] {
        assert_eq!(deposit_at(&w, plus(seconds)), own, "own at {seconds}");
        assert_eq!(follows(&w, plus(seconds)), chains, "chain's at {seconds}");
    }
    w.advance(1);
    // The newest whose moment has come: those that waited never come.
    done(makes(&w, &next(SHOP(), 3, 700, None)));
    for seconds in [1, 60, 120, 99_999] {
        assert_eq!(deposit_at(&w, plus(seconds)), 700, "at {seconds}");
    }
}

#[test]
fn a_moment_that_comes_makes_the_list_of_the_gateways_grow() {
    let w = World::new();
    let t = w.now;
    let version = |at: UnixMs| w.read(move |tx| allowance::version(tx, &dock_id("norte"), at));
    done(makes(&w, &next(SHOP(), 1, 500, Some(t.plus(60 * SECOND)))));
    done(makes(&w, &next(CHAIN(), 0, 600, Some(t.plus(90 * SECOND)))));
    // Made last, due first: the list must grow by each all the same, never shrink.
    done(makes(&w, &next(SHOP(), 2, 700, Some(t.plus(30 * SECOND)))));
    let seen: Vec<_> = [0, 30, 60, 90]
        .map(|seconds| version(t.plus(seconds * SECOND)))
        .into();
    assert_eq!(seen, [1, 2, 3, 4]);
}

#[test]
fn a_rental_keeps_the_policy_that_began_it() {
    let mut w = World::new();
    let early = w.take("norte");
    w.advance(1);
    let make = next(SHOP(), 1, 500, None);
    done(makes(&w, &make));
    let late = w.take("norte");
    assert_eq!(w.row(&late).policy, make.id);
    let began = w.row(&early).policy;
    let kept = w.read(move |tx| policy::by_id(tx, &began)).expect("kept");
    assert_eq!(kept.policy, Policy::DEFAULT);
    assert_eq!(w.row(&early).deposit.get(), DEPOSIT);
    assert_eq!(w.row(&late).deposit.get(), 500);
}

#[test]
fn a_version_is_refused_for_the_first_reason_there_is_and_nothing_changes() {
    let w = World::new();
    let good = next(SHOP(), 1, 500, None);
    let broken = Policy {
        finder_share_basis_points: 10_000,
        ..asking(500)
    };
    let before = Some(w.now.plus(-1));
    let elsewhere = ChainId::new(9, [9; 10]);
    let rows = [
        (
            MakePolicy {
                scope: Scope::Store(StoreId::new(9, [9; 10])),
                policy: broken,
                ..good.clone()
            },
            Rejection::UnknownStore,
        ),
        (
            MakePolicy {
                chain: elsewhere,
                ..good.clone()
            },
            Rejection::UnknownStore,
        ),
        (
            MakePolicy {
                scope: Scope::Chain(elsewhere),
                ..good.clone()
            },
            Rejection::UnknownStore,
        ),
        (
            MakePolicy {
                policy: broken,
                seen: 0,
                ..good.clone()
            },
            Rejection::PolicyRefused(PolicyError::OutOfBounds(Field::FinderShare)),
        ),
        (
            MakePolicy {
                seen: 0,
                valid_from: before,
                ..good.clone()
            },
            Rejection::PolicyMoved,
        ),
        (
            MakePolicy {
                policy: Policy::DEFAULT,
                valid_from: before,
                ..good.clone()
            },
            Rejection::PolicyInPast,
        ),
        (
            MakePolicy {
                policy: Policy::DEFAULT,
                ..good.clone()
            },
            Rejection::PolicyUnchanged,
        ),
    ];
    let stood = w.everything();
    for (make, why) in rows {
        assert_eq!(refusal(makes(&w, &make)), why);
    }
    assert_eq!(w.everything(), stood);
    done(makes(&w, &good));
    assert_eq!(
        refusal(makes(&w, &good)),
        Rejection::PolicyMoved,
        "sent twice"
    );
}

fn follows(w: &World, seen: i64, from: Option<UnixMs>, n: u8) -> Outcome<i64> {
    let wish = FollowChain {
        id: PolicyId::new(4, [n; 10]),
        chain: chain(),
        store: shop(),
        seen,
        valid_from: from,
        audit_id: format!("follow-{n}"),
    };
    let now = w.now;
    w.act(move |tx| follow_chain::run(tx, now, &wish, &manager()))
}

#[test]
fn a_store_goes_back_to_its_chain_from_a_moment_on_and_leaves_it_again() {
    let mut w = World::new();
    let t = w.now;
    let plus = |seconds: i64| t.plus(seconds * SECOND);
    done(makes(&w, &next(CHAIN(), 0, 2_000, None)));
    let early = w.take("norte");
    let lists =
        |w: &World, at: UnixMs| w.read(move |tx| allowance::version(tx, &dock_id("norte"), at));
    let before = lists(&w, plus(60));
    assert_eq!(done(follows(&w, 1, Some(plus(60)), 1)), 2);
    assert_eq!(
        lists(&w, plus(60)),
        before + 1,
        "the gateways get the new numbers"
    );
    done(makes(&w, &next(CHAIN(), 1, 3_000, Some(plus(90)))));
    for (seconds, deposit) in [
        (0, DEPOSIT),
        (59, DEPOSIT),
        (60, 2_000),
        (89, 2_000),
        (90, 3_000),
    ] {
        assert_eq!(deposit_at(&w, plus(seconds)), deposit, "at {seconds}");
    }
    w.advance(60 * SECOND);
    let late = w.take("norte");
    let decided = |w: &World, visit| {
        let id = w.row(visit).policy;
        w.read(move |tx| policy::by_id(tx, &id))
            .expect("kept")
            .scope
    };
    assert_eq!(decided(&w, &early), SHOP(), "what began keeps its own");
    assert_eq!(decided(&w, &late), CHAIN(), "a rental names who decided it");
    // The same numbers of its own are another rule: they stay when the chain's change.
    assert_eq!(done(makes(&w, &next(SHOP(), 2, 2_000, None))), 3);
    assert_eq!(deposit_at(&w, plus(90)), 2_000);
    assert_eq!(done(follows(&w, 3, None, 2)), 4);
    assert_eq!(deposit_at(&w, plus(90)), 3_000);
    let made = w.read(move |tx| policy::history(tx, SHOP(), 50));
    let seen: Vec<_> = made
        .iter()
        .map(|made| (made.row.version, made.row.follows_chain, made.by.as_deref()))
        .collect();
    let by = Some("gerente");
    assert_eq!(
        seen,
        [
            (4, true, by),
            (3, false, by),
            (2, true, by),
            (1, false, None)
        ]
    );
}

#[test]
fn nobody_follows_what_is_not_there_or_twice() {
    let w = World::new();
    let past = Some(w.now.plus(-1));
    let stood = w.everything();
    for (seen, from, why) in [
        (0, past, Rejection::PolicyMoved),
        (1, past, Rejection::PolicyInPast),
        (1, None, Rejection::NoChainPolicy),
    ] {
        assert_eq!(refusal(follows(&w, seen, from, 1)), why);
    }
    assert_eq!(w.everything(), stood);
    done(makes(&w, &next(CHAIN(), 0, 2_000, None)));
    done(follows(&w, 1, None, 1));
    assert_eq!(refusal(follows(&w, 2, None, 2)), Rejection::PolicyUnchanged);
    let now = w.now;
    let elsewhere = FollowChain {
        id: PolicyId::new(4, [9; 10]),
        chain: chain(),
        store: StoreId::new(9, [9; 10]),
        seen: 0,
        valid_from: None,
        audit_id: "elsewhere".into(),
    };
    let refused = w.act(move |tx| follow_chain::run(tx, now, &elsewhere, &manager()));
    assert_eq!(refusal(refused), Rejection::UnknownStore);
}

#[test]
fn the_audit_names_who_made_a_version() {
    let w = World::new();
    let make = next(SHOP(), 1, 500, None);
    done(makes(&w, &make));
    let subject = make.id.to_string();
    let rows = w.read(move |tx| staff::audit_of(tx, &subject));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].action, "make_policy");
    assert_eq!(rows[0].login.as_deref(), Some("gerente"));
    let made = w.read(move |tx| policy::history(tx, Scope::Store(shop()), 50));
    let seen: Vec<_> = made
        .iter()
        .map(|made| (made.row.version, made.by.as_deref(), made.made_ms))
        .collect();
    assert_eq!(seen, [(2, Some("gerente"), Some(w.now)), (1, None, None)]);
}
