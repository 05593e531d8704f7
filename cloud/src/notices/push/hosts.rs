//! The push services that may be called.

use super::super::{ChannelError, is_loopback};
use reqwest::Url;

/// Longer endpoints are no browser's.
const ENDPOINT_CHARS_MAX: usize = 1_024;

/// Host names, and for tests origins of this machine.
#[derive(Debug, Clone, Default)]
pub struct PushHosts(Vec<Allowed>);

#[derive(Debug, Clone)]
enum Allowed {
    Host(String),
    /// Any host that ends so; begins with a dot.
    Below(String),
    /// `http://127.0.0.1:port`, named by the operator alone.
    Loopback(String),
}

impl PushHosts {
    pub fn read(list: &str) -> Result<Self, ChannelError> {
        let entries = list
            .split(',')
            .map(str::trim)
            .filter(|entry| !entry.is_empty());
        entries.map(allowed).collect::<Result<_, _>>().map(Self)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a stranger's endpoint may be called: https on its usual port, a listed host, nobody's
    /// password.
    pub fn admit(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let bare = url.username().is_empty() && url.password().is_none();
        let short = url.as_str().len() <= ENDPOINT_CHARS_MAX;
        let usual = url.scheme() == "https" && url.port().is_none();
        bare && short
            && self.0.iter().any(|allowed| match allowed {
                Allowed::Host(name) => usual && host == name,
                Allowed::Below(end) => usual && host.len() > end.len() && host.ends_with(end),
                Allowed::Loopback(origin) => url.origin().ascii_serialization() == *origin,
            })
    }
}

fn allowed(entry: &str) -> Result<Allowed, ChannelError> {
    const SHAPE: ChannelError =
        ChannelError::PushHosts("give host names parted by commas, *.host for any host below it");
    if entry.contains("://") {
        let url = Url::parse(entry).map_err(|_| SHAPE)?;
        let here = url.host_str().is_some_and(is_loopback) && url.path() == "/";
        return if here {
            Ok(Allowed::Loopback(url.origin().ascii_serialization()))
        } else {
            Err(SHAPE)
        };
    }
    let name = entry.strip_prefix('*').unwrap_or(entry);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    let whole = name.trim_start_matches('.');
    if !name.chars().all(plain) || !whole.contains('.') || is_loopback(whole) {
        return Err(SHAPE);
    }
    let name = name.to_ascii_lowercase();
    Ok(match (entry.starts_with("*."), name.starts_with('.')) {
        (true, _) => Allowed::Below(name),
        (false, false) if !entry.starts_with('*') => Allowed::Host(name),
        _ => return Err(SHAPE),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_services_are_called() {
        let hosts = PushHosts::read("push.example, *.push.apple.com,http://127.0.0.1:9").unwrap();
        for (endpoint, admitted) in [
            ("https://push.example/send/1", true),
            ("https://PUSH.example/send/1", true),
            ("https://web.push.apple.com/Q", true),
            ("https://push.apple.com/Q", false),
            ("https://evilpush.apple.com/Q", false),
            ("https://push.example.evil.example/", false),
            ("https://push.example:8443/", false),
            ("https://a@push.example/", false),
            ("https://a:b@push.example/", false),
            ("http://push.example/", false),
            ("https://127.0.0.1/", false),
            ("https://10.0.0.1/", false),
            ("https://[::1]/", false),
            ("https://localhost/", false),
            ("http://127.0.0.1:9/send", true),
            ("http://127.0.0.1:10/send", false),
            ("http://localhost:9/send", false),
            ("ftp://push.example/", false),
        ] {
            let url = Url::parse(endpoint).unwrap();
            assert_eq!(hosts.admit(&url), admitted, "{endpoint}");
        }
        let long = format!("https://push.example/{}", "a".repeat(ENDPOINT_CHARS_MAX));
        assert!(!hosts.admit(&Url::parse(&long).unwrap()));
    }

    #[test]
    fn a_list_that_would_open_the_own_network_is_refused() {
        assert!(PushHosts::read("").unwrap().is_empty());
        for wrong in [
            "*",
            "*.",
            "example",
            "https://push.example",
            "http://10.0.0.1:80",
            "127.0.0.1",
            "localhost",
            ".push.example",
            "*push.example",
            "push.example/x",
            "push.example:443",
        ] {
            assert!(PushHosts::read(wrong).is_err(), "{wrong}");
        }
    }
}
