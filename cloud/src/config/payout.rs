//! Where Pix are sent from, and what may leave without a person.

use super::base_url;
use crate::pix::{BankProfile, EfiSender, PixSettings, SettingsError};
use clap::Args;
use cloud_core::payout::Limits;
use shared::money::Centavos;

/// Turns sending off whatever the profile says.
const OFF: &str = "off";

#[derive(Debug, Clone, Args)]
pub struct PayoutArgs {
    /// Where Pix are sent, in Efí's way: everything before /v3/gn/pix; or off [default: the bank's
    /// address without /v2 for the profiles standard and efi, off for the others]
    #[arg(long, env = "VOLTA_CLOUD_BANK_SEND_URL", value_parser = send_url, global = true)]
    pub bank_send_url: Option<String>,
    /// The most that one Pix to a person may be; above, a manager releases it.
    #[arg(long, env = "VOLTA_CLOUD_PAYOUT_CENTAVOS_MAX", default_value = "20000",
          value_parser = clap::value_parser!(i64).range(0..=1_000_000_000), global = true)]
    pub payout_centavos_max: i64,
    /// The most that all Pix to persons may be in 24 hours; above, a manager releases each.
    #[arg(long, env = "VOLTA_CLOUD_PAYOUT_DAY_CENTAVOS_MAX", default_value = "100000",
          value_parser = clap::value_parser!(i64).range(0..=1_000_000_000), global = true)]
    pub payout_day_centavos_max: i64,
}

impl PayoutArgs {
    pub fn limits(&self) -> Limits {
        Limits {
            one_max: Centavos::new(self.payout_centavos_max),
            day_max: Centavos::new(self.payout_day_centavos_max),
        }
    }

    /// None: sending is off, by setting or because nothing is known of this bank's way.
    pub fn sender(
        &self,
        profile: BankProfile,
        bank: &PixSettings,
    ) -> Result<Option<EfiSender>, SettingsError> {
        let url = match self.bank_send_url.as_deref() {
            Some(OFF) => return Ok(None),
            Some(url) => Some(url.to_owned()),
            None => by_profile(profile, bank),
        };
        url.map(|url| EfiSender::new(bank, &url)).transpose()
    }
}

/// Beside the receiving side, so that a bank at another address sends from there too.
fn by_profile(profile: BankProfile, bank: &PixSettings) -> Option<String> {
    if !profile.sends() {
        return None;
    }
    let receiving = bank.base_url.trim_end_matches('/');
    receiving.strip_suffix("/v2").map(str::to_owned)
}

fn send_url(text: &str) -> Result<String, String> {
    if text == OFF {
        return Ok(text.to_owned());
    }
    base_url(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pix::Secret;

    #[test]
    fn a_bank_sends_from_where_it_receives_or_not_at_all() {
        let url = |profile: BankProfile, base: Option<&str>| {
            let mut bank = profile.settings("id", Secret::new("s"), "key");
            if let Some(base) = base {
                bank.base_url = base.to_owned();
            }
            by_profile(profile, &bank)
        };
        let sandbox = Some("http://127.0.0.1:8090".to_owned());
        assert_eq!(url(BankProfile::Standard, None), sandbox);
        let efi = Some("https://pix.api.efipay.com.br".to_owned());
        assert_eq!(url(BankProfile::Efi, None), efi);
        let moved = url(
            BankProfile::Efi,
            Some("https://pix-h.api.efipay.com.br/v2/"),
        );
        assert_eq!(moved.as_deref(), Some("https://pix-h.api.efipay.com.br"));
        assert_eq!(
            url(BankProfile::Standard, Some("https://bank.test/pix")),
            None
        );
        for off in [
            BankProfile::Sicredi,
            BankProfile::PagSeguro,
            BankProfile::Inter,
            BankProfile::BancoDoBrasil,
        ] {
            assert_eq!(url(off, Some("https://bank.test/v2")), None, "{off:?}");
        }
        assert_eq!(send_url("off").as_deref(), Ok("off"));
        assert!(send_url("bank.test").is_err());
    }
}
