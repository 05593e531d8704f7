//! What is known of persons, through the life of a cloud: brought up to date at start, erased when the
//! law gives it, told to those who may know.
//!
//! Invariant: an erasure outlives the database it was done in. A backup that is older than an erasure
//! still holds the person's key, so each erasure is also noted in a file beside the key file, outside
//! the database, and done again wherever that key comes back. Without that list nothing is served.

mod campaign_keys;
mod contacts;
mod erased;
mod export;
mod known;
mod retention;

pub use erased::Erased;
pub use export::{ContactPart, Export, RENTALS_MAX, RentalExport, export, rental_export};
pub use known::{Known, KnownFind, KnownPayout, KnownRental, known, rentals};
pub use retention::{
    CONTACTS_KEPT_DAYS, DAY_MS, KEPT_AFTER_CAMPAIGN_MS, KEPT_AFTER_RENTAL_MS, forget,
    forget_contacts, forget_pseudonyms,
};

use crate::actions::erase_person::{self, ErasePerson};
use crate::actions::{Failure, Rejection};
use crate::app::now;
use crate::entropy::Entropy;
use crate::keys::{Keys, PersonKey, SealedCpf};
use crate::store::{DbError, Store, StoreError, Tx, person};
use cloud_core::rental::Step;
use shared::document::Cpf;
use shared::ids::{CampaignId, PersonId, RentalId};

/// Rows moved in one transaction: a start is no reason to keep the writer for long.
const ROWS_AT_ONCE: u16 = 500;

#[derive(Debug, thiserror::Error)]
pub enum PersonsError {
    #[error("{0}")]
    Failed(#[from] Failure),
    #[error(
        "the key file cannot open what is stored of person {0}: it belongs to another database. Restore the key file that was used with this one"
    )]
    OtherKeys(PersonId),
    #[error(
        "the key file cannot open what is stored of the payer of rental {0}: it belongs to another database. Restore the key file that was used with this one"
    )]
    OtherContactKeys(RentalId),
    #[error(
        "the key file cannot open what is stored of campaign {0}: it belongs to another database. Restore the key file that was used with this one"
    )]
    OtherCampaignKeys(CampaignId),
    #[error(
        "{path}: {why}. It lists the persons who were erased, so that no restored backup brings them back"
    )]
    List { path: String, why: std::io::Error },
    #[error(
        "{path}: {what}. It lists the persons who were erased, so that no restored backup brings them back: put its copy there. Where no copy is left, `volta-cloud renew-erased-list` begins it anew from this database; whoever was erased since its backup is then known again and must be erased again"
    )]
    ListLost { path: String, what: String },
}

impl From<StoreError> for PersonsError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Moves persons of older versions under keys of their own, seals keys anew that an older secret
/// sealed, and erases whom a restored backup brought back. May be cut off anywhere and begun again.
pub async fn bring_up(store: &Store, keys: &Keys, erased: &Erased) -> Result<(), PersonsError> {
    let moved = move_old(store, keys).await?;
    let sealed = seal_anew(store, keys).await?
        + contacts::seal_anew(store, keys).await?
        + campaign_keys::seal_anew(store, keys).await?;
    let again = erase_again(store, erased).await?;
    if moved + sealed + again > 0 {
        tracing::info!(
            persons.moved = moved,
            persons.sealed = sealed,
            persons.erased = again,
            "persons brought up to date"
        );
        store.scrub().await?;
    }
    Ok(())
}

/// The person of a CPF, if anybody is known by it.
pub async fn find(store: &Store, keys: &Keys, cpf: &Cpf) -> Result<Option<PersonId>, StoreError> {
    let index = keys.cpf_index(cpf);
    store.read(move |tx| person::by_index(tx, &index)).await
}

/// Erases for good: in the database, in its log, and on the list that restored backups meet.
pub async fn erase(
    store: &Store,
    erased: &Erased,
    wanted: ErasePerson,
) -> Result<Step<()>, PersonsError> {
    let (id, at) = (wanted.person, now());
    let done = store
        .write(move |tx: &Tx<'_>| erase_person::run(tx, at, &wanted))
        .await?;
    if done == Step::Executed(()) {
        erased.note(store, &[id]).await?;
    }
    if !store.scrub().await? {
        tracing::warn!(
            "readers hold the database's log: what was erased leaves it within the hour"
        );
    }
    Ok(done)
}

async fn move_old(store: &Store, keys: &Keys) -> Result<u64, PersonsError> {
    let (mut after, mut moved) = (None, 0);
    loop {
        let rows = store
            .read(move |tx| person::old_rows(tx, after, ROWS_AT_ONCE))
            .await?;
        let Some(last) = rows.last() else {
            return Ok(moved);
        };
        after = Some(last.id);
        let mut entropy = Entropy::default();
        let fresh: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| {
                let cpf = keys
                    .open_shared_cpf(&row.cpf_sealed, &row.id)
                    .ok_or(PersonsError::OtherKeys(row.id))?;
                let sealed = keys.seal_cpf(&cpf, row.id, &mut entropy);
                Ok::<_, PersonsError>((keys.cpf_index(&cpf), sealed))
            })
            .collect();
        let fresh: Vec<([u8; 32], SealedCpf)> = fresh?;
        moved += fresh.len() as u64;
        store
            .write(move |tx: &Tx<'_>| -> Result<(), StoreError> {
                for (index, cpf) in &fresh {
                    person::bring_up(tx, index, cpf)?;
                }
                Ok(())
            })
            .await?;
    }
}

async fn seal_anew(store: &Store, keys: &Keys) -> Result<u64, PersonsError> {
    let newest = keys.newest_seal();
    let (mut after, mut sealed) = (None, 0);
    loop {
        let rows = store
            .read(move |tx| person::keys_before(tx, newest, after, ROWS_AT_ONCE))
            .await?;
        let Some((last, _)) = rows.last() else {
            return Ok(sealed);
        };
        after = Some(*last);
        let mut entropy = Entropy::default();
        let fresh: Result<Vec<_>, _> = rows
            .iter()
            .map(|(id, key)| {
                let key = keys.seal_anew(key, id, &mut entropy);
                Ok::<_, PersonsError>((*id, key.ok_or(PersonsError::OtherKeys(*id))?))
            })
            .collect();
        let fresh: Vec<(PersonId, PersonKey)> = fresh?;
        sealed += fresh.len() as u64;
        store
            .write(move |tx: &Tx<'_>| -> Result<(), StoreError> {
                for (id, key) in &fresh {
                    person::set_key(tx, id, key)?;
                }
                Ok(())
            })
            .await?;
    }
}

/// Both ways: the list learns what a power cut kept from it, the database what a backup forgot. Whom
/// the restored books still owe something is erased when that is over.
pub async fn erase_again(store: &Store, erased: &Erased) -> Result<u64, PersonsError> {
    let listed = erased.open(store).await?;
    let mut unlisted = erased::in_database(store).await?;
    unlisted.retain(|id| !listed.contains(id));
    if !unlisted.is_empty() {
        erased.note(store, &unlisted).await?;
    }
    let back = store
        .read(move |tx| {
            let back = listed.into_iter().map(|id| {
                let row = person::by_id(tx, &id)?;
                Ok(row.filter(|row| row.erased_ms.is_none()).map(|_| id))
            });
            back.filter_map(Result::transpose)
                .collect::<Result<Vec<_>, DbError>>()
        })
        .await?;
    let (mut again, at) = (0, now());
    for id in back {
        let wanted = ErasePerson {
            person: id,
            by: None,
            audit_id: hex::encode(Entropy::default().bytes::<16>()),
        };
        let done = store
            .write(move |tx: &Tx<'_>| erase_person::run(tx, at, &wanted))
            .await;
        match done {
            Ok(Step::Executed(())) => again += 1,
            Ok(Step::AlreadyApplied)
            | Err(Failure::Rejected(
                Rejection::UnknownPerson | Rejection::CartOut | Rejection::MoneyOwed,
            )) => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(again)
}
