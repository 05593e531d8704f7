use super::campaign_step::{By, draw_of, entries_of, save};
use super::{Outcome, Rejection};
use crate::keys::Keys;
use crate::store::commitment::{self, CommitmentRow};
use crate::store::{Tx, approval};
use cloud_core::raffle::campaign::{Approval, Campaign, Rejection as Refused};
use cloud_core::raffle::canonical::Digest;
use cloud_core::rental::Step;
use shared::ids::CampaignId;
use shared::time::UnixMs;
use shared::witness::Promise;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approved {
    /// Another member of the staff must agree too.
    Waits,
    /// The list is committed to: gateways witness it with their next sync.
    Committed,
}

/// A member of the staff agrees to the list whose root they saw. The second one commits the campaign to
/// it, under the cloud's own signature.
pub fn run(
    tx: &Tx<'_>,
    now: UnixMs,
    keys: &Keys,
    (id, seen): (&CampaignId, &Digest),
    by: &By,
) -> Outcome<Step<Approved>> {
    let (row, draw) = draw_of(tx, id)?;
    if let Some(committed) = draw.committed()
        && committed.approved_by.contains(&by.staff)
        && committed.commit.root == *seen
    {
        return Ok(Step::AlreadyApplied);
    }
    if !matches!(draw, Campaign::Closed(_)) {
        return Err(Refused::WrongStage.into());
    }
    if row.frozen_ms.is_none() {
        return Err(Rejection::ListNotFrozen.into());
    }
    let rules = draw.rules().clone();
    let entries = entries_of(tx, &rules)?;
    if entries.tree().root() != *seen {
        return Err(Refused::OtherEntries.into());
    }
    let others = approval::of(tx, id)?;
    let agrees = |one: &&Approval| one.root == *seen;
    if others
        .iter()
        .filter(agrees)
        .any(|one| one.staff == by.staff)
    {
        return Ok(Step::AlreadyApplied);
    }
    let mine = Approval {
        staff: by.staff,
        root: *seen,
        approved_ms: now,
    };
    approval::put(tx, id, &mine)?;
    by.audit(tx, now, "approve_commitment", id)?;
    let Some(first) = others.iter().find(agrees) else {
        return Ok(Step::Executed(Approved::Waits));
    };
    let draw = draw.commit(&entries, &[*first, mine], now, keys.signing())?;
    let committed = draw.committed().ok_or(Refused::WrongStage)?;
    let bound = CommitmentRow {
        promise: Promise {
            commitment: committed.commit.commitment(&rules),
            signature: committed.commit.signature,
        },
        committed_ms: committed.commit.committed_ms,
    };
    if !commitment::insert(tx, &bound)? {
        return Err(Rejection::CommittedOtherwise.into());
    }
    save(tx, id, draw)?;
    Ok(Step::Executed(Approved::Committed))
}
