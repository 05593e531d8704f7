use super::enter_result::{self, EnterResult, Entered};
use super::{Outcome, campaign_step};
use crate::keys::Keys;
use crate::store::Tx;
use cloud_core::rental::Step;
use shared::time::UnixMs;

/// Corrects what was typed of an extraction, by a record that two must agree on. The winners are
/// reckoned again over the same list; vouchers of prizes that went to others are worth nothing.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, wanted: &EnterResult) -> Outcome<Step<Entered>> {
    if wanted.replaces.is_none() {
        return Err(campaign_step::wrong_stage().into());
    }
    enter_result::run(tx, now, keys, wanted)
}
