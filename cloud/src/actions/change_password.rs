use super::Outcome;
use crate::store::{Tx, staff};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// A person chose another password: whoever knew the old one is signed out everywhere.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    id: &StaffId,
    password_hash: &str,
    audit_id: &str,
) -> Outcome<()> {
    staff::set_password(tx, id, password_hash, false)?;
    staff::delete_sessions_of(tx, id)?;
    staff::audit(tx, audit_id, Some(id), "change_password", "", now)?;
    Ok(())
}
