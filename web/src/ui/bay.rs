use shared::enrol::BayKind;
use shared::ids::BayNo;
use shared::sync::BayState;

/// A bay as a page shows it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BayView {
    pub no: BayNo,
    pub kind: BayKind,
    pub state: BayState,
    pub carts: u16,
    pub capacity: u16,
}

impl BayView {
    /// Whether a customer could take a cart here now.
    pub fn is_ready(&self) -> bool {
        self.state == BayState::Occupied && self.carts > 0
    }

    /// Places a cart could be put in now.
    pub fn free_places(&self) -> u16 {
        match self.state {
            BayState::Vacant | BayState::Occupied => self.capacity.saturating_sub(self.carts),
            BayState::Docking | BayState::Releasing | BayState::Faulted | BayState::Service => 0,
        }
    }

    pub fn is_lane(&self) -> bool {
        self.kind == BayKind::Lane
    }

    pub fn cart_count(&self) -> u64 {
        u64::from(self.carts)
    }

    /// The state as one character, so that colour never carries it alone.
    pub fn glyph(&self) -> char {
        glyph(self.state)
    }
}

pub fn glyph(state: BayState) -> char {
    match state {
        BayState::Vacant => '·',
        BayState::Docking => '↘',
        BayState::Occupied => '▮',
        BayState::Releasing => '↗',
        BayState::Faulted => '!',
        BayState::Service => '✎',
    }
}

/// Carts that could be taken now.
pub fn carts_ready(bays: &[BayView]) -> u64 {
    bays.iter()
        .filter(|bay| bay.is_ready())
        .map(BayView::cart_count)
        .sum()
}

/// Places where a cart could be returned now.
pub fn places_free(bays: &[BayView]) -> u64 {
    bays.iter().map(|bay| u64::from(bay.free_places())).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_healthy_bays_count() {
        let bay = |state, carts| BayView {
            no: BayNo::new(1).unwrap(),
            kind: BayKind::Lane,
            state,
            carts,
            capacity: 6,
        };
        let bays = [
            bay(BayState::Occupied, 4),
            bay(BayState::Vacant, 0),
            bay(BayState::Faulted, 3),
            bay(BayState::Releasing, 2),
        ];
        assert_eq!(carts_ready(&bays), 4);
        assert_eq!(places_free(&bays), 8);
    }
}
