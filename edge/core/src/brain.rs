//! The one entrance: every input goes to its bay, grant or link, and then all that follows follows.

mod entrance;
mod service;
mod vouchers;

use crate::bay::{Bay, Claim, Machine, Turn, soonest};
use crate::clock::Clock;
use crate::door::Door;
use crate::grants::Grants;
use crate::io::{ExposureView, Input, Memory, Now, Output, Start, StorageLevel};
use crate::uplink::{Uplink, UplinkStatus};
use crate::witness::Witness;
use service::Service;
use shared::enrol::BAYS_MAX;
use shared::event::{BayFault, Fact, FactClass};
use shared::ids::{BayNo, GrantId, TagUid};
use shared::sync::{BaySnapshot, OfflineState};
use shared::time::{MonoMs, Stamp};
use shared::witness::Shown;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

#[cfg(test)]
mod tests;

#[derive(Debug)]
pub struct Brain {
    boot: u32,
    machine_boot: String,
    head_seq: u64,
    bays: BTreeMap<BayNo, Bay>,
    grants: Grants,
    uplink: Uplink,
    clock: Clock,
    door: Door,
    storage: StorageLevel,
    service: Option<Service>,
    witness: Witness,
    /// The carried grant whose carrier waits for an answer.
    asked: Option<GrantId>,
    /// What is remembered of bays that the layout no longer has.
    strays: Memory,
}

impl Brain {
    pub fn new(start: Start) -> Self {
        let Memory {
            mut carts,
            mut releasing,
            mut faults,
            used_grants,
            clock_floor_ms,
            exposure,
            service,
            till,
            commitments,
        } = start.memory;
        let resumed = |by| Service {
            by,
            until: MonoMs(u64::MAX),
        };
        let bays = start.bays.into_iter().map(|layout| {
            let no = layout.bay;
            let carts = carts.remove(&no).unwrap_or_default();
            let bay = Bay::new(layout, carts, releasing.remove(&no), faults.remove(&no));
            (no, bay)
        });
        let bays = bays.collect();
        Self {
            boot: start.boot,
            machine_boot: start.machine_boot,
            head_seq: start.head.seq,
            bays,
            grants: Grants::new(used_grants),
            uplink: Uplink::new(start.acked),
            clock: Clock::new(clock_floor_ms),
            door: Door::new(exposure, till, start.secret),
            storage: StorageLevel::default(),
            service: service.map(resumed),
            witness: Witness::new(commitments, start.witness),
            asked: None,
            strays: Memory {
                carts,
                releasing,
                ..Memory::default()
            },
        }
    }

    pub fn handle(&mut self, input: Input, now: Now) -> Output {
        let mut out = Output::default();
        self.door.turn_day(now.mono);
        self.end_idle_service(now.mono, &mut out);
        self.take(input, now, &mut out);
        self.settle(now, &mut out);
        self.answer_waiting(&mut out);
        let at_ms = self.stamp(now).wall_ms;
        self.door.note(&out.records, self.head_seq, at_ms);
        self.shed(&mut out.records);
        self.keep_time(now, !out.records.is_empty());
        let recorded = u64::try_from(out.records.len()).unwrap_or(u64::MAX);
        self.head_seq = self.head_seq.saturating_add(recorded);
        let sync = self.uplink.poll(now.mono, self.head_seq);
        out.commands.extend(sync);
        out.deadline = self.deadline(now);
        out
    }

    /// What must be committed with the records of the last output.
    pub fn memory(&self) -> Memory {
        let mut memory = Memory {
            used_grants: self.grants.used().clone(),
            clock_floor_ms: self.clock.floor_ms(),
            exposure: self.door.exposure().clone(),
            service: self.service.as_ref().map(|service| service.by.clone()),
            till: self.door.till().clone(),
            commitments: self.witness.seen().clone(),
            ..Memory::default()
        };
        for (no, bay) in &self.bays {
            if !bay.carts().is_empty() {
                memory.carts.insert(*no, bay.carts().to_vec());
            }
            let releasing = bay.releasing().map(|it| (*no, it.clone()));
            memory.releasing.extend(releasing);
            memory.faults.extend(bay.fault().map(|it| (*no, it)));
        }
        memory
    }

    /// Every bay as it is now, in the order of their numbers.
    pub fn snapshot(&self) -> Vec<BaySnapshot> {
        let contested: BTreeSet<TagUid> = self.bays.values().filter_map(Bay::contested).collect();
        let snapshot = |bay: &Bay| {
            let holds_contested = bay.carts().iter().any(|cart| contested.contains(cart));
            bay.snapshot(holds_contested)
        };
        self.bays.values().map(snapshot).collect()
    }

    /// The time to write on records: the server's, once an acknowledgement told it in this boot.
    pub fn stamp(&self, now: Now) -> Stamp {
        let clock = self.clock.read(now);
        Stamp {
            boot: self.boot,
            mono_ms: now.mono,
            wall_ms: clock.wall,
            clock: clock.quality,
        }
    }

    /// For the header of a sync; where the gateway's own page answers is for the shell to add.
    pub fn offline_state(&self) -> OfflineState {
        OfflineState {
            commitments: Some(self.witness.known()),
            ..self.door.offline_state()
        }
    }

    pub fn exposure_view(&self) -> ExposureView {
        self.door.view()
    }

    pub fn in_service(&self) -> bool {
        self.service.is_some()
    }

    pub fn uplink_status(&self) -> UplinkStatus {
        self.uplink.status(self.head_seq)
    }

    /// The number of the last record handed out.
    pub fn head_seq(&self) -> u64 {
        self.head_seq
    }

    /// Records that the cloud has not committed yet.
    pub fn backlog(&self) -> u64 {
        let acked_seq = self.uplink_status().acked.seq;
        self.head_seq.saturating_sub(acked_seq)
    }

    fn take(&mut self, input: Input, now: Now, out: &mut Output) {
        let at = now.mono;
        match input {
            Input::Started { software } => self.start(software, now, out),
            Input::Observed(observation) => {
                if let Some(bay) = self.bays.get_mut(&observation.bay) {
                    bay.observe(observation.seen, at);
                }
            }
            Input::Granted(grant) => self.granted(grant, now),
            Input::Carried(grant) => self.carried(grant, now, out),
            Input::CardShown {
                card,
                grant,
                rental,
            } => self.card_shown(card, grant, rental, now, out),
            Input::CodeTyped { code, from } => self.code_typed(&code, from, now, out),
            Input::Voucher { key, from, redeem } => {
                out.voucher = Some(self.voucher_typed((key, from), redeem, now, out));
            }
            Input::AllowanceLoaded(list) => {
                if self.door.load(list) {
                    self.uplink.wake(at);
                }
            }
            Input::CardsClosed(rentals) => self.door.close(&rentals),
            Input::CommitmentShown(shown) => self.commitment_shown(&shown, now, out),
            Input::Storage(level) => self.storage = level,
            Input::Technician { by, order } => self.obey(by, order, now, out),
            Input::Locate { bay, duration_ms } => {
                if let Some(bay) = self.bays.get_mut(&bay) {
                    bay.locate(duration_ms, at);
                }
            }
            Input::Wake => self.uplink.wake(at),
            Input::Synced {
                acked,
                server_ms,
                sent,
                pause_ms,
            } => {
                self.clock.train(server_ms, sent, now);
                self.uplink.synced(acked, pause_ms, self.head_seq, now);
            }
            Input::SyncFailed {
                failure,
                retry_after_ms,
            } => self
                .uplink
                .failed(failure, retry_after_ms, self.head_seq, now),
            Input::Tick => {}
        }
    }

    fn start(&mut self, software: String, now: Now, out: &mut Output) {
        out.records.push(Fact::GatewayStarted { software });
        let strays = mem::take(&mut self.strays);
        for (bay, releasing) in strays.releasing {
            out.records.push(Fact::ReleaseUnclear {
                bay,
                grant: releasing.grant,
                rental: releasing.rental,
                fault: BayFault::LockFailed,
            });
        }
        for (bay, carts) in strays.carts {
            let left = carts.into_iter().rev();
            out.records
                .extend(left.map(|tag| Fact::CartLeft { bay, tag }));
        }
        let machine = Machine {
            wall: now.wall,
            boot: &self.machine_boot,
        };
        for bay in self.bays.values_mut() {
            bay.start(now.mono, machine, out);
        }
        self.resume_service(now.mono, out);
        self.clock.start(now.mono);
        self.door.start(now.mono);
        self.uplink.start(now.mono);
    }

    /// On a full disk it waits: the cloud shows it again until it is known here.
    fn commitment_shown(&mut self, shown: &Shown, now: Now, out: &mut Output) {
        if self.storage != StorageLevel::Full {
            let at = self.stamp(now);
            out.records.extend(self.witness.shown(shown, at));
        }
    }

    /// Lets every bay and grant go as far as it can now. A cart that left one bay may be what
    /// another waited for, so it ends only with a round that records nothing.
    fn settle(&mut self, now: Now, out: &mut Output) {
        for _ in 0..BAYS_MAX {
            let recorded = out.records.len();
            self.step_bays(now.mono, out);
            self.judge_grants(now, out);
            if out.records.len() == recorded {
                return;
            }
        }
    }

    fn step_bays(&mut self, at: MonoMs, out: &mut Output) {
        let numbers: Vec<BayNo> = self.bays.keys().copied().collect();
        for no in numbers {
            let claim = self.claim_against(no);
            if let Some(bay) = self.bays.get_mut(&no) {
                bay.step(&mut Turn::new(at, claim, out));
            }
        }
    }

    fn claim_against(&self, no: BayNo) -> Claim {
        let Some(tag) = self.bays.get(&no).and_then(Bay::arriving) else {
            return Claim::Free;
        };
        let others = self.bays.iter().filter(|(other, _)| **other != no);
        let claims = others.map(|(_, bay)| bay.claim(tag));
        claims.max().unwrap_or(Claim::Free)
    }

    /// When room runs out, telemetry is not recorded. Releases that were begun end on record, and
    /// returns are recorded always; new releases are refused at the entrance.
    fn shed(&self, records: &mut Vec<Fact>) {
        if self.storage > StorageLevel::Ample {
            records.retain(|fact| fact.class() != FactClass::Telemetry);
        }
    }

    /// What only creeps is kept when a commit is due anyway, or after many minutes.
    fn keep_time(&mut self, now: Now, commits_anyway: bool) {
        let moved = self.clock.keep_floor(now, commits_anyway);
        if moved {
            let door = &self.door;
            let floor = self.clock.floor_ms();
            self.grants.prune(floor, |grant| door.remembers(grant));
        }
        if moved || commits_anyway {
            self.door.keep_elapsed(now.mono);
        }
    }

    fn deadline(&self, now: Now) -> Option<MonoMs> {
        let bays = self.bays.values().filter_map(Bay::wake).min();
        let expiry = self.grants.expires_in_ms(self.clock.wall(now));
        let expiry = expiry.map(|in_ms| now.mono.plus(in_ms));
        let service = self.service.as_ref().map(|service| service.until);
        let deadline = soonest(soonest(bays, expiry), self.uplink.next_attempt());
        let deadline = soonest(deadline, service);
        debug_assert!(
            deadline.is_none_or(|deadline| deadline > now.mono),
            "what is due now must have happened: {self:?}"
        );
        deadline
    }
}
