use super::Outcome;
use crate::store::campaign::LifeState;
use crate::store::prize_voucher::{self, PrizeOf};
use crate::store::{Tx, campaign};
use shared::ids::{CampaignId, PersonId, RentalId};
use shared::time::UnixMs;

const DAY_MS: i64 = 24 * 3_600 * 1_000;

/// Where everybody gets a voucher: this return of this person earns one, within the offer's limits.
pub(super) fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    id: &CampaignId,
    (rental, person): (&RentalId, &PersonId),
) -> Outcome<()> {
    let Some(row) = campaign::life(tx, id)? else {
        return Ok(());
    };
    let LifeState::Certain(certain) = row.state else {
        return Ok(());
    };
    let offer = certain.offer();
    let store = campaign::store_of_return(tx, rental)?;
    let is_here = store.is_some_and(|name| offer.stores.contains(&name));
    if !is_here || !certain.earns(prize_voucher::count_of(tx, id, person)?, now) {
        return Ok(());
    }
    let of = PrizeOf {
        campaign: *id,
        rank: 0,
        rental: *rental,
    };
    let lapses = now.plus(i64::from(offer.valid_days) * DAY_MS);
    let worth = (offer.voucher, lapses);
    prize_voucher::insert(tx, &of, Some(person), worth, now)?;
    Ok(())
}
