//! The life of one cart taken by one person.
//!
//! ```text
//! AwaitingPayment ─pay→ Paid ─pull→ Out ─dock→ Returned ─settle→ Closed
//!   │ expire              │ cancel  │         (under review until the sensors or a person agree)
//!   ↓                     ↓         │ abandon
//! Expired             Cancelled     ↓
//!                     ─settle→  Abandoned ─come back late→ Returned ─settle→ Closed
//!                                   └─bring─→ (back) ─rescue→ Rescued ─overturn→ Returned
//! ```
//!
//! A cancelled rental stays Cancelled when its money is back. An abandoned one stays Abandoned when its
//! cart is brought, until it is decided who gets what.
//!
//! A transition consumes the rental and answers with the next one and what must happen, or with
//! a code that says why not. Invariant: the money of a paid rental becomes due exactly once, when
//! it enters an honoured `Returned` or `Cancelled`, or is divided when it enters `Rescued`.

mod abandoned;

use shared::event::Contradiction;
use shared::ids::TagUid;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rental {
    AwaitingPayment,
    Paid,
    Out {
        tag: TagUid,
        since_ms: UnixMs,
    },
    /// The cart was out for too long, and the payer was told in time.
    Abandoned {
        tag: TagUid,
        since_ms: UnixMs,
        abandoned_ms: UnixMs,
        /// Somebody put the cart into a bay; the deposit waits for who gets it.
        is_back: bool,
    },
    /// Another person brought the cart: the deposit is divided.
    Rescued,
    /// The cart is back. Under review the refund waits; the customer has the receipt.
    Returned {
        review: Option<Review>,
    },
    Closed,
    Expired,
    Cancelled {
        reason: CancelReason,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Review {
    /// The sensors of the bay disagreed about what was put in.
    Contradicted(Contradiction),
    /// The cart was seen leaving a bay again before anybody saw it come back.
    PulledAgain,
    /// A gateway that was replaced told of the return.
    ToldLate,
    /// The dock's word came before its journal, and nothing but a clock says that it speaks of this
    /// rental and not of an earlier one of the same cart.
    Unproven,
}

/// What stands behind a rental.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Backing {
    /// A deposit paid by Pix: it goes back when the cart does.
    Deposit,
    /// A member card, at a dock without the cloud: no money moved, so none is owed.
    Card,
}

impl Backing {
    pub const ALL: [Self; 2] = [Self::Deposit, Self::Card];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deposit => "deposit",
            Self::Card => "card",
        }
    }

    /// Whether an honoured return is over with the return itself.
    pub fn owes_nothing(self) -> bool {
        self == Self::Card
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CancelReason {
    /// The customer changed their mind before paying.
    ByCustomer,
    /// The charge could not be made at the bank.
    NoCharge,
    /// Paid, and no bay of the dock could serve.
    NoBay,
    /// The bay opened and nobody pulled.
    NotTaken,
    /// The bay could not open.
    BayFault,
    /// The gateway could not honour the grant.
    GrantRefused,
    /// The grant lapsed without being used.
    GrantLapsed,
    /// Staff ended the rental: the dock will not tell any more.
    ByStaff,
}

impl CancelReason {
    pub const ALL: [Self; 8] = [
        Self::ByCustomer,
        Self::NoCharge,
        Self::NoBay,
        Self::NotTaken,
        Self::BayFault,
        Self::GrantRefused,
        Self::GrantLapsed,
        Self::ByStaff,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ByCustomer => "by_customer",
            Self::NoCharge => "no_charge",
            Self::NoBay => "no_bay",
            Self::NotTaken => "not_taken",
            Self::BayFault => "bay_fault",
            Self::GrantRefused => "grant_refused",
            Self::GrantLapsed => "grant_lapsed",
            Self::ByStaff => "by_staff",
        }
    }
}

/// What became of something that may be told more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<T> {
    Executed(T),
    AlreadyApplied,
}

/// Why a transition does not fit the state, as data for the caller to map.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransition {
    #[error("the rental is not paid yet")]
    NotPaid,
    #[error("the rental is already paid")]
    AlreadyPaid,
    #[error("the cart is already out")]
    AlreadyOut,
    #[error("the cart never left")]
    NotOut,
    #[error("the cart counts as abandoned")]
    Abandoned,
    #[error("the rental is over")]
    Over,
}

/// What an honoured return leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DockEffects {
    /// The deposit becomes due and the refund is ordered.
    pub refund: bool,
    /// The return earns its raffle entry.
    pub entry: bool,
}

impl Rental {
    pub fn pay(self) -> Result<Self, InvalidTransition> {
        match self {
            Self::AwaitingPayment => Ok(Self::Paid),
            Self::Paid | Self::Out { .. } | Self::Abandoned { .. } | Self::Returned { .. } => {
                Err(InvalidTransition::AlreadyPaid)
            }
            Self::Rescued | Self::Closed | Self::Expired | Self::Cancelled { .. } => {
                Err(InvalidTransition::Over)
            }
        }
    }

    /// The charge ran out unpaid.
    pub fn expire(self) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::AwaitingPayment => Ok(Step::Executed(Self::Expired)),
            Self::Expired => Ok(Step::AlreadyApplied),
            Self::Paid | Self::Out { .. } | Self::Abandoned { .. } | Self::Returned { .. } => {
                Err(InvalidTransition::AlreadyPaid)
            }
            Self::Rescued | Self::Closed | Self::Cancelled { .. } => Err(InvalidTransition::Over),
        }
    }

    /// Ends a rental whose cart never left. True: it was paid and the money becomes due.
    pub fn cancel(self, reason: CancelReason) -> Result<Step<(Self, bool)>, InvalidTransition> {
        match self {
            Self::AwaitingPayment => Ok(Step::Executed((Self::Cancelled { reason }, false))),
            Self::Paid => Ok(Step::Executed((Self::Cancelled { reason }, true))),
            Self::Cancelled { .. } => Ok(Step::AlreadyApplied),
            Self::Out { .. } | Self::Abandoned { .. } | Self::Returned { .. } => {
                Err(InvalidTransition::AlreadyOut)
            }
            Self::Rescued | Self::Closed | Self::Expired => Err(InvalidTransition::Over),
        }
    }

    pub fn pull(self, tag: TagUid, at: UnixMs) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Paid => Ok(Step::Executed(Self::Out { tag, since_ms: at })),
            Self::Out { tag: out, .. } | Self::Abandoned { tag: out, .. } if out == tag => {
                Ok(Step::AlreadyApplied)
            }
            Self::Out { .. } | Self::Abandoned { .. } | Self::Returned { .. } => {
                Err(InvalidTransition::AlreadyOut)
            }
            Self::AwaitingPayment => Err(InvalidTransition::NotPaid),
            Self::Rescued | Self::Closed | Self::Expired | Self::Cancelled { .. } => {
                Err(InvalidTransition::Over)
            }
        }
    }

    /// The sensors of a bay agreed that the cart is back. Lifts a review, except one for a tag
    /// seen twice: of two equal tags nobody but a person can tell which is the cart.
    pub fn dock(self) -> Result<Step<(Self, DockEffects)>, InvalidTransition> {
        let honoured = || {
            let effects = DockEffects {
                refund: true,
                entry: true,
            };
            Ok(Step::Executed((Self::Returned { review: None }, effects)))
        };
        match self {
            Self::Out { .. } => honoured(),
            Self::Returned {
                review: Some(Review::Contradicted(Contradiction::TagInTwoBays)),
            }
            | Self::Returned { review: None }
            | Self::Closed => Ok(Step::AlreadyApplied),
            Self::Returned { review: Some(_) } => honoured(),
            Self::Abandoned { is_back: true, .. } | Self::Rescued => Ok(Step::AlreadyApplied),
            Self::Abandoned { is_back: false, .. } => Err(InvalidTransition::Abandoned),
            Self::AwaitingPayment | Self::Paid => Err(InvalidTransition::NotOut),
            Self::Expired | Self::Cancelled { .. } => Err(InvalidTransition::Over),
        }
    }

    /// Something says the cart may be back and something else disagrees: receipt now, money later.
    pub fn hold(self, review: Review) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Out { .. } | Self::Abandoned { is_back: false, .. } => {
                Ok(Step::Executed(Self::Returned {
                    review: Some(review),
                }))
            }
            Self::Returned { .. } | Self::Closed => Ok(Step::AlreadyApplied),
            Self::Abandoned { is_back: true, .. } | Self::Rescued => Ok(Step::AlreadyApplied),
            Self::AwaitingPayment | Self::Paid => Err(InvalidTransition::NotOut),
            Self::Expired | Self::Cancelled { .. } => Err(InvalidTransition::Over),
        }
    }

    /// A person looked and honours the return.
    pub fn approve(self) -> Result<Step<(Self, DockEffects)>, InvalidTransition> {
        match self {
            Self::Returned { review: Some(_) } => {
                let effects = DockEffects {
                    refund: true,
                    entry: true,
                };
                Ok(Step::Executed((Self::Returned { review: None }, effects)))
            }
            Self::Returned { review: None } | Self::Closed | Self::Rescued => {
                Ok(Step::AlreadyApplied)
            }
            Self::Abandoned { .. } => Err(InvalidTransition::Abandoned),
            Self::AwaitingPayment | Self::Paid | Self::Out { .. } => Err(InvalidTransition::NotOut),
            Self::Expired | Self::Cancelled { .. } => Err(InvalidTransition::Over),
        }
    }

    /// A person ends the rental of a cart that no dock will report: found, scrapped, or its tag is
    /// broken. The payer is made whole; work that staff did earns no entry.
    pub fn give_up_cart(self) -> Result<Step<(Self, DockEffects)>, InvalidTransition> {
        match self {
            Self::Out { .. } | Self::Abandoned { is_back: false, .. } => {
                let effects = DockEffects {
                    refund: true,
                    entry: false,
                };
                Ok(Step::Executed((Self::Returned { review: None }, effects)))
            }
            other => other.approve(),
        }
    }

    /// The bank settled the refund.
    pub fn settle(self) -> Result<Step<Self>, InvalidTransition> {
        match self {
            Self::Returned { review: None } => Ok(Step::Executed(Self::Closed)),
            Self::Closed | Self::Cancelled { .. } | Self::Expired | Self::Rescued => {
                Ok(Step::AlreadyApplied)
            }
            Self::Returned { review: Some(_) }
            | Self::Paid
            | Self::Out { .. }
            | Self::Abandoned { .. } => Err(InvalidTransition::AlreadyPaid),
            Self::AwaitingPayment => Err(InvalidTransition::NotPaid),
        }
    }

    /// Whether a paid deposit still stands for the cart: nothing of it is due.
    pub fn holds_deposit(&self) -> bool {
        matches!(
            self,
            Self::Paid
                | Self::Out { .. }
                | Self::Abandoned { .. }
                | Self::Returned { review: Some(_) }
        )
    }

    pub fn state(&self) -> &'static str {
        match self {
            Self::AwaitingPayment => "awaiting_payment",
            Self::Paid => "paid",
            Self::Out { .. } => "out",
            Self::Abandoned { .. } => "abandoned",
            Self::Rescued => "rescued",
            Self::Returned { .. } => "returned",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Cancelled { .. } => "cancelled",
        }
    }
}

#[cfg(test)]
mod tests;
