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

/// Everybody, by id.
pub fn logins(tx: &Tx<'_>) -> Result<Vec<(StaffId, String)>, DbError> {
    tx.all(
        "SELECT id, login FROM staff ORDER BY id LIMIT 1000",
        &[],
        |row| Ok((row.parsed(0)?, row.text(1)?)),
    )
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

/// A session as it is stored: its id only as a hash.
pub struct NewSession<'a> {
    pub id_hash: &'a [u8; 32],
    pub staff: Option<&'a StaffId>,
    pub data: &'a str,
    pub expires_ms: UnixMs,
}

pub fn add_session(tx: &Tx<'_>, new: &NewSession<'_>) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO session (id_hash, staff_id, data, expires_ms) VALUES ($1, $2, $3, $4)",
        &[
            new.id_hash.as_slice().into(),
            new.staff.map_or(Value::Null, Value::text),
            new.data.into(),
            new.expires_ms.0.into(),
        ],
    )
    .map(drop)
}

/// Renews a session that is still there. One that was ended meanwhile does not come back.
pub fn renew_session(tx: &Tx<'_>, session: &NewSession<'_>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE session SET staff_id = $1, data = $2, expires_ms = $3 WHERE id_hash = $4",
        &[
            session.staff.map_or(Value::Null, Value::text),
            session.data.into(),
            session.expires_ms.0.into(),
            session.id_hash.as_slice().into(),
        ],
    )
    .map(drop)
}

/// The data of a session that has not expired, and when it will.
pub fn session(
    tx: &Tx<'_>,
    id_hash: &[u8; 32],
    now: UnixMs,
) -> Result<Option<(String, UnixMs)>, DbError> {
    tx.first(
        "SELECT data, expires_ms FROM session WHERE id_hash = $1 AND expires_ms > $2",
        &[id_hash.as_slice().into(), now.0.into()],
        |row| Ok((row.text(0)?, UnixMs(row.int(1)?))),
    )
}

/// Ends every session of a person.
pub fn delete_sessions_of(tx: &Tx<'_>, staff: &StaffId) -> Result<usize, DbError> {
    tx.execute(
        "DELETE FROM session WHERE staff_id = $1",
        &[Value::text(staff)],
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

/// Something a person did about `subject`.
#[derive(Debug, Clone)]
pub struct AuditRow {
    pub at_ms: UnixMs,
    pub login: Option<String>,
    pub action: String,
    pub subject: String,
}

/// What was done about one subject, the oldest first.
pub fn audit_of(tx: &Tx<'_>, subject: &str) -> Result<Vec<AuditRow>, DbError> {
    tx.all(
        "SELECT a.at_ms, s.login, a.action, a.subject FROM audit a \
         LEFT JOIN staff s ON s.id = a.staff_id WHERE a.subject = $1 ORDER BY a.at_ms LIMIT 100",
        &[subject.into()],
        |row| {
            Ok(AuditRow {
                at_ms: UnixMs(row.int(0)?),
                login: row.opt_text(1)?,
                action: row.text(2)?,
                subject: row.text(3)?,
            })
        },
    )
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
