//! The brain's memory out of the lines, where the stored one is lost or too old.

use super::line::Line;
use edge_core::io::{Memory, Releasing};
use shared::event::{Envelope, Fact};
use shared::ids::{BayNo, GrantId, RentalId, TagUid};
use shared::time::UnixMs;

/// A rebuilt grant's expiry is not in its line: it is remembered this long after the line, far longer
/// than any grant lives.
const USED_GRANT_MS: i64 = 7 * 86_400_000;

/// Brings `memory` over what `line` says. Of an unknown kind nothing is known.
pub(super) fn fold(memory: &mut Memory, line: &Line, now: UnixMs) {
    let Some(Envelope { at, fact, .. }) = line.envelope() else {
        return;
    };
    let wall = at.wall_ms;
    match fact {
        Fact::ReleaseStarted { bay, grant, rental } => {
            used(memory, grant, wall.max(now));
            begun(memory, bay, (grant, rental), wall);
        }
        Fact::CardReleaseStarted {
            bay,
            grant,
            rental,
            card,
            ..
        } => {
            used(memory, grant, wall.max(now));
            begun(memory, bay, (grant, rental), wall);
            memory.exposure.open.insert(rental, card);
        }
        Fact::CartPulled {
            bay, tag, rental, ..
        } => {
            memory.releasing.remove(&bay);
            gone(memory, bay, tag);
            if memory.exposure.open.contains_key(&rental) {
                memory.exposure.carts.insert(rental, tag);
            }
        }
        Fact::ReleaseExpired { bay, rental, .. } | Fact::ReleaseFailed { bay, rental, .. } => {
            memory.releasing.remove(&bay);
            memory.exposure.open.remove(&rental);
        }
        Fact::ReleaseUnclear { bay, .. } => {
            memory.releasing.remove(&bay);
        }
        Fact::GrantRefused { grant, .. } => used(memory, grant, wall.max(now)),
        Fact::CartDocked { bay, tag } | Fact::CartPlaced { bay, tag } => {
            memory
                .carts
                .values_mut()
                .for_each(|carts| carts.retain(|t| *t != tag));
            memory.carts.entry(bay).or_default().push(tag);
            let exposure = &mut memory.exposure;
            let back = |(rental, out): (&RentalId, &TagUid)| (*out == tag).then_some(*rental);
            if let Some(rental) = exposure.carts.iter().find_map(back) {
                exposure.carts.remove(&rental);
                exposure.open.remove(&rental);
            }
            memory.carts.retain(|_, carts| !carts.is_empty());
        }
        Fact::CartLeft { bay, tag } | Fact::CartTaken { bay, tag } => gone(memory, bay, tag),
        Fact::BayFaulted { bay, fault } => {
            memory.faults.insert(bay, fault);
        }
        Fact::BayRecovered { bay } => {
            memory.faults.remove(&bay);
        }
        Fact::GatewayStarted { .. }
        | Fact::JournalSalvaged { .. }
        | Fact::DockingContradicted { .. }
        | Fact::TechnicianActed { .. } => {}
    }
}

/// A grant that `line` shows as decided must not serve again, whatever else is believed.
pub(super) fn remember_used(memory: &mut Memory, line: &Line, now: UnixMs) {
    let Some(Envelope { at, fact, .. }) = line.envelope() else {
        return;
    };
    if let Fact::ReleaseStarted { grant, .. }
    | Fact::CardReleaseStarted { grant, .. }
    | Fact::GrantRefused { grant, .. } = fact
    {
        used(memory, grant, at.wall_ms.max(now));
    }
}

fn used(memory: &mut Memory, grant: GrantId, wall: UnixMs) {
    let until = wall.plus(USED_GRANT_MS);
    memory.used_grants.entry(grant).or_insert(until);
}

/// The release is judged like one that a power cut ended: by what the sensors say now.
fn begun(memory: &mut Memory, bay: BayNo, (grant, rental): (GrantId, RentalId), wall: UnixMs) {
    let Some(tag) = memory.carts.get(&bay).and_then(|carts| carts.last()) else {
        return;
    };
    let releasing = Releasing {
        grant,
        rental,
        tag: *tag,
        started_ms: wall,
        machine_boot: String::new(),
        resumed: false,
    };
    memory.releasing.insert(bay, releasing);
}

fn gone(memory: &mut Memory, bay: BayNo, tag: TagUid) {
    if let Some(carts) = memory.carts.get_mut(&bay) {
        carts.retain(|other| *other != tag);
        if carts.is_empty() {
            memory.carts.remove(&bay);
        }
    }
}
