//! What is known of a person, as pages show it.

use crate::app::{App, now};
use crate::http::manage::payouts::{purpose_view, state_view as payout_state};
use crate::http::manage::rentals::known_view;
use crate::http::manage::rescues::state_view as rescue_state;
use crate::http::story::refund_view;
use crate::persons::{Known, KnownFind, KnownPayout, KnownRental};
use crate::store::campaign::EntryRow;
use crate::store::member_card::{CardRow, CardState};
use crate::store::refund::RefundRow;
use cloud_core::raffle::entry_code;
use shared::personal::PersonName;
use shared::time::UnixMs;
use web::manager::{
    ExportRental, PersonCard, PersonEntry, PersonExportPage, PersonFind, PersonPayout,
    PersonRefund, PersonView, PersonVoucher, StaffView,
};
use web::ui::Frame;

/// None for somebody who was erased. `earned`: rentals and entries in all.
pub(super) fn masked(
    app: &App,
    known: &Known,
    earned: (u64, u64),
    blockers: &[KnownRental],
) -> Option<PersonView> {
    let at = now();
    let rows = |rentals: &[KnownRental]| {
        let rows = rentals
            .iter()
            .filter_map(|known| known_view(app, known, at));
        rows.collect()
    };
    let cards = known.cards.iter();
    Some(PersonView {
        id: known.id.to_string(),
        cpf_masked: known.cpf?.masked(),
        since_ms: known.row.created_ms,
        rentals_total: earned.0,
        entries_total: earned.1,
        rentals: rows(&known.rentals),
        refunds: known
            .rentals
            .iter()
            .flat_map(|rental| refunds(rental, at))
            .collect(),
        entries: entries(known),
        cards: cards.map(|row| card(row, PersonName::masked)).collect(),
        blockers: rows(blockers),
    })
}

/// None for somebody who was erased: nothing of theirs leads to them any more.
pub(super) fn export(
    app: &App,
    known: &Known,
    frame: Frame,
    staff: StaffView,
) -> Option<PersonExportPage> {
    let at = frame.now_ms;
    let whole = |name: &PersonName| name.reveal().to_owned();
    let rentals = known.rentals.iter().filter_map(|rental| {
        let paid = rental.payments.iter();
        Some(ExportRental {
            row: known_view(app, rental, at)?,
            paid_ms: rental.row.paid_ms,
            out_ms: rental.row.out_ms,
            returned_ms: rental.row.returned_ms,
            payments: paid
                .map(|pix| (pix.e2eid.clone(), pix.amount, pix.settled_ms))
                .collect(),
            refunds: refunds(rental, at),
            entry: rental.entry.as_ref().map(entry),
        })
    });
    Some(PersonExportPage {
        id: known.id.to_string(),
        cpf: known.cpf?.formatted(),
        since_ms: known.row.created_ms,
        rentals: rentals.collect(),
        cards: known.cards.iter().map(|row| card(row, whole)).collect(),
        finds: known.finds.iter().map(find).collect(),
        payouts: known.payouts.iter().map(payout).collect(),
        cut: known.cut,
        frame,
        staff,
    })
}

fn refunds(rental: &KnownRental, at: UnixMs) -> Vec<PersonRefund> {
    let one = |order: &RefundRow| PersonRefund {
        rental: order.rental.to_string(),
        amount: order.amount,
        state: refund_view(order, at).state,
        at_ms: order.settled_ms.unwrap_or(order.ordered_ms),
    };
    rental.refunds.iter().map(one).collect()
}

/// Of returns of their own, then of carts that they found.
fn entries(known: &Known) -> Vec<PersonEntry> {
    let own = known.rentals.iter().filter_map(|r| r.entry.as_ref());
    let found = known.finds.iter().filter_map(|f| f.entry.as_ref());
    own.chain(found).map(entry).collect()
}

fn entry(row: &EntryRow) -> PersonEntry {
    PersonEntry {
        code: entry_code(&row.id),
        campaign: row.campaign.name.clone(),
        at_ms: row.created_ms,
    }
}

fn find(known: &KnownFind) -> PersonFind {
    let (row, at) = (&known.row, known.at.as_ref());
    PersonFind {
        store_name: at.map(|at| at.store_name.clone()).unwrap_or_default(),
        dock_name: at.map(|at| at.name.clone()).unwrap_or_default(),
        docked_ms: row.docked_ms,
        claimed_ms: row.claimed_ms,
        state: rescue_state(row.state),
        share: row.finder_share,
        by_key: row.key_index.is_some(),
        voucher: known.voucher.as_ref().map(|given| PersonVoucher {
            amount: given.amount,
            given_ms: given.made_ms,
            until_ms: given.until_ms,
            redeemed_ms: given.redeemed_ms,
            expired_ms: given.expired_ms,
        }),
        entry: known.entry.as_ref().map(entry),
    }
}

fn payout(known: &KnownPayout) -> PersonPayout {
    let order = &known.order;
    PersonPayout {
        id: order.id.to_string(),
        purpose: purpose_view(&order.debt),
        amount: order.amount,
        returned: known.returned.is_positive().then_some(known.returned),
        state: payout_state(order, known.is_last),
        ordered_ms: order.ordered_ms,
        settled_ms: order.settled_ms,
        e2eid: order.e2eid.clone(),
        key: known.shown_key(),
    }
}

fn card(row: &CardRow, shown: impl Fn(&PersonName) -> String) -> PersonCard {
    PersonCard {
        ending: row.ending.clone(),
        holder: row.holder.as_ref().map(shown),
        denied: row.state == CardState::Denied,
    }
}
