//! Which raffle commitments this gateway has seen. It co-signs the first for a campaign and no other,
//! ever: a cloud that shows a second list for one draw is found out by its own two signatures.

use crate::limits::COMMITMENT_KEPT_MS;
use shared::event::Fact;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::{Stamp, UnixMs};
use shared::witness::{
    CAMPAIGN_NAME_CHARS_MAX, COMMITMENTS_KEPT_MAX, Shown, WitnessKey, Witnessed, short,
};
use std::collections::BTreeMap;

#[derive(Debug)]
pub(crate) struct Witness {
    seen: BTreeMap<CampaignId, Witnessed>,
    key: WitnessKey,
}

impl Witness {
    pub(crate) fn new(seen: BTreeMap<CampaignId, Witnessed>, key: WitnessKey) -> Self {
        Self { seen, key }
    }

    pub(crate) fn seen(&self) -> &BTreeMap<CampaignId, Witnessed> {
        &self.seen
    }

    /// What the cloud need not show again: what was co-signed, and what contradicts it.
    pub(crate) fn known(&self) -> Vec<Octets<8>> {
        let named = self.seen.values().flat_map(|it| {
            let other = it.contradicted.map(|(other, _)| other.commitment);
            [Some(it.promise.commitment), other]
        });
        named.flatten().map(|it| short(&it)).collect()
    }

    /// What is to be recorded of a promise that the cloud signed.
    pub(crate) fn shown(&mut self, shown: &Shown, at: Stamp) -> Option<Fact> {
        let campaign = shown.promise.commitment.campaign;
        let Some(held) = self.seen.get_mut(&campaign) else {
            return self.see(shown, at);
        };
        if held.promise.commitment == shown.promise.commitment || held.contradicted.is_some() {
            return None;
        }
        held.contradicted = Some((shown.promise, at.wall_ms));
        Some(Fact::CommitmentContradicted {
            held: held.promise,
            shown: shown.promise,
            seen_ms: at.wall_ms,
        })
    }

    fn see(&mut self, shown: &Shown, at: Stamp) -> Option<Fact> {
        if !self.makes_room(at.wall_ms) {
            return None;
        }
        let promise = shown.promise;
        let name: String = shown.name.chars().take(CAMPAIGN_NAME_CHARS_MAX).collect();
        let seen = Witnessed {
            name: name.clone(),
            promise,
            seen_ms: at.wall_ms,
            clock: at.clock,
            contradicted: None,
        };
        self.seen.insert(promise.commitment.campaign, seen);
        Some(Fact::CommitmentWitnessed {
            name,
            promise,
            seen_ms: at.wall_ms,
            witness: self.key.sign(&promise.commitment, at.wall_ms),
        })
    }

    /// Only what is old enough is forgotten: a flood of campaigns must not wash away the one whose list
    /// is to be exchanged.
    fn makes_room(&mut self, now: UnixMs) -> bool {
        if self.seen.len() < COMMITMENTS_KEPT_MAX {
            return true;
        }
        let old = |it: &Witnessed| now.since(it.seen_ms) >= COMMITMENT_KEPT_MS;
        let mut forgettable: Vec<(UnixMs, CampaignId)> = Vec::new();
        for (campaign, it) in &self.seen {
            if old(it) && it.contradicted.is_none() {
                forgettable.push((it.seen_ms, *campaign));
            }
        }
        match forgettable.into_iter().min() {
            Some((_, campaign)) => self.seen.remove(&campaign).is_some(),
            None => false,
        }
    }
}

#[cfg(test)]
mod tests;
