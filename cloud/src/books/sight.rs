//! Both books of a day side by side, from the bank's list and the ledger's rows.

use crate::pix::{ReceivedPix, RefundStatus, SentPix, SentStatus};
use crate::store::statement::{Content, Line};
use crate::store::{DbError, Tx, day as days};
use crate::watch::payouts::ours;
use cloud_core::statement::{Books, Day, Listed, Movement, Side, compare};
use std::collections::BTreeSet;

/// What the bank listed, of our key and since these books began.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    pub pix: Vec<ReceivedPix>,
    /// What was sent under ids of ours, requested on the day or on an earlier one.
    pub sent: Vec<SentPix>,
    pub unreadable: u64,
}

/// Compares what the bank listed with what the ledger has, of one day.
pub fn content(tx: &Tx<'_>, day: Day, listing: &Listing) -> Result<Content, DbError> {
    let mut books = Books {
        ledger: days::settled(tx, day)?.into_iter().collect(),
        bank: listing
            .pix
            .iter()
            .flat_map(movements)
            .chain(listing.sent.iter().flat_map(sent))
            .collect(),
        unreadable: listing.unreadable,
        ..Books::default()
    };
    for (side, id) in unexplained(day, &books) {
        if side == Side::Sent {
            let booked = ours(&id).map(|id| days::of_payout(tx, &id)).transpose()?;
            books.ledger.extend(booked.into_iter().flatten());
            continue;
        }
        let of_pix = days::of_pix(tx, &id)?;
        books.ledger.extend(of_pix.booked);
        books.ordered.extend(of_pix.ordered);
    }
    let start = days::balances(tx, day.from_ms)?;
    let end = days::balances(tx, day.to_ms)?;
    let statement = compare(day, &books, start, end);
    let of_day = books.bank.iter().filter(|(movement, listed)| {
        let booked = books.ledger.get(movement);
        let at = listed.settled_ms.or(booked.map(|one| one.settled_ms));
        at.is_none_or(|at| day.has(at))
    });
    let lines = of_day
        .map(|(movement, listed)| Line {
            movement: movement.clone(),
            amount: listed.amount,
            settled_ms: listed.settled_ms,
            status: match (movement.side, &movement.refund) {
                (Side::Received, None) => "received".into(),
                (Side::Sent, None) => "sent".into(),
                (_, Some(_)) => "settled".into(),
            },
        })
        .collect();
    Ok(Content { statement, lines })
}

/// A Pix and its settled devoluções: one under way, or refused, moved nothing.
fn movements(pix: &ReceivedPix) -> Vec<(Movement, Listed)> {
    let movement = |refund| Movement {
        side: Side::Received,
        e2eid: pix.end_to_end_id.clone(),
        refund,
    };
    let received = Listed {
        amount: pix.amount,
        settled_ms: Some(pix.settled_ms),
    };
    let refunds = pix.refunds.iter().filter_map(|one| {
        let listed = Listed {
            amount: one.amount,
            settled_ms: one.settled_ms,
        };
        (one.status == RefundStatus::Settled).then(|| (movement(Some(one.id.clone())), listed))
    });
    std::iter::once((movement(None), received))
        .chain(refunds)
        .collect()
}

/// A settled payout and what came back of it, under the id we sent it with.
fn sent(one: &SentPix) -> Vec<(Movement, Listed)> {
    let movement = |refund| Movement {
        side: Side::Sent,
        e2eid: one.id.clone(),
        refund,
    };
    if one.status != SentStatus::Settled {
        return Vec::new();
    }
    let whole = Listed {
        amount: one.amount,
        settled_ms: one.settled_ms,
    };
    let returns = one.returns.iter().map(|back| {
        let listed = Listed {
            amount: back.amount,
            settled_ms: back.settled_ms,
        };
        (movement(Some(back.id.clone())), listed)
    });
    std::iter::once((movement(None), whole))
        .chain(returns)
        .collect()
}

/// The Pix of which the bank lists something for the day, or does not say when, that the ledger's
/// day does not have: the ledger may have it on another day, or have ordered it.
fn unexplained(day: Day, books: &Books) -> BTreeSet<(Side, String)> {
    let missing = books.bank.iter().filter(|(movement, listed)| {
        listed.settled_ms.is_none_or(|at| day.has(at)) && !books.ledger.contains_key(movement)
    });
    missing
        .map(|(movement, _)| (movement.side, movement.e2eid.clone()))
        .collect()
}
