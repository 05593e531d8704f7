//! Campaigns as strangers check them: the bundle, and the proof that an entry is inside.
//!
//! A bundle is made once for each state of its campaign and kept while the process lives: a list of
//! 100,000 entries is sorted, hashed and signed for one reader, not for each.

use crate::app::{Shared, now};
use crate::keys::Keys;
use crate::store::campaign::{LifeState, Version};
use crate::store::db::unreadable;
use crate::store::{
    DbError, StoreError, Tx, campaign, frozen_entry, gateway_event, rental, witness,
};
use axum::body::Bytes;
use cloud_core::raffle::bundle::{Bundle, EntryReceipt, ReceiptFormat};
use cloud_core::raffle::canonical::{self, Digest};
use cloud_core::raffle::commit::Witness;
use cloud_core::raffle::entry::Entries;
use cloud_core::raffle::order::{Number, Order};
use cloud_core::raffle::tree::Tree;
use sha2::{Digest as _, Sha256};
use shared::ids::{CampaignId, RentalId};
use shared::octets::Octets;
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Campaigns whose bundles are kept at once: this month's, the one before, and a few that somebody
/// looks up. Each is at most some tens of megabytes.
const KEPT_MAX: usize = 6;

#[derive(Default)]
pub struct Bundles(Mutex<BTreeMap<CampaignId, Arc<Made>>>);

/// A bundle, with what its readers ask about it.
pub struct Made {
    pub version: Version,
    pub bundle: Bundle,
    /// The file's bytes.
    pub text: Bytes,
    /// Names these bytes.
    pub etag: String,
    entries: Entries,
    tree: Tree,
    order: Option<Order>,
}

/// One entry's place, and the way from its leaf to the root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inside {
    /// In the list by leaf, from 0.
    pub index: u32,
    pub n: u32,
    pub leaf: Digest,
    /// From the leaf up.
    pub path: Vec<Digest>,
    pub root: Digest,
    /// After the shuffle.
    pub place: Option<(u32, Number)>,
}

impl Bundles {
    /// None: there is no such campaign, or nothing is committed yet.
    pub async fn of(&self, app: &Shared, id: CampaignId) -> Result<Option<Arc<Made>>, StoreError> {
        let version = app.store.read(move |tx| campaign::version(tx, &id)).await?;
        let Some(version) = version else {
            return Ok(None);
        };
        // Whoever asks meanwhile waits for the one that is being made.
        let mut kept = self.0.lock().await;
        if let Some(made) = kept.get(&id).filter(|made| made.version == version) {
            return Ok(Some(Arc::clone(made)));
        }
        let own = Shared::clone(app);
        let made = app
            .store
            .read(move |tx| make(tx, &own.keys, &id, now()))
            .await?;
        let Some(made) = made.map(Arc::new) else {
            return Ok(None);
        };
        if kept.len() >= KEPT_MAX && !kept.contains_key(&id) {
            kept.pop_first();
        }
        kept.insert(id, Arc::clone(&made));
        Ok(Some(made))
    }
}

impl Made {
    /// None: no such leaf is in the list.
    pub fn inside(&self, leaf: &Digest) -> Option<Inside> {
        let index = self.entries.index_of(leaf)?;
        let order = self.order.as_ref();
        let place = order.and_then(|order| {
            let position = order.position_of(index)?;
            Some((position, order.number_at(position)?))
        });
        Some(Inside {
            index: u32::try_from(index).ok()?,
            n: self.entries.n(),
            leaf: *leaf,
            path: self.tree.proof(index)?,
            root: self.tree.root(),
            place,
        })
    }

    /// The committed list.
    pub fn list(&self) -> &Entries {
        &self.entries
    }

    /// Who holds which place, from the shuffle on.
    pub fn order(&self) -> Option<&Order> {
        self.order.as_ref()
    }
}

/// A campaign's bundle from what is stored. None: nothing is committed yet.
pub fn make(
    tx: &Tx<'_>,
    keys: &Keys,
    id: &CampaignId,
    now: UnixMs,
) -> Result<Option<Made>, DbError> {
    let Some(version) = campaign::version(tx, id)? else {
        return Ok(None);
    };
    let Some(LifeState::Draw(draw)) = campaign::life(tx, id)?.map(|row| row.state) else {
        return Ok(None);
    };
    let Some(committed) = draw.committed() else {
        return Ok(None);
    };
    let rules = draw.rules();
    let commitment = committed.commit.commitment(rules);
    let all = frozen_entry::all(tx, id)?;
    let entries = Entries::new(id, rules.entries_per_person_max, all);
    let entries = entries.map_err(|why| unreadable(0, why))?;
    let words = witness::of(tx, id)?.into_iter();
    let witnesses = words.filter(|word| word.commitment == commitment);
    let witnesses = witnesses.map(|word| Witness {
        gateway: word.gateway,
        name: word.dock_name,
        public_key: Octets(*word.public_key.as_bytes()),
        seen_ms: word.seen_ms,
        signature: word.signature,
    });
    let Some(parts) = draw.parts(witnesses.collect(), now) else {
        return Ok(None);
    };
    let bundle = Bundle::signed(parts, &entries, keys.signing());
    let bundle = bundle.map_err(|why| unreadable(0, why))?;
    let text = bundle.to_text().map_err(|why| unreadable(0, why))?;
    Ok(Some(Made {
        version,
        etag: format!("\"{}\"", hex::encode(&Sha256::digest(&text)[..16])),
        text: Bytes::from(text),
        tree: entries.tree(),
        order: draw.order(&entries),
        entries,
        bundle,
    }))
}

/// What a customer keeps to show that an entry is theirs: the canonical text of their second file.
/// None: the return earned no entry, or its gateway's journal has not told of it yet.
pub fn receipt(tx: &Tx<'_>, id: &RentalId) -> Result<Option<String>, DbError> {
    let Some(entry) = campaign::entry_of(tx, id)? else {
        return Ok(None);
    };
    let place = rental::by_id(tx, id)?.and_then(|row| row.returned);
    let event = match place {
        Some(place) => gateway_event::at(tx, &place.gateway, place.seq)?,
        None => None,
    };
    let Some(event) = event else {
        return Ok(None);
    };
    let receipt = EntryReceipt {
        format: ReceiptFormat::Receipt1,
        campaign_id: Octets(*entry.campaign.id.as_bytes()),
        event: event.line,
        salt: Octets(entry.salt),
    };
    let text = canonical::text(&receipt).map_err(|why| unreadable(0, why))?;
    Ok(Some(text))
}
