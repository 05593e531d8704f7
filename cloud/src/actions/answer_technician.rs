use super::{Outcome, Rejection};
use crate::keys::Keys;
use crate::store::{Tx, dock, gateway, staff};
use shared::ids::StaffId;
use shared::offline::SharedSecret;
use shared::time::UnixMs;

/// The eight digits that let whoever stands before a dock's gateway in, also one in quarantine, which
/// has to be enrolled anew. Who asked is remembered.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    (dock_code, challenge): (&str, &str),
    by: &StaffId,
    audit_id: &str,
) -> Outcome<String> {
    let dock = dock::by_code(tx, dock_code)?.ok_or(Rejection::UnknownDock)?;
    let serving = gateway::of_dock(tx, &dock.id)?.ok_or(Rejection::UnknownGateway)?;
    let subject = serving.id.to_string();
    let verb = "answer_technician";
    staff::audit(tx, audit_id, Some(by), verb, &subject, now)?;
    let secret = SharedSecret::between(keys.signing(), &serving.public_key);
    Ok(secret.technician_answer(challenge))
}
