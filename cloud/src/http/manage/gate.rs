//! What slows guessing down. The counts live in this process: a restart forgives, and that costs a
//! guesser more than it gives.

use crate::http::address::Address;
use crate::password;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use shared::ids::StaffId;
use std::net::IpAddr;
use std::num::NonZeroU32;
use tokio::sync::Semaphore;

/// Attempts at one login, then one every half minute: 2,880 guesses a day at most.
const LOGIN_BURST: NonZeroU32 = NonZeroU32::new(5).expect("not zero");
const LOGIN_PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("not zero");

/// Attempts from one address: a store's whole staff behind one router.
const ADDRESS_BURST: NonZeroU32 = NonZeroU32::new(20).expect("not zero");
const ADDRESS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(6).expect("not zero");

/// Attempts from everywhere, each worth 20 ms of a core and a line in the audit.
const ALL_BURST: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
const ALL_PER_SECOND: NonZeroU32 = NonZeroU32::new(1).expect("not zero");

/// Answers to gateways' challenges that one person needs in a round of the docks.
const ANSWERS_BURST: NonZeroU32 = NonZeroU32::new(10).expect("not zero");
const ANSWERS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("not zero");

/// Look-ups of persons by CPF: those of a busy desk, and no search through a million CPFs.
const LOOK_UPS_BURST: NonZeroU32 = NonZeroU32::new(12).expect("not zero");
const LOOK_UPS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(2).expect("not zero");

/// A hash takes 19 MiB and a core; customers need the rest.
const HASHES_AT_ONCE: usize = 2;

/// Keys remembered before those that have calmed down are dropped.
const KEYS_MAX: usize = 4_096;

pub struct Gate {
    by_login: DefaultKeyedRateLimiter<String>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
    answers: DefaultKeyedRateLimiter<StaffId>,
    look_ups: DefaultKeyedRateLimiter<StaffId>,
    hashing: Semaphore,
}

impl Default for Gate {
    fn default() -> Self {
        let login = Quota::per_minute(LOGIN_PER_MINUTE).allow_burst(LOGIN_BURST);
        let address = Quota::per_minute(ADDRESS_PER_MINUTE).allow_burst(ADDRESS_BURST);
        let all = Quota::per_second(ALL_PER_SECOND).allow_burst(ALL_BURST);
        Self {
            by_login: RateLimiter::keyed(login),
            by_address: RateLimiter::keyed(address),
            all: RateLimiter::direct(all),
            answers: RateLimiter::keyed(
                Quota::per_minute(ANSWERS_PER_MINUTE).allow_burst(ANSWERS_BURST),
            ),
            look_ups: RateLimiter::keyed(
                Quota::per_minute(LOOK_UPS_PER_MINUTE).allow_burst(LOOK_UPS_BURST),
            ),
            hashing: Semaphore::new(HASHES_AT_ONCE),
        }
    }
}

impl Gate {
    /// Whether one more attempt is let through. The narrowest limit is asked first, so that one
    /// address cannot use up what everybody has.
    pub fn admits(&self, login: &str, from: Address) -> bool {
        if self.by_login.len() > KEYS_MAX {
            self.by_login.retain_recent();
        }
        if self.by_address.len() > KEYS_MAX {
            self.by_address.retain_recent();
        }
        self.by_address.check_key(&from.0).is_ok()
            && self.by_login.check_key(&login.to_owned()).is_ok()
            && self.all.check().is_ok()
    }

    /// Whether one more gateway's challenge is answered for this person.
    pub fn answers(&self, staff: &StaffId) -> bool {
        self.answers.check_key(staff).is_ok()
    }

    /// Whether this person looks up one more CPF.
    pub fn looks_up(&self, staff: &StaffId) -> bool {
        self.look_ups.check_key(staff).is_ok()
    }

    /// Whether `password` is the stored one; takes as long where there is none.
    pub async fn verify(&self, password: String, stored: Option<String>) -> bool {
        self.run(move || password::verify(&password, stored.as_deref()))
            .await
            .unwrap_or(false)
    }

    /// Hashing for one of the few places; `None` only while the process ends.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let _place = self.hashing.acquire().await.ok()?;
        tokio::task::spawn_blocking(work).await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    #[test]
    fn guessing_is_slowed_by_login_and_by_address() {
        let address = |last| Address(IpAddr::V4(Ipv4Addr::new(198, 51, 100, last)));
        let gate = Gate::default();
        let let_in = (0..10).filter(|_| gate.admits("ana", address(1))).count();
        assert_eq!(let_in, 5, "one login");
        let by_name = |name: usize| gate.admits(&format!("login{name}"), address(1));
        assert_eq!((0..30).filter(|n| by_name(*n)).count(), 10, "one address");
        assert!(gate.admits("bia", address(2)), "others go on");
        let many = (0..=255u8).filter(|n| gate.admits(&format!("x{n}"), address(*n)));
        assert!(many.count() <= 60, "everybody together");
    }
}
