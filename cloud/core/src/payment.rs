//! What a received Pix is good for. Received means settled and irrevocable: it is booked whatever
//! it is for, and what buys nothing goes back.

use crate::rental::Rental;
use shared::money::Centavos;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It pays the deposit: the rental goes on.
    Deposit,
    /// It buys nothing and is refunded.
    Surplus(SurplusReason),
}

/// In the order in which the checks are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SurplusReason {
    /// The rental was already paid by another Pix.
    SecondPayment,
    /// The rental had expired or was cancelled.
    TooLate,
    /// Not the amount of the charge.
    WrongAmount,
}

impl SurplusReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecondPayment => "second_payment",
            Self::TooLate => "too_late",
            Self::WrongAmount => "wrong_amount",
        }
    }
}

/// Judges a Pix that names the charge of `rental`, which asked for `deposit`.
pub fn judge(rental: Rental, deposit: Centavos, received: Centavos) -> Verdict {
    match rental {
        Rental::Paid
        | Rental::Out { .. }
        | Rental::Abandoned { .. }
        | Rental::Rescued
        | Rental::Returned { .. }
        | Rental::Closed => Verdict::Surplus(SurplusReason::SecondPayment),
        Rental::Expired | Rental::Cancelled { .. } => Verdict::Surplus(SurplusReason::TooLate),
        Rental::AwaitingPayment if received != deposit => {
            Verdict::Surplus(SurplusReason::WrongAmount)
        }
        Rental::AwaitingPayment => Verdict::Deposit,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rental::CancelReason;

    #[test]
    fn verdicts_in_order_of_precedence() {
        let ten = Centavos::new(1_000);
        let nine = Centavos::new(900);
        let cancelled = Rental::Cancelled {
            reason: CancelReason::ByCustomer,
        };
        for (rental, received, verdict) in [
            (
                Rental::Paid,
                nine,
                Verdict::Surplus(SurplusReason::SecondPayment),
            ),
            (
                Rental::Closed,
                ten,
                Verdict::Surplus(SurplusReason::SecondPayment),
            ),
            (
                Rental::Expired,
                nine,
                Verdict::Surplus(SurplusReason::TooLate),
            ),
            (cancelled, ten, Verdict::Surplus(SurplusReason::TooLate)),
            (
                Rental::AwaitingPayment,
                nine,
                Verdict::Surplus(SurplusReason::WrongAmount),
            ),
            (Rental::AwaitingPayment, ten, Verdict::Deposit),
        ] {
            assert_eq!(judge(rental, ten, received), verdict, "{rental:?}");
        }
    }
}
