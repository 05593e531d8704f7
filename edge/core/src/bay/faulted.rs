//! Out of service until the cause is gone. What it holds stays known.

use super::place::{Place, Turn};
use super::{State, Step, soonest};
use crate::limits::FEED_MS;
use crate::sensors::View;
use shared::dock::Part;
use shared::event::{BayFault, Fact};
use shared::time::MonoMs;

#[derive(Debug)]
pub(super) struct Faulted {
    fault: BayFault,
    bolt: Bolt,
    /// The next cart of a lane may still be rolling to the mouth until then.
    feeding_until: Option<MonoMs>,
}

/// A bolt that stuck closed is trusted again when it was seen to move both ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bolt {
    Stuck,
    Moved,
    Repaired,
}

impl Faulted {
    pub(super) fn new(fault: BayFault) -> Self {
        Self {
            fault,
            bolt: Bolt::Stuck,
            feeding_until: None,
        }
    }

    pub(super) fn fault(&self) -> BayFault {
        self.fault
    }

    pub(super) fn healed(&mut self, part: Part) {
        if part == Part::Lock {
            self.bolt = Bolt::Repaired;
        }
    }

    pub(super) fn advance(mut self, place: &mut Place, view: View, turn: &mut Turn<'_>) -> Step {
        let bay = place.no();
        self.bolt = match (self.bolt, view.engaged) {
            (Bolt::Stuck, false) => Bolt::Moved,
            (Bolt::Moved, true) => Bolt::Repaired,
            (bolt, _) => bolt,
        };
        if self.cured(view) {
            match place.unreliable(turn.at).or(place.sensors.fault()) {
                None => {
                    turn.record(Fact::BayRecovered { bay });
                    return Step::Go(place.rest_state());
                }
                Some(fault) if fault != self.fault => {
                    turn.record(Fact::BayFaulted { bay, fault });
                    self.fault = fault;
                }
                Some(_) => {}
            }
        }
        let left_at = place.left_at(view, self.feeding_until);
        if left_at.is_none_or(|left_at| turn.at < left_at) {
            let wake = soonest(left_at, self.rests_until(place));
            return Step::Stay(State::Faulted(self), wake);
        }
        place.leave(view, turn);
        self.feeding_until = Some(turn.at.plus(FEED_MS));
        Step::Go(State::Faulted(self))
    }

    fn rests_until(&self, place: &Place) -> Option<MonoMs> {
        let rests = self.fault == BayFault::Unreliable;
        place.reliability.rests_until().filter(|_| rests)
    }

    /// The cause of this fault is gone, as far as no part still reports it.
    fn cured(&self, view: View) -> bool {
        match self.fault {
            BayFault::BoltStuckClosed => self.bolt == Bolt::Repaired,
            BayFault::BoltStuckOpen => view.engaged,
            BayFault::ReaderDeaf
            | BayFault::LockFailed
            | BayFault::SensorFailed
            | BayFault::Unreliable => true,
        }
    }
}
