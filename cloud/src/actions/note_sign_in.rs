use super::Outcome;
use crate::store::{Tx, staff};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// What happened at the managers' door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtTheDoor {
    SignedIn(StaffId),
    SignedOut(StaffId),
    /// Under what was typed for a login, which need not be one.
    Refused(String),
}

/// Stands for what was typed and is nobody's login: people type addresses and passwords there. No login
/// is so short.
const NOBODY: &str = "-";

pub fn run(tx: &Tx<'_>, now: UnixMs, what: &AtTheDoor, audit_id: &str) -> Outcome<()> {
    let (by, action, subject) = match what {
        AtTheDoor::SignedIn(id) => (Some(id), "sign_in", String::new()),
        AtTheDoor::SignedOut(id) => (Some(id), "sign_out", String::new()),
        AtTheDoor::Refused(login) => {
            let known = staff::by_login(tx, login)?.is_some();
            let subject = if known { login.as_str() } else { NOBODY };
            (None, "sign_in_refused", subject.to_owned())
        }
    };
    Ok(staff::audit(tx, audit_id, by, action, &subject, now)?)
}
