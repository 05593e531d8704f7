//! All that leads back to one person, read at one moment. What is made of it is somebody else's: the
//! export shows it whole, the staff's page masked.

use crate::keys::{Keys, SealedCpf};
use crate::store::campaign::EntryRow;
use crate::store::dock::DockRow;
use crate::store::member_card::CardRow;
use crate::store::payment::PaymentRow;
use crate::store::person::PersonRow;
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::{
    DbError, Store, StoreError, Tx, campaign, dock, member_card, payment, person, refund, rental,
};
use shared::document::Cpf;
use shared::ids::{PersonId, RentalId};

pub struct Known {
    pub id: PersonId,
    pub row: PersonRow,
    /// None where the person was erased.
    pub cpf: Option<Cpf>,
    /// The latest come first.
    pub rentals: Vec<KnownRental>,
    pub cards: Vec<CardRow>,
    /// There are more rentals than were asked for.
    pub cut: bool,
}

pub struct KnownRental {
    pub row: RentalRow,
    pub at: Option<DockRow>,
    pub payments: Vec<PaymentRow>,
    pub refunds: Vec<RefundRow>,
    pub entry: Option<EntryRow>,
}

/// None: there is no such person. `rentals_max` bounds what is read.
pub async fn known(
    store: &Store,
    keys: &Keys,
    id: PersonId,
    rentals_max: u16,
) -> Result<Option<Known>, StoreError> {
    let found = store.read(move |tx| read(tx, id, rentals_max)).await?;
    Ok(found.map(|(known, sealed)| Known {
        cpf: sealed.and_then(|sealed| keys.open_cpf(&sealed)),
        ..known
    }))
}

fn read(
    tx: &Tx<'_>,
    id: PersonId,
    rentals_max: u16,
) -> Result<Option<(Known, Option<SealedCpf>)>, DbError> {
    let Some(row) = person::by_id(tx, &id)? else {
        return Ok(None);
    };
    let mut ids = person::rentals(tx, &id, rentals_max.saturating_add(1))?;
    let cut = ids.len() > usize::from(rentals_max);
    ids.truncate(usize::from(rentals_max));
    let mut rentals = Vec::with_capacity(ids.len());
    for id in &ids {
        rentals.extend(of_rental(tx, id)?);
    }
    let known = Known {
        id,
        row,
        cpf: None,
        rentals,
        cards: member_card::of_person(tx, &id)?,
        cut,
    };
    Ok(Some((known, person::sealed_cpf(tx, &id)?)))
}

/// These rentals, where they are still there.
pub async fn rentals(store: &Store, ids: Vec<RentalId>) -> Result<Vec<KnownRental>, StoreError> {
    store
        .read(move |tx| {
            let found = ids.iter().filter_map(|id| of_rental(tx, id).transpose());
            found.collect()
        })
        .await
}

pub(super) fn of_rental(tx: &Tx<'_>, id: &RentalId) -> Result<Option<KnownRental>, DbError> {
    let Some(row) = rental::by_id(tx, id)? else {
        return Ok(None);
    };
    Ok(Some(KnownRental {
        at: dock::by_id(tx, &row.dock)?,
        payments: payment::of_rental(tx, id)?,
        refunds: refund::of_rental(tx, id)?,
        entry: campaign::entry_of(tx, id)?,
        row,
    }))
}
