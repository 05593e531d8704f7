//! The life of one payout: a Pix that we send to a person's key.
//!
//! ```text
//! Waiting ⇄ Held                                     nothing was sent; Void ends it here
//!    └─ given to the bank ─→ Requested ─ Processing ─→ Settled ── comes back ─→ Returned
//!                                │            └─ NAO_REALIZADO ─→ Refused
//!                                └─ the bank does not take it ──→ Refused
//! ```
//!
//! Shape: an order is stored with the id it will carry for ever. It is sent under that id, asked
//! about under that id. A new order takes its place only after the bank said that the id is spent, or
//! that nothing stands under it and nothing will: by itself where waiting helps, with another key
//! where only the receiver can help, by a person's word where neither does.
//! Invariant: at most one order for a debt is alive; what its orders settled less what came back is
//! never more than the debt.

mod refusal;

pub use refusal::Refusal;

use crate::refund::{ALARM_AFTER_MS, doubled};
use shared::money::Centavos;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PayoutState {
    /// Ordered; nothing was sent yet.
    Waiting,
    /// A person must decide before anything is sent.
    Held(Hold),
    /// Given to the bank, which may or may not know of it.
    Requested,
    /// The bank works on it.
    Processing,
    /// The money is with its receiver.
    Settled,
    /// The id is spent, or nothing stands under it; it moved nothing.
    Refused(Refusal),
    /// It was settled, and came back or a part of it.
    Returned,
    /// Called off before anything was sent.
    Void,
}

/// Why a person must decide first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hold {
    /// The payer of the deposit objects.
    Objection,
    /// More than one payout may be.
    AboveLimit,
    /// With it, more than a day's payouts may be.
    AboveDayLimit,
    /// What the debt comes from asks for a look (a duplicate, suspected fraud).
    Review,
}

impl Hold {
    pub const ALL: [Self; 4] = [
        Self::Objection,
        Self::AboveLimit,
        Self::AboveDayLimit,
        Self::Review,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Objection => "objection",
            Self::AboveLimit => "above_limit",
            Self::AboveDayLimit => "above_day_limit",
            Self::Review => "review",
        }
    }
}

impl PayoutState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Held(_) => "held",
            Self::Requested => "requested",
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Refused(_) => "refused",
            Self::Returned => "returned",
            Self::Void => "void",
        }
    }

    /// The code kept beside the name, where the state has one.
    pub fn reason(self) -> Option<&'static str> {
        match self {
            Self::Held(hold) => Some(hold.as_str()),
            Self::Refused(why) => Some(why.as_str()),
            _ => None,
        }
    }

    /// None: no such state. A reason of a later version is read as the vaguest one.
    pub fn read(name: &str, reason: Option<&str>) -> Option<Self> {
        let hold = || Hold::ALL.into_iter().find(|h| Some(h.as_str()) == reason);
        let refusal = || {
            let mut all = Refusal::ALL.into_iter();
            all.find(|r| Some(r.as_str()) == reason)
        };
        Some(match name {
            "waiting" => Self::Waiting,
            "held" => Self::Held(hold().unwrap_or(Hold::Review)),
            "requested" => Self::Requested,
            "processing" => Self::Processing,
            "settled" => Self::Settled,
            "refused" => Self::Refused(refusal().unwrap_or(Refusal::Other)),
            "returned" => Self::Returned,
            "void" => Self::Void,
            _ => return None,
        })
    }

    /// Whether the bank is to be asked about it.
    pub fn is_under_way(self) -> bool {
        matches!(self, Self::Requested | Self::Processing)
    }

    /// Whether it may still move money: no other order may stand beside it.
    pub fn is_alive(self) -> bool {
        matches!(self, Self::Waiting | Self::Held(_)) || self.is_under_way()
    }

    /// Whether nothing was given to the bank and nothing will be without another word.
    pub fn is_unsent(self) -> bool {
        matches!(self, Self::Waiting | Self::Held(_))
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
    /// Retire this order and place a new one, to the same key, after this many milliseconds.
    OrderAnew { after_ms: i64, concern: Concern },
    /// Retire this order: the receiver must name another key.
    AskKey(Refusal),
    /// Retire this order: a person must decide.
    AskPerson(Refusal),
    /// Money moved under an id that was given up. A person must look.
    Excess,
    /// An old word about an order that is already decided.
    AlreadyApplied,
}

/// What is known of an order when the bank speaks of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    pub state: PayoutState,
    /// 1 for the first order of a debt.
    pub order_no: u32,
    /// How often the bank was already asked about this order.
    pub attempts: u32,
    /// How long ago it was given to the bank.
    pub age_ms: i64,
}

/// Orders that follow each other by themselves. Each may cost the directory's budget a look-up, and a
/// bank's words may hide that the key is wrong.
pub const ORDERS_BY_ITSELF_MAX: u32 = 4;

const HOUR_MS: i64 = 60 * MINUTE_MS;
const MINUTE_MS: i64 = 60 * 1_000;

/// Asking: soon at first, then rarely, for ever.
const ASK_FIRST_MS: i64 = 500;
const ASK_MAX_MS: i64 = 5 * MINUTE_MS;

/// After a refusal without a better reason.
const AGAIN_FIRST_MS: i64 = 5 * MINUTE_MS;
const AGAIN_MAX_MS: i64 = HOUR_MS;

/// Deposits fill the account; refunds empty it first.
const BALANCE_MS: i64 = 10 * MINUTE_MS;

/// The directory gives back two look-ups a minute; an empty bucket takes most of an hour to be of use.
const BUDGET_MS: i64 = 30 * MINUTE_MS;

/// A day's limit of the bank ends with the day.
const LIMIT_MS: i64 = HOUR_MS;

/// What may leave without a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub one_max: Centavos,
    /// Over 24 hours.
    pub day_max: Centavos,
}

/// Whether an order of `amount` may be given to the bank after `sent` within the last 24 hours.
pub fn held_by_limits(amount: Centavos, sent: Centavos, limits: &Limits) -> Option<Hold> {
    if amount > limits.one_max {
        return Some(Hold::AboveLimit);
    }
    let with_it = sent.checked_add(amount);
    let within = with_it.is_some_and(|total| total <= limits.day_max);
    (!within).then_some(Hold::AboveDayLimit)
}

pub fn decide(known: &Known, word: BankWord) -> Next {
    use PayoutState as State;
    match (known.state, word) {
        (State::Settled | State::Returned, _) => Next::AlreadyApplied,
        // Nothing was given to the bank, or it was given up: whatever it settles is not expected.
        (State::Waiting | State::Held(_) | State::Void | State::Refused(_), BankWord::Settled) => {
            Next::Excess
        }
        (State::Waiting | State::Held(_) | State::Void | State::Refused(_), _) => {
            Next::AlreadyApplied
        }
        (State::Requested | State::Processing, BankWord::Settled) => Next::Book,
        (State::Requested | State::Processing, BankWord::Refused(why)) => refused(known, why),
        (State::Requested, BankWord::Rejected(why)) => rejected(known, why),
        (State::Requested, BankWord::Doubtful(why)) => held_up(known, why),
        // A bank that worked on it and shows it no more may show it again.
        (
            State::Requested | State::Processing,
            BankWord::Rejected(_)
            | BankWord::Doubtful(_)
            | BankWord::Processing
            | BankWord::Unknown,
        ) => Next::AskAgain {
            after_ms: doubled(ASK_FIRST_MS, known.attempts, ASK_MAX_MS),
            concern: late(known),
        },
    }
}

/// The id is spent: a new order may follow.
fn refused(known: &Known, why: Refusal) -> Next {
    if why.asks_for_key() {
        return Next::AskKey(why);
    }
    let gives_up = matches!(why, Refusal::Duplicate | Refusal::Fraud);
    // Waiting for money or for a day to end is no reason to give up.
    let passes = matches!(
        why,
        Refusal::NoBalance | Refusal::BankLimit | Refusal::Budget
    );
    if gives_up || (known.order_no >= ORDERS_BY_ITSELF_MAX && !passes) {
        return Next::AskPerson(why);
    }
    let (after_ms, concern) = pause(why, known.order_no.saturating_sub(1));
    Next::OrderAnew { after_ms, concern }
}

/// Nothing stands under the id. Only what the receiver must mend replaces it; all else is asked again
/// under the same id, rarely, because each time may cost the directory's budget.
fn rejected(known: &Known, why: Refusal) -> Next {
    if why.asks_for_key() {
        return Next::AskKey(why);
    }
    held_up(known, why)
}

fn held_up(known: &Known, why: Refusal) -> Next {
    let (after_ms, concern) = pause(why, known.attempts);
    Next::AskAgain {
        after_ms,
        concern: Some(concern),
    }
}

fn pause(why: Refusal, times: u32) -> (i64, Concern) {
    match why {
        Refusal::NoBalance => (BALANCE_MS, Concern::NoBalance),
        Refusal::BankLimit => (LIMIT_MS, Concern::Refused),
        Refusal::Budget => (BUDGET_MS, Concern::Refused),
        _ => (
            doubled(AGAIN_FIRST_MS, times, AGAIN_MAX_MS),
            Concern::Refused,
        ),
    }
}

fn late(known: &Known) -> Option<Concern> {
    (known.age_ms >= ALARM_AFTER_MS).then_some(Concern::Late)
}

#[cfg(test)]
mod tests;
