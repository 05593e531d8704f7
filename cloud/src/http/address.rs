//! Where a request comes from.

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

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
}
