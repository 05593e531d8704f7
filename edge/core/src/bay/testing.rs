//! The guided test of a bay in service. The bay goes on watching its sensors meanwhile, so a cart
//! that leaves or comes during a test is noticed as ever.

use super::place::{Place, Turn};
use crate::io::{Command, TestStep, TestView};
use crate::limits::{
    PULSE_MS, TEST_ASK_MS, TEST_BOLT_MS, TEST_SENSE_MS, TEST_SOUND_AGAIN_MS, UNLOCK_CONFIRM_MS,
    UNLOCK_PULSES_MAX,
};
use shared::dock::{Lamp, Sound};
use shared::event::{Fact, Technician, TechnicianAction, TestVerdict};
use shared::time::MonoMs;

#[derive(Debug)]
pub(super) struct Testing {
    by: Technician,
    stage: Stage,
    /// When the stage counts as failed.
    until: MonoMs,
}

#[derive(Debug, Clone, Copy)]
enum Stage {
    Lamp,
    Sound {
        again: MonoMs,
    },
    Bolt(Drive),
    /// `first` is the level the sensor began with.
    Presence {
        first: Option<bool>,
        changed: bool,
    },
    Reader,
    Done(TestVerdict),
}

#[derive(Debug, Clone, Copy)]
enum Drive {
    /// Waits to see the bolt in its closed position.
    Resting,
    Driven {
        pulses: u8,
        confirm_by: MonoMs,
    },
    Opened,
}

/// What a stage makes of the moment.
enum Progress {
    Wait(Stage, Option<MonoMs>),
    Passed,
    Failed,
}

impl Testing {
    pub(super) fn begin(by: Technician, at: MonoMs) -> Self {
        Self {
            by,
            stage: Stage::Lamp,
            until: at.plus(TEST_ASK_MS),
        }
    }

    /// The technician's answer; it counts only while one is asked for.
    pub(super) fn confirm(&mut self, works: bool, place: &mut Place, turn: &mut Turn<'_>) {
        match (self.stage, works) {
            (Stage::Lamp | Stage::Sound { .. }, true) => self.next(place, turn),
            (Stage::Lamp | Stage::Sound { .. }, false) => self.fail(place, turn),
            _ => {}
        }
    }

    pub(super) fn abandon(&mut self, place: &mut Place, turn: &mut Turn<'_>) {
        self.end(TestVerdict::Abandoned, place, turn);
    }

    /// Goes as far as the sensors say; answers when to come again.
    pub(super) fn advance(&mut self, place: &mut Place, turn: &mut Turn<'_>) -> Option<MonoMs> {
        while !self.is_done() {
            match self.progress(place, turn) {
                Progress::Passed => self.next(place, turn),
                Progress::Failed => self.fail(place, turn),
                Progress::Wait(..) if turn.at >= self.until => self.fail(place, turn),
                Progress::Wait(stage, wake) => {
                    self.stage = stage;
                    return Some(wake.map_or(self.until, |wake| wake.min(self.until)));
                }
            }
        }
        None
    }

    pub(super) fn is_done(&self) -> bool {
        matches!(self.stage, Stage::Done(_))
    }

    pub(super) fn lamp(&self) -> Option<Lamp> {
        match self.stage {
            Stage::Lamp | Stage::Sound { .. } => Some(Lamp::Locate),
            Stage::Bolt(_) => Some(Lamp::Open),
            Stage::Presence { .. } | Stage::Reader => Some(Lamp::Reading),
            Stage::Done(_) => None,
        }
    }

    pub(super) fn view(&self, place: &Place) -> TestView {
        let verdict = match self.stage {
            Stage::Done(verdict) => Some(verdict),
            _ => None,
        };
        TestView {
            bay: place.no(),
            step: self.stage.step(),
            until: self.until,
            verdict,
        }
    }

    fn progress(&self, place: &mut Place, turn: &mut Turn<'_>) -> Progress {
        match self.stage {
            Stage::Sound { again } if turn.at >= again => {
                turn.sound = Some(Sound::Accepted);
                let again = turn.at.plus(TEST_SOUND_AGAIN_MS);
                Progress::Wait(Stage::Sound { again }, Some(again))
            }
            Stage::Sound { again } => Progress::Wait(self.stage, Some(again)),
            Stage::Bolt(drive) => drive.progress(place, turn),
            Stage::Presence { first, changed } => sense(place.sensors.present(), first, changed),
            Stage::Reader if place.sensors.tag().is_some() => Progress::Passed,
            Stage::Lamp | Stage::Reader | Stage::Done(_) => Progress::Wait(self.stage, None),
        }
    }

    fn next(&mut self, place: &mut Place, turn: &mut Turn<'_>) {
        let (stage, limit_ms) = match self.stage {
            Stage::Lamp => (Stage::Sound { again: turn.at }, TEST_ASK_MS),
            Stage::Sound { .. } => (Stage::Bolt(Drive::Resting), TEST_BOLT_MS),
            Stage::Bolt(_) => {
                let first = place.sensors.present();
                let changed = false;
                (Stage::Presence { first, changed }, TEST_SENSE_MS)
            }
            Stage::Presence { .. } => (Stage::Reader, TEST_SENSE_MS),
            Stage::Reader | Stage::Done(_) => return self.end(TestVerdict::Passed, place, turn),
        };
        self.stage = stage;
        self.until = turn.at.plus(limit_ms);
    }

    fn fail(&mut self, place: &mut Place, turn: &mut Turn<'_>) {
        let verdict = match self.stage {
            Stage::Lamp => TestVerdict::Lamp,
            Stage::Sound { .. } => TestVerdict::Sound,
            Stage::Bolt(_) => TestVerdict::Bolt,
            Stage::Presence { .. } => TestVerdict::Presence,
            Stage::Reader | Stage::Done(_) => TestVerdict::Reader,
        };
        self.end(verdict, place, turn);
    }

    fn end(&mut self, verdict: TestVerdict, place: &mut Place, turn: &mut Turn<'_>) {
        if self.is_done() {
            return;
        }
        if matches!(
            self.stage,
            Stage::Bolt(Drive::Driven { .. } | Drive::Opened)
        ) {
            place.lock(turn);
        }
        if verdict == TestVerdict::Passed {
            place.reliability.forgive();
        }
        let bay = place.no();
        turn.record(Fact::TechnicianActed {
            by: self.by.clone(),
            action: TechnicianAction::TestEnded { bay, verdict },
        });
        self.stage = Stage::Done(verdict);
        self.until = turn.at;
    }
}

impl Stage {
    fn step(self) -> TestStep {
        match self {
            Self::Lamp => TestStep::Lamp,
            Self::Sound { .. } => TestStep::Sound,
            Self::Bolt(_) => TestStep::Bolt,
            Self::Presence { .. } => TestStep::Presence,
            Self::Reader => TestStep::Reader,
            Self::Done(_) => TestStep::Done,
        }
    }
}

impl Drive {
    fn progress(self, place: &mut Place, turn: &mut Turn<'_>) -> Progress {
        let engaged = place.sensors.engaged();
        match self {
            Self::Resting if engaged == Some(true) => pulse(1, place, turn),
            Self::Driven { .. } if engaged == Some(false) => {
                place.lock(turn);
                Progress::Wait(Stage::Bolt(Self::Opened), None)
            }
            Self::Driven { pulses, confirm_by } if turn.at >= confirm_by => {
                match pulses < UNLOCK_PULSES_MAX {
                    true => pulse(pulses + 1, place, turn),
                    false => Progress::Failed,
                }
            }
            Self::Driven { confirm_by, .. } => Progress::Wait(Stage::Bolt(self), Some(confirm_by)),
            Self::Opened if engaged == Some(true) => Progress::Passed,
            Self::Resting | Self::Opened => Progress::Wait(Stage::Bolt(self), None),
        }
    }
}

fn pulse(pulses: u8, place: &Place, turn: &mut Turn<'_>) -> Progress {
    turn.command(Command::Unlock {
        bay: place.no(),
        pulse_ms: PULSE_MS,
    });
    let confirm_by = turn.at.plus(UNLOCK_CONFIRM_MS);
    let driven = Drive::Driven { pulses, confirm_by };
    Progress::Wait(Stage::Bolt(driven), Some(confirm_by))
}

/// Passes when the level changed and changed back.
fn sense(now: Option<bool>, first: Option<bool>, changed: bool) -> Progress {
    let first = first.or(now);
    let differs = now.is_some() && now != first;
    if changed && now.is_some() && !differs {
        return Progress::Passed;
    }
    let changed = changed || differs;
    Progress::Wait(Stage::Presence { first, changed }, None)
}
