//! What slows guessing down. The counts live in this process: a restart forgives, and that costs a
//! guesser more than it gives.

use crate::password;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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

/// A hash takes 19 MiB and a core; customers need the rest.
const HASHES_AT_ONCE: usize = 2;

/// Keys remembered before those that have calmed down are dropped.
const KEYS_MAX: usize = 4_096;

pub struct Gate {
    by_login: DefaultKeyedRateLimiter<String>,
    by_address: DefaultKeyedRateLimiter<IpAddr>,
    all: DefaultDirectRateLimiter,
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

/// Where a request comes from, as far as it can be believed: a proxy on this machine is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()
            .and_then(|value| value.to_str().ok());
        Ok(Self(believed(peer, forwarded)))
    }
}

/// One customer of a provider has a /64 of IPv6.
fn believed(peer: IpAddr, forwarded: Option<&str>) -> IpAddr {
    let last = forwarded.and_then(|list| list.rsplit(',').next());
    let told = last.and_then(|hop| hop.trim().parse().ok());
    let address: IpAddr = match told {
        Some(address) if peer.is_loopback() => address,
        _ => peer,
    };
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        for (peer, forwarded, believed_to_be) in [
            ("198.51.100.7", None, "198.51.100.7"),
            ("198.51.100.7", Some("203.0.113.9"), "198.51.100.7"),
            ("127.0.0.1", None, "127.0.0.1"),
            ("127.0.0.1", Some("203.0.113.9"), "203.0.113.9"),
            ("127.0.0.1", Some("10.0.0.1, 203.0.113.9"), "203.0.113.9"),
            ("127.0.0.1", Some("nonsense"), "127.0.0.1"),
            ("::1", Some("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::"),
            ("::ffff:198.51.100.7", None, "198.51.100.7"),
        ] {
            assert_eq!(
                believed(peer.parse().unwrap(), forwarded).to_string(),
                believed_to_be,
                "{peer} {forwarded:?}"
            );
        }
    }

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
