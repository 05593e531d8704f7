use super::{Failure, Outcome, Rejection};
use crate::store::{DbError, Tx, staff, technician_key};
use shared::allowance::TECHNICIANS_MAX;
use shared::ids::{ChainId, StaffId};
use shared::signed::PublicKey;
use shared::time::UnixMs;

#[derive(Clone)]
pub struct AddTechnician {
    pub chain: ChainId,
    pub name: String,
    pub key: PublicKey,
    pub audit_id: String,
}

/// Lets somebody's key open the pages of the chain's gateways, as soon as these have the next list.
pub fn run(tx: &Tx<'_>, now: UnixMs, add: &AddTechnician, by: &StaffId) -> Outcome<()> {
    if technician_key::active(tx, &add.chain)?.len() >= TECHNICIANS_MAX {
        return Err(Rejection::TooManyTechnicians.into());
    }
    let added = technician_key::insert(tx, &add.chain, &add.name, &add.key, now);
    added.map_err(|error| match error {
        DbError::Unique(_) => Failure::from(Rejection::TechnicianTaken),
        other => other.into(),
    })?;
    let subject = add.key.to_string();
    let verb = "add_technician";
    Ok(staff::audit(
        tx,
        &add.audit_id,
        Some(by),
        verb,
        &subject,
        now,
    )?)
}
