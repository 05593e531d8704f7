//! Prize vouchers that gateways may redeem. One row a voucher that was ever lent; it never leaves.

use super::db::{DbError, Row, Tx, Value, unreadable};
use super::prize_voucher::PrizeOf;
use cloud_core::raffle::loan::Loan;
use shared::ids::{DockId, GatewayId, StoreId};
use shared::money::Centavos;
use shared::time::UnixMs;
use shared::voucher::{LentVoucher, VoucherKey};

#[derive(Debug, Clone)]
pub struct LoanRow {
    pub of: PrizeOf,
    pub gateway: GatewayId,
    pub key: VoucherKey,
    pub loan: Loan,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT l.campaign_id, l.prize_rank, l.rental_id, l.gateway_id, l.voucher_key, \
             l.state, l.without FROM voucher_loan l ",
            $tail
        )
    };
}

pub fn insert(
    tx: &Tx<'_>,
    of: &PrizeOf,
    (gateway, key): (&GatewayId, VoucherKey),
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO voucher_loan (campaign_id, prize_rank, rental_id, gateway_id, voucher_key, \
         state, lent_ms, changed_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        &[
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
            Value::text(gateway),
            Value::text(key),
            Loan::Lent.as_str().into(),
            now.0.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn set(tx: &Tx<'_>, of: &PrizeOf, loan: Loan, now: UnixMs) -> Result<(), DbError> {
    let without = match loan {
        Loan::Recalled { without } | Loan::Doubtful { without } => without,
        Loan::Lent | Loan::Back => 0,
    };
    tx.execute(
        "UPDATE voucher_loan SET state = $1, without = $2, changed_ms = $3 \
         WHERE campaign_id = $4 AND prize_rank = $5 AND rental_id = $6",
        &[
            loan.as_str().into(),
            Value::count(without),
            now.0.into(),
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
    )
    .map(drop)
}

/// None: it was never lent.
pub fn of(tx: &Tx<'_>, of: &PrizeOf) -> Result<Option<LoanRow>, DbError> {
    tx.first(
        select!("WHERE l.campaign_id = $1 AND l.prize_rank = $2 AND l.rental_id = $3"),
        &[
            Value::text(of.campaign),
            i64::from(of.rank).into(),
            Value::text(of.rental),
        ],
        read,
    )
}

pub fn by_key(
    tx: &Tx<'_>,
    gateway: &GatewayId,
    key: VoucherKey,
) -> Result<Option<LoanRow>, DbError> {
    tx.first(
        select!("WHERE l.gateway_id = $1 AND l.voucher_key = $2"),
        &[Value::text(gateway), Value::text(key)],
        read,
    )
}

/// Those of a gateway whose word is awaited.
pub fn recalled(tx: &Tx<'_>, gateway: &GatewayId) -> Result<Vec<LoanRow>, DbError> {
    tx.all(
        select!("WHERE l.gateway_id = $1 AND l.state = 'recalled' LIMIT 10000"),
        &[Value::text(gateway)],
        read,
    )
}

/// Whether somebody waits for this gateway to give a voucher back that still serves.
pub fn is_awaited(tx: &Tx<'_>, gateway: &GatewayId, now: UnixMs) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM voucher_loan l JOIN prize_voucher v ON v.campaign_id = l.campaign_id \
         AND v.prize_rank = l.prize_rank AND v.rental_id = l.rental_id \
         WHERE l.gateway_id = $1 AND l.state = 'recalled' AND v.redeemed_ms IS NULL \
         AND v.void_ms IS NULL AND v.lapses_ms > $2 LIMIT 1",
        &[Value::text(gateway), now.0.into()],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

/// Those that a gateway may redeem.
pub fn out(tx: &Tx<'_>, gateway: &GatewayId) -> Result<Vec<LoanRow>, DbError> {
    let mut rows = recalled(tx, gateway)?;
    rows.extend(tx.all(
        select!("WHERE l.gateway_id = $1 AND l.state = 'lent' LIMIT 10000"),
        &[Value::text(gateway)],
        read,
    )?);
    Ok(rows)
}

/// What a gateway's list names: lent, and still worth something.
pub fn listed(tx: &Tx<'_>, gateway: &GatewayId) -> Result<Vec<LentVoucher>, DbError> {
    tx.all(
        "SELECT l.voucher_key, v.amount_centavos, v.lapses_ms FROM voucher_loan l \
         JOIN prize_voucher v ON v.campaign_id = l.campaign_id AND v.prize_rank = l.prize_rank \
         AND v.rental_id = l.rental_id WHERE l.gateway_id = $1 AND l.state = 'lent' \
         AND v.redeemed_ms IS NULL AND v.void_ms IS NULL ORDER BY l.voucher_key",
        &[Value::text(gateway)],
        |row| {
            Ok(LentVoucher {
                key: row.parsed(0)?,
                amount_centavos: Centavos::new(row.int(1)?),
                lapses_ms: UnixMs(row.int(2)?),
            })
        },
    )
}

/// Lent, and worth nothing any more: used, lapsed, or somebody else's prize.
pub fn spent(tx: &Tx<'_>, now: UnixMs, rows_max: u16) -> Result<Vec<LoanRow>, DbError> {
    tx.all(
        select!(
            "JOIN prize_voucher v ON v.campaign_id = l.campaign_id \
             AND v.prize_rank = l.prize_rank AND v.rental_id = l.rental_id \
             WHERE l.state = 'lent' AND (v.redeemed_ms IS NOT NULL OR v.void_ms IS NOT NULL \
             OR v.lapses_ms <= $1) ORDER BY l.gateway_id LIMIT $2"
        ),
        &[now.0.into(), i64::from(rows_max).into()],
        read,
    )
}

/// A gateway that redeems, how many vouchers it holds, and when it was last lent one.
#[derive(Debug, Clone)]
pub struct Till {
    pub gateway: GatewayId,
    pub dock: DockId,
    pub store: StoreId,
    pub held: u64,
    pub lent_ms: Option<UnixMs>,
}

pub fn tills(tx: &Tx<'_>) -> Result<Vec<Till>, DbError> {
    tx.all(
        "SELECT g.id, g.dock_id, d.store_id, \
         (SELECT count(*) FROM voucher_loan l WHERE l.gateway_id = g.id AND l.state = 'lent'), \
         g.lent_ms FROM gateway g JOIN dock d ON d.id = g.dock_id \
         WHERE g.state = 'active' AND g.redeems = 1 ORDER BY g.id",
        &[],
        |row| {
            Ok(Till {
                gateway: row.parsed(0)?,
                dock: row.parsed(1)?,
                store: row.parsed(2)?,
                held: row.count(3)?,
                lent_ms: row.opt_int(4)?.map(UnixMs),
            })
        },
    )
}

/// Notes that a gateway was lent vouchers.
pub fn set_lent(tx: &Tx<'_>, gateway: &GatewayId, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "UPDATE gateway SET lent_ms = $1 WHERE id = $2",
        &[now.0.into(), Value::text(gateway)],
    )
    .map(drop)
}

/// A voucher that was never lent and serves still, and where it was earned.
#[derive(Debug, Clone)]
pub struct Lendable {
    pub of: PrizeOf,
    pub dock: DockId,
    pub store: StoreId,
}

/// Of the stores in which some gateway redeems. Prizes come before what everybody gets.
pub fn lendable(tx: &Tx<'_>, now: UnixMs, rows_max: u32) -> Result<Vec<Lendable>, DbError> {
    tx.all(
        "SELECT v.campaign_id, v.prize_rank, v.rental_id, rd.id, rd.store_id FROM prize_voucher v \
         JOIN rental r ON r.id = v.rental_id JOIN gateway g ON g.id = r.returned_gateway \
         JOIN dock rd ON rd.id = g.dock_id \
         LEFT JOIN voucher_loan l ON l.campaign_id = v.campaign_id \
         AND l.prize_rank = v.prize_rank AND l.rental_id = v.rental_id \
         WHERE v.lapses_ms > $1 AND v.redeemed_ms IS NULL AND v.void_ms IS NULL \
         AND v.code_hash IS NOT NULL AND l.rental_id IS NULL \
         AND EXISTS (SELECT 1 FROM dock od JOIN gateway o ON o.dock_id = od.id \
         AND o.state <> 'retired' WHERE od.store_id = rd.store_id AND o.redeems = 1) \
         ORDER BY CASE WHEN v.prize_rank = 0 THEN 1 ELSE 0 END, v.made_ms LIMIT $2",
        &[now.0.into(), i64::from(rows_max).into()],
        |row| {
            Ok(Lendable {
                of: super::prize_voucher::prize_of(row)?,
                dock: row.parsed(3)?,
                store: row.parsed(4)?,
            })
        },
    )
}

fn read(row: &Row<'_>) -> Result<LoanRow, DbError> {
    let state = row.text(5)?;
    let loan = Loan::of(&state, row.count(6)?);
    Ok(LoanRow {
        of: super::prize_voucher::prize_of(row)?,
        gateway: row.parsed(3)?,
        key: row.parsed(4)?,
        loan: loan.ok_or_else(|| unreadable(5, format!("no state of a loan: {state}")))?,
    })
}
