//! Which bay serves the next customer.

use shared::enrol::BayKind;
use shared::ids::BayNo;
use shared::sync::BayState;

/// A gateway says something every 5 s; after this silence its dock is dark.
pub const DARK_AFTER_MS: i64 = 20_000;

/// A bay as the cloud last heard of it, and how many of its carts are already promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    pub bay: BayNo,
    pub kind: BayKind,
    pub state: BayState,
    pub carts: u16,
    /// The cart at the mouth has a tag and no contradiction.
    pub named: bool,
    pub promised: u16,
}

impl Candidate {
    fn free(&self) -> u16 {
        match self.state {
            BayState::Occupied | BayState::Releasing | BayState::Docking => {
                self.carts.saturating_sub(self.promised)
            }
            BayState::Vacant | BayState::Faulted | BayState::Service => 0,
        }
    }
}

/// Carts that a customer could be given now.
pub fn available(bays: &[Candidate]) -> u16 {
    bays.iter().filter(|b| b.named).map(Candidate::free).sum()
}

/// The bay to open: `wished` if it can serve; otherwise one that is at rest, with the fewest
/// promises, slots before lanes, then the lowest number.
pub fn choose(bays: &[Candidate], wished: Option<BayNo>) -> Option<BayNo> {
    let can = |b: &&Candidate| b.named && b.free() > 0;
    if let Some(bay) = bays.iter().filter(can).find(|b| Some(b.bay) == wished) {
        return Some(bay.bay);
    }
    bays.iter()
        .filter(can)
        .min_by_key(|b| (b.state != BayState::Occupied, b.promised, b.kind, b.bay))
        .map(|b| b.bay)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bay(no: u16, kind: BayKind, state: BayState, carts: u16, promised: u16) -> Candidate {
        Candidate {
            bay: BayNo::new(no).unwrap(),
            kind,
            state,
            carts,
            named: true,
            promised,
        }
    }

    #[test]
    fn a_promised_cart_is_not_promised_twice() {
        use BayKind::{Lane, Slot};
        use BayState::{Faulted, Occupied, Releasing, Vacant};
        let unnamed = Candidate {
            named: false,
            ..bay(1, Slot, Occupied, 1, 0)
        };
        let rows: Vec<(Vec<Candidate>, Option<u16>, u16)> = vec![
            (vec![], None, 0),
            (
                vec![
                    bay(1, Slot, Vacant, 0, 0),
                    bay(2, Slot, Faulted, 1, 0),
                    unnamed,
                ],
                None,
                0,
            ),
            (vec![bay(1, Slot, Occupied, 1, 1)], None, 0),
            (
                vec![bay(1, Slot, Occupied, 1, 1), bay(2, Lane, Occupied, 3, 2)],
                Some(2),
                1,
            ),
            (
                vec![bay(1, Lane, Occupied, 3, 0), bay(2, Slot, Occupied, 1, 0)],
                Some(2),
                4,
            ),
            (
                vec![bay(1, Slot, Releasing, 1, 0), bay(3, Lane, Occupied, 2, 1)],
                Some(3),
                2,
            ),
        ];
        for (bays, chosen, free) in rows {
            assert_eq!(choose(&bays, None).map(BayNo::get), chosen, "{bays:?}");
            assert_eq!(available(&bays), free, "{bays:?}");
        }
    }

    #[test]
    fn a_wish_is_granted_where_it_can_be() {
        let bays = [
            bay(1, BayKind::Slot, BayState::Occupied, 1, 0),
            bay(2, BayKind::Lane, BayState::Occupied, 2, 0),
            bay(4, BayKind::Slot, BayState::Vacant, 0, 0),
        ];
        for (wish, chosen) in [(2, 2), (4, 1), (9, 1)] {
            let wish = BayNo::new(wish).ok();
            assert_eq!(choose(&bays, wish).map(BayNo::get), Some(chosen));
        }
    }
}
