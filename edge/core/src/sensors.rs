//! What is known of one bay's sensors, and since when.

use shared::dock::{Part, Seen};
use shared::event::{BayFault, Contradiction};
use shared::ids::TagUid;
use shared::time::MonoMs;
use std::collections::BTreeSet;

#[derive(Debug, Default)]
pub(crate) struct Sensors {
    tag: Option<Level<Option<TagUid>>>,
    engaged: Option<Level<bool>>,
    present: Option<Level<bool>>,
    failed: BTreeSet<Part>,
}

#[derive(Debug, Clone, Copy)]
struct Level<T> {
    value: T,
    since: MonoMs,
}

/// All three levels. It exists only when each was told since the start or the last failure, so no
/// decision can rest on a level nobody saw.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    pub(crate) tag: Option<TagUid>,
    pub(crate) engaged: bool,
    pub(crate) present: bool,
    pub(crate) bolt_since: MonoMs,
    /// Since when the tag and the presence are as they are.
    pub(crate) mouth_since: MonoMs,
}

impl Sensors {
    pub(crate) fn observe(&mut self, seen: Seen, at: MonoMs) {
        match seen {
            Seen::Tag(tag) => set(&mut self.tag, tag, at),
            Seen::Bolt { engaged } => set(&mut self.engaged, engaged, at),
            Seen::Presence { present } => set(&mut self.present, present, at),
            Seen::Failed(part) => {
                self.failed.insert(part);
                self.forget(part);
            }
            Seen::Healed(part) => {
                self.failed.remove(&part);
            }
        }
    }

    pub(crate) fn view(&self) -> Option<View> {
        let (tag, engaged, present) = (self.tag?, self.engaged?, self.present?);
        Some(View {
            tag: tag.value,
            engaged: engaged.value,
            present: present.value,
            bolt_since: engaged.since,
            mouth_since: tag.since.max(present.since),
        })
    }

    /// The tag that is seen, if the reader works.
    pub(crate) fn tag(&self) -> Option<TagUid> {
        self.tag.and_then(|level| level.value)
    }

    pub(crate) fn engaged(&self) -> Option<bool> {
        self.engaged.map(|level| level.value)
    }

    pub(crate) fn present(&self) -> Option<bool> {
        self.present.map(|level| level.value)
    }

    pub(crate) fn has_failed(&self, part: Part) -> bool {
        self.failed.contains(&part)
    }

    /// The fault that the failed parts amount to. A dark lamp does not close a bay.
    pub(crate) fn fault(&self) -> Option<BayFault> {
        self.failed.iter().find_map(|part| match part {
            Part::Reader => Some(BayFault::ReaderDeaf),
            Part::Lock => Some(BayFault::LockFailed),
            Part::BoltSensor | Part::PresenceSensor => Some(BayFault::SensorFailed),
            Part::Indicator => None,
        })
    }

    fn forget(&mut self, part: Part) {
        match part {
            Part::Reader => self.tag = None,
            Part::BoltSensor => self.engaged = None,
            Part::PresenceSensor => self.present = None,
            Part::Lock | Part::Indicator => {}
        }
    }
}

impl View {
    /// Something is at the mouth.
    pub(crate) fn signs(&self) -> bool {
        self.present || self.tag.is_some()
    }

    /// How the signs disagree; none when all three agree, or when there are none.
    pub(crate) fn contradiction(&self) -> Option<Contradiction> {
        match (self.tag, self.present, self.engaged) {
            (Some(_), false, _) => Some(Contradiction::TagWithoutCart),
            (None, true, _) => Some(Contradiction::CartWithoutTag),
            (Some(_), true, false) => Some(Contradiction::BoltNotEngaged),
            (Some(_), true, true) | (None, false, _) => None,
        }
    }

    /// The tag that all signs agree on.
    pub(crate) fn agreed(&self) -> Option<TagUid> {
        self.tag.filter(|_| self.contradiction().is_none())
    }

    pub(crate) fn settled_at(&self) -> MonoMs {
        let since = self.mouth_since.max(self.bolt_since);
        since.plus(crate::limits::SETTLE_MS)
    }
}

fn set<T: PartialEq>(level: &mut Option<Level<T>>, value: T, at: MonoMs) {
    if level.as_ref().is_none_or(|level| level.value != value) {
        *level = Some(Level { value, since: at });
    }
}
