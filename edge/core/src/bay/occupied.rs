//! The bay holds at least one cart, and nothing says otherwise for long.

use super::docking::Docking;
use super::place::{Place, Turn};
use super::{State, Step};
use crate::limits::{ACCEPTED_MS, FEED_MS, TAG_BLIP_MS};
use crate::sensors::View;
use shared::time::MonoMs;

#[derive(Debug, Default)]
pub(super) struct Occupied {
    pub(super) accepted_until: Option<MonoMs>,
    /// The next cart of a lane may still be rolling to the mouth until then.
    feeding_until: Option<MonoMs>,
}

impl Occupied {
    pub(super) fn accepted(at: MonoMs) -> Self {
        Self {
            accepted_until: Some(at.plus(ACCEPTED_MS)),
            feeding_until: None,
        }
    }

    pub(super) fn advance(mut self, place: &mut Place, view: View, turn: &mut Turn<'_>) -> Step {
        if place.is_home(view) {
            self.feeding_until = None;
            return Step::Stay(State::Occupied(self), None);
        }
        if let Some(left_at) = place.left_at(view, self.feeding_until) {
            if turn.at < left_at {
                return Step::Stay(State::Occupied(self), Some(left_at));
            }
            place.leave(view, turn);
            return Step::Go(after_leaving(place, turn.at));
        }
        if view.tag.is_some() {
            return Step::Go(Docking::begin(turn.at));
        }
        // Present without a tag: a miss of the reader, or something was put before the cart.
        let blip_until = view.mouth_since.plus(TAG_BLIP_MS);
        match turn.at < blip_until {
            true => Step::Stay(State::Occupied(self), Some(blip_until)),
            false => Step::Go(Docking::begin(view.mouth_since)),
        }
    }
}

/// What the bay is once the cart at its mouth is gone.
pub(super) fn after_leaving(place: &Place, at: MonoMs) -> State {
    match place.carts.is_empty() {
        true => State::Vacant,
        false => State::Occupied(Occupied {
            accepted_until: None,
            feeding_until: Some(at.plus(FEED_MS)),
        }),
    }
}
