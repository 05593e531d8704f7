use super::db::{DbError, Row, Tx, Value};
use cloud_core::ledger::{Account, AccountKind, Transfer, TransferKind};
use shared::ids::StoreId;
use shared::money::Centavos;
use shared::time::UnixMs;

/// Books `transfer` for `reference`. A transfer of this kind for this reference happens once: a
/// second is the defect of a caller that did not look, and fails.
pub fn book(tx: &Tx<'_>, transfer: &Transfer, reference: &str, at: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO ledger_transfer (kind, reference, debit_account, credit_account, \
         amount_centavos, at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            transfer.kind().as_str().into(),
            reference.into(),
            Value::text(transfer.debit().id()),
            Value::text(transfer.credit().id()),
            transfer.amount().get().into(),
            at.0.into(),
        ],
    )
    .map(drop)
}

pub fn open_accounts(tx: &Tx<'_>, store: StoreId) -> Result<(), DbError> {
    for kind in AccountKind::ALL {
        tx.execute(
            "INSERT INTO ledger_account (id, store_id, kind) VALUES ($1, $2, $3) \
             ON CONFLICT (id) DO NOTHING",
            &[
                Value::text(Account { kind, store }.id()),
                Value::text(store),
                kind.as_str().into(),
            ],
        )?;
    }
    Ok(())
}

/// Sum of debits less sum of credits of each kind of account, over all stores.
pub fn balances(tx: &Tx<'_>) -> Result<Vec<(String, Centavos)>, DbError> {
    tx.all(
        "SELECT a.kind, coalesce((SELECT CAST(sum(amount_centavos) AS BIGINT) FROM ledger_transfer \
           WHERE debit_account = a.id), 0) - coalesce((SELECT CAST(sum(amount_centavos) AS BIGINT) \
           FROM ledger_transfer WHERE credit_account = a.id), 0) FROM ledger_account a \
         ORDER BY a.kind, a.id",
        &[],
        |row| Ok((row.text(0)?, Centavos::new(row.int(1)?))),
    )
}

#[derive(Debug, Clone)]
pub struct TransferRow {
    pub kind: String,
    pub reference: String,
    pub debit: String,
    pub credit: String,
    pub amount: Centavos,
    pub at_ms: UnixMs,
}

/// What was booked for one Pix, one refund or one devolução of the bank's, in time's order.
pub fn of_reference(tx: &Tx<'_>, reference: &str) -> Result<Vec<TransferRow>, DbError> {
    let mut found = Vec::new();
    for kind in TransferKind::ALL {
        found.extend(tx.first(
            "SELECT kind, reference, debit_account, credit_account, amount_centavos, at_ms \
             FROM ledger_transfer WHERE kind = $1 AND reference = $2",
            &[kind.as_str().into(), reference.into()],
            read,
        )?);
    }
    Ok(found)
}

fn read(row: &Row<'_>) -> Result<TransferRow, DbError> {
    Ok(TransferRow {
        kind: row.text(0)?,
        reference: row.text(1)?,
        debit: row.text(2)?,
        credit: row.text(3)?,
        amount: Centavos::new(row.int(4)?),
        at_ms: UnixMs(row.int(5)?),
    })
}
