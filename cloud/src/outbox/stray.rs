use super::refund::{standing_of, told};
use crate::actions::{Outcome, Rejection, adopt_amount, settle_stray};
use crate::app::{Shared, crash_point, now};
use crate::pix::resolve::ensure_refund;
use crate::store::outbox::EffectRow;
use crate::store::{Tx, stray_refund};
use shared::ids::RefundId;

/// Gives back a Pix that no charge explains, under the id that was stored with its order.
pub(super) async fn send(app: &Shared, effect: &EffectRow) -> Outcome<()> {
    let id: RefundId = effect
        .subject
        .parse()
        .map_err(|_| Rejection::UnknownRefund)?;
    let row = app
        .store
        .read(move |tx| stray_refund::by_id(tx, &id))
        .await?;
    let row = row.ok_or(Rejection::UnknownRefund)?;
    crash_point(&app.config, "before_stray_sent");
    let asked = effect.attempts > 0;
    let outcome = ensure_refund(&app.bank, &row.e2eid, &id.simple(), row.amount, asked).await;
    crash_point(&app.config, "after_stray_sent");
    let standing = standing_of(&outcome);
    let (told, at) = (told(outcome, effect.attempts), now());
    app.store
        .write(move |tx: &Tx<'_>| {
            if let Some(standing) = standing {
                adopt_amount::of_stray(tx, at, &id, standing)?;
            }
            settle_stray::run(tx, at, &id, &told)
        })
        .await
        .map(drop)
}
