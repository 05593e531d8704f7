//! What is known of a person, for that person (LGPD art. 18 II and V, art. 19): everything that leads
//! back to the CPF, in words a machine reads.

mod contacts;
mod found;

pub use contacts::ContactPart;
pub use found::{FindPart, PayoutPart};

use super::known::{Known, KnownRental, known, of_rental};
use super::retention::{CONTACTS_KEPT_DAYS, DAY_MS, KEPT_AFTER_CAMPAIGN_MS, KEPT_AFTER_RENTAL_MS};
use crate::keys::Keys;
use crate::store::{Store, StoreError, person};
use cloud_core::raffle::entry_code;
use serde::Serialize;
use shared::ids::{PersonId, RentalId};
use shared::time::UnixMs;

/// A rental a day for more years than anything is kept; beyond it the export says that it was cut.
pub const RENTALS_MAX: u16 = 5_000;

/// The one shape that shows a CPF whole: it is for the person it belongs to. Without `Debug`.
#[derive(Serialize)]
pub struct Export {
    pub person: String,
    /// None where the person was erased.
    pub cpf: Option<String>,
    pub known_since: String,
    pub erased: Option<String>,
    pub rentals: Vec<RentalPart>,
    /// True: there is more of a kind than is listed.
    pub cut: bool,
    pub member_cards: Vec<CardPart>,
    /// Abandoned carts that the person brought.
    pub found: Vec<FindPart>,
    /// What was ordered to be sent to a key of the person.
    pub payouts: Vec<PayoutPart>,
}

#[derive(Serialize)]
pub struct RentalPart {
    pub id: String,
    pub store: String,
    pub dock: String,
    pub state: &'static str,
    pub deposit_centavos: i64,
    /// The tag of the cart, where one left.
    pub cart_tag: Option<String>,
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
    pub holder: Option<String>,
    pub state: &'static str,
    pub since: String,
}

/// One rental for whoever holds its secret address: what is kept of it, and how long what names its
/// person is. The CPF stays masked: an address is passed on more easily than a document, and anybody
/// may have typed a stranger's CPF at a dock.
#[derive(Serialize)]
pub struct RentalExport {
    pub rental: RentalPart,
    /// As `***.456.789-**`; none where none was given, or where its person was erased.
    pub cpf_masked: Option<String>,
    /// What was given at this address to be told by. It is the address's, not the CPF's: no export of a
    /// person holds it.
    pub contacts: Vec<ContactPart>,
    pub kept: Vec<KeptPart>,
}

#[derive(Serialize)]
pub struct KeptPart {
    pub what: &'static str,
    pub why: &'static str,
    pub how_long: String,
}

/// None: there is no such person.
pub async fn export(
    store: &Store,
    keys: &Keys,
    id: PersonId,
) -> Result<Option<Export>, StoreError> {
    let found = known(store, keys, id, RENTALS_MAX).await?;
    Ok(found.map(|known| Export::of(&known)))
}

/// A rental's rows, and what its address exports of them. None: there is no such rental.
pub async fn rental_export(
    store: &Store,
    keys: &Keys,
    id: RentalId,
) -> Result<Option<(KnownRental, RentalExport)>, StoreError> {
    let found = store
        .read(move |tx| {
            let Some(known) = of_rental(tx, &id)? else {
                return Ok(None);
            };
            let sealed = match &known.row.person {
                Some(person) => person::sealed_cpf(tx, person)?,
                None => None,
            };
            let contacts = contacts::sealed(tx, &id)?;
            Ok(Some((known, sealed, contacts)))
        })
        .await?;
    Ok(found.map(|(known, sealed, contacts)| {
        let contacts = contacts::opened(keys, &id, contacts);
        let cpf = sealed.and_then(|sealed| keys.open_cpf(&sealed));
        let export = RentalExport {
            cpf_masked: cpf.map(|cpf| cpf.masked()),
            kept: kept(&known, !contacts.is_empty()),
            contacts,
            rental: RentalPart::of(&known),
        };
        (known, export)
    }))
}

impl Export {
    pub fn of(known: &Known) -> Self {
        let cards = known.cards.iter().map(|card| CardPart {
            ending: card.ending.clone(),
            holder: card.holder.as_ref().map(|name| name.reveal().to_owned()),
            state: card.state.as_str(),
            since: moment(card.created_ms),
        });
        Self {
            person: known.id.to_string(),
            cpf: known.cpf.map(|cpf| cpf.digits().to_owned()),
            known_since: moment(known.row.created_ms),
            erased: known.row.erased_ms.map(moment),
            rentals: known.rentals.iter().map(RentalPart::of).collect(),
            cut: known.cut,
            member_cards: cards.collect(),
            found: known.finds.iter().map(FindPart::of).collect(),
            payouts: known.payouts.iter().map(PayoutPart::of).collect(),
        }
    }
}

impl RentalPart {
    fn of(known: &KnownRental) -> Self {
        let row = &known.row;
        let at = known.at.as_ref();
        let payments = known.payments.iter().map(|paid| MoneyPart {
            id: paid.e2eid.clone(),
            amount_centavos: paid.amount.get(),
            at: moment(paid.settled_ms),
            state: "received",
        });
        let refunds = known.refunds.iter().map(|order| MoneyPart {
            id: order.id.to_string(),
            amount_centavos: order.amount.get(),
            at: moment(order.settled_ms.unwrap_or(order.ordered_ms)),
            state: order.state.as_str(),
        });
        Self {
            id: row.id.to_string(),
            store: at.map(|at| at.store_name.clone()).unwrap_or_default(),
            dock: at.map(|at| at.name.clone()).unwrap_or_default(),
            state: row.state.state(),
            deposit_centavos: row.deposit.get(),
            cart_tag: row.tag.map(|tag| tag.to_string()),
            begun: moment(row.created_ms),
            paid: row.paid_ms.map(moment),
            out: row.out_ms.map(moment),
            returned: row.returned_ms.map(moment),
            ended: row.ended_ms.map(moment),
            payments: payments.collect(),
            refunds: refunds.collect(),
            raffle_entry: known.entry.as_ref().map(|entry| EntryPart {
                code: entry_code(&entry.id),
                campaign: entry.campaign.name.clone(),
                at: moment(entry.created_ms),
            }),
        }
    }
}

fn kept(known: &KnownRental, has_contacts: bool) -> Vec<KeptPart> {
    let mut kept = vec![KeptPart {
        what: "times, collection point, bay, cart, amounts, ids of the Pix",
        why: "the deposit's contract, and accounting by law",
        how_long: "at least 5 years, as tax law demands; without a CPF they lead to nobody".into(),
    }];
    if known.row.person.is_some() {
        kept.push(KeptPart {
            what: "CPF, sealed",
            why: "the raffle entry of the return",
            how_long: format!(
                "{} days after the person's last rental, {} days after the campaign where that is later",
                KEPT_AFTER_RENTAL_MS / DAY_MS,
                KEPT_AFTER_CAMPAIGN_MS / DAY_MS
            ),
        });
    }
    if has_contacts {
        kept.push(KeptPart {
            what: "contacts for notices, sealed",
            why: "to tell the payer before the deposit is at risk, and what becomes of it",
            how_long: format!(
                "{CONTACTS_KEPT_DAYS} days after the rental's end, longer only while money of it is \
                 under way; until its page of notices forgets them, if that is sooner"
            ),
        });
    }
    kept
}

/// As `2026-11-21T10:52:26Z`.
fn moment(at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
        .to_string()
}
