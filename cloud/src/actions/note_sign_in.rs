use super::Outcome;
use crate::store::{Tx, staff};
use shared::ids::StaffId;
use shared::time::UnixMs;

/// What happened at the managers' door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AtTheDoor {
    SignedIn(StaffId),
    SignedOut(StaffId),
    /// Under this login, which need not exist.
    Refused(String),
}

/// Characters kept of a refused login; the longest real one has 64.
const LOGIN_CHARS_MAX: usize = 64;

pub fn run(tx: &Tx<'_>, now: UnixMs, what: &AtTheDoor, audit_id: &str) -> Outcome<()> {
    let (by, action, subject) = match what {
        AtTheDoor::SignedIn(id) => (Some(id), "sign_in", String::new()),
        AtTheDoor::SignedOut(id) => (Some(id), "sign_out", String::new()),
        AtTheDoor::Refused(login) => {
            let login = login.chars().take(LOGIN_CHARS_MAX).collect();
            (None, "sign_in_refused", login)
        }
    };
    Ok(staff::audit(tx, audit_id, by, action, &subject, now)?)
}
