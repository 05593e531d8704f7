//! The process's only source of time and chance.

use edge_core::io::Now;
use shared::time::{MonoMs, UnixMs};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Counts from the start of the process, which is what a boot number counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Clock {
    began: Instant,
    /// A test aid: the file that says by how many milliseconds the machine's clock is wrong.
    skewed_by: Option<&'static Path>,
}

impl Clock {
    /// `skewed_by`: a test aid, read again at every look at the clock.
    pub(crate) fn start(skewed_by: Option<PathBuf>) -> Self {
        Self {
            began: Instant::now(),
            // One path for the whole life of a process under test.
            skewed_by: skewed_by.map(|path| &*Box::leak(path.into_boxed_path())),
        }
    }

    pub(crate) fn now(&self) -> Now {
        Now {
            mono: self.mono(),
            wall: wall().plus(self.skew_ms()),
            random: random(),
        }
    }

    pub(crate) fn mono(&self) -> MonoMs {
        MonoMs(u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn skew_ms(&self) -> i64 {
        let text = self.skewed_by.map(std::fs::read_to_string);
        let told = text.and_then(|text| text.ok()?.trim().parse().ok());
        told.unwrap_or(0)
    }

    /// How long until `deadline`; zero when it has passed.
    pub(crate) fn until(&self, deadline: MonoMs) -> Duration {
        (self.began + Duration::from_millis(deadline.0)).saturating_duration_since(Instant::now())
    }
}

/// Which boot of the machine this is; empty where the kernel does not tell.
pub(crate) fn machine_boot() -> String {
    let read = std::fs::read_to_string("/proc/sys/kernel/random/boot_id");
    read.unwrap_or_default().trim().to_owned()
}

/// A machine whose clock stands before 1970 says 1970.
pub(crate) fn wall() -> UnixMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    UnixMs(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn random() -> u64 {
    getrandom::u64().expect("the kernel of a running system gives random numbers")
}

/// Full jitter: anywhere between nothing and the doubled pause, so that a fleet that lost the
/// cloud together does not come back together.
pub(crate) fn full_jitter(attempt: u32, base: Duration, cap: Duration) -> Duration {
    let base_ms = u64::try_from(base.as_millis()).unwrap_or(u64::MAX);
    let cap_ms = u64::try_from(cap.as_millis()).unwrap_or(u64::MAX);
    // 2^20 times any base in use is beyond any cap in use.
    let ceiling_ms = base_ms.saturating_mul(1 << attempt.min(20)).min(cap_ms);
    Duration::from_millis(random() % (ceiling_ms + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jitter_stays_under_its_doubling_ceiling_and_its_cap() {
        let (base, cap) = (Duration::from_secs(1), Duration::from_secs(60));
        for (attempt, most) in [(0, 1), (1, 2), (5, 32), (6, 60), (40, 60)] {
            for _ in 0..200 {
                assert!(full_jitter(attempt, base, cap) <= Duration::from_secs(most));
            }
        }
    }
}
