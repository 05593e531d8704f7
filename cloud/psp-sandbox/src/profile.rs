//! Which bank this one behaves like: paths, the token's shape, what it demands, how it says no.
//!
//! The book and the rules are the same for all. What is documented of a bank is done as documented;
//! what is only known to happen somewhere (a status as text, a page of HTML for a wrong path, an
//! answer without a body) is spread over the profiles so that a client meets each of it.

use crate::config::Invalid;
use std::str::FromStr;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Profile {
    /// API Pix as the Central Bank wrote it.
    #[default]
    Standard,
    Efi,
    Sicredi,
    PagSeguro,
    Inter,
    BancoDoBrasil,
}

/// Where a token request carries id and secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenPlace {
    Either,
    Header,
    Body,
}

/// How a refusal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// RFC 7807 as the standard has it.
    Problem,
    /// RFC 7807 with the status as text.
    StatusAsText,
    /// `{"nome", "mensagem"}`.
    NameAndMessage,
    /// `{"erros": [{"codigo", "mensagem"}]}`.
    List,
}

const STANDARD_TOKEN_PATH: &str = "/oauth/token";
const STANDARD_PREFIX: &str = "/v2";
const RESOURCES: [&str; 3] = ["cob", "pix", "webhook"];

/// What a path of the wire means inside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// API Pix or the token, under the standard's own path.
    Api(String),
    /// API Pix somewhere else than this bank has it.
    Nowhere,
    /// The app, the control API, a location.
    Else,
}

impl FromStr for Profile {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or(Invalid)
    }
}

impl Profile {
    pub const ALL: [Self; 6] = [
        Self::Standard,
        Self::Efi,
        Self::Sicredi,
        Self::PagSeguro,
        Self::Inter,
        Self::BancoDoBrasil,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Efi => "efi",
            Self::Sicredi => "sicredi",
            Self::PagSeguro => "pagseguro",
            Self::Inter => "inter",
            Self::BancoDoBrasil => "bb",
        }
    }

    /// Everything before the resource, or before its version at Sicredi.
    pub fn base_path(self) -> &'static str {
        match self {
            Self::Standard | Self::Efi => STANDARD_PREFIX,
            Self::Sicredi => "/api",
            Self::PagSeguro => "/instant-payments",
            Self::Inter | Self::BancoDoBrasil => "/pix/v2",
        }
    }

    pub fn token_path(self) -> &'static str {
        match self {
            Self::PagSeguro => "/pix/oauth2",
            Self::Inter => "/oauth/v2/token",
            _ => STANDARD_TOKEN_PATH,
        }
    }

    pub(crate) fn token_place(self) -> TokenPlace {
        match self {
            Self::Standard => TokenPlace::Either,
            Self::Inter => TokenPlace::Body,
            _ => TokenPlace::Header,
        }
    }

    pub(crate) fn token_is_json(self) -> bool {
        matches!(self, Self::Efi | Self::PagSeguro)
    }

    /// The headers, or parameters at Banco do Brasil, without one of which no call is served. Real Inter
    /// wants its header of clients with several accounts only; this client has several.
    pub(crate) fn demands(self) -> &'static [&'static str] {
        match self {
            Self::Inter => &["x-conta-corrente"],
            Self::BancoDoBrasil => &["gw-dev-app-key", "gw-app-key"],
            _ => &[],
        }
    }

    pub(crate) fn words(self) -> Words {
        match self {
            Self::Standard | Self::Sicredi | Self::Inter => Words::Problem,
            Self::PagSeguro => Words::StatusAsText,
            Self::Efi => Words::NameAndMessage,
            Self::BancoDoBrasil => Words::List,
        }
    }

    /// A second PUT under the same id is a conflict, however equal it is.
    pub(crate) fn refuses_repeats(self) -> bool {
        self == Self::Efi
    }

    pub(crate) fn meaning(self, path: &str) -> Meaning {
        if path == self.token_path() {
            return Meaning::Api(STANDARD_TOKEN_PATH.to_owned());
        }
        for resource in RESOURCES {
            for item in [false, true] {
                let version = match (self, resource, item) {
                    (Self::Sicredi, "cob", true) => "/v3",
                    (Self::Sicredi, ..) => "/v2",
                    _ => "",
                };
                let whole = format!("{}{version}/{resource}", self.base_path());
                match path.strip_prefix(&whole) {
                    Some(rest) if rest.starts_with('/') == item && (item || rest.is_empty()) => {
                        return Meaning::Api(format!("{STANDARD_PREFIX}/{resource}{rest}"));
                    }
                    _ => {}
                }
            }
        }
        // Sending has no standard: the sandbox and Efí have one way, the others another.
        let sends = matches!(self, Self::Standard | Self::Efi);
        if sends && (path.starts_with("/v2/gn/") || path.starts_with("/v3/gn/")) {
            return Meaning::Else;
        }
        let elsewhere = path == STANDARD_TOKEN_PATH
            || [STANDARD_PREFIX, "/v3", "/api", "/pix", "/instant-payments"]
                .iter()
                .any(|prefix| path.starts_with(&format!("{prefix}/")));
        if elsewhere {
            Meaning::Nowhere
        } else {
            Meaning::Else
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bank_has_its_own_paths_and_no_other() {
        let api = |path: &str| Meaning::Api(path.to_owned());
        for (profile, path, expected) in [
            (Profile::Standard, "/v2/cob/x", api("/v2/cob/x")),
            (Profile::Standard, "/oauth/token", api("/oauth/token")),
            (Profile::Standard, "/v3/cob/x", Meaning::Nowhere),
            (Profile::Efi, "/v3/gn/pix/1", Meaning::Else),
            (Profile::Efi, "/v2/gn/pix/enviados", Meaning::Else),
            (Profile::Sicredi, "/v3/gn/pix/1", Meaning::Nowhere),
            (Profile::BancoDoBrasil, "/v2/gn/saldo", Meaning::Nowhere),
            (Profile::Standard, "/v2/loc", Meaning::Nowhere),
            (
                Profile::Efi,
                "/v2/pix/e/devolucao/1",
                api("/v2/pix/e/devolucao/1"),
            ),
            (Profile::Sicredi, "/api/v3/cob/x", api("/v2/cob/x")),
            (Profile::Sicredi, "/api/v2/cob/x", Meaning::Nowhere),
            (Profile::Sicredi, "/api/v2/cob", api("/v2/cob")),
            (Profile::Sicredi, "/api/v2/pix", api("/v2/pix")),
            (Profile::Sicredi, "/v2/cob/x", Meaning::Nowhere),
            (
                Profile::PagSeguro,
                "/instant-payments/cob/x",
                api("/v2/cob/x"),
            ),
            (Profile::PagSeguro, "/pix/oauth2", api("/oauth/token")),
            (Profile::PagSeguro, "/oauth/token", Meaning::Nowhere),
            (Profile::Inter, "/pix/v2/webhook/k", api("/v2/webhook/k")),
            (Profile::BancoDoBrasil, "/pix/v2/pix", api("/v2/pix")),
            (Profile::BancoDoBrasil, "/pix/v2/pixels", Meaning::Nowhere),
            (Profile::Inter, "/control/book", Meaning::Else),
            (Profile::Inter, "/", Meaning::Else),
        ] {
            assert_eq!(profile.meaning(path), expected, "{profile:?} {path}");
        }
    }
}
