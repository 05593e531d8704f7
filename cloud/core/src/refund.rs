//! The life of one devolução, from the order to the bank's final word.
//!
//! Shape: an order is stored with the id it will carry for ever. It is sent under that id, asked
//! about under that id, and replaced by a new order only after the bank said it will not happen.
//! Invariant: at most one order for a Pix is alive; at most one ever settles.

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
}

impl RefundState {
    pub const ALL: [Self; 4] = [
        Self::Requested,
        Self::Processing,
        Self::Settled,
        Self::Refused,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Processing => "processing",
            Self::Settled => "settled",
            Self::Refused => "refused",
        }
    }

    pub fn is_final(self) -> bool {
        matches!(self, Self::Settled | Self::Refused)
    }
}

/// What the bank says of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BankWord {
    Processing,
    Settled,
    Refused,
    /// No answer that could be trusted, or a status this version does not know.
    Unknown,
}

/// What to do about an order after the bank's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Book it and close.
    Book,
    /// Ask again after this many milliseconds.
    AskAgain { after_ms: i64, alarm: bool },
    /// Retire this order and place a new one after this many milliseconds; a person is told.
    OrderAnew { after_ms: i64 },
    /// An old word about an order that is already decided.
    AlreadyApplied,
}

/// A refund that is not settled after this is shown to a person (the promise is "at once").
pub const ALARM_AFTER_MS: i64 = 15 * 60 * 1_000;

/// Asking: soon at first, then rarely, for ever.
const ASK_FIRST_MS: i64 = 500;
const ASK_MAX_MS: i64 = 5 * 60 * 1_000;

/// A refusal is mostly an empty account: wait for the morning's deposits, not for the second.
const REORDER_FIRST_MS: i64 = 60 * 1_000;
const REORDER_MAX_MS: i64 = 60 * 60 * 1_000;

/// `attempts` counts how often the bank was already asked about this order, `order_no` is 1 for
/// the first order of a Pix, `age_ms` is how long the money has been due.
pub fn decide(
    state: RefundState,
    word: BankWord,
    attempts: u32,
    order_no: u32,
    age_ms: i64,
) -> Next {
    if state.is_final() {
        return Next::AlreadyApplied;
    }
    match word {
        BankWord::Settled => Next::Book,
        BankWord::Refused => Next::OrderAnew {
            after_ms: doubled(REORDER_FIRST_MS, order_no.saturating_sub(1), REORDER_MAX_MS),
        },
        BankWord::Processing | BankWord::Unknown => Next::AskAgain {
            after_ms: doubled(ASK_FIRST_MS, attempts, ASK_MAX_MS),
            alarm: age_ms >= ALARM_AFTER_MS,
        },
    }
}

/// `first_ms · 2^times`, at most `max_ms`.
pub fn doubled(first_ms: i64, times: u32, max_ms: i64) -> i64 {
    first_ms
        .checked_shl(times.min(30))
        .map_or(max_ms, |ms| ms.min(max_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_banks_word_decides_and_a_decided_order_stays_decided() {
        use BankWord as Word;
        use RefundState as State;
        let ask = |after_ms, alarm| Next::AskAgain { after_ms, alarm };
        let rows = [
            (State::Requested, Word::Settled, 0, 1, 0, Next::Book),
            (State::Processing, Word::Settled, 9, 1, i64::MAX, Next::Book),
            (State::Requested, Word::Processing, 0, 1, 0, ask(500, false)),
            (
                State::Processing,
                Word::Unknown,
                3,
                1,
                ALARM_AFTER_MS - 1,
                ask(4_000, false),
            ),
            (
                State::Processing,
                Word::Unknown,
                3,
                1,
                ALARM_AFTER_MS,
                ask(4_000, true),
            ),
            (
                State::Processing,
                Word::Processing,
                200,
                1,
                0,
                ask(300_000, false),
            ),
            (
                State::Processing,
                Word::Refused,
                1,
                1,
                0,
                Next::OrderAnew { after_ms: 60_000 },
            ),
            (
                State::Requested,
                Word::Refused,
                1,
                40,
                0,
                Next::OrderAnew {
                    after_ms: 3_600_000,
                },
            ),
            (State::Settled, Word::Refused, 0, 1, 0, Next::AlreadyApplied),
            (State::Refused, Word::Settled, 0, 1, 0, Next::AlreadyApplied),
        ];
        for (state, word, attempts, order_no, age_ms, next) in rows {
            let got = decide(state, word, attempts, order_no, age_ms);
            assert_eq!(got, next, "{state:?} {word:?} {attempts} {order_no}");
        }
    }
}
