use super::db::{DbError, Tx, Value};
use shared::ids::PersonId;
use shared::time::UnixMs;

/// A person as the database knows one: by a keyed index of the CPF and its sealed text. The keys
/// live outside the database.
pub fn by_index(tx: &Tx<'_>, cpf_index: &[u8; 32]) -> Result<Option<PersonId>, DbError> {
    tx.first(
        "SELECT id FROM person WHERE cpf_index = $1",
        &[cpf_index.as_slice().into()],
        |row| row.parsed(0),
    )
}

pub fn insert(
    tx: &Tx<'_>,
    id: &PersonId,
    cpf_index: &[u8; 32],
    cpf_sealed: &[u8],
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO person (id, cpf_index, cpf_sealed, created_ms) VALUES ($1, $2, $3, $4)",
        &[
            Value::text(id),
            cpf_index.as_slice().into(),
            cpf_sealed.into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn sealed_cpf(tx: &Tx<'_>, id: &PersonId) -> Result<Option<Vec<u8>>, DbError> {
    tx.first(
        "SELECT cpf_sealed FROM person WHERE id = $1",
        &[Value::text(id)],
        |row| row.bytes(0),
    )
}
