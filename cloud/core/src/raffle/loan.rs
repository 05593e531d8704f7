//! Where a voucher may be redeemed: here, or at the one gateway it is lent to, and never at both.
//!
//! Shape: a voucher is lent once in its life. Lists that a gateway is given name what is lent to it.
//! To have one back the cloud leaves it out of the next list and waits until the gateway's signed word
//! says that it goes by that list or a later one *and* has nothing more to tell: whatever it redeemed
//! before is then known here, and it cannot redeem it any more. No clock and no patience stands in for
//! that word. Where it can never come, or would not mean that, a person decides and answers for it.

#[cfg(test)]
mod tests;

/// How a voucher that was ever lent stands with its gateway. One that never was has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loan {
    /// The gateway's lists name it.
    Lent,
    /// The lists from this version on do not.
    Recalled { without: u64 },
    /// The gateway's journal has a gap in which it may have been redeemed. The lists from this version on
    /// do not name it.
    Doubtful { without: u64 },
    /// Nobody but the cloud can redeem it any more.
    Back,
}

/// What a gateway's signed word says of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The version of the list that it goes by.
    pub list: u64,
    /// The newest that these books ever answered it. A word of a later one is about lists that books
    /// handed out which are lost: the same number may name other vouchers.
    pub handed: u64,
    /// All that it recorded before it said so is known here.
    pub drained: bool,
}

/// Why a voucher is not redeemed here, in the order of the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotHere {
    #[error("the voucher is at a dock: it must come back first")]
    AtDock,
    #[error("the dock's journal has a gap in which the voucher may have been redeemed")]
    Doubtful,
}

/// Why a person may not take a voucher back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotReclaimed {
    #[error("the voucher was never lent, or is back")]
    IsHere,
    #[error("its gateway serves a dock, and may redeem it still")]
    GatewayServes,
}

/// What a redemption at a gateway means here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    Book,
    /// It had been taken back by a person, and nobody has used it since: it is used now, and the person
    /// was wrong.
    Late,
    /// It is used already, as only a person's decision or a copied device explains. Goods were given
    /// twice: somebody must look.
    Contradicts,
}

impl Loan {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lent => "lent",
            Self::Recalled { .. } => "recalled",
            Self::Doubtful { .. } => "doubtful",
            Self::Back => "back",
        }
    }

    /// From what is stored; `without` counts for one that lists leave out.
    pub fn of(name: &str, without: u64) -> Option<Self> {
        Some(match name {
            "lent" => Self::Lent,
            "recalled" => Self::Recalled { without },
            "doubtful" => Self::Doubtful { without },
            "back" => Self::Back,
            _ => return None,
        })
    }

    /// Takes it out of the lists from version `without` on, which no list was given before. Twice is
    /// once.
    #[must_use]
    pub fn recall(self, without: u64) -> Self {
        match self {
            Self::Lent => Self::Recalled { without },
            other => other,
        }
    }

    /// The gateway's word was heard.
    #[must_use]
    pub fn hear(self, told: Told) -> Self {
        match self {
            Self::Recalled { without } if told.drained && told.is_of_now(without) => Self::Back,
            other => other,
        }
    }

    /// The gateway's journal has a gap. Lists leave it out from version `without` on, as in a recall.
    #[must_use]
    pub fn doubt(self, without: u64) -> Self {
        match self {
            Self::Lent | Self::Recalled { .. } => Self::Doubtful { without },
            other => other,
        }
    }
}

/// Whether the cloud may redeem a voucher.
pub fn here(loan: Option<Loan>) -> Result<(), NotHere> {
    match loan {
        None | Some(Loan::Back) => Ok(()),
        Some(Loan::Lent | Loan::Recalled { .. }) => Err(NotHere::AtDock),
        Some(Loan::Doubtful { .. }) => Err(NotHere::Doubtful),
    }
}

/// A person answers for it that the gateway has not redeemed it. `last` is the last word of a gateway
/// that can still give one: it must rule out that it redeems from now on, which no person can know.
pub fn reclaim(loan: Option<Loan>, last: Option<Told>) -> Result<Loan, NotReclaimed> {
    match (loan, last) {
        (None | Some(Loan::Back), _) => Err(NotReclaimed::IsHere),
        (Some(Loan::Lent | Loan::Recalled { .. }), Some(_)) => Err(NotReclaimed::GatewayServes),
        (Some(Loan::Doubtful { without }), Some(told)) if !told.is_of_now(without) => {
            Err(NotReclaimed::GatewayServes)
        }
        _ => Ok(Loan::Back),
    }
}

impl Told {
    fn is_of_now(self, without: u64) -> bool {
        (without..=self.handed).contains(&self.list)
    }
}

/// A gateway's journal says that it redeemed a voucher that was lent to it.
pub fn redeemed_there(loan: Loan, used: bool) -> Heard {
    match loan {
        _ if used => Heard::Contradicts,
        Loan::Lent | Loan::Recalled { .. } | Loan::Doubtful { .. } => Heard::Book,
        Loan::Back => Heard::Late,
    }
}
