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
}

impl Policy {
    /// R$ 10.00; five minutes to pay; two to walk to the bay; a quarter of an hour for a dark dock.
    pub const DEFAULT: Self = Self {
        deposit_centavos: Centavos::new(1_000),
        payment_window_seconds: 300,
        grant_valid_seconds: 120,
        dark_grant_wait_seconds: 900,
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
        Ok(())
    }
}

/// A deposit above this would not be a deposit for a cart.
pub const DEPOSIT_MAX: Centavos = Centavos::new(50_000);

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
                    ..good
                },
                Err(PolicyError::DarkGrantWait),
            ),
        ];
        for (policy, expected) in rows {
            assert_eq!(policy.check(), expected, "{policy:?}");
        }
    }
}
