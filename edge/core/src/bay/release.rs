//! A cart is being let go. Every release ends in exactly one of: pulled, expired, failed, unclear.
//!
//! `Opening → Open → Closing`; a release that outlived its process starts at `Sighting`, or at
//! `Closing` when its customer may have gone. In every phase a cart that is gone was pulled.
//! Invariant: money goes back (expired, failed) only while tag, presence and bolt prove that the cart
//! is here. What cannot be proved when the time is up was pulled: a cart that shows again docks.

use super::faulted::Faulted;
use super::occupied::after_leaving;
use super::passage;
use super::place::{Place, Turn};
use super::{State, Step};
use crate::io::{Command, Releasing};
use crate::limits::{
    BOLT_RETURN_MS, PULSE_MS, RELATCH_MS, RELEASE_WINDOW_MS, RESUME_MS_MAX, UNLOCK_CONFIRM_MS,
    UNLOCK_PULSES_MAX,
};
use crate::sensors::View;
use shared::allowance::CardKey;
use shared::dock::{Lamp, Sound};
use shared::event::{BayFault, Fact};
use shared::ids::{BayNo, GrantId, RentalId};
use shared::time::{MonoMs, UnixMs};

#[derive(Debug)]
pub(super) struct Release {
    releasing: Releasing,
    phase: Phase,
    /// When all levels were known last, they proved that the cart is behind its bolt.
    secured: bool,
}

/// What lets one cart go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permit {
    pub(crate) grant: GrantId,
    pub(crate) rental: RentalId,
    /// The card that was shown, and the version of the list that named it.
    pub(crate) card: Option<(CardKey, u64)>,
}

impl Permit {
    pub(super) fn started(&self, bay: BayNo) -> Fact {
        let Self { grant, rental, .. } = *self;
        match self.card {
            None => Fact::ReleaseStarted { bay, grant, rental },
            Some((card, allowance)) => Fact::CardReleaseStarted {
                bay,
                grant,
                rental,
                card,
                allowance,
            },
        }
    }
}

/// What a release remembers of the machine it began on. Its own clock is compared with itself only.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Machine<'a> {
    pub(crate) wall: UnixMs,
    pub(crate) boot: &'a str,
}

#[derive(Debug, Clone, Copy)]
enum Phase {
    /// The process died: is the cart still there? `by` is set when the brain starts.
    Sighting {
        by: Option<MonoMs>,
    },
    /// The coil was driven; the bolt has not left its closed position yet.
    Opening {
        pulses: u8,
        confirm_by: MonoMs,
    },
    Open {
        pulses: u8,
        until: MonoMs,
    },
    /// Time is up and the lock ordered; nothing proves yet that the cart is behind it.
    Closing {
        by: MonoMs,
    },
}

impl Release {
    pub(super) fn begin(releasing: Releasing, place: &mut Place, turn: &mut Turn<'_>) -> Self {
        place.bolt_due = None;
        turn.sound = Some(Sound::Open);
        Self {
            releasing,
            phase: pulse(1, place, turn),
            secured: false,
        }
    }

    pub(super) fn remembered(releasing: Releasing) -> Self {
        Self {
            releasing,
            phase: Phase::Sighting { by: None },
            secured: false,
        }
    }

    /// Whether it may go on: once, soon, and on a machine whose clock has not begun anew since.
    pub(super) fn await_sight(&mut self, by: MonoMs, machine: Machine<'_>) -> bool {
        let begun = &self.releasing;
        let dark_ms = machine.wall.since(begun.started_ms);
        let goes_on = !begun.resumed
            && !machine.boot.is_empty()
            && machine.boot == begun.machine_boot
            && (0..=RESUME_MS_MAX).contains(&dark_ms);
        self.phase = match goes_on {
            true => Phase::Sighting { by: Some(by) },
            false => Phase::Closing { by },
        };
        goes_on
    }

    /// A technician takes over: what is still in the bay stays there.
    pub(super) fn cut_short(&mut self, at: MonoMs) {
        if !matches!(self.phase, Phase::Closing { .. }) {
            let by = at.plus(BOLT_RETURN_MS);
            self.phase = Phase::Closing { by };
        }
    }

    pub(super) fn releasing(&self) -> &Releasing {
        &self.releasing
    }

    pub(super) fn lamp(&self) -> Lamp {
        match self.phase {
            Phase::Opening { .. } | Phase::Open { .. } => Lamp::Open,
            Phase::Sighting { .. } | Phase::Closing { .. } => Lamp::Attention,
        }
    }

    pub(super) fn advance(mut self, place: &mut Place, view: View, turn: &mut Turn<'_>) -> Step {
        if passage::is_gone(place.layout.kind, &place.carts, view.tag, view.present) {
            return Step::Go(self.pulled(place, turn));
        }
        let home = place.is_home(view);
        self.secured = place.is_secured(view);
        self.phase = match self.phase {
            Phase::Sighting { .. } if home => {
                self.releasing.resumed = true;
                turn.sound = Some(Sound::Open);
                pulse(1, place, turn)
            }
            Phase::Sighting { by } if by.is_some_and(|by| turn.at >= by) => close(place, turn),
            Phase::Sighting { by } => return self.stay(by),
            Phase::Opening { pulses, .. } if !view.engaged => Phase::Open {
                pulses,
                until: turn.at.plus(RELEASE_WINDOW_MS),
            },
            Phase::Opening { confirm_by, .. } if turn.at < confirm_by => {
                return self.stay(Some(confirm_by));
            }
            Phase::Opening { pulses, .. } if pulses < UNLOCK_PULSES_MAX => {
                pulse(pulses + 1, place, turn)
            }
            Phase::Opening { .. } => return Step::Go(self.stuck_closed(place, turn)),
            Phase::Open { until, .. } if turn.at >= until => close(place, turn),
            Phase::Open { pulses, until } => match relatched_at(view, self.secured, pulses) {
                Some(at) if turn.at >= at => pulse(pulses + 1, place, turn),
                again => return self.stay(Some(again.map_or(until, |at| at.min(until)))),
            },
            Phase::Closing { .. } if self.secured => return Step::Go(self.expired(place, turn)),
            Phase::Closing { by } if turn.at < by => return self.stay(Some(by)),
            Phase::Closing { .. } => return Step::Go(self.unproved(place, view, turn)),
        };
        Step::Go(State::Releasing(self))
    }

    /// Ends the release with a fault; the cart stays where it was last known.
    pub(super) fn fail(self, fault: BayFault, place: &Place, turn: &mut Turn<'_>) {
        let bay = place.no();
        turn.command(Command::Lock { bay });
        turn.sound = Some(Sound::Attention);
        let Releasing { grant, rental, .. } = self.releasing;
        turn.record(match self.secured {
            true => Fact::ReleaseFailed {
                bay,
                grant,
                rental,
                fault,
            },
            false => Fact::ReleaseUnclear {
                bay,
                grant,
                rental,
                fault,
            },
        });
    }

    fn stay(self, wake: Option<MonoMs>) -> Step {
        Step::Stay(State::Releasing(self), wake)
    }

    fn pulled(self, place: &mut Place, turn: &mut Turn<'_>) -> State {
        let Releasing {
            grant, rental, tag, ..
        } = self.releasing;
        let bay = place.no();
        place.carts.retain(|cart| *cart != tag);
        turn.record(Fact::CartPulled {
            bay,
            grant,
            rental,
            tag,
        });
        place.lock(turn);
        after_leaving(place, turn.at)
    }

    fn stuck_closed(self, place: &mut Place, turn: &mut Turn<'_>) -> State {
        let fault = BayFault::BoltStuckClosed;
        self.fail(fault, place, turn);
        faulted(fault, place, turn)
    }

    fn expired(self, place: &mut Place, turn: &mut Turn<'_>) -> State {
        place.bolt_due = None;
        turn.record(Fact::ReleaseExpired {
            bay: place.no(),
            grant: self.releasing.grant,
            rental: self.releasing.rental,
        });
        place.rest_state()
    }

    /// A covered sensor, a jammed bolt, another cart before it: whoever could take the cart has it.
    fn unproved(self, place: &mut Place, view: View, turn: &mut Turn<'_>) -> State {
        let left = self.pulled(place, turn);
        if view.engaged {
            return left;
        }
        place.bolt_due = None;
        faulted(BayFault::BoltStuckOpen, place, turn)
    }
}

fn pulse(pulses: u8, place: &Place, turn: &mut Turn<'_>) -> Phase {
    turn.command(Command::Unlock {
        bay: place.no(),
        pulse_ms: PULSE_MS,
    });
    Phase::Opening {
        pulses,
        confirm_by: turn.at.plus(UNLOCK_CONFIRM_MS),
    }
}

/// When to drive a bolt again that fell back over a cart nobody pulled.
fn relatched_at(view: View, secured: bool, pulses: u8) -> Option<MonoMs> {
    let again = secured && pulses < UNLOCK_PULSES_MAX;
    again.then(|| view.bolt_since.plus(RELATCH_MS))
}

fn close(place: &Place, turn: &mut Turn<'_>) -> Phase {
    turn.command(Command::Lock { bay: place.no() });
    Phase::Closing {
        by: turn.at.plus(BOLT_RETURN_MS),
    }
}

fn faulted(fault: BayFault, place: &Place, turn: &mut Turn<'_>) -> State {
    let bay = place.no();
    turn.record(Fact::BayFaulted { bay, fault });
    State::Faulted(Faulted::new(fault))
}
