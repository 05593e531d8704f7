use super::{Outcome, Rejection};
use crate::store::{Tx, dock, gateway, staff};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// What a one-time code opens, for whom and how long.
#[derive(Debug, Clone)]
pub struct OpenEnrolment {
    pub dock_code: String,
    /// [`crate::http::code_hash`] of the code, which is kept nowhere.
    pub code_hash: [u8; 32],
    pub expires: UnixMs,
    pub audit_id: String,
}

/// Lets whatever device shows the code become the dock's gateway. Answers the dock's name.
pub fn run(tx: &Tx<'_>, now: UnixMs, of: &OpenEnrolment, by: &StaffId) -> Outcome<String> {
    let dock = dock::by_code(tx, &of.dock_code)?.ok_or(Rejection::UnknownDock)?;
    let subject = dock.id.to_string();
    staff::audit(tx, &of.audit_id, Some(by), "open_enrolment", &subject, now)?;
    gateway::add_code(tx, &of.code_hash, &dock.id, of.expires)?;
    Ok(dock.name)
}
