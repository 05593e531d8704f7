//! The guided test of one bay, step by step.

use super::{Section, Shell, Tab};
use crate::edge::text::technician::{Words, words};
use crate::ui::frame::html;
use askama::Template;
use shared::event::TestVerdict;
use shared::ids::BayNo;

/// In this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Lamp,
    Sound,
    Bolt,
    Presence,
    Reader,
}

impl Step {
    const ALL: [Self; 5] = [
        Self::Lamp,
        Self::Sound,
        Self::Bolt,
        Self::Presence,
        Self::Reader,
    ];

    /// Whether a person has to say how it went.
    fn asks(self) -> bool {
        matches!(self, Self::Lamp | Self::Sound)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// No test in this bay; in another one, perhaps.
    Idle {
        elsewhere: Option<BayNo>,
    },
    At {
        step: Step,
        /// Seconds until the step counts as failed.
        seconds_left: u64,
    },
    Over(TestVerdict),
}

#[derive(Debug, Clone)]
pub struct Trial {
    pub shell: Shell,
    pub bay: BayNo,
    pub stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Done,
    Failed,
    Now,
    Waits,
}

impl Trial {
    pub fn path(bay: BayNo) -> String {
        format!("/tech/bay/{bay}")
    }

    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, seen: &str) -> String {
        let path = Self::path(self.bay);
        let stream = format!("{path}/live");
        self.shell.page(Section {
            tab: Tab::Bays,
            title: &(words(self.shell.lang).test_title)(&self.bay.to_string()),
            path: &path,
            live: Some((&stream, seen, self.live())),
            rest: String::new(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            w: words(self.shell.lang),
            shell: &self.shell,
            view: self,
        })
    }

    fn running(&self) -> bool {
        matches!(self.stage, Stage::At { .. })
    }

    fn mark(&self, step: Step) -> Mark {
        match self.stage {
            Stage::Idle { .. } => Mark::Waits,
            Stage::At { step: now, .. } if step == now => Mark::Now,
            Stage::At { step: now, .. } if step < now => Mark::Done,
            Stage::At { .. } => Mark::Waits,
            Stage::Over(TestVerdict::Passed) => Mark::Done,
            Stage::Over(verdict) => match failed_at(verdict) {
                Some(at) if step == at => Mark::Failed,
                Some(at) if step < at => Mark::Done,
                _ => Mark::Waits,
            },
        }
    }
}

fn failed_at(verdict: TestVerdict) -> Option<Step> {
    match verdict {
        TestVerdict::Passed | TestVerdict::Abandoned => None,
        TestVerdict::Lamp => Some(Step::Lamp),
        TestVerdict::Sound => Some(Step::Sound),
        TestVerdict::Bolt => Some(Step::Bolt),
        TestVerdict::Presence => Some(Step::Presence),
        TestVerdict::Reader => Some(Step::Reader),
    }
}

#[derive(Template)]
#[template(path = "edge/tech_trial.html")]
struct Live<'a> {
    w: &'a Words,
    shell: &'a Shell,
    view: &'a Trial,
}

impl Live<'_> {
    fn name(&self, step: &Step) -> &'static str {
        (self.w.step)(*step)
    }

    fn todo(&self, step: &Step) -> &'static str {
        (self.w.step_todo)(*step)
    }

    fn verdict(&self, verdict: &TestVerdict) -> &'static str {
        (self.w.verdict)(*verdict)
    }

    fn code(&self, step: &Step) -> &'static str {
        match self.view.mark(*step) {
            Mark::Done => "done",
            Mark::Failed => "failed",
            Mark::Now => "now",
            Mark::Waits => "waits",
        }
    }

    fn said(&self, step: &Step) -> &'static str {
        match self.view.mark(*step) {
            Mark::Done => self.w.step_done,
            Mark::Failed => self.w.step_failed,
            Mark::Now => self.w.step_now,
            Mark::Waits => self.w.step_waits,
        }
    }

    fn elsewhere(&self, bay: &BayNo) -> String {
        (self.w.test_elsewhere)(&bay.to_string())
    }
}
