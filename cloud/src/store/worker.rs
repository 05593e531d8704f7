use super::db::{DbError, Tx};
use shared::time::UnixMs;

/// Notes that the person with this CPF works here. False: it was known.
pub fn note(tx: &Tx<'_>, cpf_index: &[u8; 32], now: UnixMs) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO worker (cpf_index, noted_ms) VALUES ($1, $2) ON CONFLICT (cpf_index) DO NOTHING",
        &[cpf_index.as_slice().into(), now.0.into()],
    )?;
    Ok(added > 0)
}

/// False: nobody with this CPF was noted.
pub fn forget(tx: &Tx<'_>, cpf_index: &[u8; 32]) -> Result<bool, DbError> {
    let gone = tx.execute(
        "DELETE FROM worker WHERE cpf_index = $1",
        &[cpf_index.as_slice().into()],
    )?;
    Ok(gone > 0)
}

pub fn is_known(tx: &Tx<'_>, cpf_index: &[u8; 32]) -> Result<bool, DbError> {
    let found = tx.first(
        "SELECT 1 FROM worker WHERE cpf_index = $1",
        &[cpf_index.as_slice().into()],
        |row| row.int(0),
    )?;
    Ok(found.is_some())
}
