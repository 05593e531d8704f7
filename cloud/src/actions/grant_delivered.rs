use super::Outcome;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, outbox};
use shared::ids::GrantId;
use shared::time::UnixMs;

/// Writes back that a grant was handed to the broker. The acknowledgements carry it as well, so a
/// hint that got lost afterwards costs only time.
pub fn run(tx: &Tx<'_>, now: UnixMs, grant: &GrantId) -> Outcome<()> {
    Ok(outbox::finish(
        tx,
        EffectKind::DeliverGrant,
        &grant.to_string(),
        now,
    )?)
}
