//! What a person found, and what was sent to keys of theirs. The rental that a found cart ended is its
//! payer's: nothing here names it.

use super::{EntryPart, moment};
use crate::persons::known::{KnownFind, KnownPayout};
use cloud_core::raffle::entry_code;
use serde::Serialize;

#[derive(Serialize)]
pub struct FindPart {
    pub store: String,
    pub dock: String,
    pub docked: String,
    pub claimed: Option<String>,
    pub state: &'static str,
    /// What the finder was promised; 0 where nothing is, or nothing yet.
    pub share_centavos: i64,
    /// How the finder wanted to be paid: `pix_key` or `voucher`.
    pub by: &'static str,
    pub voucher: Option<VoucherPart>,
    pub raffle_entry: Option<EntryPart>,
}

/// Its code was shown once and is known as a hash only.
#[derive(Serialize)]
pub struct VoucherPart {
    pub amount_centavos: i64,
    pub given: String,
    pub good_until: String,
    pub redeemed: Option<String>,
    /// When its amount went to the prize fund, because nobody came with it.
    pub expired: Option<String>,
}

/// Without `Debug`: it holds a Pix key.
#[derive(Serialize)]
pub struct PayoutPart {
    pub id: String,
    /// `finder`: a part of a forfeited deposit. `owed`: a deposit that no devolução could bring.
    pub purpose: &'static str,
    pub amount_centavos: i64,
    /// What of it came back to us.
    pub returned_centavos: i64,
    pub state: &'static str,
    pub reason: Option<&'static str>,
    pub ordered: String,
    pub settled: Option<String>,
    /// The bank's id, once it has one.
    pub end_to_end_id: Option<String>,
    /// Whole. Masked where the bank said that it is another person's.
    pub pix_key: Option<String>,
}

impl FindPart {
    pub(super) fn of(found: &KnownFind) -> Self {
        let (row, at) = (&found.row, found.at.as_ref());
        Self {
            store: at.map(|at| at.store_name.clone()).unwrap_or_default(),
            dock: at.map(|at| at.name.clone()).unwrap_or_default(),
            docked: moment(row.docked_ms),
            claimed: row.claimed_ms.map(moment),
            state: row.state.as_str(),
            share_centavos: row.finder_share.get(),
            by: if row.key_index.is_some() {
                "pix_key"
            } else {
                "voucher"
            },
            voucher: found.voucher.as_ref().map(|given| VoucherPart {
                amount_centavos: given.amount.get(),
                given: moment(given.made_ms),
                good_until: moment(given.until_ms),
                redeemed: given.redeemed_ms.map(moment),
                expired: given.expired_ms.map(moment),
            }),
            raffle_entry: found.entry.as_ref().map(|entry| EntryPart {
                code: entry_code(&entry.id),
                campaign: entry.campaign.name.clone(),
                at: moment(entry.created_ms),
            }),
        }
    }
}

impl PayoutPart {
    pub(super) fn of(known: &KnownPayout) -> Self {
        let order = &known.order;
        Self {
            id: order.id.to_string(),
            purpose: order.debt.purpose(),
            amount_centavos: order.amount.get(),
            returned_centavos: known.returned.get(),
            state: order.state.as_str(),
            reason: order.state.reason(),
            ordered: moment(order.ordered_ms),
            settled: order.settled_ms.map(moment),
            end_to_end_id: order.e2eid.clone(),
            pix_key: known.shown_key(),
        }
    }
}
