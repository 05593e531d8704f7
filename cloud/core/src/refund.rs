//! The life of one devolução, from the order to the bank's final word.
//!
//! ```text
//! Requested ─ Processing ─→ Settled                        the money is back
//!     │            └─ NAO_REALIZADO ─→ Refused             a new order takes its place
//!     ├─ the bank gave all of it back by itself ─→ Covered
//!     └─ no devolução can bring it any more ─→ Owed ⇄ PaidOut   by a payout (`crate::payout`)
//! ```
//!
//! Shape: an order is stored with the id it will carry for ever. It is sent under that id, asked
//! about under that id, and replaced by a new order only after the bank said `NAO_REALIZADO`.
//! What a Pix still has to give is its amount less what went back of it, whoever sent it.
//! Invariant: at most one order for a Pix is under way, and one settles. Another may settle after it
//! only where the bank had settled less under its id than is owed: together never more than the Pix.

mod refusal;

pub use refusal::Refusal;

use shared::money::Centavos;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundState {
    /// Ordered; the bank may or may not know.
    Requested,
    /// The bank works on it.
    Processing,
    /// The money is back.
    Settled,
    /// The bank will not do it; a new order takes its place.
    Refused,
    /// No devolução can bring it; the money is owed and needs a payout.
    Owed,
    /// Nothing is left to send: the bank gave it back by itself.
    Covered,
    /// It was owed, and a payout brought it.
    PaidOut,
}

impl RefundState {
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Processing,
        Self::Settled,
        Self::Refused,
        Self::Owed,
        Self::Covered,
        Self::PaidOut,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Refused => "refused",
            Self::Owed => "owed",
            Self::Covered => "covered",
            Self::PaidOut => "paid_out",
        }
    }

    /// Whether the bank is to be asked about it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Requested | Self::Processing)
    }

    /// Whether no money waits for this order.
    pub fn is_final(self) -> bool {
        matches!(
            self,
            Self::Settled | Self::Refused | Self::Covered | Self::PaidOut
        )
    }

    /// Whether the payer has the money.
    pub fn is_paid(self) -> bool {
        matches!(self, Self::Settled | Self::Covered | Self::PaidOut)
    }
}

/// What the bank says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankWord {
    Processing,
    Settled,
    /// `NAO_REALIZADO`: the id is spent and will never move money.
    Refused(Refusal),
    /// The request was not taken, and nothing stands under the id.
    Rejected(Refusal),
    /// The request was not taken; what stands under the id was not shown.
    Doubtful(Refusal),
    /// No answer that could be trusted, or a status this version does not know.
    Unknown,
}

/// What a person must see about an order that is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    Late,
    Refused,
    NoBalance,
    Infraction,
}

/// What to do about an order after the bank's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Book it and close.
    Book,
    /// Ask again under the same id after this many milliseconds.
    AskAgain {
        after_ms: i64,
        concern: Option<Concern>,
    },
    /// Nothing stands under the id and less is left of the Pix: ask for that, under the same id.
    Reduce { after_ms: i64 },
    /// Retire this order and place a new one after this many milliseconds; a person is told.
    OrderAnew { after_ms: i64, concern: Concern },
    /// Nothing is left to give back.
    Covered,
    /// No devolução can bring the money: it is owed, and a person is told.
    Owe(Refusal),
    /// An old word about an order that is already decided.
    AlreadyApplied,
}

/// What is known of an order when the bank speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub state: RefundState,
    pub amount: Centavos,
    /// 1 for the first order of a Pix.
    pub order_no: u32,
    /// How often the bank was already asked about this order.
    pub attempts: u32,
    /// How long the money has been due.
    pub age_ms: i64,
    /// How long ago the Pix was settled.
    pub pix_age_ms: i64,
    /// What of the Pix is not back with its payer.
    pub left: Centavos,
}

/// A refund that is not settled after this is shown to a person (the promise is "at once").
pub const ALARM_AFTER_MS: i64 = 15 * 60 * 1_000;

/// The standard's window for a devolução, from the settlement of the Pix.
pub const WINDOW_MS: i64 = 90 * DAY_MS;

/// Clocks and time zones differ: from a day before the end the bank is believed, from a day after
/// it is not asked.
const WINDOW_SLACK_MS: i64 = DAY_MS;

const DAY_MS: i64 = 24 * HOUR_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60 * 1_000;

/// Asking: soon at first, then rarely, for ever.
const ASK_FIRST_MS: i64 = 500;
const ASK_MAX_MS: i64 = 5 * MINUTE_MS;

/// After a refusal without a better reason.
const REORDER_FIRST_MS: i64 = MINUTE_MS;
const REORDER_MAX_MS: i64 = HOUR_MS;

/// An empty account is mostly filled by the next deposit, which wakes the oldest debt; this is for
/// money that comes in without a Pix of ours.
const BALANCE_MAX_MS: i64 = 10 * MINUTE_MS;

/// An infraction is analysed for days; the bank's own devolução, if it ends so, is heard of at once.
const INFRACTION_MS: i64 = 30 * MINUTE_MS;

/// A blocked account is unblocked by people.
const BLOCKED_MS: i64 = 6 * HOUR_MS;

/// Whether no devolução of a Pix of this age is even tried.
pub fn is_past_window(pix_age_ms: i64) -> bool {
    pix_age_ms > WINDOW_MS + WINDOW_SLACK_MS
}

/// What is left of `paid` after what went back of it.
pub fn left(paid: Centavos, back: impl IntoIterator<Item = Centavos>) -> Centavos {
    paid.checked_sub(back.into_iter().sum())
        .map_or(Centavos::ZERO, |rest| rest.max(Centavos::ZERO))
}

pub fn decide(known: &Known, word: BankWord) -> Next {
    use RefundState as State;
    match (known.state, word) {
        (State::Settled | State::Refused | State::Covered | State::PaidOut, _) => {
            Next::AlreadyApplied
        }
        (_, BankWord::Settled) => Next::Book,
        (State::Owed, _) => Next::AlreadyApplied,
        (_, BankWord::Refused(why)) => refused(known, why),
        (State::Requested, BankWord::Rejected(why)) => rejected(known, why),
        (State::Requested, BankWord::Doubtful(why)) => held(known, why),
        // A bank that worked on it and shows it no more may show it again.
        (
            State::Processing | State::Requested,
            BankWord::Rejected(_)
            | BankWord::Doubtful(_)
            | BankWord::Processing
            | BankWord::Unknown,
        ) => ask_again(known),
    }
}

/// `first_ms · 2^times`, at most `max_ms`.
pub fn doubled(first_ms: i64, times: u32, max_ms: i64) -> i64 {
    first_ms
        .checked_shl(times.min(30))
        .map_or(max_ms, |ms| ms.min(max_ms))
}

/// The id is spent: a new order may follow, or none ever can.
fn refused(known: &Known, why: Refusal) -> Next {
    if !known.left.is_positive() {
        return Next::Covered;
    }
    let in_vain = match why {
        Refusal::AccountGone | Refusal::NotReturnable | Refusal::Duplicate | Refusal::Fraud => true,
        Refusal::WindowOver => is_nearly_over(known),
        _ => false,
    };
    if in_vain {
        return Next::Owe(why);
    }
    if is_past_window(known.pix_age_ms) {
        return Next::Owe(Refusal::WindowOver);
    }
    let times = known.order_no.saturating_sub(1);
    let (after_ms, concern) = match why {
        Refusal::NoBalance => (
            doubled(REORDER_FIRST_MS, times, BALANCE_MAX_MS),
            Concern::NoBalance,
        ),
        Refusal::InfractionOpen => (INFRACTION_MS, Concern::Infraction),
        Refusal::AccountBlocked => (BLOCKED_MS, Concern::Refused),
        _ => (
            doubled(REORDER_FIRST_MS, times, REORDER_MAX_MS),
            Concern::Refused,
        ),
    };
    Next::OrderAnew { after_ms, concern }
}

/// Nothing stands under the id, so the id may be sent again; it is never replaced.
fn rejected(known: &Known, why: Refusal) -> Next {
    if !known.left.is_positive() {
        return Next::Covered;
    }
    match why {
        Refusal::WindowOver if is_nearly_over(known) => Next::Owe(why),
        Refusal::AboveAmount if known.left < known.amount => Next::Reduce {
            after_ms: doubled(ASK_FIRST_MS, known.attempts, ASK_MAX_MS),
        },
        why => held(known, why),
    }
}

fn held(known: &Known, why: Refusal) -> Next {
    let (after_ms, concern) = match why {
        Refusal::InfractionOpen => (INFRACTION_MS, Concern::Infraction),
        Refusal::NoBalance => (
            doubled(REORDER_FIRST_MS, known.attempts, BALANCE_MAX_MS),
            Concern::NoBalance,
        ),
        _ => return ask_again(known),
    };
    Next::AskAgain {
        after_ms,
        concern: Some(concern),
    }
}

fn ask_again(known: &Known) -> Next {
    Next::AskAgain {
        after_ms: doubled(ASK_FIRST_MS, known.attempts, ASK_MAX_MS),
        concern: (known.age_ms >= ALARM_AFTER_MS).then_some(Concern::Late),
    }
}

/// Whether a bank that says the window is over may be right.
fn is_nearly_over(known: &Known) -> bool {
    known.pix_age_ms > WINDOW_MS - WINDOW_SLACK_MS
}

#[cfg(test)]
mod tests;
