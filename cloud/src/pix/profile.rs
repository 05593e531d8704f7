//! What is known of each bank: where it is, what it wants, and how it says no.
//!
//! A profile is a set of defaults. Every value can be set apart from it, so that a bank that moves
//! or a homologation environment needs no new program.

use super::settings::{PixSettings, Resource, STANDARD_SCOPES, Secret, TokenAuth, TokenBody};

/// Where the settings of the account come from when nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum BankProfile {
    /// API Pix as the Central Bank wrote it: the sandbox on this machine.
    Standard,
    /// Efí, formerly Gerencianet.
    Efi,
    Sicredi,
    /// PagSeguro, PagBank by its newer name.
    #[value(name = "pagseguro")]
    PagSeguro,
    /// Banco Inter.
    Inter,
    /// Banco do Brasil.
    #[value(name = "bb")]
    BancoDoBrasil,
}

impl BankProfile {
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

    /// Everything before the resource and its version: production, or the sandbox.
    pub fn base_url(self) -> &'static str {
        match self {
            Self::Standard => "http://127.0.0.1:8090/v2",
            Self::Efi => "https://pix.api.efipay.com.br/v2",
            Self::Sicredi => "https://api-pix.sicredi.com.br/api",
            Self::PagSeguro => "https://secure.api.pagseguro.com/instant-payments",
            Self::Inter => "https://cdpj.partners.bancointer.com.br/pix/v2",
            Self::BancoDoBrasil => "https://api-pix.bb.com.br/pix/v2",
        }
    }

    /// Whether this bank's way of sending is known here: Efí's, which the sandbox has too. Inter's has
    /// no idempotency key and may wait for a second person; of the others nothing is documented.
    pub fn sends(self) -> bool {
        matches!(self, Self::Standard | Self::Efi)
    }

    pub fn token_url(self) -> &'static str {
        match self {
            Self::Standard => "http://127.0.0.1:8090/oauth/token",
            Self::Efi => "https://pix.api.efipay.com.br/oauth/token",
            Self::Sicredi => "https://api-pix.sicredi.com.br/oauth/token",
            Self::PagSeguro => "https://secure.api.pagseguro.com/pix/oauth2",
            Self::Inter => "https://cdpj.partners.bancointer.com.br/oauth/v2/token",
            Self::BancoDoBrasil => "https://oauth.bb.com.br/oauth/token",
        }
    }

    /// Every one of them but the standard's sandbox shows its face only to our certificate.
    pub fn demands_identity(self) -> bool {
        self != Self::Standard
    }

    /// The names of the header or query parameter, one of which every call must carry.
    pub fn demands_extra(self) -> &'static [&'static str] {
        match self {
            // The bank's papers write both: which one, the application's own page at the bank says.
            Self::BancoDoBrasil => &["gw-dev-app-key", "gw-app-key"],
            // Inter wants `x-conta-corrente` only of those who have several accounts.
            _ => &[],
        }
    }

    /// The account's settings as this bank wants them.
    pub fn settings(self, client_id: &str, client_secret: Secret, pix_key: &str) -> PixSettings {
        let (base, token) = (self.base_url(), self.token_url());
        let mut settings = PixSettings::new(base, token, client_id, client_secret, pix_key);
        (settings.token_auth, settings.token_body) = match self {
            Self::Efi | Self::PagSeguro => (TokenAuth::Basic, TokenBody::Json),
            Self::Inter => (TokenAuth::Body, TokenBody::Form),
            Self::Standard | Self::Sicredi | Self::BancoDoBrasil => {
                (TokenAuth::Basic, TokenBody::Form)
            }
        };
        settings.scopes = match self {
            // Efí grants what was ticked for the application and takes no list.
            Self::Efi => String::new(),
            _ => STANDARD_SCOPES.to_owned(),
        };
        if self == Self::Sicredi {
            // A charge by its txid is a version ahead of everything else.
            let versions = [
                (Resource::Cob, "v3"),
                (Resource::Pix, "v2"),
                (Resource::Webhook, "v2"),
            ];
            settings.paths = versions.map(|(of, version)| (of, version.into())).into();
        }
        settings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum as _;

    #[test]
    fn every_profile_is_sound_and_goes_by_its_name() {
        for profile in BankProfile::ALL {
            let settings = profile.settings("id", Secret::new("s"), "key");
            assert_eq!(settings.check(), Ok(()), "{profile:?}");
            let https = settings.base_url.starts_with("https://");
            assert_eq!(https, profile.demands_identity(), "{profile:?}");
            assert_eq!(BankProfile::from_str(profile.name(), false), Ok(profile));
        }
    }
}
