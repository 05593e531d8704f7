//! Who holds which number. After the shuffle every entry has a position, and every position holds
//! exactly as many of the ten million combinations of the extraction as every other.

use super::canonical::{Digest, hash};
use std::fmt;

/// Combinations of seven digits.
pub const NUMBERS: u32 = 10_000_000;

/// A number as people read it: series and number, seven digits in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(u32);

impl Number {
    /// Of the entry at `position`, when each holds `q`. None: no such number.
    pub fn of(position: u32, q: u32) -> Option<Self> {
        let end = position.checked_add(1)?.checked_mul(q)?;
        (1..=NUMBERS).contains(&end).then(|| Self(end - 1))
    }

    /// 0 to 9,999,999.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The two digits of the series and the five of the number.
    pub fn parts(self) -> (String, String) {
        let digits = self.to_string();
        (digits[..2].to_owned(), digits[2..].to_owned())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:07}", self.0)
    }
}

/// How many of the ten million each of `n` entries holds. `n` from 1 to ten million.
pub fn numbers_each(n: u32) -> u32 {
    NUMBERS / n.max(1)
}

/// The shuffled list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Position → index in the list of leaves.
    index_at: Vec<u32>,
    /// Index in the list of leaves → position.
    position_of: Vec<u32>,
}

impl Order {
    /// `leaves` as the committed list holds them, at most a million; ascending by
    /// H("SA1/order" ‖ root ‖ randomness ‖ leaf).
    pub fn new(root: &Digest, randomness: &Digest, leaves: &[Digest]) -> Self {
        let place = |leaf: &Digest| {
            hash(&[
                b"SA1/order",
                root.as_bytes(),
                randomness.as_bytes(),
                leaf.as_bytes(),
            ])
        };
        let mut placed: Vec<(Digest, u32)> = leaves.iter().map(place).zip(0..).collect();
        placed.sort_unstable();
        let index_at: Vec<u32> = placed.into_iter().map(|(_, index)| index).collect();
        let mut position_of = vec![0; index_at.len()];
        for (position, index) in (0..).zip(&index_at) {
            position_of[*index as usize] = position;
        }
        Self {
            index_at,
            position_of,
        }
    }

    pub fn n(&self) -> u32 {
        u32::try_from(self.index_at.len()).expect("a list holds at most a million entries")
    }

    /// Each entry's share of the ten million.
    pub fn q(&self) -> u32 {
        numbers_each(self.n())
    }

    /// Index in the list of the entry at `position`.
    pub fn index_at(&self, position: u32) -> Option<usize> {
        let index = self.index_at.get(position as usize)?;
        Some(*index as usize)
    }

    /// Position of the entry at `index` of the list.
    pub fn position_of(&self, index: usize) -> Option<u32> {
        self.position_of.get(index).copied()
    }

    pub fn number_at(&self, position: u32) -> Option<Number> {
        (position < self.n())
            .then(|| Number::of(position, self.q()))
            .flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use shared::octets::Octets;

    fn leaf(seed: u32) -> Digest {
        hash(&[&seed.to_be_bytes()])
    }

    #[test]
    fn numbers_are_spread_evenly_to_the_end_of_the_used_range() {
        for (n, first, last) in [
            (1, "9999999", "9999999"),
            (5, "1999999", "9999999"),
            (97, "0103091", "9999923"),
            (4_999, "0001999", "9997999"),
            (1_000_000, "0000009", "9999999"),
        ] {
            let q = numbers_each(n);
            assert_eq!(Number::of(0, q).unwrap().to_string(), first);
            assert_eq!(Number::of(n - 1, q).unwrap().to_string(), last);
        }
        let (series, number) = Number::of(2, 2_000_000).unwrap().parts();
        assert_eq!((series.as_str(), number.as_str()), ("59", "99999"));
        assert_eq!(Number::of(5, 2_000_000), None);
        assert_eq!(Number::of(u32::MAX, 1), None);
    }

    #[test]
    fn root_randomness_and_leaves_all_move_the_places() {
        let leaves: Vec<Digest> = (0..50).map(leaf).collect();
        let order = Order::new(&leaf(100), &leaf(101), &leaves);
        assert_ne!(order, Order::new(&leaf(102), &leaf(101), &leaves));
        assert_ne!(order, Order::new(&leaf(100), &Octets([0; 32]), &leaves));
        assert_eq!(order.index_at(50), None);
        assert_eq!(order.number_at(50), None);
    }

    proptest! {
        #[test]
        fn a_place_does_not_depend_on_how_the_list_was_given(
            seeds in prop::collection::btree_set(any::<u32>(), 1..200), root: u32, rotate: prop::sample::Index,
        ) {
            let leaves: Vec<Digest> = seeds.iter().copied().map(leaf).collect();
            let mut turned = leaves.clone();
            turned.rotate_left(rotate.index(leaves.len()));
            turned.reverse();
            let (a, b) = (
                Order::new(&leaf(root), &leaf(7), &leaves),
                Order::new(&leaf(root), &leaf(7), &turned),
            );
            for position in 0..a.n() {
                let (at_a, at_b) = (a.index_at(position).unwrap(), b.index_at(position).unwrap());
                prop_assert_eq!(leaves[at_a], turned[at_b]);
                prop_assert_eq!(a.position_of(at_a), Some(position));
            }
        }
    }
}
