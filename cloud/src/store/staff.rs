//! Staff, their sessions, and what they did.

use super::db::{DbError, Row, Tx, Value};
use shared::ids::StaffId;
use shared::time::UnixMs;

#[derive(Debug, Clone)]
pub struct StaffRow {
    pub id: StaffId,
    pub login: String,
    pub role: String,
    pub password_hash: String,
    /// The password was given out by somebody else and serves only to choose another.
    pub must_change: bool,
}

macro_rules! select {
    ($tail:literal) => {
        concat!(
            "SELECT id, login, role, password_hash, must_change FROM staff ",
            $tail
        )
    };
}

pub fn insert(tx: &Tx<'_>, staff: &StaffRow, now: UnixMs) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO staff (id, login, role, password_hash, must_change, created_ms) \
         VALUES ($1, $2, $3, $4, $5, $6)",
        &[
            Value::text(staff.id),
            staff.login.as_str().into(),
            staff.role.as_str().into(),
            staff.password_hash.as_str().into(),
            i64::from(staff.must_change).into(),
            now.0.into(),
        ],
    )
    .map(drop)
}

pub fn by_login(tx: &Tx<'_>, login: &str) -> Result<Option<StaffRow>, DbError> {
    tx.first(select!("WHERE login = $1"), &[login.into()], read)
}

pub fn by_id(tx: &Tx<'_>, id: &StaffId) -> Result<Option<StaffRow>, DbError> {
    tx.first(select!("WHERE id = $1"), &[Value::text(id)], read)
}

pub fn set_password(
    tx: &Tx<'_>,
    id: &StaffId,
    password_hash: &str,
    must_change: bool,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE staff SET password_hash = $1, must_change = $2 WHERE id = $3",
        &[
            password_hash.into(),
            i64::from(must_change).into(),
            Value::text(id),
        ],
    )
    .map(drop)
}

pub fn put_session(
    tx: &Tx<'_>,
    id_hash: &[u8; 32],
    data: &str,
    expires: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO session (id_hash, data, expires_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (id_hash) DO UPDATE SET data = excluded.data, expires_ms = excluded.expires_ms",
        &[id_hash.as_slice().into(), data.into(), expires.0.into()],
    )
    .map(drop)
}

pub fn session(tx: &Tx<'_>, id_hash: &[u8; 32], now: UnixMs) -> Result<Option<String>, DbError> {
    tx.first(
        "SELECT data FROM session WHERE id_hash = $1 AND expires_ms > $2",
        &[id_hash.as_slice().into(), now.0.into()],
        |row| row.text(0),
    )
}

pub fn delete_session(tx: &Tx<'_>, id_hash: &[u8; 32]) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM session WHERE id_hash = $1",
        &[id_hash.as_slice().into()],
    )
    .map(drop)
}

pub fn delete_expired_sessions(tx: &Tx<'_>, now: UnixMs) -> Result<usize, DbError> {
    tx.execute(
        "DELETE FROM session WHERE expires_ms <= $1",
        &[now.0.into()],
    )
}

pub fn audit(
    tx: &Tx<'_>,
    id: &str,
    staff: Option<&StaffId>,
    action: &str,
    subject: &str,
    now: UnixMs,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO audit (id, at_ms, staff_id, action, subject) VALUES ($1, $2, $3, $4, $5)",
        &[
            id.into(),
            now.0.into(),
            staff.map_or(Value::Null, Value::text),
            action.into(),
            subject.into(),
        ],
    )
    .map(drop)
}

fn read(row: &Row<'_>) -> Result<StaffRow, DbError> {
    Ok(StaffRow {
        id: row.parsed(0)?,
        login: row.text(1)?,
        role: row.text(2)?,
        password_hash: row.text(3)?,
        must_change: row.int(4)? != 0,
    })
}
