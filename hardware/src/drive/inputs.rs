//! The thread that samples every switch and watches the readers.

use super::reader::Health;
use super::{Sink, Stop, Working};
use crate::bay::{BoltSensor, DeviceError, PresenceSensor};
use crate::debounce::LevelDebounce;
use shared::dock::{Observation, Part, Seen};
use shared::ids::BayNo;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sampling a line costs microseconds; a pulled cart passes a switch in hundreds of milliseconds.
const SAMPLE_PAUSE: Duration = Duration::from_millis(10);

pub(super) struct Switches {
    bay: BayNo,
    bolt: Switch<Box<dyn BoltSensor>>,
    presence: Switch<Box<dyn PresenceSensor>>,
}

struct Switch<D> {
    device: D,
    debounce: LevelDebounce,
    working: Working,
}

impl Switches {
    pub(super) fn new(
        bay: BayNo,
        bolt: Box<dyn BoltSensor>,
        presence: Box<dyn PresenceSensor>,
    ) -> Self {
        Self {
            bay,
            bolt: Switch::new(bolt),
            presence: Switch::new(presence),
        }
    }
}

impl<D> Switch<D> {
    fn new(device: D) -> Self {
        Self {
            device,
            debounce: LevelDebounce::default(),
            working: Working::default(),
        }
    }

    /// At most a change of health and a change of level.
    fn sample(
        &mut self,
        part: Part,
        now_ms: u64,
        read: impl FnOnce(&mut D) -> Result<bool, DeviceError>,
    ) -> (Option<Seen>, Option<bool>) {
        match read(&mut self.device) {
            Ok(level) => {
                let health = self.working.judge(true, part);
                if health.is_some() {
                    self.debounce = LevelDebounce::default();
                }
                (health, self.debounce.sample(level, now_ms))
            }
            Err(error) => {
                let health = self.working.judge(false, part);
                if health.is_some() {
                    tracing::warn!(?part, %error, "a sensor fails");
                }
                (health, None)
            }
        }
    }
}

pub(super) fn run(mut switches: Vec<Switches>, readers: &[Arc<Health>], sink: &Sink, stop: &Stop) {
    let started = Instant::now();
    loop {
        let now = Instant::now();
        let now_ms = u64::try_from(now.duration_since(started).as_millis()).unwrap_or(u64::MAX);
        for Switches {
            bay,
            bolt,
            presence,
        } in &mut switches
        {
            let (health, level) = bolt.sample(Part::BoltSensor, now_ms, |bolt| bolt.engaged());
            let level = level.map(|engaged| Seen::Bolt { engaged });
            tell(sink, *bay, health, level);
            let (health, level) =
                presence.sample(Part::PresenceSensor, now_ms, |sensor| sensor.present());
            let level = level.map(|present| Seen::Presence { present });
            tell(sink, *bay, health, level);
        }
        for reader in readers {
            reader.supervise(now);
        }
        if stop.wait(SAMPLE_PAUSE) {
            return;
        }
    }
}

fn tell(sink: &Sink, bay: BayNo, health: Option<Seen>, level: Option<Seen>) {
    for seen in [health, level].into_iter().flatten() {
        sink(Observation { bay, seen });
    }
}
