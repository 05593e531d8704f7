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
mod face;
mod faulted;
mod occupied;
mod passage;
mod place;
mod release;
mod testing;

pub(crate) use place::{Claim, Turn};
pub(crate) use release::{Machine, Permit};

use crate::grants::Verdict;
use crate::io::{Command, Releasing, TestView};
use crate::limits::{FIRST_SIGHT_MS, LOCATE_MS_MAX, STEPS_MAX};
use docking::Docking;
use faulted::Faulted;
use occupied::Occupied;
use place::Place;
use release::Release;
use shared::dock::{Lamp, Seen, Sound};
use shared::enrol::BayLayout;
use shared::event::{BayFault, Fact, GrantRefusal, Technician};
use shared::ids::{GrantId, TagUid};
use shared::time::MonoMs;
use std::mem;
use testing::Testing;

#[derive(Debug)]
pub(crate) struct Bay {
    place: Place,
    state: State,
    /// When a bay that has not told all its levels counts as broken; set at the start.
    sight_by: Option<MonoMs>,
    locate_until: Option<MonoMs>,
    shown: Option<Lamp>,
    wake: Option<MonoMs>,
    /// The guided test, and how the last one ended.
    test: Option<Testing>,
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
            (None, None) => place.rest_state(),
        };
        Self {
            place,
            state,
            sight_by: None,
            locate_until: None,
            shown: None,
            wake: None,
            test: None,
        }
    }

    /// Secures whatever no release keeps open: the order may have died with the power.
    pub(crate) fn start(&mut self, at: MonoMs, machine: Machine<'_>, out: &mut crate::io::Output) {
        let by = at.plus(FIRST_SIGHT_MS);
        self.sight_by = Some(by);
        if self.fault() == Some(BayFault::Unreliable) {
            self.place.reliability.rest(at);
        }
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
        self.place.observe(seen, at);
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
        let tested = self.test.as_mut();
        let tested = tested.and_then(|test| test.advance(&mut self.place, turn));
        let mut wake = match view {
            None => self.sight_by.filter(|by| *by > turn.at),
            Some(view) => self.settle(view, turn),
        };
        let (lamp, until) = self.lamp(turn.at);
        wake = soonest(soonest(wake, tested), until);
        self.wake = soonest(wake, self.place.bolt_due);
        self.show(lamp, turn);
    }

    /// When to call `step` again at the latest.
    pub(crate) fn wake(&self) -> Option<MonoMs> {
        self.wake
    }

    /// What a grant meets here now, after the checks that need no bay.
    pub(crate) fn verdict(&self) -> Verdict {
        let verdict = match (&self.state, self.place.sensors.view()) {
            (State::Faulted(_), _) => Verdict::Refuse(GrantRefusal::BayFaulted),
            (State::Releasing(_), _) | (_, None) => Verdict::Wait,
            (State::Vacant, _) => Verdict::Refuse(GrantRefusal::BayEmpty),
            (State::Docking(docking), Some(view)) => docking.verdict(&self.place, view),
            (State::Occupied(_), Some(view)) => match self.place.is_home(view) && view.present {
                true => Verdict::Open,
                false => Verdict::Wait,
            },
        };
        match verdict {
            Verdict::Open | Verdict::Wait if self.place.in_service() => {
                Verdict::Refuse(GrantRefusal::InService)
            }
            verdict => verdict,
        }
    }

    /// Begins the release that [`Verdict::Open`] allowed; false when there is nothing to let go.
    pub(crate) fn release(
        &mut self,
        permit: &Permit,
        machine: Machine<'_>,
        turn: &mut Turn<'_>,
    ) -> bool {
        let (State::Occupied(_), Some(tag)) = (&self.state, self.place.top()) else {
            return false;
        };
        turn.record(permit.started(self.place.no()));
        let releasing = Releasing {
            grant: permit.grant,
            rental: permit.rental,
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

    /// Whether a grant that waits for this bay will find a cart, as far as can be seen: not when the
    /// only one is being let go to somebody else, and not when what stands here cannot be named yet.
    pub(crate) fn may_follow(&self) -> bool {
        let view = self.place.sensors.view();
        match self.state {
            State::Releasing(_) => self.place.carts.len() > 1,
            State::Docking(_) => view.is_some_and(|view| view.agreed().is_some()),
            State::Vacant | State::Occupied(_) | State::Faulted(_) => !self.place.carts.is_empty(),
        }
    }

    pub(crate) fn lets_go(&self, grant: GrantId) -> bool {
        self.releasing().is_some_and(|it| it.grant == grant)
    }

    /// From now on nobody's cart comes or goes here. A release under way is ended first.
    pub(crate) fn begin_service(&mut self, at: MonoMs, out: &mut crate::io::Output) {
        self.place.begin_service(at);
        self.locate_until = None;
        if let State::Releasing(release) = &mut self.state {
            release.cut_short(at);
            let bay = self.place.no();
            out.commands.push(Command::Lock { bay });
        }
    }

    /// What the technician left half done is looked at as if it had just come.
    pub(crate) fn end_service(&mut self, turn: &mut Turn<'_>) {
        self.abandon_test(turn);
        self.test = None;
        self.place.end_service(turn.at);
        if let State::Docking(_) = self.state {
            self.state = Docking::begin(turn.at);
        }
    }

    /// Begins the guided test; false while a release is under way.
    pub(crate) fn begin_test(&mut self, by: Technician, at: MonoMs) -> bool {
        let free = !matches!(self.state, State::Releasing(_));
        if free {
            self.test = Some(Testing::begin(by, at));
        }
        free
    }

    pub(crate) fn confirm_test(&mut self, works: bool, turn: &mut Turn<'_>) {
        if let Some(test) = &mut self.test {
            test.confirm(works, &mut self.place, turn);
        }
    }

    /// Ends a test under way; how it ended stays to be seen.
    pub(crate) fn abandon_test(&mut self, turn: &mut Turn<'_>) {
        if let Some(test) = &mut self.test {
            test.abandon(&mut self.place, turn);
        }
    }

    pub(crate) fn forget_test(&mut self) {
        self.test = None;
    }

    pub(crate) fn test_view(&self) -> Option<TestView> {
        self.test.as_ref().map(|test| test.view(&self.place))
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
}

pub(crate) fn soonest(one: Option<MonoMs>, other: Option<MonoMs>) -> Option<MonoMs> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
