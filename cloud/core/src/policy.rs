//! The numbers a chain decides, versioned per store and recorded on each rental they decided.

use serde::{Deserialize, Serialize};
use shared::money::Centavos;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    pub deposit_centavos: Centavos,
    /// How long a charge can be paid, from its creation at the bank.
    pub payment_window_seconds: u32,
    /// How long a grant may wait to be used, from the confirmation of the payment.
    pub grant_valid_seconds: u32,
    /// A dock that stays dark this long after a grant lapsed is taken not to have used it.
    pub dark_grant_wait_seconds: u32,
    /// How often one member card may open bays in a day without the cloud's word.
    pub card_releases_per_day: u16,
    /// What one gateway may risk in a day without the cloud's word.
    pub gateway_centavos_per_day: Centavos,
}

impl Policy {
    /// R$ 10.00; five minutes to pay; two to walk to the bay; a quarter of an hour for a dark dock;
    /// four releases of a card and R$ 200.00 of a gateway in a day without the cloud.
    pub const DEFAULT: Self = Self {
        deposit_centavos: Centavos::new(1_000),
        payment_window_seconds: 300,
        grant_valid_seconds: 120,
        dark_grant_wait_seconds: 900,
        card_releases_per_day: 4,
        gateway_centavos_per_day: Centavos::new(20_000),
    };

    /// The first field that cannot work, by name.
    pub fn check(&self) -> Result<(), PolicyError> {
        let deposit = self.deposit_centavos;
        if !deposit.is_positive() || deposit > DEPOSIT_MAX {
            return Err(PolicyError::Deposit);
        }
        if !(60..=3_600).contains(&self.payment_window_seconds) {
            return Err(PolicyError::PaymentWindow);
        }
        if !(30..=600).contains(&self.grant_valid_seconds) {
            return Err(PolicyError::GrantValid);
        }
        if !(60..=86_400).contains(&self.dark_grant_wait_seconds) {
            return Err(PolicyError::DarkGrantWait);
        }
        if self.card_releases_per_day > CARD_RELEASES_MAX {
            return Err(PolicyError::CardReleases);
        }
        if !(Centavos::ZERO..=EXPOSURE_MAX).contains(&self.gateway_centavos_per_day) {
            return Err(PolicyError::GatewayExposure);
        }
        Ok(())
    }
}

/// A deposit above this would not be a deposit for a cart.
pub const DEPOSIT_MAX: Centavos = Centavos::new(50_000);

/// Nobody needs a cart more often in a day; 0 switches the cards off while there is no internet.
pub const CARD_RELEASES_MAX: u16 = 50;

/// R$ 10,000.00: above it, a limit would not limit a dock.
pub const EXPOSURE_MAX: Centavos = Centavos::new(1_000_000);

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("deposit_centavos: from 1 to 50000")]
    Deposit,
    #[error("payment_window_seconds: from 60 to 3600")]
    PaymentWindow,
    #[error("grant_valid_seconds: from 30 to 600")]
    GrantValid,
    #[error("dark_grant_wait_seconds: from 60 to 86400")]
    DarkGrantWait,
    #[error("card_releases_per_day: from 0 to 50")]
    CardReleases,
    #[error("gateway_centavos_per_day: from 0 to 1000000")]
    GatewayExposure,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_bounds_and_the_first_wrong_one_is_named() {
        let good = Policy::DEFAULT;
        let zero = Centavos::ZERO;
        let rows = [
            (good, Ok(())),
            (
                Policy {
                    deposit_centavos: zero,
                    payment_window_seconds: 0,
                    ..good
                },
                Err(PolicyError::Deposit),
            ),
            (
                Policy {
                    deposit_centavos: Centavos::new(50_001),
                    ..good
                },
                Err(PolicyError::Deposit),
            ),
            (
                Policy {
                    payment_window_seconds: 59,
                    grant_valid_seconds: 0,
                    ..good
                },
                Err(PolicyError::PaymentWindow),
            ),
            (
                Policy {
                    grant_valid_seconds: 601,
                    dark_grant_wait_seconds: 0,
                    ..good
                },
                Err(PolicyError::GrantValid),
            ),
            (
                Policy {
                    dark_grant_wait_seconds: 59,
                    card_releases_per_day: 51,
                    ..good
                },
                Err(PolicyError::DarkGrantWait),
            ),
            (
                Policy {
                    card_releases_per_day: 51,
                    gateway_centavos_per_day: Centavos::new(-1),
                    ..good
                },
                Err(PolicyError::CardReleases),
            ),
            (
                Policy {
                    gateway_centavos_per_day: Centavos::new(1_000_001),
                    ..good
                },
                Err(PolicyError::GatewayExposure),
            ),
            (
                Policy {
                    card_releases_per_day: 0,
                    gateway_centavos_per_day: zero,
                    ..good
                },
                Ok(()),
            ),
        ];
        for (policy, expected) in rows {
            assert_eq!(policy.check(), expected, "{policy:?}");
        }
    }
}
