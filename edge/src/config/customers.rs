//! How customers reach the dock without the cloud.

use super::Invalid;
use reqwest::Url;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A device, FIFO or file that types lines; empty for none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScannerPath(Option<PathBuf>);

impl ScannerPath {
    pub fn given(&self) -> Option<&Path> {
        self.0.as_deref()
    }
}

impl FromStr for ScannerPath {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.trim() {
            "" => Ok(Self(None)),
            path if Path::new(path).is_absolute() => Ok(Self(Some(path.into()))),
            _ => Err(Invalid),
        }
    }
}

/// Longer ones do not fit a QR code beside a grant.
const LOCAL_URL_CHARS_MAX: usize = 128;

/// Where this gateway's own page answers on the dock's network; empty where it does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LocalUrl(Option<String>);

impl LocalUrl {
    pub fn given(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl FromStr for LocalUrl {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let url = Url::parse(text.trim()).map_err(|_| Invalid)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let text = url.as_str().trim_end_matches('/');
        if !plain || text.len() > LOCAL_URL_CHARS_MAX {
            return Err(Invalid);
        }
        Ok(Self(Some(text.to_owned())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_is_none_and_half_an_address_is_an_error() {
        for (text, expected) in [
            ("", Ok(None)),
            ("http://10.42.0.1:8101/", Ok(Some("http://10.42.0.1:8101"))),
            ("https://dock.example", Ok(Some("https://dock.example"))),
            ("10.42.0.1:8101", Err(Invalid)),
            ("http://10.42.0.1/dock", Err(Invalid)),
            ("http://u:p@10.42.0.1", Err(Invalid)),
            ("ftp://10.42.0.1", Err(Invalid)),
            (&format!("http://{}.example", "a".repeat(130)), Err(Invalid)),
        ] {
            let url = text.parse::<LocalUrl>();
            let read = url.as_ref().map(LocalUrl::given).map_err(|error| *error);
            assert_eq!(read, expected, "{text}");
        }
        for (text, given) in [
            ("", Ok(false)),
            ("/dev/input/event0", Ok(true)),
            ("x", Err(Invalid)),
        ] {
            let path = text.parse::<ScannerPath>();
            assert_eq!(path.map(|path| path.given().is_some()), given, "{text}");
        }
    }
}
