//! Figures over many rows, for the managers' first page and for metrics.

use super::db::{DbError, Tx};
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub held: Centavos,
    pub owed: Centavos,
    pub stray: Centavos,
    pub payable: Centavos,
    pub prize: Centavos,
    pub shop: Centavos,
    pub bank: Centavos,
    pub refunded_since: Centavos,
    pub carts_out: i64,
    pub refunds_waiting: i64,
    pub effects_waiting: i64,
    pub alarms: i64,
}

pub fn figures(tx: &Tx<'_>, since: UnixMs) -> Result<Figures, DbError> {
    let mut figures = Figures::default();
    for (kind, balance) in super::ledger::balances(tx)? {
        match kind.as_str() {
            "bank" => figures.bank = sum(figures.bank, balance.get()),
            "held" => figures.held = sum(figures.held, -balance.get()),
            "stray" => figures.stray = sum(figures.stray, -balance.get()),
            "payable" => figures.payable = sum(figures.payable, -balance.get()),
            "prize" => figures.prize = sum(figures.prize, -balance.get()),
            "shop" => figures.shop = sum(figures.shop, -balance.get()),
            _ => figures.owed = sum(figures.owed, -balance.get()),
        }
    }
    let one = |sql, values: &[_]| Ok(tx.first(sql, values, |row| row.int(0))?.unwrap_or(0));
    figures.refunded_since = Centavos::new(one(
        "SELECT CAST(coalesce(sum(amount_centavos), 0) AS BIGINT) FROM refund WHERE settled_ms >= $1",
        &[since.0.into()],
    )?);
    figures.carts_out = one("SELECT count(*) FROM rental WHERE state = 'out'", &[])?;
    figures.refunds_waiting = one(
        "SELECT count(*) FROM refund WHERE state IN ('requested', 'processing', 'owed')",
        &[],
    )?;
    figures.effects_waiting = super::outbox::waiting(tx)?;
    figures.alarms = one("SELECT count(*) FROM alarm WHERE cleared_ms IS NULL", &[])?;
    Ok(figures)
}

fn sum(total: Centavos, centavos: i64) -> Centavos {
    [total, Centavos::new(centavos)].into_iter().sum()
}

/// Whether the database answers at all.
pub fn ping(tx: &Tx<'_>) -> Result<(), DbError> {
    tx.first("SELECT 1", &[], |row| row.int(0)).map(drop)
}
