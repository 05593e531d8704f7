//! One day's money by two books: the ledger's, and the bank's as its list was read. Pure comparison.
//!
//! Shape: both books are maps from a movement to its amount and moment. A movement belongs to the
//! day it settled on by the bank's clock. What either book has on the day is looked up in the whole
//! of the other; what is the same cancels, the rest is a named difference.
//!
//! Invariant: bank − ledger of the day's totals is the sum of `Difference::gap` over the
//! differences that name a movement, so "no difference" is "equal totals" and never a coincidence.

use shared::money::Centavos;
use shared::time::UnixMs;
use std::collections::{BTreeMap, BTreeSet};

/// A Pix, or one devolução of it under the id it has at the bank.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Movement {
    pub side: Side,
    /// The end-to-end id; of a Pix that we sent, the id we sent it under.
    pub e2eid: String,
    /// `None`: the Pix itself.
    pub refund: Option<String>,
}

/// Whose Pix it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// It came to us; what goes back of it leaves.
    Received,
    /// We sent it to a person; what comes back of it arrives.
    Sent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Booked {
    pub amount: Centavos,
    pub settled_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub amount: Centavos,
    /// Banks may leave out when a devolução settled.
    pub settled_ms: Option<UnixMs>,
}

/// From midnight to midnight in the shop's zone; `to_ms` is the next day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub from_ms: UnixMs,
    pub to_ms: UnixMs,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    pub ledger: BTreeMap<Movement, Booked>,
    /// Only what is settled: a devolução under way has moved nothing.
    pub bank: BTreeMap<Movement, Listed>,
    /// Devoluções that we ordered, whatever became of them.
    pub ordered: BTreeSet<Movement>,
    /// Entries of the bank's list that could not be understood.
    pub unreadable: u64,
}

/// What one book says moved on the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    pub received: Centavos,
    pub returned: Centavos,
    /// To persons' keys, and what came back of that.
    pub sent: Centavos,
    pub sent_back: Centavos,
}

/// What the ledger's accounts held at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balances {
    pub bank: Centavos,
    pub held: Centavos,
    pub owed: Centavos,
    pub stray: Centavos,
    pub payable: Centavos,
    pub prize: Centavos,
    pub shop: Centavos,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    PixNotInLedger,
    PixNotAtBank,
    PixAmount,
    /// We ordered it, the bank did it, the ledger does not know.
    RefundNotInLedger,
    /// The bank gave something back that nobody here ordered.
    RefundUnknown,
    RefundNotAtBank,
    RefundAmount,
    /// The bank sent to a person, or got back, what the ledger does not know.
    PayoutNotInLedger,
    PayoutNotAtBank,
    PayoutAmount,
    /// Both have it, on different days.
    AnotherDay,
    /// The bank listed what this version cannot read.
    Unreadable,
    /// The ledger's accounts moved by another sum than its entries of the day, or do not add up.
    Uneven,
}

impl DifferenceKind {
    pub const ALL: [Self; 13] = [
        Self::PixNotInLedger,
        Self::PixNotAtBank,
        Self::PixAmount,
        Self::RefundNotInLedger,
        Self::RefundUnknown,
        Self::RefundNotAtBank,
        Self::RefundAmount,
        Self::PayoutNotInLedger,
        Self::PayoutNotAtBank,
        Self::PayoutAmount,
        Self::AnotherDay,
        Self::Unreadable,
        Self::Uneven,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::PixNotInLedger => "pix_not_in_ledger",
            Self::PixNotAtBank => "pix_not_at_bank",
            Self::PixAmount => "pix_amount",
            Self::RefundNotInLedger => "refund_not_in_ledger",
            Self::RefundUnknown => "refund_unknown",
            Self::RefundNotAtBank => "refund_not_at_bank",
            Self::RefundAmount => "refund_amount",
            Self::PayoutNotInLedger => "payout_not_in_ledger",
            Self::PayoutNotAtBank => "payout_not_at_bank",
            Self::PayoutAmount => "payout_amount",
            Self::AnotherDay => "another_day",
            Self::Unreadable => "unreadable",
            Self::Uneven => "uneven",
        }
    }
}

/// One thing in which the books differ, with its effect on the day in each: what came in is
/// positive, what went back negative, what the book does not have is zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub kind: DifferenceKind,
    /// `None` where no single movement is meant.
    pub movement: Option<Movement>,
    pub ledger: Centavos,
    pub bank: Centavos,
}

impl Difference {
    /// What the bank has more than the ledger.
    pub fn gap(&self) -> Centavos {
        less(self.bank, self.ledger)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    pub ledger: Totals,
    pub bank: Totals,
    pub start: Balances,
    pub end: Balances,
    pub differences: Vec<Difference>,
}

/// Compares the books of one day. `start` and `end` are the ledger's balances at its midnights.
pub fn compare(day: Day, books: &Books, start: Balances, end: Balances) -> Statement {
    let mut statement = Statement {
        start,
        end,
        ..Statement::default()
    };
    let movements: BTreeSet<&Movement> = books.ledger.keys().chain(books.bank.keys()).collect();
    for movement in movements {
        let (booked, listed) = (books.ledger.get(movement), books.bank.get(movement));
        let booked_today = booked.filter(|one| day.has(one.settled_ms));
        let listed_today = listed.filter(|one| match (one.settled_ms, booked) {
            (Some(at), _) => day.has(at),
            (None, Some(booked)) => day.has(booked.settled_ms),
            // Neither book can say when: it is everybody's until somebody has looked.
            (None, None) => true,
        });
        let ledger = booked_today.map_or(Centavos::ZERO, |one| one.amount);
        let bank = listed_today.map_or(Centavos::ZERO, |one| one.amount);
        statement.ledger.add(movement, ledger);
        statement.bank.add(movement, bank);
        if booked_today.is_none() && listed_today.is_none() {
            continue;
        }
        let same_day = booked_today.is_some() == listed_today.is_some();
        let kind = kind(movement, (booked, listed), same_day, &books.ordered);
        statement.differences.extend(kind.map(|kind| Difference {
            kind,
            movement: Some(movement.clone()),
            ledger: movement.effect(ledger),
            bank: movement.effect(bank),
        }));
    }
    statement.differences.extend(general(books, &statement));
    statement
}

fn kind(
    movement: &Movement,
    sides: (Option<&Booked>, Option<&Listed>),
    same_day: bool,
    ordered: &BTreeSet<Movement>,
) -> Option<DifferenceKind> {
    use DifferenceKind as Kind;
    let is_pix = movement.refund.is_none();
    let is_sent = movement.side == Side::Sent;
    match sides {
        (Some(booked), Some(listed)) if is_sent && booked.amount != listed.amount => {
            Some(Kind::PayoutAmount)
        }
        (Some(_), None) if is_sent => Some(Kind::PayoutNotAtBank),
        (None, _) if is_sent => Some(Kind::PayoutNotInLedger),
        (Some(booked), Some(listed)) if booked.amount != listed.amount => Some(if is_pix {
            Kind::PixAmount
        } else {
            Kind::RefundAmount
        }),
        (Some(_), Some(_)) => (!same_day).then_some(Kind::AnotherDay),
        (Some(_), None) if is_pix => Some(Kind::PixNotAtBank),
        (Some(_), None) => Some(Kind::RefundNotAtBank),
        (None, _) if is_pix => Some(Kind::PixNotInLedger),
        (None, _) if ordered.contains(movement) => Some(Kind::RefundNotInLedger),
        (None, _) => Some(Kind::RefundUnknown),
    }
}

/// What differs without a movement of its own.
fn general(books: &Books, statement: &Statement) -> Vec<Difference> {
    let difference = |kind, ledger, bank| Difference {
        kind,
        movement: None,
        ledger,
        bank,
    };
    let mut found = Vec::new();
    if books.unreadable > 0 {
        let nothing = Centavos::ZERO;
        found.push(difference(DifferenceKind::Unreadable, nothing, nothing));
    }
    let moved = less(statement.end.bank, statement.start.bank);
    let entries = statement.ledger.net();
    if moved != entries {
        found.push(difference(DifferenceKind::Uneven, moved, entries));
    }
    for at in [statement.start, statement.end] {
        let ours = [at.held, at.owed, at.stray, at.payable, at.prize, at.shop];
        let ours = ours.into_iter().sum();
        if at.bank != ours {
            found.push(difference(DifferenceKind::Uneven, ours, at.bank));
        }
    }
    found
}

impl Statement {
    pub fn is_even(&self) -> bool {
        self.differences.is_empty()
    }

    /// What the bank has more than the ledger, of the day's movements.
    pub fn gap(&self) -> Centavos {
        less(self.bank.net(), self.ledger.net())
    }
}

impl Totals {
    /// What stayed.
    pub fn net(&self) -> Centavos {
        let come = [self.received, self.sent_back].into_iter().sum();
        less(come, [self.returned, self.sent].into_iter().sum())
    }

    fn add(&mut self, movement: &Movement, amount: Centavos) {
        let sum = match (movement.side, &movement.refund) {
            (Side::Received, None) => &mut self.received,
            (Side::Received, Some(_)) => &mut self.returned,
            (Side::Sent, None) => &mut self.sent,
            (Side::Sent, Some(_)) => &mut self.sent_back,
        };
        *sum = [*sum, amount].into_iter().sum();
    }
}

impl Day {
    pub fn has(&self, at: UnixMs) -> bool {
        (self.from_ms..self.to_ms).contains(&at)
    }
}

impl Movement {
    /// On what the account holds.
    fn effect(&self, amount: Centavos) -> Centavos {
        match (self.side, &self.refund) {
            (Side::Received, None) | (Side::Sent, Some(_)) => amount,
            (Side::Received, Some(_)) | (Side::Sent, None) => less(Centavos::ZERO, amount),
        }
    }
}

fn less(from: Centavos, amount: Centavos) -> Centavos {
    from.checked_sub(amount)
        .expect("i64 centavos hold more money than exists")
}

#[cfg(test)]
mod tests;
