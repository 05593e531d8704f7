//! Who wins, who stands by, and what a disqualification moves.

use crate::sample::{Chance, EXTRACTION_MS, T_CLOSE_MS, rules};
use cloud_core::raffle::entry::{Entries, Entry, Pid};
use cloud_core::raffle::order::Order;
use cloud_core::raffle::rules::Rules;
use cloud_core::raffle::winners::{Delivery, Disqualification, Walk, When, entry_at, winners};
use proptest::prelude::*;
use shared::octets::Octets;
use std::collections::BTreeSet;

/// Entries of the persons in `pids`, in the places that a shuffle gives them.
fn list(pids: &[u8], seed: u64) -> (Entries, Order) {
    let mut chance = Chance(seed);
    let entries = pids.iter().map(|pid| Entry {
        pid: Octets([*pid; 16]),
        ev: Octets(chance.bytes()),
    });
    let entries =
        Entries::new(&rules().campaign_id, 1_000, entries).expect("every event is another one");
    let root = entries.tree().root();
    let order = Order::new(&root, &Octets(chance.bytes()), entries.leaves());
    (entries, order)
}

fn pid_at(entries: &Entries, order: &Order, position: u32) -> Pid {
    entry_at(entries, order, position)
        .expect("a position of the list")
        .pid
}

fn out(entries: &Entries, order: &Order, positions: &[(u32, When)]) -> Vec<Disqualification> {
    let records = positions.iter().zip(1..);
    records
        .map(|((position, when), sequence)| Disqualification {
            sequence,
            position: *position,
            pid: pid_at(entries, order, *position),
            code: "menor".to_owned(),
            when: *when,
            decided_ms: EXTRACTION_MS,
        })
        .collect()
}

#[test]
fn a_walk_goes_around_the_list_and_meets_each_person_once() {
    let persons: Vec<u8> = (0..10).collect();
    let (entries, order) = list(&persons, 1);
    let walk = Walk::new(&entries, &order, 8, (3, 4), &[]);
    assert_eq!(walk.holders, [Some(8), Some(9), Some(0)]);
    assert_eq!(walk.alternates, [1, 2, 3, 4]);
    assert_eq!((walk.rank_of(9), walk.rank_of(1)), (Some(2), None));
    // Fewer persons than prizes.
    let (entries, order) = list(&[1, 1, 1, 2], 1);
    let walk = Walk::new(&entries, &order, 0, (3, 20), &[]);
    assert_eq!(walk.holders.iter().flatten().count(), 2);
    assert_eq!(walk.holders[2], None);
    assert_eq!(walk.alternates, Vec::<u32>::new());
}

#[test]
fn disqualifications_by_table() {
    use When::{After, Before};
    let persons: Vec<u8> = (0..10).collect();
    let (entries, order) = list(&persons, 2);
    let some = |positions: [u32; 3]| positions.map(Some).to_vec();
    for (records, holders, alternates) in [
        // Passed over.
        (vec![(4, Before)], some([5, 6, 7]), vec![8, 9]),
        (vec![(5, Before), (7, Before)], some([4, 6, 8]), vec![9, 0]),
        // Outside the walk.
        (vec![(3, Before)], some([4, 5, 6]), vec![7, 8]),
        // One prize goes to the first alternate, the others stay.
        (vec![(5, After)], some([4, 7, 6]), vec![8]),
        (vec![(6, After), (4, After)], some([8, 5, 7]), vec![]),
        // The alternate that came in is disqualified in its turn.
        (vec![(5, After), (7, After)], some([4, 8, 6]), vec![]),
        // An alternate only loses its place.
        (vec![(7, After), (5, After)], some([4, 8, 6]), vec![]),
        (vec![(7, After)], some([4, 5, 6]), vec![8]),
        // Nobody is left.
        (
            vec![(4, After), (5, After), (6, After)],
            vec![Some(7), Some(8), None],
            vec![],
        ),
        // Without a place: no effect.
        (vec![(9, After)], some([4, 5, 6]), vec![7, 8]),
    ] {
        let records = out(&entries, &order, &records);
        let walk = Walk::new(&entries, &order, 4, (3, 2), &records);
        assert_eq!((walk.holders, walk.alternates), (holders, alternates));
    }
}

fn small_rules(prizes: usize, alternates: u32) -> Rules {
    let mut rules = rules();
    rules.prizes = rules.prizes.into_iter().cycle().take(prizes).collect();
    rules.alternates = alternates;
    rules
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]
    #[test]
    fn nobody_wins_twice_and_no_prize_is_left_while_somebody_could_have_it(
        pids in prop::collection::vec(0u8..12, 1..60), seed: u64, start: prop::sample::Index,
        prizes in 1usize..8, alternates in 0u32..8,
    ) {
        let (entries, order) = list(&pids, seed);
        let start = start.index(pids.len()) as u32;
        let rules = small_rules(prizes, alternates);
        let won = winners(&rules, &entries, &order, start, &[], &[]);
        let persons: Vec<Pid> = won.iter().filter_map(|winner| winner.pid).collect();
        let different: BTreeSet<&Pid> = persons.iter().collect();
        prop_assert_eq!(different.len(), persons.len());
        let all: BTreeSet<u8> = pids.iter().copied().collect();
        prop_assert_eq!(persons.len(), all.len().min(prizes));
        prop_assert_eq!(won[0].position, Some(start));
        for winner in &won {
            let number = winner.position.and_then(|p| order.number_at(p)).map(|n| n.to_string());
            prop_assert_eq!(&winner.number, &number);
            prop_assert_eq!(winner.pid, winner.position.map(|p| pid_at(&entries, &order, p)));
        }
    }

    #[test]
    fn a_disqualification_after_the_draw_moves_one_prize_only(
        pids in prop::collection::vec(0u8..20, 1..60), seed: u64, start: prop::sample::Index,
        prizes in 1usize..6, alternates in 0u32..6,
        targets in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let (entries, order) = list(&pids, seed);
        let start = start.index(pids.len()) as u32;
        let sizes = (prizes as u32, alternates);
        let mut records: Vec<(u32, When)> = Vec::new();
        let mut before = Walk::new(&entries, &order, start, sizes, &[]);
        for target in targets {
            let position = target.index(pids.len()) as u32;
            if records.iter().any(|(known, _)| *known == position) {
                continue;
            }
            records.push((position, When::After));
            let after = Walk::new(&entries, &order, start, sizes, &out(&entries, &order, &records));
            for (rank, holder) in before.holders.iter().enumerate() {
                if *holder == Some(position) {
                    prop_assert_eq!(after.holders[rank], before.alternates.first().copied());
                } else {
                    prop_assert_eq!(after.holders[rank], *holder);
                }
            }
            let out_now: BTreeSet<u32> = records.iter().map(|(position, _)| *position).collect();
            prop_assert!(after.holders.iter().flatten().all(|holder| !out_now.contains(holder)));
            let held: BTreeSet<Pid> =
                after.holders.iter().flatten().map(|p| pid_at(&entries, &order, *p)).collect();
            prop_assert_eq!(held.len(), after.holders.iter().flatten().count());
            before = after;
        }
    }

    #[test]
    fn a_disqualification_before_passes_over_and_keeps_the_order(
        pids in prop::collection::vec(0u8..20, 2..60), seed: u64, start: prop::sample::Index,
        targets in prop::collection::btree_set(0u32..60, 1..10),
    ) {
        let (entries, order) = list(&pids, seed);
        let start = start.index(pids.len()) as u32;
        let records: Vec<(u32, When)> = targets
            .iter()
            .filter(|position| (**position as usize) < pids.len())
            .map(|position| (*position, When::Before))
            .collect();
        let walk = Walk::new(&entries, &order, start, (60, 0), &out(&entries, &order, &records));
        let mut expected: Vec<u32> = Vec::new();
        let mut seen = BTreeSet::new();
        for step in 0..pids.len() as u32 {
            let position = (start + step) % pids.len() as u32;
            let is_out = records.iter().any(|(out, _)| *out == position);
            if !is_out && seen.insert(pid_at(&entries, &order, position)) {
                expected.push(position);
            }
        }
        let held: Vec<u32> = walk.holders.iter().flatten().copied().collect();
        prop_assert_eq!(held, expected);
    }
}

#[test]
fn what_is_settled_stays_with_its_holder_and_leaves_with_it() {
    let persons: Vec<u8> = (0..10).collect();
    let (entries, order) = list(&persons, 3);
    let rules = small_rules(3, 2);
    let mut won = winners(&rules, &entries, &order, 0, &[], &[]);
    won[0].delivery = Delivery::Delivered;
    won[0].delivery_ms = Some(T_CLOSE_MS);
    won[1].name = Some("J*** S***".to_owned());
    won[2].name = Some("M*** A***".to_owned());
    let records = out(&entries, &order, &[(1, When::After)]);
    let after = winners(&rules, &entries, &order, 0, &records, &won);
    assert_eq!((&after[0], &after[2]), (&won[0], &won[2]));
    assert_eq!(after[1].position, Some(3));
    assert_eq!(after[1].name, None);
}
