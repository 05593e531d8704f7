//! What the answer to a gateway says besides its journal.

use crate::actions::Outcome;
use crate::store::alarm::AlarmKind;
use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::{Tx, alarm, allowance, commitment, grant, rental};
use cloud_core::rental::Rental;
use shared::ids::RentalId;
use shared::sync::{OPEN_CARDS_MAX, SyncHeader};
use shared::time::UnixMs;
use shared::witness::{CAMPAIGN_NAME_CHARS_MAX, Shown, short};

/// How far ahead of our books a gateway's list may be for us to believe it: more changes than a
/// chain makes between two backups, and so few that no gateway can use the numbers up.
const AHEAD_MAX: u64 = 1_000_000;

/// The grants it may still use; from now on only it can say that it did not. Nothing for a gateway
/// that serves no dock any more.
pub(super) fn open_grants(tx: &Tx<'_>, row: &GatewayRow, now: UnixMs) -> Outcome<Vec<String>> {
    if row.state != GatewayState::Active {
        return Ok(Vec::new());
    }
    let open = grant::open_of(tx, &row.id, now)?;
    for granted in open.iter().filter(|g| g.handed_ms.is_none()) {
        grant::set_handed(tx, &granted.id, now)?;
    }
    Ok(open.into_iter().map(|g| g.token).collect())
}

/// The newest list for it. One that goes by a list that these books never answered it proves that they
/// were set back: our counting goes on above it, so that it will take the next list, and no list of ours
/// has the number of one that is lost.
pub(super) fn list_version(tx: &Tx<'_>, now: UnixMs, row: &GatewayRow, told: u64) -> Outcome<u64> {
    if row.state != GatewayState::Active {
        return Ok(0);
    }
    let version = allowance::version(tx, &row.dock, now)?;
    let subject = row.id.to_string();
    if told > version.min(row.lists.version) {
        let detail = format!(
            "the dock goes by list {told}, the newest here is {version}: these books were set back"
        );
        alarm::raise(tx, AlarmKind::ListAhead, &subject, &detail, now)?;
        if told >= version && told - version <= AHEAD_MAX {
            allowance::skip(tx, &row.dock, told - version + 1)?;
        }
        return Ok(allowance::version(tx, &row.dock, now)?);
    }
    if told == version && told != row.allowance {
        alarm::clear(tx, AlarmKind::ListAhead, &subject, now)?;
    }
    Ok(version)
}

/// A cart that came back frees its member's card, whatever a person still has to look at. So does a
/// rental that nobody knows of once its gateway has nothing left to tell: its events are lost.
pub(super) fn closed_cards(
    tx: &Tx<'_>,
    header: &SyncHeader,
    remaining: u64,
) -> Outcome<Vec<RentalId>> {
    let mut closed = Vec::new();
    for id in header.offline.open_cards.iter().take(OPEN_CARDS_MAX) {
        let over = match rental::by_id(tx, id)? {
            Some(row) => !matches!(row.state, Rental::Paid | Rental::Out { .. }),
            None => remaining == 0,
        };
        if over {
            closed.push(*id);
        }
    }
    Ok(closed)
}

/// What the gateway is to witness: commitments that it did not name among those it knows, by which it
/// also finds a second one for a campaign. One that has no word for them cannot witness any.
pub(super) fn commitments(
    tx: &Tx<'_>,
    row: &GatewayRow,
    header: &SyncHeader,
) -> Outcome<Vec<Shown>> {
    let Some(known) = &header.offline.commitments else {
        return Ok(Vec::new());
    };
    if row.state != GatewayState::Active {
        return Ok(Vec::new());
    }
    let mut shown = commitment::newest(tx, &row.store)?;
    shown.retain(|it| !known.contains(&short(&it.promise.commitment)));
    for it in &mut shown {
        it.name = it.name.chars().take(CAMPAIGN_NAME_CHARS_MAX).collect();
    }
    Ok(shown)
}
