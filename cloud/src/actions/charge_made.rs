use super::{Outcome, Rejection, cancel_rental};
use crate::live::Topic;
use crate::store::charge::ChargeState;
use crate::store::outbox::EffectKind;
use crate::store::{Tx, charge, outbox};
use cloud_core::rental::CancelReason;
use shared::time::UnixMs;

/// What the bank made of an ordered charge.
#[derive(Clone)]
pub enum Made {
    /// It can be paid until then, by the bank's clock.
    Standing {
        copy_paste: String,
        expires_ms: UnixMs,
    },
    /// The bank will not make it.
    Refused,
}

/// Writes back the outcome of `CreateCharge`.
pub fn run(tx: &Tx<'_>, now: UnixMs, txid: &str, made: &Made) -> Outcome<()> {
    let row = charge::by_txid(tx, txid)?.ok_or(Rejection::UnknownCharge)?;
    outbox::finish(tx, EffectKind::CreateCharge, txid, now)?;
    match made {
        Made::Standing {
            copy_paste,
            expires_ms,
        } if row.state == ChargeState::Requested => {
            charge::set_active(tx, txid, *expires_ms, copy_paste)?;
        }
        // The rental ended while the bank worked: the charge must not be paid any more.
        Made::Standing { .. } if row.state == ChargeState::Over => {
            outbox::add(tx, EffectKind::CancelCharge, txid, now, now)?;
        }
        Made::Refused if row.state == ChargeState::Requested => {
            cancel_rental::end(tx, now, &row.rental, CancelReason::NoCharge)?;
        }
        // An old answer: the charge was made, paid or given up since.
        Made::Standing { .. } | Made::Refused => {}
    }
    tx.touch(Topic::Rental(row.rental));
    Ok(())
}
