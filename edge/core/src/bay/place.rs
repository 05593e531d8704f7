//! What a bay's states share: its carts and its sensors.

use super::State;
use super::occupied::Occupied;
use crate::io::{Command, Output};
use crate::limits::{BOLT_RETURN_MS, LEFT_GRACE_MS};
use crate::reliability::Reliability;
use crate::sensors::{Sensors, View};
use shared::dock::{Seen, Sound};
use shared::enrol::BayLayout;
use shared::event::{BayFault, Fact};
use shared::ids::{BayNo, TagUid};
use shared::time::MonoMs;

#[derive(Debug)]
pub(crate) struct Place {
    pub(super) layout: BayLayout,
    pub(super) sensors: Sensors,
    /// The one at the mouth last.
    pub(super) carts: Vec<TagUid>,
    /// When the bolt must be back after a passage.
    pub(super) bolt_due: Option<MonoMs>,
    pub(super) reliability: Reliability,
    /// The last time the dock was in service.
    service: Option<Service>,
}

/// What comes and goes between the two is nobody's return.
#[derive(Debug, Clone, Copy)]
struct Service {
    from: MonoMs,
    /// None while it lasts.
    to: Option<MonoMs>,
}

/// One moment at one bay, and what it leads to.
pub(crate) struct Turn<'a> {
    pub(crate) at: MonoMs,
    /// What the other bays say of the tag that arrives here.
    pub(crate) claim: Claim,
    pub(crate) out: &'a mut Output,
    pub(crate) sound: Option<Sound>,
}

/// How strongly other bays hold a cart, the strongest last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Claim {
    Free,
    /// It is believed there but does not show; its leaving is about to be decided.
    Leaving,
    Held,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(at: MonoMs, claim: Claim, out: &'a mut Output) -> Self {
        Self {
            at,
            claim,
            out,
            sound: None,
        }
    }

    pub(super) fn record(&mut self, fact: Fact) {
        self.out.records.push(fact);
    }

    pub(super) fn command(&mut self, command: Command) {
        self.out.commands.push(command);
    }
}

impl Place {
    pub(super) fn new(layout: BayLayout, carts: Vec<TagUid>) -> Self {
        Self {
            layout,
            sensors: Sensors::default(),
            carts,
            bolt_due: None,
            reliability: Reliability::default(),
            service: None,
        }
    }

    pub(super) fn observe(&mut self, seen: Seen, at: MonoMs) {
        match seen {
            Seen::Failed(part) if !self.sensors.has_failed(part) => {
                self.reliability.failed(part, at);
            }
            Seen::Healed(part) => self.reliability.healed(part, at),
            _ => {}
        }
        self.sensors.observe(seen, at);
    }

    pub(super) fn begin_service(&mut self, from: MonoMs) {
        self.service = Some(Service { from, to: None });
    }

    pub(super) fn end_service(&mut self, at: MonoMs) {
        if let Some(service) = &mut self.service {
            service.to = Some(at);
        }
    }

    pub(super) fn in_service(&self) -> bool {
        self.service.is_some_and(|service| service.to.is_none())
    }

    /// What the mouth shows came to be while the dock was in service.
    fn is_serviced(&self, view: View) -> bool {
        self.service.is_some_and(|service| {
            view.mouth_since >= service.from && service.to.is_none_or(|to| view.mouth_since < to)
        })
    }

    /// The cart `tag` came to the mouth. True when it is somebody's return; what came in service is
    /// nobody's, and does not sound like one.
    pub(super) fn dock(&mut self, tag: TagUid, view: View, turn: &mut Turn<'_>) -> bool {
        let bay = self.no();
        self.carts.push(tag);
        let returned = !self.is_serviced(view);
        let (sound, fact) = match returned {
            true => (Sound::Accepted, Fact::CartDocked { bay, tag }),
            false => (Sound::Attention, Fact::CartPlaced { bay, tag }),
        };
        turn.sound = Some(sound);
        turn.record(fact);
        returned
    }

    pub(super) fn no(&self) -> BayNo {
        self.layout.bay
    }

    pub(super) fn top(&self) -> Option<TagUid> {
        self.carts.last().copied()
    }

    /// The cart at the mouth is the one a release would let go.
    pub(super) fn is_home(&self, view: View) -> bool {
        view.tag.is_some() && view.tag == self.top()
    }

    /// Tag, presence and bolt prove that the cart a release would let go is still here.
    pub(super) fn is_secured(&self, view: View) -> bool {
        view.engaged && view.present && self.is_home(view)
    }

    pub(super) fn rest_state(&self) -> State {
        match self.carts.is_empty() {
            true => State::Vacant,
            false => State::Occupied(Occupied::default()),
        }
    }

    /// The bay rests because a part failed too often.
    pub(super) fn unreliable(&self, at: MonoMs) -> Option<BayFault> {
        let rests = self.reliability.rests(at);
        rests.then_some(BayFault::Unreliable)
    }

    /// A fault of the parts, or of a bolt that is overdue.
    pub(super) fn fault(&mut self, at: MonoMs) -> Option<BayFault> {
        if self.sensors.view().is_some_and(|view| view.engaged) {
            self.bolt_due = None;
        }
        let overdue = self.bolt_due.is_some_and(|due| at >= due);
        let bolt = overdue.then_some(BayFault::BoltStuckOpen);
        self.sensors.fault().or(bolt)
    }

    /// When the cart at the mouth counts as left; none while anything is seen there.
    pub(super) fn left_at(&self, view: View, not_before: Option<MonoMs>) -> Option<MonoMs> {
        let absent = !self.carts.is_empty() && !view.signs();
        absent.then(|| {
            let left_at = view.mouth_since.plus(LEFT_GRACE_MS);
            not_before.map_or(left_at, |not_before| left_at.max(not_before))
        })
    }

    /// The cart at the mouth left without a release.
    pub(super) fn leave(&mut self, view: View, turn: &mut Turn<'_>) {
        let bay = self.no();
        if let Some(tag) = self.carts.pop() {
            turn.record(match self.is_serviced(view) {
                true => Fact::CartTaken { bay, tag },
                false => Fact::CartLeft { bay, tag },
            });
        }
    }

    pub(super) fn lock(&mut self, turn: &mut Turn<'_>) {
        turn.command(Command::Lock { bay: self.no() });
        self.bolt_due = Some(turn.at.plus(BOLT_RETURN_MS));
    }
}
