//! The ledger's entries of one day, by when the money settled at the bank and not by when it was
//! booked here: the two books could otherwise never agree at midnight.

use super::db::{DbError, Row, Tx};
use cloud_core::statement::{Balances, Booked, Day, Movement, Side};
use shared::ids::{PayoutId, RefundId};
use shared::money::Centavos;
use shared::time::UnixMs;

/// How far back a day reaches. A devolução may be asked for until 90 days after its Pix; the bank
/// settles what it then works on days later, and what a MED ends with later still.
pub const REFUND_REACH_MS: i64 = 120 * 24 * 3_600 * 1_000;

/// What the ledger has settled on `day`. An entry counts only with its transfer: a payment that was
/// never booked is no part of these books.
pub fn settled(tx: &Tx<'_>, day: Day) -> Result<Vec<(Movement, Booked)>, DbError> {
    let span = [day.from_ms.0.into(), day.to_ms.0.into()];
    let mut found = tx.all(
        "SELECT p.e2eid, NULL, t.amount_centavos, p.settled_ms FROM payment p \
         JOIN ledger_transfer t ON t.reference = p.e2eid AND t.kind IN ('deposit', 'surplus') \
         WHERE p.settled_ms >= $1 AND p.settled_ms < $2",
        &span,
        read,
    )?;
    found.extend(tx.all(
        "SELECT s.e2eid, NULL, t.amount_centavos, s.settled_ms FROM stray s \
         JOIN ledger_transfer t ON t.reference = s.e2eid AND t.kind = 'stray' \
         WHERE s.settled_ms >= $1 AND s.settled_ms < $2",
        &span,
        read,
    )?);
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM refund r \
         JOIN ledger_transfer t ON t.reference = r.id AND t.kind = 'refund' \
         WHERE r.settled_ms >= $1 AND r.settled_ms < $2",
        &span,
        read,
    )?);
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM stray_refund r \
         JOIN ledger_transfer t ON t.reference = r.id AND t.kind = 'refund' \
         WHERE r.settled_ms >= $1 AND r.settled_ms < $2",
        &span,
        read,
    )?);
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM stray_return r \
         JOIN ledger_transfer t ON t.reference = r.e2eid || '/' || r.id \
         AND t.kind IN ('stray_return', 'refund') \
         WHERE r.settled_ms >= $1 AND r.settled_ms < $2",
        &span,
        read,
    )?);
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM bank_return r \
         JOIN ledger_transfer t ON t.reference = r.e2eid || '/' || r.id \
         AND t.kind IN ('bank_return', 'bank_return_held') \
         WHERE r.settled_ms >= $1 AND r.settled_ms < $2",
        &span,
        read,
    )?);
    found.extend(tx.all(
        "SELECT p.id, NULL, t.amount_centavos, p.settled_ms FROM payout p \
         JOIN ledger_transfer t ON t.reference = p.id AND t.kind IN ('payout', 'owed_payout') \
         WHERE p.settled_ms >= $1 AND p.settled_ms < $2",
        &span,
        read_sent,
    )?);
    found.extend(tx.all(
        "SELECT r.payout_id, r.id, t.amount_centavos, r.settled_ms FROM payout_return r \
         JOIN ledger_transfer t ON t.reference = r.payout_id || '/' || r.id \
         AND t.kind IN ('payout_back', 'owed_payout_back') \
         WHERE r.settled_ms >= $1 AND r.settled_ms < $2",
        &span,
        read_sent,
    )?);
    Ok(found)
}

/// A payout and what came back of it, whenever that settled.
pub fn of_payout(tx: &Tx<'_>, id: &PayoutId) -> Result<Vec<(Movement, Booked)>, DbError> {
    let mut found = tx.all(
        "SELECT p.id, NULL, t.amount_centavos, p.settled_ms FROM payout p \
         JOIN ledger_transfer t ON t.reference = p.id AND t.kind IN ('payout', 'owed_payout') \
         WHERE p.id = $1 AND p.settled_ms IS NOT NULL",
        &[super::db::Value::text(id)],
        read_sent,
    )?;
    found.extend(tx.all(
        "SELECT r.payout_id, r.id, t.amount_centavos, r.settled_ms FROM payout_return r \
         JOIN ledger_transfer t ON t.reference = r.payout_id || '/' || r.id \
         AND t.kind IN ('payout_back', 'owed_payout_back') WHERE r.payout_id = $1",
        &[super::db::Value::text(id)],
        read_sent,
    )?);
    Ok(found)
}

/// When the payouts were sent that may have settled, or come back, on a day that ends at `to`: a bank
/// may send one back for as long as a devolução may follow its Pix.
pub fn sent_before(tx: &Tx<'_>, to: UnixMs) -> Result<Vec<UnixMs>, DbError> {
    tx.all(
        "SELECT sent_ms FROM payout WHERE sent_ms >= $1 AND sent_ms < $2 ORDER BY sent_ms",
        &[to.plus(-REFUND_REACH_MS).0.into(), to.0.into()],
        |row| row.int(0).map(UnixMs),
    )
}

/// One Pix and its devoluções, whenever they settled.
pub struct OfPix {
    pub booked: Vec<(Movement, Booked)>,
    /// The devoluções that were ordered, whatever became of them.
    pub ordered: Vec<Movement>,
}

pub fn of_pix(tx: &Tx<'_>, e2eid: &str) -> Result<OfPix, DbError> {
    let mut found = tx.all(
        "SELECT p.e2eid, NULL, t.amount_centavos, p.settled_ms FROM payment p \
         JOIN ledger_transfer t ON t.reference = p.e2eid AND t.kind IN ('deposit', 'surplus') \
         WHERE p.e2eid = $1",
        &[e2eid.into()],
        read,
    )?;
    found.extend(tx.all(
        "SELECT s.e2eid, NULL, t.amount_centavos, s.settled_ms FROM stray s \
         JOIN ledger_transfer t ON t.reference = s.e2eid AND t.kind = 'stray' WHERE s.e2eid = $1",
        &[e2eid.into()],
        read,
    )?);
    let mut ordered = Vec::new();
    for (id, booked) in orders(tx, e2eid)? {
        let movement = Movement {
            side: Side::Received,
            e2eid: e2eid.to_owned(),
            refund: Some(id),
        };
        found.extend(booked.map(|one| (movement.clone(), one)));
        ordered.push(movement);
    }
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM stray_return r \
         JOIN ledger_transfer t ON t.reference = r.e2eid || '/' || r.id \
         AND t.kind IN ('stray_return', 'refund') WHERE r.e2eid = $1",
        &[e2eid.into()],
        read,
    )?);
    found.extend(tx.all(
        "SELECT r.e2eid, r.id, t.amount_centavos, r.settled_ms FROM bank_return r \
         JOIN ledger_transfer t ON t.reference = r.e2eid || '/' || r.id \
         AND t.kind IN ('bank_return', 'bank_return_held') WHERE r.e2eid = $1",
        &[e2eid.into()],
        read,
    )?);
    Ok(OfPix {
        booked: found,
        ordered,
    })
}

/// When the Pix settled whose devoluções may have settled on a day that begins at `from`: those of
/// which something was still here then. One moment each.
pub fn still_here(tx: &Tx<'_>, from: UnixMs) -> Result<Vec<UnixMs>, DbError> {
    let (first, last) = (from.plus(-REFUND_REACH_MS), from);
    let settled = |row: &Row<'_>| row.int(0).map(UnixMs);
    let mut found = tx.all(
        "SELECT p.settled_ms FROM payment p WHERE p.settled_ms >= $1 AND p.settled_ms < $2 \
         AND NOT EXISTS (SELECT 1 FROM refund r WHERE r.e2eid = p.e2eid AND r.state <> 'refused' \
           AND r.settled_ms < $2) ORDER BY p.settled_ms",
        &[first.0.into(), last.0.into()],
        settled,
    )?;
    found.extend(tx.all(
        "SELECT s.settled_ms FROM stray s WHERE s.settled_ms >= $1 AND s.settled_ms < $2 \
         AND (s.ended_ms IS NULL OR s.ended_ms >= $2) ORDER BY s.settled_ms",
        &[first.0.into(), last.0.into()],
        settled,
    )?);
    Ok(found)
}

/// What the accounts held at a moment. Reads the whole ledger: for a job of the night.
pub fn balances(tx: &Tx<'_>, at: UnixMs) -> Result<Balances, DbError> {
    let moved = tx.all(
        "SELECT t.debit_kind, t.credit_kind, CAST(sum(t.amount_centavos) AS BIGINT) FROM ( \
           SELECT d.kind AS debit_kind, c.kind AS credit_kind, l.amount_centavos, \
             coalesce(p.settled_ms, s.settled_ms, r.settled_ms, o.settled_ms, b.settled_ms, \
               k.settled_ms, y.settled_ms, z.settled_ms, l.at_ms) AS settled_ms \
           FROM ledger_transfer l \
           JOIN ledger_account d ON d.id = l.debit_account \
           JOIN ledger_account c ON c.id = l.credit_account \
           LEFT JOIN payment p ON p.e2eid = l.reference AND l.kind IN ('deposit', 'surplus') \
           LEFT JOIN stray s ON s.e2eid = l.reference AND l.kind = 'stray' \
           LEFT JOIN refund r ON r.id = l.reference AND l.kind = 'refund' \
           LEFT JOIN stray_refund o ON o.id = l.reference AND l.kind = 'refund' \
           LEFT JOIN stray_return b ON b.e2eid || '/' || b.id = l.reference \
             AND l.kind IN ('stray_return', 'refund') \
           LEFT JOIN bank_return k ON k.e2eid || '/' || k.id = l.reference \
             AND l.kind IN ('bank_return', 'bank_return_held') \
           LEFT JOIN payout y ON y.id = l.reference AND l.kind IN ('payout', 'owed_payout') \
           LEFT JOIN payout_return z ON z.payout_id || '/' || z.id = l.reference \
             AND l.kind IN ('payout_back', 'owed_payout_back') \
         ) t WHERE t.settled_ms < $1 GROUP BY t.debit_kind, t.credit_kind",
        &[at.0.into()],
        |row| Ok((row.text(0)?, row.text(1)?, row.int(2)?)),
    )?;
    let balance = |kind: &str| -> i64 {
        let of = |(debit, credit, sum): &(String, String, i64)| {
            i64::from(debit == kind) * sum - i64::from(credit == kind) * sum
        };
        moved.iter().map(of).sum()
    };
    Ok(Balances {
        bank: Centavos::new(balance("bank")),
        held: Centavos::new(-balance("held")),
        owed: Centavos::new(-balance("owed")),
        stray: Centavos::new(-balance("stray")),
        payable: Centavos::new(-balance("payable")),
        prize: Centavos::new(-balance("prize")),
        shop: Centavos::new(-balance("shop")),
    })
}

/// The orders of a Pix under the ids they have at the bank, with what is booked of them.
fn orders(tx: &Tx<'_>, e2eid: &str) -> Result<Vec<(String, Option<Booked>)>, DbError> {
    let read = |row: &Row<'_>| {
        let id: RefundId = row.parsed(0)?;
        let booked = match (row.opt_int(1)?, row.opt_int(2)?) {
            (Some(amount), Some(settled)) => Some(Booked {
                amount: Centavos::new(amount),
                settled_ms: UnixMs(settled),
            }),
            _ => None,
        };
        Ok((id.simple(), booked))
    };
    let mut found = tx.all(
        "SELECT r.id, t.amount_centavos, r.settled_ms FROM refund r LEFT JOIN ledger_transfer t \
         ON t.reference = r.id AND t.kind = 'refund' WHERE r.e2eid = $1",
        &[e2eid.into()],
        read,
    )?;
    found.extend(tx.all(
        "SELECT r.id, t.amount_centavos, r.settled_ms FROM stray_refund r \
         LEFT JOIN ledger_transfer t ON t.reference = r.id AND t.kind = 'refund' \
         WHERE r.e2eid = $1",
        &[e2eid.into()],
        read,
    )?);
    Ok(found)
}

/// Refunds of ours carry their id at the bank without hyphens; the bank's own, as it wrote it.
fn read(row: &Row<'_>) -> Result<(Movement, Booked), DbError> {
    let id = row.opt_text(1)?;
    let at_bank = |id: String| id.parse::<RefundId>().map_or(id, |ours| ours.simple());
    let movement = Movement {
        side: Side::Received,
        e2eid: row.text(0)?,
        refund: id.map(at_bank),
    };
    let booked = Booked {
        amount: Centavos::new(row.int(2)?),
        settled_ms: UnixMs(row.int(3)?),
    };
    Ok((movement, booked))
}

/// A payout goes by its id at the bank; what came back of it, by the settlement system's.
fn read_sent(row: &Row<'_>) -> Result<(Movement, Booked), DbError> {
    let id: PayoutId = row.parsed(0)?;
    let movement = Movement {
        side: Side::Sent,
        e2eid: id.simple(),
        refund: row.opt_text(1)?,
    };
    let booked = Booked {
        amount: Centavos::new(row.int(2)?),
        settled_ms: UnixMs(row.int(3)?),
    };
    Ok((movement, booked))
}
