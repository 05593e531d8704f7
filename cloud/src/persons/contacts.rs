//! The keys of what payers gave to be told by, when a newer secret seals.

use super::{PersonsError, ROWS_AT_ONCE};
use crate::entropy::Entropy;
use crate::keys::{ContactKey, Keys};
use crate::store::{Store, StoreError, Tx, contact};
use shared::ids::RentalId;

/// Seals contact keys anew that an older secret sealed. Answers how many.
pub(super) async fn seal_anew(store: &Store, keys: &Keys) -> Result<u64, PersonsError> {
    let newest = keys.newest_seal();
    let (mut after, mut sealed) = (None, 0);
    loop {
        let rows = store
            .read(move |tx| contact::keys_before(tx, newest, after, ROWS_AT_ONCE))
            .await?;
        let Some((last, _)) = rows.last() else {
            return Ok(sealed);
        };
        after = Some(*last);
        let mut entropy = Entropy::default();
        let mut fresh: Vec<(RentalId, ContactKey)> = Vec::with_capacity(rows.len());
        for (id, key) in &rows {
            let key = keys.seal_contact_key_anew(key, id, &mut entropy);
            fresh.push((*id, key.ok_or(PersonsError::OtherContactKeys(*id))?));
        }
        sealed += fresh.len() as u64;
        store
            .write(move |tx: &Tx<'_>| -> Result<(), StoreError> {
                for (id, key) in &fresh {
                    contact::set_key(tx, id, key)?;
                }
                Ok(())
            })
            .await?;
    }
}
