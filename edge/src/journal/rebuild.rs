//! The brain's memory out of the lines, where the stored one is lost or too old. What lines do not say
//! is taken to nobody's favour: a limit may be reached too early, never too late.

mod day;

use super::line::Line;
use day::Day;
use edge_core::io::{Memory, Redeemed, Releasing};
use shared::event::{Envelope, Fact, TechnicianAction};
use shared::ids::{BayNo, GrantId, RentalId, TagUid};
use shared::time::{ClockQuality, UnixMs};
use shared::witness::Witnessed;

/// A rebuilt grant's expiry is not in its line: it is remembered this long after the line, far longer
/// than any grant lives.
const USED_GRANT_MS: i64 = 7 * 86_400_000;

/// A memory that is brought over lines, in their order.
pub(super) struct Rebuild {
    memory: Memory,
    now: UnixMs,
    day: Day,
}

impl Rebuild {
    /// `memory` knows of every line before the first that is folded.
    pub(super) fn of(memory: Memory, now: UnixMs) -> Self {
        Self {
            memory,
            now,
            day: Day::default(),
        }
    }

    /// Takes in what `line` says. Of an unknown kind nothing is known.
    pub(super) fn fold(&mut self, line: &Line) {
        let Some(Envelope { at, fact, .. }) = line.envelope() else {
            return;
        };
        self.day.passes(at, &fact);
        let memory = &mut self.memory;
        if at.clock == ClockQuality::Server {
            memory.clock_floor_ms = memory.clock_floor_ms.max(at.wall_ms);
        }
        see_serial(memory, &fact);
        see_voucher(memory, &fact, (line.head.seq, at.wall_ms));
        witness(memory, &fact, at.clock);
        take_in(memory, fact, at.wall_ms, self.now);
    }

    /// A grant that `line` shows as decided must not serve again, whatever else is believed.
    pub(super) fn remember_used(&mut self, line: &Line) {
        let Some(Envelope { at, fact, .. }) = line.envelope() else {
            return;
        };
        if let Fact::ReleaseStarted { grant, .. }
        | Fact::CardReleaseStarted { grant, .. }
        | Fact::GrantRefused { grant, .. } = fact
        {
            used(&mut self.memory, grant, at.wall_ms.max(self.now));
        }
    }

    pub(super) fn done(mut self) -> Memory {
        self.day.count_into(&mut self.memory.exposure);
        self.memory
    }
}

fn take_in(memory: &mut Memory, fact: Fact, wall: UnixMs, now: UnixMs) {
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
            allowance,
        } => {
            used(memory, grant, wall.max(now));
            begun(memory, bay, (grant, rental), wall);
            let exposure = &mut memory.exposure;
            exposure.open.insert(rental, card);
            exposure.allowance = exposure.allowance.max(allowance);
            let tag = memory.releasing.get(&bay).map(|it| it.tag);
            exposure.carts.extend(tag.map(|tag| (rental, tag)));
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
            memory.exposure.carts.remove(&rental);
        }
        Fact::ReleaseUnclear { bay, .. } => {
            memory.releasing.remove(&bay);
        }
        Fact::GrantRefused { grant, .. } => used(memory, grant, wall.max(now)),
        Fact::CartDocked { bay, tag } | Fact::CartPlaced { bay, tag } => here(memory, bay, tag),
        Fact::CartLeft { bay, tag } | Fact::CartTaken { bay, tag } => gone(memory, bay, tag),
        Fact::BayFaulted { bay, fault } => {
            memory.faults.insert(bay, fault);
        }
        Fact::BayRecovered { bay } => {
            memory.faults.remove(&bay);
        }
        Fact::TechnicianActed { by, action } => match action {
            TechnicianAction::ServiceBegan => memory.service = Some(by),
            TechnicianAction::ServiceEnded => memory.service = None,
            _ => {}
        },
        Fact::GatewayStarted { .. }
        | Fact::VoucherRedeemed { .. }
        | Fact::JournalSalvaged { .. }
        | Fact::CommitmentWitnessed { .. }
        | Fact::CommitmentContradicted { .. }
        | Fact::DockingContradicted { .. } => {}
    }
}

/// A cart is in one place.
fn here(memory: &mut Memory, bay: BayNo, tag: TagUid) {
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

/// A redeemed voucher serves no more. Where lines may be lost, one of them may have redeemed another:
/// no list counts that the cloud wrote before it knew of the gap.
fn see_voucher(memory: &mut Memory, fact: &Fact, (seq, at_ms): (u64, UnixMs)) {
    match fact {
        Fact::VoucherRedeemed {
            voucher,
            amount_centavos,
            ..
        } => {
            let redeemed = Redeemed {
                at_ms,
                amount: *amount_centavos,
                seq,
            };
            memory.till.redeemed.insert(*voucher, redeemed);
        }
        Fact::JournalSalvaged { .. } => {
            memory.till.honoured_from = memory.till.honoured_from.max(seq);
        }
        _ => {}
    }
}

/// The number of a grant stands in its id. One that was born here has none.
fn see_serial(memory: &mut Memory, fact: &Fact) {
    let (Fact::ReleaseStarted { grant, .. } | Fact::GrantRefused { grant, .. }) = fact else {
        return;
    };
    if let [0, 0, a, b, c, d, ..] = *grant.as_bytes() {
        let serial = u32::from_be_bytes([a, b, c, d]);
        memory.exposure.serial = memory.exposure.serial.max(serial);
    }
}

/// What was co-signed once keeps any other list for its campaign from being co-signed.
fn witness(memory: &mut Memory, fact: &Fact, clock: ClockQuality) {
    let of = |name: &str, promise, seen_ms| Witnessed {
        name: name.to_owned(),
        promise,
        seen_ms,
        clock,
        contradicted: None,
    };
    match fact {
        Fact::CommitmentWitnessed {
            name,
            promise,
            seen_ms,
            ..
        } => {
            let entry = memory.commitments.entry(promise.commitment.campaign);
            entry.or_insert_with(|| of(name, *promise, *seen_ms));
        }
        Fact::CommitmentContradicted {
            held,
            shown,
            seen_ms,
        } => {
            let entry = memory.commitments.entry(held.commitment.campaign);
            let known = entry.or_insert_with(|| of("", *held, *seen_ms));
            known.contradicted.get_or_insert((*shown, *seen_ms));
        }
        _ => {}
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
