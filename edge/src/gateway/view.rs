//! What the pages show that neither brain nor journal keeps ready.

use crate::journal::{Journal, JournalError, Line};
use crate::status::{BayView, Sensors, Serving, Uplink};
use crate::storage::Storage;
use edge_core::io::{ExposureView, Now, SyncFailure, TestView};
use shared::allowance::Allowance;
use shared::dock::{Observation, Part, Seen, Signal};
use shared::enrol::Enrolled;
use shared::event::Fact;
use shared::ids::{BayNo, CampaignId};
use shared::offline::SharedSecret;
use shared::sync::BaySnapshot;
use shared::time::{Stamp, UnixMs};
use shared::witness::Witnessed;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) struct View {
    enrolled: Enrolled,
    signals: BTreeMap<BayNo, Signal>,
    sensors: BTreeMap<BayNo, Sensors>,
    uplink: Uplink,
    quarantined: Vec<u64>,
    downlink_connected: bool,
    /// The oldest event without acknowledgement, so that it is looked up once; none where its line
    /// cannot be read.
    oldest: Option<(u64, Option<Stamp>)>,
    allowance: Option<Arc<Allowance>>,
    secret: SharedSecret,
}

/// What the brain says at the moment of a snapshot.
pub(super) struct Told {
    pub now: Now,
    pub at: Stamp,
    pub bays: Vec<BaySnapshot>,
    pub test: Option<TestView>,
    pub exposure: ExposureView,
}

impl View {
    pub(super) fn new(journal: &Journal, enrolled: Enrolled) -> Self {
        Self {
            secret: SharedSecret::between(journal.key(), &enrolled.cloud_key),
            allowance: None,
            enrolled,
            signals: BTreeMap::new(),
            sensors: BTreeMap::new(),
            uplink: Uplink::NotYet,
            quarantined: Vec::new(),
            downlink_connected: false,
            oldest: None,
        }
    }

    pub(super) fn observed(&mut self, observation: &Observation) {
        let sensors = self.sensors.entry(observation.bay).or_default();
        match observation.seen {
            Seen::Bolt { engaged } => sensors.bolt_engaged = Some(engaged),
            Seen::Presence { present } => sensors.present = Some(present),
            Seen::Tag(tag) => sensors.tag = Some(tag),
            Seen::Healed(part) => {
                sensors.failing.remove(&part);
            }
            Seen::Failed(part) => sensors.failed(part),
        }
    }

    pub(super) fn allowance(&mut self, list: &Arc<Allowance>) {
        self.allowance = Some(Arc::clone(list));
    }

    pub(super) fn committed(lines: &[Line], records: &[Fact]) {
        for (line, fact) in lines.iter().zip(records) {
            if let Fact::CommitmentContradicted { held, shown, .. } = fact {
                tracing::error!(
                    campaign = %held.commitment.campaign,
                    root.held = %held.commitment.root,
                    root.shown = %shown.commitment.root,
                    "the cloud shows a second list for one raffle: the first was co-signed, and it stays"
                );
            }
            tracing::info!(
                event.seq = line.head.seq,
                event.kind = fact.kind(),
                bay = fact.bay().map(BayNo::get),
                "recorded"
            );
        }
    }

    pub(super) fn shown(&mut self, bay: BayNo, signal: Signal) {
        self.signals.insert(bay, signal);
    }

    /// What the lamp and loudspeaker of a bay were last told.
    pub(super) fn signal(&self, bay: BayNo) -> Option<Signal> {
        self.signals.get(&bay).copied()
    }

    pub(super) fn downlink(&mut self, connected: bool) {
        self.downlink_connected = connected;
    }

    /// True when the uplink works again, or for the first time.
    pub(super) fn synced(&mut self, now_ms: UnixMs, quarantined: Vec<u64>) -> bool {
        let news = !matches!(self.uplink, Uplink::Answered { .. });
        self.uplink = Uplink::Answered { last_ms: now_ms };
        self.quarantined = quarantined;
        news
    }

    /// True when it did not fail before, or not like this.
    pub(super) fn sync_failed(&mut self, failure: SyncFailure, now_ms: UnixMs) -> bool {
        let (news, since_ms, attempts) = match self.uplink {
            Uplink::Failing {
                failure: before,
                since_ms,
                attempts,
            } => (before != failure, since_ms, attempts.saturating_add(1)),
            _ => (true, now_ms, 1),
        };
        self.uplink = Uplink::Failing {
            failure,
            since_ms,
            attempts,
        };
        news
    }

    pub(super) fn serving(&mut self, journal: &Journal, told: Told, storage: &Storage) -> Serving {
        let Told { now, at, .. } = told;
        let memory = journal.memory();
        let bay_view = |snapshot: BaySnapshot| BayView {
            signal: self.signals.get(&snapshot.bay).copied(),
            sensors: self.sensors.get(&snapshot.bay).cloned().unwrap_or_default(),
            snapshot,
        };
        let bays = told.bays.into_iter().map(bay_view).collect();
        let left = |test: TestView| (test, test.until.since(now.mono));
        Serving {
            at: at.wall_ms,
            gateway: self.enrolled.gateway,
            dock: self.enrolled.dock,
            store_name: self.enrolled.store_name.clone(),
            dock_name: self.enrolled.dock_name.clone(),
            dock_url: self.enrolled.dock_url.clone(),
            boot: journal.boot(),
            clock: at.clock,
            clock_offset_ms: at.wall_ms.since(now.wall),
            head_seq: journal.head().seq,
            // Numbers that a salvage skipped are no backlog.
            acked_seq: journal.head().seq - journal.count_after(journal.acked().seq),
            oldest_unacked_ms: self.oldest(journal).map(|stamp| age_ms(stamp, at)),
            quarantined: self.quarantined.clone(),
            uplink: self.uplink,
            downlink_connected: self.downlink_connected,
            journal_bytes: journal.bytes(),
            storage: storage.clone(),
            receipts: Arc::default(),
            said: None,
            bays,
            service: memory.service.clone(),
            test: told.test.map(left),
            exposure: told.exposure,
            clock_floor: memory.clock_floor_ms,
            allowance: self.allowance.clone(),
            witnessed: newest_first(&memory.commitments),
            secret: self.secret.clone(),
        }
    }

    fn oldest(&mut self, journal: &Journal) -> Option<Stamp> {
        let acked_seq = journal.acked().seq;
        if acked_seq >= journal.head().seq {
            return None;
        }
        let seq = acked_seq + 1;
        if self.oldest.is_none_or(|(known, _)| known != seq) {
            let lines = readable(journal.lines_after(acked_seq, 1));
            let envelope = lines.first().and_then(Line::envelope);
            self.oldest = Some((seq, envelope.map(|envelope| envelope.at)));
        }
        self.oldest.and_then(|(_, stamp)| stamp)
    }
}

fn newest_first(seen: &BTreeMap<CampaignId, Witnessed>) -> Vec<Witnessed> {
    let mut witnessed: Vec<Witnessed> = seen.values().cloned().collect();
    witnessed.sort_by_key(|it| std::cmp::Reverse(it.seen_ms));
    witnessed
}

/// A page that lacks some lines is better than a dock that stands still for them.
fn readable(lines: Result<Vec<Line>, JournalError>) -> Vec<Line> {
    lines.unwrap_or_else(|error| {
        tracing::error!(%error, "events cannot be shown");
        Vec::new()
    })
}

/// Within one boot the monotonic clock knows; across boots the wall clock claims.
fn age_ms(then: Stamp, now: Stamp) -> u64 {
    if then.boot == now.boot {
        return now.mono_ms.since(then.mono_ms);
    }
    u64::try_from(now.wall_ms.since(then.wall_ms)).unwrap_or(0)
}

impl Sensors {
    fn failed(&mut self, part: Part) {
        let news = self.failing.insert(part);
        match part {
            Part::BoltSensor => self.bolt_engaged = None,
            Part::PresenceSensor => self.present = None,
            Part::Reader => {
                self.tag = None;
                self.reader_failures = self.reader_failures.saturating_add(u32::from(news));
            }
            Part::Lock | Part::Indicator => {}
        }
    }
}
