//! What a bay tells: the customer by its lamp, the cloud by its snapshot.

use super::place::Turn;
use super::testing::Testing;
use super::{Bay, State};
use crate::io::Command;
use shared::dock::{Lamp, Signal};
use shared::event::Contradiction;
use shared::sync::{BaySnapshot, BayState};
use shared::time::MonoMs;

impl Bay {
    pub(crate) fn snapshot(&self, contested: bool) -> BaySnapshot {
        let (state, contradiction) = match &self.state {
            State::Vacant => (BayState::Vacant, None),
            State::Docking(docking) => (BayState::Docking, docking.reported()),
            State::Occupied(_) => (BayState::Occupied, None),
            State::Releasing(_) => (BayState::Releasing, None),
            State::Faulted(_) => (BayState::Faulted, None),
        };
        let state = match self.state {
            State::Releasing(_) => state,
            _ if self.place.in_service() => BayState::Service,
            _ => state,
        };
        let contested = contested.then_some(Contradiction::TagInTwoBays);
        let named = !matches!(self.state, State::Vacant | State::Docking(_));
        BaySnapshot {
            bay: self.place.no(),
            kind: self.place.layout.kind,
            capacity: self.place.layout.capacity,
            state,
            carts: u16::try_from(self.place.carts.len()).unwrap_or(u16::MAX),
            tag: self.place.top().filter(|_| named),
            fault: self.fault(),
            contradiction: contradiction.or(contested),
        }
    }

    /// The lamp, and until when it stays so by itself.
    pub(super) fn lamp(&self, at: MonoMs) -> (Lamp, Option<MonoMs>) {
        let located = self.locate_until.filter(|until| *until > at);
        let tested = self.test.as_ref().and_then(Testing::lamp);
        if let Some(lamp) = tested {
            return (lamp, None);
        }
        let resting = match located {
            Some(_) => (Lamp::Locate, located),
            None if self.place.in_service() => (Lamp::OutOfService, None),
            None => (Lamp::Ready, None),
        };
        match &self.state {
            State::Releasing(release) => (release.lamp(), None),
            _ if self.place.in_service() => resting,
            State::Vacant => resting,
            State::Occupied(occupied) => {
                match occupied.accepted_until.filter(|until| *until > at) {
                    Some(until) => (Lamp::Accepted, Some(until)),
                    None => resting,
                }
            }
            State::Docking(docking) => match docking.reported() {
                Some(_) => (Lamp::Attention, None),
                None => (Lamp::Reading, None),
            },
            State::Faulted(_) => (Lamp::OutOfService, None),
        }
    }

    pub(super) fn show(&mut self, lamp: Lamp, turn: &mut Turn<'_>) {
        let sound = turn.sound.take();
        if self.shown != Some(lamp) || sound.is_some() {
            self.shown = Some(lamp);
            let signal = Signal { lamp, sound };
            let bay = self.place.no();
            turn.command(Command::Show { bay, signal });
        }
    }
}
