//! Something is at the mouth that is not the cart the bay holds.

use super::occupied::Occupied;
use super::passage::{self, Arrival};
use super::place::{Claim, Place, Turn};
use super::{State, Step, soonest};
use crate::grants::Verdict;
use crate::limits::{CONTRADICTION_MS, SETTLE_MS};
use crate::sensors::View;
use shared::dock::Sound;
use shared::event::{Contradiction, Fact, GrantRefusal};
use shared::ids::TagUid;
use shared::time::MonoMs;

#[derive(Debug)]
pub(super) struct Docking {
    since: MonoMs,
    /// What was recorded of this docking: one contradiction of its sensors, and that its tag is in
    /// two bays, each at most once.
    reported: Option<Contradiction>,
}

impl Docking {
    pub(super) fn begin(since: MonoMs) -> State {
        State::Docking(Self {
            since,
            reported: None,
        })
    }

    pub(super) fn reported(&self) -> Option<Contradiction> {
        self.reported
    }

    pub(super) fn is_contested(&self) -> bool {
        self.reported == Some(Contradiction::TagInTwoBays)
    }

    pub(super) fn advance(mut self, place: &mut Place, view: View, turn: &mut Turn<'_>) -> Step {
        if !view.signs() || place.is_home(view) {
            return Step::Go(place.rest_state());
        }
        let wake = match view.agreed() {
            Some(tag) if turn.at >= view.settled_at() => match turn.claim {
                Claim::Free => return Step::Go(dock(tag, place, view, turn)),
                // The other bay asks to be woken; its decision steps this one too.
                Claim::Leaving => None,
                Claim::Held => {
                    self.report(Contradiction::TagInTwoBays, place, view, turn);
                    None
                }
            },
            Some(_) => {
                let unsteady = self.unsteady(place, view, turn);
                soonest(Some(view.settled_at()), unsteady)
            }
            None => self.judge(place, view, turn),
        };
        Step::Stay(State::Docking(self), wake)
    }

    /// A cart that is being read may be the one to let go in a moment. What a person must look at is
    /// judged as it stands.
    pub(super) fn verdict(&self, place: &Place, view: View) -> Verdict {
        match self.reported.and(view.contradiction()) {
            Some(Contradiction::CartWithoutTag) => Verdict::Refuse(GrantRefusal::CartUnnamed),
            Some(Contradiction::TagWithoutCart) if place.carts.is_empty() => {
                Verdict::Refuse(GrantRefusal::BayEmpty)
            }
            _ => Verdict::Wait,
        }
    }

    /// Tags that take turns name nothing, however well each agrees with the other signs.
    fn unsteady(&mut self, place: &Place, view: View, turn: &mut Turn<'_>) -> Option<MonoMs> {
        if self.reported.is_some() || place.in_service() {
            return None;
        }
        let due = self.since.plus(CONTRADICTION_MS + SETTLE_MS);
        if turn.at < due {
            return Some(due);
        }
        let nameless = View { tag: None, ..view };
        self.report(Contradiction::CartWithoutTag, place, nameless, turn);
        None
    }

    fn judge(&mut self, place: &Place, view: View, turn: &mut Turn<'_>) -> Option<MonoMs> {
        if self.reported.is_some() || place.in_service() {
            return None;
        }
        let due = self.since.plus(CONTRADICTION_MS);
        if turn.at < due {
            return Some(due);
        }
        if let Some(contradiction) = view.contradiction() {
            self.report(contradiction, place, view, turn);
        }
        None
    }

    fn report(&mut self, found: Contradiction, place: &Place, view: View, turn: &mut Turn<'_>) {
        if self.reported == Some(found) {
            return;
        }
        self.reported = Some(found);
        turn.sound = Some(Sound::Attention);
        if place.in_service() {
            return;
        }
        turn.record(Fact::DockingContradicted {
            bay: place.no(),
            tag: view.tag,
            contradiction: found,
        });
    }
}

fn dock(tag: TagUid, place: &mut Place, view: View, turn: &mut Turn<'_>) -> State {
    let Arrival { left, new } = passage::arrival(place.layout.kind, &place.carts, tag);
    for _ in 0..left {
        place.leave(view, turn);
    }
    if !new {
        return place.rest_state();
    }
    State::Occupied(match place.dock(tag, view, turn) {
        true => Occupied::accepted(turn.at),
        false => Occupied::default(),
    })
}
