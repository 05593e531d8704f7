//! The three dimensions of the matrix, and which of its cells were visited.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

/// From one journey's cell to the next one's; no divisor of the number of cells.
const STRIDE: usize = 59;

/// What the bank does to one journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Healthy,
    /// The request is lost on its way.
    LostBefore,
    /// The bank did it, and the answer is lost.
    LostAfter,
    /// The bank did it and is silent for longer than the cloud waits.
    Silent,
    ErrorBefore,
    ErrorAfter,
    TooMany,
    Html,
    EmptyAnswer,
    Slow,
    /// The bank did it, hides it, and calls the repetition a duplicate.
    Duplicate,
    /// EM_PROCESSAMENTO for hours, then DEVOLVIDO.
    Processing,
    /// EM_PROCESSAMENTO for hours, then NAO_REALIZADO.
    ProcessingRefused,
    Refused,
    NoBalance,
    AccountGone,
    /// Somebody gives a part back in the bank's app while the cart is out.
    OwnReturn,
    /// An infraction is open, and ends in a MED devolução of everything.
    Med,
    StaleReads,
    CallbackLost,
    CallbackRepeated,
    CallbackReordered,
    CallbackForged,
}

/// How the cloud's process ends, again and again, while journeys are under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Death {
    Spared,
    /// With a request to the bank on its way, before or after the bank did it.
    AtBank,
    AtPayment,
    AtRefund,
    AtStray,
    AnyMoment,
}

/// When the customer pays, takes and brings back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timing {
    Prompt,
    /// Pull and return are reported together, before any refund could be thought of.
    ReturnAtOnce,
    PaidAtExpiry,
    PaidLate,
    /// The charge, and the bare key besides.
    PaidTwice,
    WrongAmount,
    CancelledThenPaid,
    NotTaken,
    DarkDock,
    NearDay90,
    AfterDay90,
    NeverPaid,
}

impl Fault {
    pub const ALL: [Self; 23] = [
        Self::Healthy,
        Self::LostBefore,
        Self::LostAfter,
        Self::Silent,
        Self::ErrorBefore,
        Self::ErrorAfter,
        Self::TooMany,
        Self::Html,
        Self::EmptyAnswer,
        Self::Slow,
        Self::Duplicate,
        Self::Processing,
        Self::ProcessingRefused,
        Self::Refused,
        Self::NoBalance,
        Self::AccountGone,
        Self::OwnReturn,
        Self::Med,
        Self::StaleReads,
        Self::CallbackLost,
        Self::CallbackRepeated,
        Self::CallbackReordered,
        Self::CallbackForged,
    ];
}

impl Death {
    pub const ALL: [Self; 6] = [
        Self::Spared,
        Self::AtBank,
        Self::AtPayment,
        Self::AtRefund,
        Self::AtStray,
        Self::AnyMoment,
    ];

    /// The crash points of the cloud's own code that this kind dies at, in turn.
    pub(super) fn points(self) -> &'static [&'static str] {
        match self {
            Self::AtPayment => &[
                "before_payment_booked",
                "after_payment_booked",
                "before_grant_delivery",
            ],
            Self::AtRefund => &["before_refund_sent", "after_refund_sent"],
            Self::AtStray => &[
                "before_stray_booked",
                "after_stray_booked",
                "before_stray_sent",
                "after_stray_sent",
            ],
            Self::Spared | Self::AtBank | Self::AnyMoment => &[],
        }
    }
}

impl Timing {
    pub const ALL: [Self; 12] = [
        Self::Prompt,
        Self::ReturnAtOnce,
        Self::PaidAtExpiry,
        Self::PaidLate,
        Self::PaidTwice,
        Self::WrongAmount,
        Self::CancelledThenPaid,
        Self::NotTaken,
        Self::DarkDock,
        Self::NearDay90,
        Self::AfterDay90,
        Self::NeverPaid,
    ];

    /// Begins when the first are done: an open charge is asked about every two seconds.
    pub(super) fn begins_later(self) -> bool {
        matches!(
            self,
            Self::PaidAtExpiry | Self::PaidLate | Self::WrongAmount | Self::NeverPaid
        )
    }

    pub(super) fn takes_the_cart(self) -> bool {
        !matches!(
            self,
            Self::PaidLate
                | Self::WrongAmount
                | Self::CancelledThenPaid
                | Self::NotTaken
                | Self::NeverPaid
        )
    }
}

/// Every combination of fault and timing, so often that `journeys` are begun, begun at `offset`. A few
/// are as mixed as many.
pub(super) fn dealt(journeys: usize, offset: usize) -> Vec<(Fault, Timing)> {
    let cells = Fault::ALL.len() * Timing::ALL.len();
    (0..journeys)
        .map(|number| {
            let cell = (number * STRIDE + offset) % cells;
            (
                Fault::ALL[cell / Timing::ALL.len()],
                Timing::ALL[cell % Timing::ALL.len()],
            )
        })
        .collect()
}

/// How often each cell was visited: a journey's end under a kind of death that did happen to it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Visits(BTreeMap<(Fault, Death, Timing), usize>);

impl Visits {
    pub(super) fn count(&mut self, fault: Fault, death: Death, timing: Timing) {
        *self.0.entry((fault, death, timing)).or_default() += 1;
    }

    pub(super) fn absorb(&mut self, other: Self) {
        for (cell, count) in other.0 {
            *self.0.entry(cell).or_default() += count;
        }
    }

    pub fn journeys(&self) -> usize {
        self.0.values().sum()
    }

    /// The cells nobody came through.
    pub fn missing(&self) -> Vec<(Fault, Death, Timing)> {
        let mut missing = Vec::new();
        for fault in Fault::ALL {
            for death in Death::ALL {
                for timing in Timing::ALL {
                    if !self.0.contains_key(&(fault, death, timing)) {
                        missing.push((fault, death, timing));
                    }
                }
            }
        }
        missing
    }
}

/// A line for each fault and death, a column for each timing.
impl fmt::Display for Visits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns: Vec<String> = Timing::ALL.iter().map(|t| format!("{t:?}")).collect();
        writeln!(f, "{:<18}{:<10} {}", "fault", "death", columns.join(" "))?;
        for fault in Fault::ALL {
            for death in Death::ALL {
                let mut line = format!("{:<18}{:<10}", format!("{fault:?}"), format!("{death:?}"));
                for (timing, name) in Timing::ALL.into_iter().zip(&columns) {
                    let count = self.0.get(&(fault, death, timing)).copied();
                    write!(line, " {:>width$}", count.unwrap_or(0), width = name.len())?;
                }
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_nobody_came_through_is_named() {
        let mut visits = Visits::default();
        for (fault, timing) in dealt(Fault::ALL.len() * Timing::ALL.len(), 7) {
            for death in Death::ALL {
                if (fault, death, timing) != (Fault::Med, Death::AtBank, Timing::DarkDock) {
                    visits.count(fault, death, timing);
                }
            }
        }
        let missing = visits.missing();
        assert_eq!(missing, [(Fault::Med, Death::AtBank, Timing::DarkDock)]);
    }
}
