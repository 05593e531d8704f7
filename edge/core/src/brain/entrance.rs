//! What opens a bay: grants of the cloud, however they came here, and what this gateway decides by
//! itself. None of it asks how the uplink is.

use super::Brain;
use crate::bay::{Bay, Machine, Permit, Turn};
use crate::clock::Reading;
use crate::grants::{self, Verdict};
use crate::io::{DoorAnswer, DoorRefusal, Now, Output, Source, StorageLevel};
use crate::limits::CODE_MEMORY_MS;
use shared::allowance::CardKey;
use shared::event::{Fact, GrantRefusal};
use shared::grant::Grant;
use shared::ids::{BayNo, GrantId, RentalId};
use shared::time::ClockQuality;

/// A release code names its grant only; the cloud knows the rental.
const NAMED_BY_GRANT: RentalId = RentalId::from_bytes([0; 16]);

/// What becomes of a grant that was judged.
enum Fate {
    Decided,
    Waits,
    /// Not decided; it may be offered again.
    Dropped,
}

impl Brain {
    pub(super) fn granted(&mut self, grant: Grant, now: Now) {
        self.door.see_serial(grant.serial);
        self.clock.not_before(grant.issued_ms, now);
        self.grants.offer(grant);
    }

    /// Like any grant, but somebody stands here and waits for an answer.
    pub(super) fn carried(&mut self, grant: Grant, now: Now, out: &mut Output) {
        self.door.see_serial(grant.serial);
        self.clock.not_before(grant.issued_ms, now);
        if let Some(answer) = self.answer_used(grant.id) {
            out.answer = Some(answer);
            return;
        }
        // What is refused to everybody goes before what is wrong with this grant.
        let closed = self.closed();
        out.answer = closed.map(DoorAnswer::Refused);
        if closed != Some(DoorRefusal::StorageFull) {
            self.grants.offer(grant);
            self.asked = Some(grant.id);
        }
    }

    /// Answers for a carried grant that the bays have not decided yet: it opens its bay as soon as
    /// that is at rest, unless no cart can be named there, or the only one is being let go to somebody
    /// else.
    pub(super) fn answer_waiting(&mut self, out: &mut Output) {
        let Some(asked) = self.asked.take().filter(|_| out.answer.is_none()) else {
            return;
        };
        let awaited = self.grants.waits_for(asked);
        let follows = |no: &BayNo| self.bays.get(no).is_some_and(Bay::may_follow);
        out.answer = Some(match awaited.filter(follows) {
            Some(bay) => DoorAnswer::Opening { bay },
            None => {
                self.grants.forget_waiting(asked);
                DoorAnswer::Refused(DoorRefusal::NoCart)
            }
        });
    }

    pub(super) fn card_shown(
        &mut self,
        card: CardKey,
        grant: GrantId,
        rental: RentalId,
        now: Now,
        out: &mut Output,
    ) {
        // A reader that types a card twice opens one bay.
        let opening = self.door.rental_of(card).and_then(|it| self.opening(it));
        out.answer = Some(match opening {
            Some(bay) => DoorAnswer::Opening { bay },
            None => match self.lend(card, grant, rental, now, out) {
                Ok(bay) => DoorAnswer::Opening { bay },
                Err(refusal) => DoorAnswer::Refused(refusal),
            },
        });
    }

    pub(super) fn code_typed(&mut self, code: &str, from: Source, now: Now, out: &mut Output) {
        out.answer = Some(match self.open_by_code((code, from), now, out) {
            Ok(answer) => answer,
            Err(refusal) => DoorAnswer::Refused(refusal),
        });
    }

    pub(super) fn judge_grants(&mut self, now: Now, out: &mut Output) {
        let clock = self.clock.read(now);
        for grant in self.grants.take_waiting() {
            match self.judge(&grant, clock, now, out) {
                Fate::Decided => self.grants.decided(grant.id, grant.expires_ms),
                Fate::Waits => self.grants.keep_waiting(grant),
                Fate::Dropped => {}
            }
        }
    }

    fn judge(&mut self, grant: &Grant, clock: Reading, now: Now, out: &mut Output) -> Fate {
        let verdict = grants::judge(grant, self.bays.get(&grant.bay), clock);
        let (answer, fate) = match self.within_limits(verdict, grant.id, clock) {
            Verdict::Wait => return Fate::Waits,
            Verdict::Ignore(refusal) => (DoorAnswer::Refused(refusal), Fate::Dropped),
            Verdict::Refuse(reason) => {
                out.records.push(refused(grant, reason));
                (DoorAnswer::Refused(told(reason)), Fate::Decided)
            }
            Verdict::Open => {
                let permit = Permit {
                    grant: grant.id,
                    rental: grant.rental,
                    card: None,
                };
                if !self.open(grant.bay, &permit, now, out) {
                    return Fate::Waits;
                }
                self.count(clock);
                (DoorAnswer::Opening { bay: grant.bay }, Fate::Decided)
            }
        };
        if self.asked == Some(grant.id) {
            out.answer.get_or_insert(answer);
        }
        fate
    }

    /// A full disk decides nothing. While the clock is not the cloud's, a grant may have been paid
    /// back; beyond the day's limit one that was carried here is refused, and one that came over
    /// the link waits for the acknowledgement that sets the clock.
    fn within_limits(&self, verdict: Verdict, grant: GrantId, clock: Reading) -> Verdict {
        let decides = matches!(verdict, Verdict::Open | Verdict::Refuse(_));
        if decides && self.storage == StorageLevel::Full {
            return Verdict::Ignore(DoorRefusal::StorageFull);
        }
        let vouched = clock.quality == ClockQuality::Server;
        if verdict != Verdict::Open || vouched || self.door.may_risk() {
            return verdict;
        }
        match self.asked == Some(grant) {
            true => Verdict::Refuse(GrantRefusal::ExposureReached),
            false => Verdict::Ignore(DoorRefusal::ExposureReached),
        }
    }

    fn lend(
        &mut self,
        card: CardKey,
        grant: GrantId,
        rental: RentalId,
        now: Now,
        out: &mut Output,
    ) -> Result<BayNo, DoorRefusal> {
        self.closed().map_or(Ok(()), Err)?;
        let allowance = self.door.admit(card, now.mono)?;
        let bay = self.ready_bay(None).ok_or(DoorRefusal::NoCart)?;
        let permit = Permit {
            grant,
            rental,
            card: Some((card, allowance)),
        };
        if !self.open(bay, &permit, now, out) {
            return Err(DoorRefusal::NoCart);
        }
        let releasing = self.bays.get(&bay).and_then(Bay::releasing);
        let tag = releasing.map(|it| it.tag);
        self.door.lend(card, rental, tag);
        self.door.opened(Source::Reader);
        Ok(bay)
    }

    fn open_by_code(
        &mut self,
        (typed, from): (&str, Source),
        now: Now,
        out: &mut Output,
    ) -> Result<DoorAnswer, DoorRefusal> {
        self.closed().map_or(Ok(()), Err)?;
        let clock = self.clock.read(now);
        let bays: Vec<BayNo> = self.bays.keys().copied().collect();
        let code = self.door.read_code((typed, from), &bays, clock, now.mono)?;
        if let Some(answer) = self.answer_used(code.grant) {
            return Ok(answer);
        }
        if clock.quality != ClockQuality::Server && !self.door.may_risk() {
            return Err(DoorRefusal::ExposureReached);
        }
        let bay = self.ready_bay(Some(code.bay)).ok_or(DoorRefusal::NoCart)?;
        let permit = Permit {
            grant: code.grant,
            rental: NAMED_BY_GRANT,
            card: None,
        };
        if !self.open(bay, &permit, now, out) {
            return Err(DoorRefusal::NoCart);
        }
        self.count(clock);
        self.door.opened(from);
        let good_until = clock.wall.plus(CODE_MEMORY_MS);
        self.grants.decided(code.grant, good_until);
        Ok(DoorAnswer::Opening { bay })
    }

    /// Why nobody gets a cart here now.
    fn closed(&self) -> Option<DoorRefusal> {
        match self.storage {
            _ if self.service.is_some() => Some(DoorRefusal::InService),
            StorageLevel::Full => Some(DoorRefusal::StorageFull),
            StorageLevel::Ample | StorageLevel::Low => None,
        }
    }

    /// The answer to a grant that was decided before: once more, while its bay is open.
    fn answer_used(&self, grant: GrantId) -> Option<DoorAnswer> {
        let used = self.grants.used().contains_key(&grant);
        let mut bays = self.bays.iter();
        let open = bays.find_map(|(no, bay)| bay.lets_go(grant).then_some(*no));
        used.then_some(match open {
            Some(bay) => DoorAnswer::Opening { bay },
            None => DoorAnswer::Refused(DoorRefusal::GrantUsed),
        })
    }

    /// The bay that is letting a cart go for this rental.
    fn opening(&self, rental: RentalId) -> Option<BayNo> {
        let mut bays = self.bays.iter();
        let is_its = |bay: &Bay| bay.releasing().is_some_and(|it| it.rental == rental);
        bays.find_map(|(no, bay)| is_its(bay).then_some(*no))
    }

    /// The bay asked for when it can let a cart go, else the first that can.
    fn ready_bay(&self, wanted: Option<BayNo>) -> Option<BayNo> {
        let is_ready = |no: &BayNo| {
            let bay = self.bays.get(no);
            bay.is_some_and(|bay| bay.verdict() == Verdict::Open)
        };
        let mut candidates = wanted.into_iter().chain(self.bays.keys().copied());
        candidates.find(is_ready)
    }

    /// False when the bay has nothing to let go.
    fn open(&mut self, no: BayNo, permit: &Permit, now: Now, out: &mut Output) -> bool {
        let claim = self.claim_against(no);
        let machine = Machine {
            wall: now.wall,
            boot: &self.machine_boot,
        };
        let mut turn = Turn::new(now.mono, claim, out);
        let bay = self.bays.get_mut(&no);
        bay.is_some_and(|bay| bay.release(permit, machine, &mut turn))
    }

    /// Without the cloud's time nobody here knows whether the cloud still stands by its grant.
    fn count(&mut self, clock: Reading) {
        if clock.quality != ClockQuality::Server {
            self.door.risk();
        }
    }
}

fn refused(grant: &Grant, reason: GrantRefusal) -> Fact {
    Fact::GrantRefused {
        bay: grant.bay,
        grant: grant.id,
        rental: grant.rental,
        reason,
    }
}

fn told(reason: GrantRefusal) -> DoorRefusal {
    match reason {
        GrantRefusal::Expired => DoorRefusal::GrantUsed,
        GrantRefusal::InService => DoorRefusal::InService,
        GrantRefusal::ExposureReached => DoorRefusal::ExposureReached,
        GrantRefusal::StorageFull => DoorRefusal::StorageFull,
        GrantRefusal::UnknownBay
        | GrantRefusal::BayFaulted
        | GrantRefusal::BayEmpty
        | GrantRefusal::CartUnnamed => DoorRefusal::NoCart,
    }
}
