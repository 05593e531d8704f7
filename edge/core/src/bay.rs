//! One bay: its place, its state, and what it shows.
//!
//! The rest position of every bolt is engaged, whether a cart stands behind it or not: the latch
//! holds it open from a pulse until a cart has passed or the lock is secured, and a cart that is
//! pushed in presses past the spring. So an engaged bolt alone never says that a cart is there, and
//! one that does not come back is a fault.
//!
//! States move when [`Bay::step`] finds their condition true, at an observation or at the time they
//! asked to be woken; each consumes itself and answers with the next.

mod docking;
mod faulted;
mod occupied;
mod passage;
mod place;
mod release;

pub(crate) use place::{Claim, Turn};
pub(crate) use release::Machine;

use crate::grants::Verdict;
use crate::io::{Command, Releasing};
use crate::limits::{FIRST_SIGHT_MS, LOCATE_MS_MAX, STEPS_MAX};
use docking::Docking;
use faulted::Faulted;
use occupied::Occupied;
use place::Place;
use release::Release;
use shared::dock::{Lamp, Seen, Signal, Sound};
use shared::enrol::BayLayout;
use shared::event::{BayFault, Contradiction, Fact, GrantRefusal};
use shared::grant::Grant;
use shared::ids::TagUid;
use shared::sync::{BaySnapshot, BayState};
use shared::time::MonoMs;
use std::mem;

#[derive(Debug)]
pub(crate) struct Bay {
    place: Place,
    state: State,
    /// When a bay that has not told all its levels counts as broken; set at the start.
    sight_by: Option<MonoMs>,
    locate_until: Option<MonoMs>,
    shown: Option<Lamp>,
    wake: Option<MonoMs>,
}

#[derive(Debug)]
enum State {
    Vacant,
    Docking(Docking),
    Occupied(Occupied),
    Releasing(Release),
    Faulted(Faulted),
}

/// What a state makes of the moment.
enum Step {
    /// Nothing to do before the time given, unless something is observed.
    Stay(State, Option<MonoMs>),
    Go(State),
}

impl Bay {
    pub(crate) fn new(
        layout: BayLayout,
        carts: Vec<TagUid>,
        releasing: Option<Releasing>,
        fault: Option<BayFault>,
    ) -> Self {
        let place = Place::new(layout, carts);
        let state = match (fault, releasing) {
            (Some(fault), _) => State::Faulted(Faulted::new(fault)),
            (None, Some(releasing)) => State::Releasing(Release::remembered(releasing)),
            (None, None) => place.rest(),
        };
        Self {
            place,
            state,
            sight_by: None,
            locate_until: None,
            shown: None,
            wake: None,
        }
    }

    /// Secures whatever no release keeps open: the order may have died with the power.
    pub(crate) fn start(&mut self, at: MonoMs, machine: Machine<'_>, out: &mut crate::io::Output) {
        let by = at.plus(FIRST_SIGHT_MS);
        self.sight_by = Some(by);
        let goes_on = match &mut self.state {
            State::Releasing(release) => release.await_sight(by, machine),
            _ => false,
        };
        if !goes_on {
            let bay = self.place.no();
            out.commands.push(Command::Lock { bay });
        }
    }

    pub(crate) fn observe(&mut self, seen: Seen, at: MonoMs) {
        self.place.sensors.observe(seen, at);
        if let (State::Faulted(faulted), Seen::Healed(part)) = (&mut self.state, seen) {
            faulted.healed(part);
        }
    }

    pub(crate) fn locate(&mut self, duration_ms: u32, at: MonoMs) {
        self.locate_until = Some(at.plus(duration_ms.min(LOCATE_MS_MAX).into()));
    }

    pub(crate) fn step(&mut self, turn: &mut Turn<'_>) {
        let view = self.place.sensors.view();
        if let Some(fault) = self.place.fault(turn.at).or(self.unseen(turn.at)) {
            self.fail(fault, turn);
        }
        let mut wake = match view {
            None => self.sight_by.filter(|by| *by > turn.at),
            Some(view) => self.settle(view, turn),
        };
        let (lamp, until) = self.lamp(turn.at);
        wake = soonest(wake, until);
        self.wake = soonest(wake, self.place.bolt_due);
        self.show(lamp, turn);
    }

    /// When to call `step` again at the latest.
    pub(crate) fn wake(&self) -> Option<MonoMs> {
        self.wake
    }

    /// What a grant meets here now, after the checks that need no bay.
    pub(crate) fn verdict(&self) -> Verdict {
        match (&self.state, self.place.sensors.view()) {
            (State::Faulted(_), _) => Verdict::Refuse(GrantRefusal::BayFaulted),
            (State::Releasing(_), _) | (_, None) => Verdict::Wait,
            (State::Vacant, _) => Verdict::Refuse(GrantRefusal::BayEmpty),
            (State::Docking(docking), Some(view)) => docking.verdict(&self.place, view),
            (State::Occupied(_), Some(view)) => match self.place.is_home(view) && view.present {
                true => Verdict::Open,
                false => Verdict::Wait,
            },
        }
    }

    /// Begins the release that [`Verdict::Open`] allowed; false when there is nothing to let go.
    pub(crate) fn release(
        &mut self,
        grant: &Grant,
        machine: Machine<'_>,
        turn: &mut Turn<'_>,
    ) -> bool {
        let (State::Occupied(_), Some(tag)) = (&self.state, self.place.top()) else {
            return false;
        };
        turn.record(Fact::ReleaseStarted {
            bay: self.place.no(),
            grant: grant.id,
            rental: grant.rental,
        });
        let releasing = Releasing {
            grant: grant.id,
            rental: grant.rental,
            tag,
            started_ms: machine.wall,
            machine_boot: machine.boot.to_owned(),
            resumed: false,
        };
        self.locate_until = None;
        self.state = State::Releasing(Release::begin(releasing, &mut self.place, turn));
        self.step(turn);
        true
    }

    /// The tag that docks here as soon as nobody else claims it.
    pub(crate) fn arriving(&self) -> Option<TagUid> {
        let tag = self.place.sensors.view()?.agreed()?;
        (self.place.top() != Some(tag)).then_some(tag)
    }

    /// How strongly this bay holds a cart that another one sees.
    pub(crate) fn claim(&self, tag: TagUid) -> Claim {
        if !self.place.carts.contains(&tag) {
            return Claim::Free;
        }
        let leaving = self.place.top() == Some(tag)
            && !matches!(self.state, State::Faulted(_))
            && self.place.sensors.view().is_none_or(|view| !view.signs());
        if leaving { Claim::Leaving } else { Claim::Held }
    }

    /// The tag that this bay reports as being in two bays.
    pub(crate) fn contested(&self) -> Option<TagUid> {
        match (&self.state, self.place.sensors.view()) {
            (State::Docking(docking), Some(view)) if docking.is_contested() => view.tag,
            _ => None,
        }
    }

    pub(crate) fn carts(&self) -> &[TagUid] {
        &self.place.carts
    }

    pub(crate) fn releasing(&self) -> Option<&Releasing> {
        match &self.state {
            State::Releasing(release) => Some(release.releasing()),
            _ => None,
        }
    }

    pub(crate) fn fault(&self) -> Option<BayFault> {
        match &self.state {
            State::Faulted(faulted) => Some(faulted.fault()),
            _ => None,
        }
    }

    pub(crate) fn snapshot(&self, contested: bool) -> BaySnapshot {
        let (state, contradiction) = match &self.state {
            State::Vacant => (BayState::Vacant, None),
            State::Docking(docking) => (BayState::Docking, docking.reported()),
            State::Occupied(_) => (BayState::Occupied, None),
            State::Releasing(_) => (BayState::Releasing, None),
            State::Faulted(_) => (BayState::Faulted, None),
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

    fn unseen(&self, at: MonoMs) -> Option<BayFault> {
        let overdue = self.sight_by.is_some_and(|by| at >= by);
        (overdue && self.place.sensors.view().is_none()).then_some(BayFault::SensorFailed)
    }

    fn fail(&mut self, fault: BayFault, turn: &mut Turn<'_>) {
        let bay = self.place.no();
        self.place.bolt_due = None;
        match mem::replace(&mut self.state, State::Vacant) {
            State::Faulted(faulted) => {
                self.state = State::Faulted(faulted);
                return;
            }
            State::Releasing(release) => release.fail(fault, &self.place, turn),
            State::Docking(_) => turn.sound = Some(Sound::Attention),
            State::Vacant | State::Occupied(_) => {}
        }
        turn.record(Fact::BayFaulted { bay, fault });
        self.state = State::Faulted(Faulted::new(fault));
    }

    fn settle(&mut self, view: crate::sensors::View, turn: &mut Turn<'_>) -> Option<MonoMs> {
        for _ in 0..STEPS_MAX {
            let step = match mem::replace(&mut self.state, State::Vacant) {
                State::Vacant if view.signs() => Step::Go(Docking::begin(turn.at)),
                State::Vacant => Step::Stay(State::Vacant, None),
                State::Docking(docking) => docking.advance(&mut self.place, view, turn),
                State::Occupied(occupied) => occupied.advance(&mut self.place, view, turn),
                State::Releasing(release) => release.advance(&mut self.place, view, turn),
                State::Faulted(faulted) => faulted.advance(&mut self.place, view, turn),
            };
            match step {
                Step::Go(state) => self.state = state,
                Step::Stay(state, wake) => {
                    self.state = state;
                    return wake;
                }
            }
        }
        debug_assert!(false, "a bay runs in circles: {:?}", self.state);
        None
    }

    /// The lamp, and until when it stays so by itself.
    fn lamp(&self, at: MonoMs) -> (Lamp, Option<MonoMs>) {
        let located = self.locate_until.filter(|until| *until > at);
        let resting = match located {
            Some(_) => (Lamp::Locate, located),
            None => (Lamp::Ready, None),
        };
        match &self.state {
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
            State::Releasing(release) => (release.lamp(), None),
            State::Faulted(_) => (Lamp::OutOfService, None),
        }
    }

    fn show(&mut self, lamp: Lamp, turn: &mut Turn<'_>) {
        let sound = turn.sound.take();
        if self.shown != Some(lamp) || sound.is_some() {
            self.shown = Some(lamp);
            let signal = Signal { lamp, sound };
            let bay = self.place.no();
            turn.command(Command::Show { bay, signal });
        }
    }
}

pub(crate) fn soonest(one: Option<MonoMs>, other: Option<MonoMs>) -> Option<MonoMs> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
