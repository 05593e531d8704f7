use super::Outcome;
use crate::store::grant::GrantState;
use crate::store::{Tx, grant};
use shared::ids::GrantId;
use shared::time::UnixMs;

/// Notes, before it is done, that a grant leaves this system: from then on its deposit waits for the
/// gateway's word. False: it may not leave any more, and nothing may be shown.
pub fn run(tx: &Tx<'_>, now: UnixMs, id: &GrantId) -> Outcome<bool> {
    let row = grant::by_id(tx, id)?;
    let usable = row.filter(|g| g.state == GrantState::Open && g.expires_ms > now);
    if usable.as_ref().is_some_and(|g| g.handed_ms.is_none()) {
        grant::set_handed(tx, id, now)?;
    }
    Ok(usable.is_some())
}
