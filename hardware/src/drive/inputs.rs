//! The thread that samples every switch and watches the readers.

use super::reader::Health;
use super::{ERRORS_TO_FAIL, Sink, Stop, Working};
use crate::bay::{BoltSensor, DeviceError, PresenceSensor};
use crate::beat::Beat;
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
    /// In a row, up to now.
    errors: u8,
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
            errors: 0,
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
                self.errors = 0;
                let health = self.working.judge(true, part);
                if health.is_some() {
                    self.debounce = LevelDebounce::default();
                }
                (health, self.debounce.sample(level, now_ms))
            }
            Err(error) => {
                self.errors = self.errors.saturating_add(1);
                if self.errors < ERRORS_TO_FAIL {
                    return (None, None);
                }
                let health = self.working.judge(false, part);
                if health.is_some() {
                    tracing::warn!(?part, %error, "a sensor fails");
                }
                (health, None)
            }
        }
    }
}

pub(super) fn run(
    mut switches: Vec<Switches>,
    readers: &[Arc<Health>],
    sink: &Sink,
    (stop, beat): (&Stop, &Beat),
) {
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
        beat.beat();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_fails_after_three_errors_in_a_row() {
        // One character a sample of ten milliseconds, `x` an error; below it what is told: `!` a
        // failure, `+` a healing, else a level.
        for (samples, told) in [
            ("1111", "   1"),
            ("1111x1111", "   1     "),
            ("1111xx1xx1", "   1      "),
            ("1111xxx", "   1  !"),
            ("1111xxxxx11110", "   1  !  +  1 "),
            ("1x1x1x1", "    1  "),
            ("xxx", "  !"),
        ] {
            let mut switch = Switch::new(());
            for (index, (sample, expected)) in samples.chars().zip(told.chars()).enumerate() {
                let now_ms = 10 * u64::try_from(index).unwrap();
                let read = |(): &mut ()| match sample {
                    'x' => Err(DeviceError("glitch".into())),
                    level => Ok(level == '1'),
                };
                let seen = match switch.sample(Part::BoltSensor, now_ms, read) {
                    (None, None) => ' ',
                    (Some(Seen::Failed(_)), None) => '!',
                    (Some(Seen::Healed(_)), None) => '+',
                    (None, Some(level)) => {
                        if level {
                            '1'
                        } else {
                            '0'
                        }
                    }
                    other => panic!("{other:?}"),
                };
                assert_eq!(seen, expected, "{samples} at {index}");
            }
        }
    }
}
