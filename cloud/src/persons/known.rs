//! All that leads back to one person, read at one moment. What is made of it is somebody else's: the
//! export shows it whole, the staff's page masked.

use crate::keys::{Keys, PersonKey, SealedCpf, SealedPixKey};
use crate::store::campaign::EntryRow;
use crate::store::dock::DockRow;
use crate::store::member_card::CardRow;
use crate::store::payment::PaymentRow;
use crate::store::payout::PayoutRow;
use crate::store::person::PersonRow;
use crate::store::refund::RefundRow;
use crate::store::rental::RentalRow;
use crate::store::rescue::RescueRow;
use crate::store::voucher::VoucherRow;
use crate::store::{
    DbError, Store, StoreError, Tx, campaign, dock, gateway, member_card, payment, payout, person,
    person_field, refund, rental, rescue, voucher,
};
use cloud_core::payout::{PayoutState, Refusal};
use shared::document::Cpf;
use shared::ids::{PersonId, RentalId};
use shared::money::Centavos;
use shared::pix_key::PixKey;

pub struct Known {
    pub id: PersonId,
    pub row: PersonRow,
    /// None where the person was erased.
    pub cpf: Option<Cpf>,
    /// The latest come first.
    pub rentals: Vec<KnownRental>,
    pub cards: Vec<CardRow>,
    /// Abandoned carts that the person brought. The latest come first.
    pub finds: Vec<KnownFind>,
    /// What was ordered to be sent to a key of theirs. The latest come first.
    pub payouts: Vec<KnownPayout>,
    /// There are more rentals, finds or payouts than were asked for.
    pub cut: bool,
}

/// A cart that somebody else had paid for: nothing of that rental is the finder's but the entry.
pub struct KnownFind {
    pub row: RescueRow,
    pub at: Option<DockRow>,
    pub voucher: Option<VoucherRow>,
    pub entry: Option<EntryRow>,
}

pub struct KnownPayout {
    pub order: PayoutRow,
    /// No later order of the same debt took its place.
    pub is_last: bool,
    /// What of it came back.
    pub returned: Centavos,
    sealed: Option<(PersonKey, SealedPixKey)>,
    /// None where the person was erased.
    pub key: Option<PixKey>,
}

impl KnownPayout {
    /// The key as its person may see it: whole, but masked where the bank said that it is another
    /// person's, because anybody may have typed this CPF with a key of somebody else.
    pub fn shown_key(&self) -> Option<String> {
        let key = self.key.as_ref()?;
        Some(match self.order.state {
            PayoutState::Refused(Refusal::OwnerDiffers) => key.masked(),
            _ => key.as_str().to_owned(),
        })
    }
}

pub struct KnownRental {
    pub row: RentalRow,
    pub at: Option<DockRow>,
    pub payments: Vec<PaymentRow>,
    pub refunds: Vec<RefundRow>,
    pub entry: Option<EntryRow>,
}

/// None: there is no such person. `rows_max` bounds what is read of each kind.
pub async fn known(
    store: &Store,
    keys: &Keys,
    id: PersonId,
    rows_max: u16,
) -> Result<Option<Known>, StoreError> {
    let found = store.read(move |tx| read(tx, id, rows_max)).await?;
    Ok(found.map(|(mut known, sealed)| {
        known.cpf = sealed.and_then(|sealed| keys.open_cpf(&sealed));
        for payout in &mut known.payouts {
            let sealed = payout.sealed.take();
            payout.key = sealed.and_then(|(own, key)| keys.open_pix_key(&own, &key));
        }
        known
    }))
}

fn read(
    tx: &Tx<'_>,
    id: PersonId,
    rows_max: u16,
) -> Result<Option<(Known, Option<SealedCpf>)>, DbError> {
    let Some(row) = person::by_id(tx, &id)? else {
        return Ok(None);
    };
    let one_more = rows_max.saturating_add(1);
    let mut ids = person::rentals(tx, &id, one_more)?;
    let mut found = rescue::found_by(tx, &id, one_more)?;
    let mut ordered = payout::of_person(tx, &id, one_more)?;
    let max = usize::from(rows_max);
    let cut = ids.len().max(found.len()).max(ordered.len()) > max;
    ids.truncate(max);
    found.truncate(max);
    ordered.truncate(max);
    let mut rentals = Vec::with_capacity(ids.len());
    for id in &ids {
        rentals.extend(of_rental(tx, id)?);
    }
    let finds = found.into_iter().map(|row| find(tx, row));
    let payouts = ordered.into_iter().map(|order| sent(tx, order));
    let known = Known {
        id,
        row,
        cpf: None,
        rentals,
        cards: member_card::of_person(tx, &id)?,
        finds: finds.collect::<Result<_, _>>()?,
        payouts: payouts.collect::<Result<_, _>>()?,
        cut,
    };
    Ok(Some((known, person::sealed_cpf(tx, &id)?)))
}

fn find(tx: &Tx<'_>, row: RescueRow) -> Result<KnownFind, DbError> {
    let serving = gateway::by_id(tx, &row.place.gateway)?;
    let entry = campaign::entry_of(tx, &row.rental)?;
    Ok(KnownFind {
        at: match serving {
            Some(serving) => dock::by_id(tx, &serving.dock)?,
            None => None,
        },
        voucher: voucher::of_rental(tx, &row.rental)?,
        entry: entry.filter(|entry| entry.person == row.finder),
        row,
    })
}

fn sent(tx: &Tx<'_>, order: PayoutRow) -> Result<KnownPayout, DbError> {
    let orders = payout::of_debt(tx, &order.debt)?;
    Ok(KnownPayout {
        is_last: orders.last().is_some_and(|last| last.id == order.id),
        returned: payout::returned_of(tx, &order.id)?,
        sealed: person_field::payout_key(tx, &order.person, &order.id)?,
        key: None,
        order,
    })
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
        // Of a rescued cart it is the finder's.
        entry: campaign::entry_of(tx, id)?.filter(|entry| entry.person == row.person),
        row,
    }))
}
