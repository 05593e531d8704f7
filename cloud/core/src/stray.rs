//! A Pix that no charge of ours explains: somebody paid the bare key, or a charge that is not ours.
//!
//! Shape: it is booked whatever it is, then goes back by itself, or waits for a person. Whether it
//! belongs into these books at all is asked first: the account may serve other keys, and it had a
//! life before us.
//! Invariant: at most one order for a stray Pix is under way; what settles is never more than it brought.

use shared::money::Centavos;
use shared::time::UnixMs;

/// What the bank shows of the Pix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    pub key: PaidKey,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
    /// What the bank has given back of it, without us.
    pub returned: Centavos,
    /// The bank works on giving something back, without us.
    pub return_under_way: bool,
}

/// The key that was paid, by the bank's word. An account may serve a shop's tills by another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidKey {
    Ours,
    Other,
    NotNamed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    pub now_ms: UnixMs,
    /// What settled before is no business of these books.
    pub books_began_ms: UnixMs,
    /// The most that goes back without a person.
    pub refund_max: Centavos,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Not booked and not touched.
    NotOurs(NotOurs),
    /// Booked, and nothing is left to give back.
    Returned,
    Held(HoldReason),
    /// What is left of it goes back.
    Refund(Centavos),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOurs {
    OtherKey,
    BeforeTheBooks,
}

/// Why a person must look first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HoldReason {
    /// Somebody is giving it back at the bank: ours could be one too many.
    ReturnUnderWay,
    /// It may be a till's sale: giving that back by itself would be a loss.
    KeyNotNamed,
    /// It lay there for days before these books learnt of it.
    LongAgo,
    AboveLimit,
}

impl HoldReason {
    pub const ALL: [Self; 4] = [
        Self::ReturnUnderWay,
        Self::KeyNotNamed,
        Self::LongAgo,
        Self::AboveLimit,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReturnUnderWay => "return_under_way",
            Self::KeyNotNamed => "key_not_named",
            Self::LongAgo => "long_ago",
            Self::AboveLimit => "above_limit",
        }
    }
}

/// Where a booked stray Pix stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stray {
    Held(HoldReason),
    /// Ordered back; its orders tell how far that is.
    Due,
    /// Nothing of it is here any more.
    Returned,
}

impl Stray {
    pub fn state(self) -> &'static str {
        match self {
            Self::Held(_) => "held",
            Self::Due => "due",
            Self::Returned => "returned",
        }
    }
}

/// The list is read without a pause and in full once a day, and an outage over a long weekend is made up
/// for: what is found later than this was found by a start on an account that people have looked after
/// themselves until then. They may have given it back in another way, or agreed to keep it.
pub const FOUND_LATE_MS: i64 = 72 * 3_600 * 1_000;

/// Judges an arrival, in this order of precedence.
pub fn judge(arrival: &Arrival, rules: &Rules) -> Verdict {
    if arrival.key == PaidKey::Other {
        return Verdict::NotOurs(NotOurs::OtherKey);
    }
    if arrival.settled_ms < rules.books_began_ms {
        return Verdict::NotOurs(NotOurs::BeforeTheBooks);
    }
    let left = left_of(arrival.amount, arrival.returned);
    if left == Centavos::ZERO {
        Verdict::Returned
    } else if arrival.return_under_way {
        Verdict::Held(HoldReason::ReturnUnderWay)
    } else if arrival.key == PaidKey::NotNamed {
        Verdict::Held(HoldReason::KeyNotNamed)
    } else if rules.now_ms.since(arrival.settled_ms) > FOUND_LATE_MS {
        Verdict::Held(HoldReason::LongAgo)
    } else if left > rules.refund_max {
        Verdict::Held(HoldReason::AboveLimit)
    } else {
        Verdict::Refund(left)
    }
}

/// What may still go back; never less than nothing, whatever the bank says.
pub fn left_of(amount: Centavos, returned: Centavos) -> Centavos {
    let left = amount.checked_sub(returned).unwrap_or(Centavos::ZERO);
    left.max(Centavos::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules {
        now_ms: UnixMs(1_000 + FOUND_LATE_MS),
        books_began_ms: UnixMs(1_000),
        refund_max: Centavos::new(20_000),
    };

    fn arrival(centavos: i64) -> Arrival {
        Arrival {
            key: PaidKey::Ours,
            amount: Centavos::new(centavos),
            settled_ms: UnixMs(1_000),
            returned: Centavos::ZERO,
            return_under_way: false,
        }
    }

    #[test]
    fn verdicts_in_order_of_precedence() {
        let with = |change: fn(&mut Arrival)| {
            let mut arrival = arrival(20_001);
            change(&mut arrival);
            judge(&arrival, &RULES)
        };
        let refund = |centavos| Verdict::Refund(Centavos::new(centavos));
        let rows = [
            (
                with(|a| (a.key, a.settled_ms) = (PaidKey::Other, UnixMs(1))),
                Verdict::NotOurs(NotOurs::OtherKey),
            ),
            (
                with(|a| (a.settled_ms, a.returned) = (UnixMs(999), a.amount)),
                Verdict::NotOurs(NotOurs::BeforeTheBooks),
            ),
            (
                with(|a| (a.returned, a.return_under_way) = (a.amount, true)),
                Verdict::Returned,
            ),
            (
                with(|a| a.returned = Centavos::new(90_000)),
                Verdict::Returned,
            ),
            (
                with(|a| (a.returned, a.return_under_way) = (Centavos::new(20_000), true)),
                Verdict::Held(HoldReason::ReturnUnderWay),
            ),
            (
                with(|a| a.key = PaidKey::NotNamed),
                Verdict::Held(HoldReason::KeyNotNamed),
            ),
            (with(|_| {}), Verdict::Held(HoldReason::AboveLimit)),
            (with(|a| a.returned = Centavos::new(1)), refund(20_000)),
            (judge(&arrival(1), &RULES), refund(1)),
            (judge(&arrival(20_000), &RULES), refund(20_000)),
        ];
        for (at, (got, expected)) in rows.into_iter().enumerate() {
            assert_eq!(got, expected, "row {at}");
        }
    }

    #[test]
    fn what_is_found_late_waits_for_a_person() {
        let late = Rules {
            now_ms: RULES.now_ms.plus(1),
            ..RULES
        };
        let at = |rules: &Rules| judge(&arrival(1), rules);
        assert_eq!(at(&late), Verdict::Held(HoldReason::LongAgo));
        assert_eq!(at(&RULES), Verdict::Refund(Centavos::new(1)), "to the hour");
        let gone = Arrival {
            returned: Centavos::new(1),
            ..arrival(1)
        };
        assert_eq!(judge(&gone, &late), Verdict::Returned, "nothing to look at");
    }

    #[test]
    fn a_limit_of_nothing_holds_everything() {
        let rules = Rules {
            refund_max: Centavos::ZERO,
            ..RULES
        };
        let verdict = judge(&arrival(1), &rules);
        assert_eq!(verdict, Verdict::Held(HoldReason::AboveLimit));
    }
}
