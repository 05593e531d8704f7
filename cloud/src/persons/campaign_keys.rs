//! The keys of campaigns' pseudonyms, when a newer secret seals.

use super::{PersonsError, ROWS_AT_ONCE};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::{Store, StoreError, Tx, campaign_key};

/// Seals campaigns' keys anew that an older secret sealed. Answers how many.
pub(super) async fn seal_anew(store: &Store, keys: &Keys) -> Result<u64, PersonsError> {
    let newest = keys.newest_seal();
    let rows = store
        .read(move |tx| campaign_key::before(tx, newest, ROWS_AT_ONCE))
        .await?;
    let mut entropy = Entropy::default();
    let mut fresh = Vec::with_capacity(rows.len());
    for (id, key) in &rows {
        let key = keys.seal_campaign_key_anew(key, id, &mut entropy);
        fresh.push((*id, key.ok_or(PersonsError::OtherCampaignKeys(*id))?));
    }
    let sealed = fresh.len() as u64;
    store
        .write(move |tx: &Tx<'_>| -> Result<(), StoreError> {
            for (id, key) in &fresh {
                campaign_key::set(tx, id, key)?;
            }
            Ok(())
        })
        .await?;
    Ok(sealed)
}
