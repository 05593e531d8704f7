//! Chance plays customers, vandals, networks and power cuts; the book of `physics` must never find a
//! record that contradicts another, and at rest the brain must see what is there.

use super::physics::World;
use super::{grant, no, tag};
use crate::io::{Input, SyncFailure};
use proptest::prelude::*;
use shared::dock::Part;

#[derive(Debug, Clone, Copy)]
enum Move {
    Push { bay: u16, cart: usize },
    Pull { bay: u16 },
    Force { bay: u16 },
    Grant { number: u8, bay: u16, until: i64 },
    Miss { bay: u16, for_ms: u64 },
    Stick { bay: u16, stuck: bool },
    Fail { bay: u16, part: Part },
    Heal { bay: u16, part: Part },
    Wait { ms: u64 },
    Answer { failure: Option<SyncFailure> },
    Wake,
    Locate { bay: u16 },
    Restart,
    CutNext,
    Card { number: u8, card: u8 },
    Technician { order: u8, bay: u16 },
}

fn moves() -> impl Strategy<Value = Move> {
    let bay = || 1..=3u16;
    let part = || {
        prop::sample::select(vec![
            Part::Reader,
            Part::Lock,
            Part::BoltSensor,
            Part::PresenceSensor,
        ])
    };
    let failure = prop::option::of(prop::sample::select(vec![
        SyncFailure::Unreachable,
        SyncFailure::CloudError,
        SyncFailure::Fork,
        SyncFailure::Refused,
    ]));
    prop_oneof![
        6 => (bay(), 0..4usize).prop_map(|(bay, cart)| Move::Push { bay, cart }),
        6 => bay().prop_map(|bay| Move::Pull { bay }),
        1 => bay().prop_map(|bay| Move::Force { bay }),
        6 => (0..12u8, 1..=4u16, 0..400_000i64)
            .prop_map(|(number, bay, until)| Move::Grant { number, bay, until }),
        2 => (bay(), 0..3_000u64).prop_map(|(bay, for_ms)| Move::Miss { bay, for_ms }),
        1 => (bay(), any::<bool>()).prop_map(|(bay, stuck)| Move::Stick { bay, stuck }),
        1 => (bay(), part()).prop_map(|(bay, part)| Move::Fail { bay, part }),
        2 => (bay(), part()).prop_map(|(bay, part)| Move::Heal { bay, part }),
        8 => (0..20_000u64).prop_map(|ms| Move::Wait { ms }),
        3 => failure.prop_map(|failure| Move::Answer { failure }),
        1 => Just(Move::Wake),
        1 => bay().prop_map(|bay| Move::Locate { bay }),
        2 => Just(Move::Restart),
        2 => Just(Move::CutNext),
        3 => (0..40u8, 1..=3u8).prop_map(|(number, card)| Move::Card { number, card }),
        4 => (0..7u8, bay()).prop_map(|(order, bay)| Move::Technician { order, bay }),
    ]
}

fn make(world: &mut World, a_move: Move) {
    match a_move {
        Move::Push { bay, cart } => world.push(bay, cart),
        Move::Pull { bay } => world.pull(bay, false),
        Move::Force { bay } => world.pull(bay, true),
        Move::Grant { number, bay, until } => {
            world.grant(grant(&format!("g{number}"), &bay.to_string(), until));
        }
        Move::Miss { bay, for_ms } => world.miss(bay, for_ms),
        Move::Stick { bay, stuck } => world.stick(bay, stuck),
        Move::Fail { bay, part } => world.fail(bay, part),
        Move::Heal { bay, part } => world.heal(bay, part),
        Move::Wait { ms } => world.wait(ms),
        Move::Answer { failure } => world.answer(failure),
        Move::Wake => world.input(Input::Wake),
        Move::Locate { bay } => world.input(Input::Locate {
            bay: no(bay),
            duration_ms: 5_000,
        }),
        Move::Restart => world.restart(),
        Move::CutNext => world.cut_next = true,
        Move::Card { number, card } => world.card(number, &format!("m{card}")),
        Move::Technician { order, bay } => {
            let bay = bay.to_string();
            let order = match order {
                0 => &["begin"][..],
                1 => &["end"],
                2 => &["test", &bay],
                3 => &["no", &bay],
                4 => &["abandon", &bay],
                _ => &["yes", &bay],
            };
            world.technician(order);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_chance_makes_the_journal_contradict_itself(
        moves in prop::collection::vec(moves(), 1..150),
    ) {
        let carts = ["a", "b", "c", "d"].map(tag).to_vec();
        let mut world = World::new(carts);
        for a_move in moves {
            make(&mut world, a_move);
        }
        world.come_to_rest();
        world.check_rest();
    }
}
