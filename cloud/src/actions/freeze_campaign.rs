//! The list is made, once. Shape: every entry of the campaign is judged by the core; those that count
//! become leaves under pseudonyms, those that could not be decided in time join the next campaign, and
//! the others keep the reason why they do not count.

use super::campaign_step::{draw_of, save};
use super::intake::INTAKE_MS;
use super::{Outcome, Rejection};
use crate::entropy::Entropy;
use crate::keys::Keys;
use crate::store::campaign::CandidateRow;
use crate::store::{Tx, campaign, campaign_key, frozen_entry, person};
use cloud_core::raffle::campaign::{Campaign, CancelReason, Rejection as Refused};
use cloud_core::raffle::eligible::{Candidate, Verdict, sift};
use cloud_core::raffle::entry::{CampaignKey, Entries, Entry, event_mark};
use cloud_core::raffle::intake::{Known, Window};
use cloud_core::raffle::rules::Rules;
use cloud_core::rental::Step;
use shared::document::Cpf;
use shared::ids::{CampaignId, ChainId, PersonId};
use shared::octets::Octets;
use shared::time::UnixMs;
use std::collections::BTreeMap;

/// What became of a campaign's entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Frozen {
    pub listed: u64,
    pub moved: u64,
    pub left_out: u64,
}

/// Refused before the end of the grace. A campaign in which nobody takes part ends here.
pub fn run(tx: &Tx<'_>, now: UnixMs, keys: &Keys, id: &CampaignId) -> Outcome<Step<Frozen>> {
    let (row, draw) = draw_of(tx, id)?;
    if row.frozen_ms.is_some() {
        return Ok(Step::AlreadyApplied);
    }
    if !matches!(draw, Campaign::Closed(_)) {
        return Err(Refused::WrongStage.into());
    }
    let rules = draw.rules().clone();
    if now <= rules.t_close_ms {
        return Err(Refused::TooEarly.into());
    }
    let rows = campaign::candidates(tx, id)?;
    let cpfs = cpfs_of(tx, keys, &rows)?;
    let key = own_key(tx, keys, id)?;
    let next = next_of(tx, now, &row.chain, id)?;
    let mut frozen = Frozen::default();
    let mut listed: Vec<(Entry, &CandidateRow)> = Vec::with_capacity(rows.len());
    for (one, verdict) in rows.iter().zip(judge(&rules, &rows, &cpfs)) {
        match (verdict, next) {
            (Verdict::Counts, _) => {
                let entry = entry_of(one, &key, id, &cpfs)?;
                listed.push((entry, one));
            }
            (Verdict::Moves(_), Some(next)) => {
                campaign::set_moved(tx, &one.rental, (id, &next))?;
                frozen.moved += 1;
            }
            (Verdict::Moves(why) | Verdict::Out(why), _) => {
                campaign::set_outside(tx, &one.rental, why)?;
                frozen.left_out += 1;
            }
        }
    }
    frozen.listed = listed.len() as u64;
    campaign::set_frozen(tx, id, now)?;
    if listed.is_empty() {
        save(tx, id, draw.cancel(CancelReason::NoEntries, now)?)?;
        return Ok(Step::Executed(frozen));
    }
    // What cannot be a list is found out before it is stored as one.
    let max = rules.entries_per_person_max;
    Entries::new(id, max, listed.iter().map(|(entry, _)| *entry))?;
    for (entry, one) in &listed {
        frozen_entry::insert(tx, id, (&entry.leaf(id), entry), &one.rental)?;
    }
    Ok(Step::Executed(frozen))
}

fn judge(rules: &Rules, rows: &[CandidateRow], cpfs: &BTreeMap<PersonId, Cpf>) -> Vec<Verdict> {
    let window = Window {
        opens_ms: rules.opens_ms,
        closes_ms: rules.closes_ms,
        t_close_ms: rules.t_close_ms,
    };
    let candidates: Vec<Candidate<PersonId>> = rows
        .iter()
        .map(|one| Candidate {
            known: Known {
                after_ms: one.after_ms,
                arrived_ms: one.created_ms,
            },
            is_moved: one.is_moved,
            is_told: one.line.is_some(),
            is_honoured: one.is_honoured,
            is_here: rules.stores.contains(&one.store_name),
            person: one.person.filter(|person| cpfs.contains_key(person)),
        })
        .collect();
    sift(window, rules.entries_per_person_max, &candidates)
}

fn entry_of(
    one: &CandidateRow,
    key: &CampaignKey,
    id: &CampaignId,
    cpfs: &BTreeMap<PersonId, Cpf>,
) -> Outcome<Entry> {
    let cpf = one.person.and_then(|person| cpfs.get(&person));
    let (cpf, line) = cpf.zip(one.line.as_deref()).ok_or(Rejection::NoEntry)?;
    Ok(Entry {
        pid: key.pid(id, cpf),
        ev: event_mark(line, &Octets(one.salt)),
    })
}

/// The CPFs of those who take part; who was erased has none.
fn cpfs_of(tx: &Tx<'_>, keys: &Keys, rows: &[CandidateRow]) -> Outcome<BTreeMap<PersonId, Cpf>> {
    let mut cpfs = BTreeMap::new();
    for id in rows.iter().filter_map(|one| one.person) {
        if !cpfs.contains_key(&id)
            && let Some(sealed) = person::sealed_cpf(tx, &id)?
        {
            let cpf = keys.open_cpf(&sealed).ok_or(Rejection::KeysDiffer)?;
            cpfs.insert(id, cpf);
        }
    }
    Ok(cpfs)
}

/// The campaign's own key, made when it is first needed.
fn own_key(tx: &Tx<'_>, keys: &Keys, id: &CampaignId) -> Outcome<CampaignKey> {
    if campaign_key::of(tx, id)?.is_none() {
        let fresh = keys.new_campaign_key(id, &mut Entropy::default());
        campaign_key::insert(tx, id, &fresh)?;
    }
    let sealed = campaign_key::of(tx, id)?.ok_or(Rejection::KeysDiffer)?;
    let opened = keys.open_campaign_key(&sealed, id);
    Ok(opened.ok_or(Rejection::KeysDiffer)?)
}

/// The first campaign that still takes what was too late for this one.
fn next_of(
    tx: &Tx<'_>,
    now: UnixMs,
    chain: &ChainId,
    id: &CampaignId,
) -> Outcome<Option<CampaignId>> {
    let all = campaign::intake(tx, chain, now.plus(-INTAKE_MS))?;
    let this = all.iter().position(|window| window.id == *id);
    let after = all.iter().skip(this.map_or(0, |index| index + 1));
    let mut open = after.filter(|window| window.frozen_ms.is_none() && window.t_close_ms >= now);
    Ok(open.next().map(|window| window.id))
}
