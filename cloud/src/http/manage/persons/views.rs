//! What is known of a person, as pages show it.

use crate::app::{App, now};
use crate::http::manage::rentals::known_view;
use crate::http::story::refund_view;
use crate::persons::{Known, KnownRental};
use crate::store::member_card::{CardRow, CardState};
use crate::store::refund::RefundRow;
use cloud_core::raffle::entry_code;
use shared::personal::PersonName;
use shared::time::UnixMs;
use web::manager::{
    ExportRental, PersonCard, PersonEntry, PersonExportPage, PersonRefund, PersonView, StaffView,
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
        entries: known.rentals.iter().filter_map(entry).collect(),
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
            entry: entry(rental),
        })
    });
    Some(PersonExportPage {
        id: known.id.to_string(),
        cpf: known.cpf?.formatted(),
        since_ms: known.row.created_ms,
        rentals: rentals.collect(),
        cards: known.cards.iter().map(|row| card(row, whole)).collect(),
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

fn entry(rental: &KnownRental) -> Option<PersonEntry> {
    let entry = rental.entry.as_ref()?;
    Some(PersonEntry {
        code: entry_code(&entry.id),
        campaign: entry.campaign.name.clone(),
        at_ms: entry.created_ms,
    })
}

fn card(row: &CardRow, shown: impl Fn(&PersonName) -> String) -> PersonCard {
    PersonCard {
        ending: row.ending.clone(),
        holder: row.holder.as_ref().map(shown),
        denied: row.state == CardState::Denied,
    }
}
