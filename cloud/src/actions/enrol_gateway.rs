use super::{Outcome, Rejection};
use crate::live::Topic;
use crate::store::dock::DockRow;
use crate::store::gateway::{GatewayState, NewGateway};
use crate::store::{DbError, Tx, bay, dock, gateway, silence};
use shared::enrol::EnrolRequest;
use shared::ids::GatewayId;
use shared::time::UnixMs;

#[derive(Clone)]
pub struct Enrol {
    pub request: EnrolRequest,
    pub code_hash: [u8; 32],
    /// The id the device gets if it is new.
    pub id: GatewayId,
    pub downlink_password_hash: [u8; 32],
}

pub struct Enrolled {
    pub gateway: GatewayId,
    pub dock: DockRow,
}

/// Makes a device the gateway of the code's dock and retires the one before it. The same device
/// with the same code again, whose first answer was lost, gets the same id and a new password.
pub fn run(tx: &Tx<'_>, now: UnixMs, enrol: &Enrol) -> Outcome<Enrolled> {
    let code = gateway::code(tx, &enrol.code_hash)?.ok_or(Rejection::CodeUnknown)?;
    let dock = dock::by_id(tx, &code.dock)?.ok_or(Rejection::CodeUnknown)?;
    if let Some(used_by) = code.used_by {
        let row = gateway::by_id(tx, &used_by)?.ok_or(Rejection::CodeUsed)?;
        if row.public_key != enrol.request.public_key || row.state != GatewayState::Active {
            return Err(Rejection::CodeUsed.into());
        }
        gateway::set_password(tx, &used_by, &enrol.downlink_password_hash)?;
        return Ok(Enrolled {
            gateway: used_by,
            dock,
        });
    }
    if code.expires_ms <= now {
        return Err(Rejection::CodeExpired.into());
    }
    if let Some(before) = gateway::of_dock(tx, &dock.id)? {
        if before.public_key == enrol.request.public_key && before.state == GatewayState::Active {
            // The very device, whose enrolment was lost: it keeps its name and its journal.
            gateway::use_code(tx, &enrol.code_hash, &before.id, now)?;
            gateway::set_password(tx, &before.id, &enrol.downlink_password_hash)?;
            return Ok(Enrolled {
                gateway: before.id,
                dock,
            });
        }
        silence::note(
            tx,
            &before.id,
            before.drained_ms.max(before.enrolled_ms),
            now,
        )?;
        gateway::set_state(tx, &before.id, GatewayState::Retired)?;
    }
    let new = NewGateway {
        id: enrol.id,
        dock: dock.id,
        public_key: enrol.request.public_key,
        software: &enrol.request.software,
        downlink_password_hash: enrol.downlink_password_hash,
    };
    gateway::insert(tx, &new, now).map_err(|error| match error {
        DbError::Unique(_) => Rejection::KeyTaken.into(),
        other => super::Failure::from(other),
    })?;
    gateway::use_code(tx, &enrol.code_hash, &enrol.id, now)?;
    bay::replace_layout(tx, &dock.id, &enrol.request.bays, now)?;
    tx.touch(Topic::Dock(dock.id));
    Ok(Enrolled {
        gateway: enrol.id,
        dock,
    })
}
