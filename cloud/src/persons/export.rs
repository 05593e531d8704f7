//! What is known of a person, for that person (LGPD art. 18 II and V, art. 19): everything that leads
//! back to the CPF, in words a machine reads.

use crate::keys::Keys;
use crate::store::{
    DbError, Store, StoreError, Tx, campaign, dock, member_card, payment, person, refund, rental,
};
use cloud_core::raffle::entry_code;
use serde::Serialize;
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

/// A rental a day for more years than anything is kept; beyond it the export says that it was cut.
const RENTALS_MAX: u16 = 5_000;

/// The one shape that shows a CPF whole: it is for the person it belongs to. Without `Debug`.
#[derive(Serialize)]
pub struct Export {
    pub person: String,
    /// None where the person was erased.
    pub cpf: Option<String>,
    pub known_since: String,
    pub erased: Option<String>,
    pub rentals: Vec<RentalPart>,
    /// True: there are more rentals than are listed.
    pub cut: bool,
    pub member_cards: Vec<CardPart>,
}

#[derive(Serialize)]
pub struct RentalPart {
    pub id: String,
    pub store: String,
    pub dock: String,
    pub state: &'static str,
    pub deposit_centavos: i64,
    pub begun: String,
    pub paid: Option<String>,
    pub out: Option<String>,
    pub returned: Option<String>,
    pub ended: Option<String>,
    pub payments: Vec<MoneyPart>,
    pub refunds: Vec<MoneyPart>,
    pub raffle_entry: Option<EntryPart>,
}

#[derive(Serialize)]
pub struct MoneyPart {
    /// The bank's id of a payment, ours of a refund.
    pub id: String,
    pub amount_centavos: i64,
    pub at: String,
    pub state: &'static str,
}

#[derive(Serialize)]
pub struct EntryPart {
    pub code: String,
    pub campaign: String,
    pub at: String,
}

#[derive(Serialize)]
pub struct CardPart {
    pub ending: String,
    pub holder: String,
    pub state: &'static str,
    pub since: String,
}

/// None: there is no such person.
pub async fn export(
    store: &Store,
    keys: &Keys,
    id: PersonId,
) -> Result<Option<Export>, StoreError> {
    let found = store.read(move |tx| read(tx, &id)).await?;
    Ok(found.map(|(export, sealed)| Export {
        cpf: sealed
            .and_then(|sealed| keys.open_cpf(&sealed))
            .map(|cpf| cpf.digits().to_owned()),
        ..export
    }))
}

fn read(
    tx: &Tx<'_>,
    id: &PersonId,
) -> Result<Option<(Export, Option<crate::keys::SealedCpf>)>, DbError> {
    let Some(row) = person::by_id(tx, id)? else {
        return Ok(None);
    };
    let ids = person::rentals(tx, id, RENTALS_MAX)?;
    let cut = ids.len() == usize::from(RENTALS_MAX);
    let mut rentals = Vec::with_capacity(ids.len());
    for id in &ids {
        rentals.extend(rental_part(tx, id)?);
    }
    let cards = member_card::of_person(tx, id)?;
    let member_cards = cards.into_iter().map(|card| CardPart {
        ending: card.ending,
        holder: card.holder,
        state: card.state.as_str(),
        since: moment(card.created_ms),
    });
    let export = Export {
        person: id.to_string(),
        cpf: None,
        known_since: moment(row.created_ms),
        erased: row.erased_ms.map(moment),
        rentals,
        cut,
        member_cards: member_cards.collect(),
    };
    Ok(Some((export, person::sealed_cpf(tx, id)?)))
}

fn rental_part(tx: &Tx<'_>, id: &RentalId) -> Result<Option<RentalPart>, DbError> {
    let Some(row) = rental::by_id(tx, id)? else {
        return Ok(None);
    };
    let at = dock::by_id(tx, &row.dock)?;
    let (store, dock) = at.map_or_else(Default::default, |at| (at.store_name, at.name));
    let payments = payment::of_rental(tx, id)?
        .into_iter()
        .map(|paid| MoneyPart {
            id: paid.e2eid,
            amount_centavos: paid.amount.get(),
            at: moment(paid.settled_ms),
            state: "received",
        });
    let refunds = refund::of_rental(tx, id)?
        .into_iter()
        .map(|order| MoneyPart {
            id: order.id.to_string(),
            amount_centavos: order.amount.get(),
            at: moment(order.settled_ms.unwrap_or(order.ordered_ms)),
            state: order.state.as_str(),
        });
    let entry = campaign::entry_of(tx, id)?;
    Ok(Some(RentalPart {
        id: id.to_string(),
        store,
        dock,
        state: row.state.state(),
        deposit_centavos: row.deposit.get(),
        begun: moment(row.created_ms),
        paid: row.paid_ms.map(moment),
        out: row.out_ms.map(moment),
        returned: row.returned_ms.map(moment),
        ended: row.ended_ms.map(moment),
        payments: payments.collect(),
        refunds: refunds.collect(),
        raffle_entry: entry.map(|entry| EntryPart {
            code: entry_code(&entry.id),
            campaign: entry.campaign.name,
            at: moment(entry.created_ms),
        }),
    }))
}

/// As `2026-11-21T10:52:26Z`.
fn moment(at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}
