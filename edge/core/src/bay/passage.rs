//! How a slot and a lane differ: what a tag at the mouth says of the carts inside.

use shared::enrol::BayKind;
use shared::ids::TagUid;

/// What it means that a tag settled at the mouth.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// This many of the carts inside, from the mouth, must have left unseen.
    pub(super) left: usize,
    /// The cart was not inside before.
    pub(super) new: bool,
}

pub(super) fn arrival(kind: BayKind, carts: &[TagUid], tag: TagUid) -> Arrival {
    let depth = carts.iter().rev().position(|cart| *cart == tag);
    match (kind, depth) {
        (_, Some(depth)) => Arrival {
            left: depth,
            new: false,
        },
        (BayKind::Slot, None) => Arrival {
            left: carts.len(),
            new: true,
        },
        (BayKind::Lane, None) => Arrival { left: 0, new: true },
    }
}

/// Whether the cart at the mouth passed out, when the mouth shows `tag` and `present`.
///
/// A strange tag in a lane does not say so: with no gap between them, a cart was pushed in on top.
pub(super) fn is_gone(kind: BayKind, carts: &[TagUid], tag: Option<TagUid>, present: bool) -> bool {
    match (carts.last(), tag) {
        (None, _) => true,
        (Some(top), Some(tag)) if *top == tag => false,
        (Some(_), None) => !present,
        (Some(_), Some(tag)) => match kind {
            BayKind::Slot => true,
            BayKind::Lane => !present || carts.contains(&tag),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::BayKind::{Lane, Slot};
    use super::*;

    fn tags(text: &str) -> Vec<TagUid> {
        text.bytes()
            .map(|byte| TagUid::new(&[4, 0, 0, byte]).unwrap())
            .collect()
    }

    #[test]
    fn a_tag_at_the_mouth_says_what_left_and_what_came() {
        for (kind, carts, tag, left, new) in [
            (Slot, "", "a", 0, true),
            (Slot, "a", "a", 0, false),
            (Slot, "a", "b", 1, true),
            (Lane, "", "a", 0, true),
            (Lane, "abc", "c", 0, false),
            (Lane, "abc", "b", 1, false),
            (Lane, "abc", "a", 2, false),
            (Lane, "abc", "d", 0, true),
        ] {
            let arrival = arrival(kind, &tags(carts), tags(tag)[0]);
            assert_eq!(arrival, Arrival { left, new }, "{kind:?} {carts} {tag}");
        }
    }

    #[test]
    fn a_cart_is_gone_when_its_tag_is_and_nothing_or_its_neighbour_is_there() {
        for (kind, carts, tag, present, gone) in [
            (Slot, "a", "a", true, false),
            (Slot, "a", "a", false, false),
            (Slot, "a", "", true, false),
            (Slot, "a", "", false, true),
            (Slot, "a", "b", true, true),
            (Lane, "ab", "b", false, false),
            (Lane, "ab", "", true, false),
            (Lane, "ab", "", false, true),
            (Lane, "ab", "a", true, true),
            (Lane, "ab", "c", true, false),
            (Lane, "ab", "c", false, true),
        ] {
            let tag = tags(tag).first().copied();
            let is_gone = is_gone(kind, &tags(carts), tag, present);
            assert_eq!(is_gone, gone, "{kind:?} {carts} {tag:?} {present}");
        }
    }
}
