//! Who won is told, and gets a voucher. Called after whatever may have changed the winners: what stays
//! with its holder stays as it is.

use super::{Outcome, name_vouchers, tell};
use crate::keys::Keys;
use crate::store::frozen_entry::FrozenRow;
use crate::store::prize_voucher::{self, PrizeOf};
use crate::store::{Tx, frozen_entry};
use cloud_core::notice::Notice;
use cloud_core::raffle::campaign::Drawn;
use cloud_core::raffle::winners::{Delivery, Winner};
use shared::ids::CampaignId;
use shared::money::Centavos;
use shared::time::UnixMs;

pub(super) fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    (id, drawn): (&CampaignId, &Drawn),
) -> Outcome<()> {
    let rules = &drawn.entered.committed.terms.rules;
    let mut holders: Vec<(PrizeOf, Centavos, &Winner, FrozenRow)> = Vec::new();
    for winner in &drawn.winners {
        let prize = rules.prizes.iter().find(|prize| prize.rank == winner.rank);
        let held = match winner.position {
            Some(position) => frozen_entry::at_position(tx, id, position)?,
            None => None,
        };
        if let (Some(prize), Some(row)) = (prize, held) {
            let of = PrizeOf {
                campaign: *id,
                rank: winner.rank,
                rental: row.rental,
            };
            holders.push((of, Centavos::new(prize.value_centavos), winner, row));
        }
    }
    withdraw(tx, now, id, |of| {
        holders.iter().any(|(held, ..)| held == of)
    })?;
    for (of, amount, winner, row) in &holders {
        let worth = (*amount, drawn.claim_ends_ms());
        if !prize_voucher::insert(tx, of, row.person.as_ref(), worth, now)? {
            prize_voucher::set_valid(tx, of)?;
        }
        // The rental's contacts are its payer's; the finder of an abandoned cart is somebody else.
        if winner.delivery == Delivery::Pending && row.person == row.payer {
            tell::run(tx, now, &row.rental, Notice::PrizeWon)?;
        }
    }
    name_vouchers::run(tx, keys).map(drop)
}

/// Takes back the vouchers of prizes that are somebody else's now.
pub(super) fn withdraw(
    tx: &Tx<'_>,
    now: UnixMs,
    id: &CampaignId,
    stays: impl Fn(&PrizeOf) -> bool,
) -> Outcome<()> {
    for voucher in prize_voucher::of_campaign(tx, id)? {
        if !stays(&voucher.of) && voucher.redeemed_ms.is_none() {
            prize_voucher::set_void(tx, &voucher.of, now)?;
        }
    }
    Ok(())
}
