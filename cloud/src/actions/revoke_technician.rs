use super::{Outcome, Rejection};
use crate::store::{Tx, staff, technician_key};
use shared::ids::{ChainId, StaffId};
use shared::signed::PublicKey;
use shared::time::UnixMs;

/// Takes a key off the lists. A gateway that is dark goes by the old list until it is heard again.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    (chain, key): (&ChainId, &PublicKey),
    by: &StaffId,
    audit_id: &str,
) -> Outcome<()> {
    if !technician_key::revoke(tx, chain, key, now)? {
        return Err(Rejection::UnknownTechnician.into());
    }
    let subject = key.to_string();
    let verb = "revoke_technician";
    Ok(staff::audit(tx, audit_id, Some(by), verb, &subject, now)?)
}
