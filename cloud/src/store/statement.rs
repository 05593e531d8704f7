//! The statements of days, in versions. A version is written once and never changed.

use super::db::{DbError, Row, Tx, Value, unreadable};
use cloud_core::statement::{
    Balances, Difference, DifferenceKind, Movement, Side, Statement, Totals,
};
use shared::money::Centavos;
use shared::time::UnixMs;

/// One entry of the bank's list, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub movement: Movement,
    pub amount: Centavos,
    pub settled_ms: Option<UnixMs>,
    /// `received` for a Pix; of a devolução, what the bank says became of it.
    pub status: String,
}

/// A statement with the list it rests on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    pub statement: Statement,
    pub lines: Vec<Line>,
}

/// One version without its lines.
#[derive(Debug, Clone)]
pub struct Version {
    /// `2026-11-20`, in the shop's zone.
    pub day: String,
    /// From 1.
    pub version: u32,
    pub made_ms: UnixMs,
    /// Its differences are not read with it: `differences` says how many there are.
    pub statement: Statement,
    pub differences: u64,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT s.day, s.version, s.made_ms, s.ledger_received, s.ledger_returned, \
             s.bank_received, s.bank_returned, s.start_bank, s.start_held, s.start_owed, \
             s.start_stray, s.start_payable, s.start_prize, s.start_shop, s.end_bank, s.end_held, \
             s.end_owed, s.end_stray, s.end_payable, s.end_prize, s.end_shop, s.differences, \
             s.ledger_sent, s.ledger_sent_back, s.bank_sent, s.bank_sent_back \
             FROM statement s ",
            $tail
        )
    };
}

pub fn insert(
    tx: &Tx<'_>,
    (day, version): (&str, u32),
    content: &Content,
    now: UnixMs,
) -> Result<(), DbError> {
    let of = &content.statement;
    let mut values = vec![day.into(), i64::from(version).into(), now.0.into()];
    let sums = [
        of.ledger.received,
        of.ledger.returned,
        of.bank.received,
        of.bank.returned,
    ];
    values.extend(sums.into_iter().map(centavos));
    for at in [of.start, of.end] {
        let accounts = [
            at.bank, at.held, at.owed, at.stray, at.payable, at.prize, at.shop,
        ];
        values.extend(accounts.into_iter().map(centavos));
    }
    values.push(Value::count(of.differences.len() as u64));
    for at in [of.ledger, of.bank] {
        values.extend([at.sent, at.sent_back].into_iter().map(centavos));
    }
    tx.execute(
        "INSERT INTO statement (day, version, made_ms, ledger_received, ledger_returned, \
         bank_received, bank_returned, start_bank, start_held, start_owed, start_stray, \
         start_payable, start_prize, start_shop, end_bank, end_held, end_owed, end_stray, \
         end_payable, end_prize, end_shop, differences, ledger_sent, ledger_sent_back, bank_sent, \
         bank_sent_back) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, \
         $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26)",
        &values,
    )?;
    insert_lines(tx, (day, version), &content.lines)?;
    for (number, one) in (1i64..).zip(&of.differences) {
        let movement = one.movement.as_ref();
        tx.execute(
            "INSERT INTO statement_difference (day, version, line_no, kind, e2eid, refund_id, \
             ledger_centavos, bank_centavos, sent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                day.into(),
                i64::from(version).into(),
                number.into(),
                one.kind.as_str().into(),
                movement.map(|m| m.e2eid.as_str()).into(),
                movement.and_then(|m| m.refund.as_deref()).into(),
                one.ledger.get().into(),
                one.bank.get().into(),
                i64::from(movement.is_some_and(|m| m.side == Side::Sent)).into(),
            ],
        )?;
    }
    Ok(())
}

/// The latest version of each day, the latest day first, that is not after `until`.
pub fn latest_days(tx: &Tx<'_>, until: &str, rows_max: u16) -> Result<Vec<Version>, DbError> {
    tx.all(
        select!(
            "WHERE s.day <= $1 AND s.version = \
             (SELECT max(v.version) FROM statement v WHERE v.day = s.day) \
             ORDER BY s.day DESC LIMIT $2"
        ),
        &[until.into(), i64::from(rows_max).into()],
        read,
    )
}

/// The versions of one day, the latest first.
pub fn versions(tx: &Tx<'_>, day: &str) -> Result<Vec<Version>, DbError> {
    tx.all(
        select!("WHERE s.day = $1 ORDER BY s.version DESC LIMIT 100"),
        &[day.into()],
        read,
    )
}

/// The last day that is closed.
pub fn last_day(tx: &Tx<'_>) -> Result<Option<String>, DbError> {
    tx.first(
        "SELECT day FROM statement ORDER BY day DESC LIMIT 1",
        &[],
        |row| row.text(0),
    )
}

/// What one version says, whole.
pub fn content(tx: &Tx<'_>, version: &Version) -> Result<Content, DbError> {
    let key = [
        version.day.as_str().into(),
        i64::from(version.version).into(),
    ];
    let lines = tx.all(
        "SELECT e2eid, refund_id, amount_centavos, settled_ms, status, sent FROM statement_line \
         WHERE day = $1 AND version = $2 ORDER BY line_no",
        &key,
        |row| {
            Ok(Line {
                movement: Movement {
                    side: side(row.int(5)?),
                    e2eid: row.text(0)?,
                    refund: row.opt_text(1)?,
                },
                amount: Centavos::new(row.int(2)?),
                settled_ms: row.opt_int(3)?.map(UnixMs),
                status: row.text(4)?,
            })
        },
    )?;
    let differences = tx.all(
        "SELECT kind, e2eid, refund_id, ledger_centavos, bank_centavos, sent FROM statement_difference \
         WHERE day = $1 AND version = $2 ORDER BY line_no",
        &key,
        read_difference,
    )?;
    Ok(Content {
        statement: Statement {
            differences,
            ..version.statement.clone()
        },
        lines,
    })
}

fn insert_lines(tx: &Tx<'_>, (day, version): (&str, u32), lines: &[Line]) -> Result<(), DbError> {
    for (number, line) in (1i64..).zip(lines) {
        tx.execute(
            "INSERT INTO statement_line (day, version, line_no, e2eid, refund_id, \
             amount_centavos, settled_ms, status, sent) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            &[
                day.into(),
                i64::from(version).into(),
                number.into(),
                line.movement.e2eid.as_str().into(),
                line.movement.refund.as_deref().into(),
                line.amount.get().into(),
                line.settled_ms.map(|ms| ms.0).into(),
                line.status.as_str().into(),
                i64::from(line.movement.side == Side::Sent).into(),
            ],
        )?;
    }
    Ok(())
}

fn centavos<'a>(of: Centavos) -> Value<'a> {
    of.get().into()
}

fn read(row: &Row<'_>) -> Result<Version, DbError> {
    let sum = |column| row.int(column).map(Centavos::new);
    let balances = |first| -> Result<Balances, DbError> {
        Ok(Balances {
            bank: sum(first)?,
            held: sum(first + 1)?,
            owed: sum(first + 2)?,
            stray: sum(first + 3)?,
            payable: sum(first + 4)?,
            prize: sum(first + 5)?,
            shop: sum(first + 6)?,
        })
    };
    let totals = |first, sent| -> Result<Totals, DbError> {
        Ok(Totals {
            received: sum(first)?,
            returned: sum(first + 1)?,
            sent: sum(sent)?,
            sent_back: sum(sent + 1)?,
        })
    };
    Ok(Version {
        day: row.text(0)?,
        version: u32::from(row.small(1)?),
        made_ms: UnixMs(row.int(2)?),
        statement: Statement {
            ledger: totals(3, 22)?,
            bank: totals(5, 24)?,
            start: balances(7)?,
            end: balances(14)?,
            differences: Vec::new(),
        },
        differences: row.count(21)?,
    })
}

fn side(sent: i64) -> Side {
    match sent {
        0 => Side::Received,
        _ => Side::Sent,
    }
}

fn read_difference(row: &Row<'_>) -> Result<Difference, DbError> {
    let kind = row.text(0)?;
    let refund = row.opt_text(2)?;
    let side = side(row.int(5)?);
    Ok(Difference {
        kind: DifferenceKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| unreadable(0, "no such difference"))?,
        movement: row.opt_text(1)?.map(|e2eid| Movement {
            side,
            e2eid,
            refund,
        }),
        ledger: Centavos::new(row.int(3)?),
        bank: Centavos::new(row.int(4)?),
    })
}
