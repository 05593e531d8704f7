//! What happens to a rental whose cart stays out.

use super::{DockEffects, InvalidTransition, Rental, Step};
use shared::time::UnixMs;

impl Rental {
    /// The payer was told, the time has passed, and no dock of the store was dark.
    pub fn abandon(self, at: UnixMs) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Out { tag, since_ms } => Ok(Step::Executed(Self::Abandoned {
                tag,
                since_ms,
                abandoned_ms: at,
                is_back: false,
            })),
            Self::Abandoned { .. } => Ok(Step::AlreadyApplied),
            other => Err(other.not_out()),
        }
    }

    /// Somebody put the abandoned cart into a bay. Who gets the deposit is decided after.
    pub fn bring(self) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Abandoned {
                tag,
                since_ms,
                abandoned_ms,
                is_back: false,
            } => Ok(Step::Executed(Self::Abandoned {
                tag,
                since_ms,
                abandoned_ms,
                is_back: true,
            })),
            Self::Abandoned { is_back: true, .. } | Self::Rescued => Ok(Step::AlreadyApplied),
            other => Err(other.not_out()),
        }
    }

    /// The deposit is the payer's after all: they brought the cart themselves, late, or before the
    /// abandonment was known to be wrong (`entry`).
    pub fn come_back(self, entry: bool) -> Result<Step<(Self, DockEffects)>, InvalidTransition> {
        let effects = DockEffects {
            refund: true,
            entry,
        };
        match self {
            Self::Abandoned { .. } => {
                Ok(Step::Executed((Self::Returned { review: None }, effects)))
            }
            Self::Returned { .. } | Self::Closed => Ok(Step::AlreadyApplied),
            Self::Rescued => Err(InvalidTransition::Over),
            other => Err(other.not_out()),
        }
    }

    /// Another person brought the cart and said who they are: the deposit is divided.
    pub fn rescue(self) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Abandoned { is_back: true, .. } => Ok(Step::Executed(Self::Rescued)),
            Self::Rescued => Ok(Step::AlreadyApplied),
            other => Err(other.not_out()),
        }
    }

    /// A person found the payer right: the divided deposit is theirs again.
    pub fn overturn(self) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Rescued => Ok(Step::Executed(Self::Returned { review: None })),
            Self::Returned { .. } | Self::Closed => Ok(Step::AlreadyApplied),
            other => Err(other.not_out()),
        }
    }

    fn not_out(self) -> InvalidTransition {
        match self {
            Self::Out { .. } => InvalidTransition::AlreadyOut,
            Self::Abandoned { .. } => InvalidTransition::Abandoned,
            Self::AwaitingPayment | Self::Paid => InvalidTransition::NotOut,
            Self::Returned { .. }
            | Self::Rescued
            | Self::Closed
            | Self::Expired
            | Self::Cancelled { .. } => InvalidTransition::Over,
        }
    }
}
