//! What this gateway may do without the cloud's word: member cards and release codes, within limits
//! that hold whatever happens to clocks and power.
//!
//! Invariant: in a running day no more than the limit's centavos are risked, and a card has one cart
//! out. A day is counted in running time and kept with the commits that happen anyway: what a crash
//! forgets of it only makes the day longer.

mod codes;
mod patience;
mod till;

use crate::clock::Reading;
use crate::io::{DoorRefusal, VoucherAnswer, VoucherRefusal};
use crate::io::{Exposure, ExposureView, Source, Till};
use crate::limits::{CARDS_PER_DAY_MAX, DAY_MS, UNLISTED_LIMITS};
use codes::Codes;
use patience::Patience;
use shared::allowance::{Allowance, CardKey, CardLimits, Listed};
use shared::event::Fact;
use shared::ids::{BayNo, GrantId, RentalId, TagUid};
use shared::money::Centavos;
use shared::offline::{ReleaseCode, SharedSecret};
use shared::sync::{OPEN_CARDS_MAX, OfflineState};
use shared::time::{MonoMs, UnixMs};
use shared::voucher::{LentVoucher, VoucherKey};
use std::sync::Arc;
use till::Counter;

#[derive(Debug)]
pub(crate) struct Door {
    exposure: Exposure,
    /// Up to here running time is in `exposure.elapsed_ms`; none before the start.
    counted_to: Option<MonoMs>,
    list: Option<Arc<Allowance>>,
    codes: Codes,
    patience: Patience,
    counter: Counter,
}

impl Door {
    pub(crate) fn new(exposure: Exposure, till: Till, secret: Option<SharedSecret>) -> Self {
        Self {
            exposure,
            counted_to: None,
            list: None,
            codes: Codes::new(secret),
            patience: Patience::default(),
            counter: Counter::new(till),
        }
    }

    /// Running time counts from here.
    pub(crate) fn start(&mut self, at: MonoMs) {
        self.counted_to = Some(at);
    }

    /// Takes a list, unless it is older than one that was in force before. Answers whether vouchers are
    /// given back by it: who waits for them wants to hear so.
    pub(crate) fn load(&mut self, list: Arc<Allowance>) -> bool {
        if list.header.version < self.exposure.allowance {
            return false;
        }
        self.exposure.allowance = list.header.version;
        self.exposure.limits = Some(list.header.limits);
        self.counter.load(&list);
        let lent = self.list.iter().flat_map(|it| &it.header.lent.vouchers);
        let gives_back = lent
            .into_iter()
            .any(|it| list.header.lent.find(it.key).is_none());
        self.list = Some(list);
        gives_back
    }

    /// Begins a new day when this one has run its 24 hours.
    pub(crate) fn turn_day(&mut self, at: MonoMs) {
        if self.elapsed_ms(at) >= DAY_MS {
            self.exposure.elapsed_ms = 0;
            self.exposure.centavos = 0;
            self.exposure.releases.clear();
            self.counted_to = Some(at);
        }
    }

    /// Writes down how much of the day has run; for when a commit is due anyway.
    pub(crate) fn keep_elapsed(&mut self, at: MonoMs) {
        self.exposure.elapsed_ms = self.elapsed_ms(at);
        self.counted_to = Some(at);
    }

    /// The version of the list that lets this card open a bay. A card that no list knows is a guess,
    /// for all that can be told.
    pub(crate) fn admit(&mut self, card: CardKey, at: MonoMs) -> Result<u64, DoorRefusal> {
        if self.patience.rests(Source::Reader, at) {
            return Err(DoorRefusal::LockedOut);
        }
        let admitted = self.judge_card(card);
        if admitted == Err(DoorRefusal::CardUnknown) {
            self.patience.wrong(Source::Reader, at);
        }
        admitted
    }

    fn judge_card(&self, card: CardKey) -> Result<u64, DoorRefusal> {
        let list = self.list.as_ref().ok_or(DoorRefusal::NoList)?;
        match list.listed(card) {
            Listed::Unknown => return Err(DoorRefusal::CardUnknown),
            Listed::Denied => return Err(DoorRefusal::CardDenied),
            Listed::Allowed => {}
        }
        if self.rental_of(card).is_some() {
            return Err(DoorRefusal::CardOut);
        }
        let limits = list.header.limits;
        let today = self.exposure.releases.get(&card).copied().unwrap_or(0);
        if today >= limits.card_releases_per_day {
            return Err(DoorRefusal::CardLimit);
        }
        let too_many = self.exposure.open.len() >= OPEN_CARDS_MAX
            || self.exposure.releases.len() >= CARDS_PER_DAY_MAX;
        if too_many || !self.may_risk() {
            return Err(DoorRefusal::ExposureReached);
        }
        Ok(list.header.version)
    }

    /// One more release without the cloud's word stays within the day's limit.
    pub(crate) fn may_risk(&self) -> bool {
        let spent = self.exposure.centavos.checked_add(self.price());
        spent.is_some_and(|spent| spent <= self.limits().gateway_centavos_per_day.get())
    }

    pub(crate) fn risk(&mut self) {
        self.exposure.centavos = self.exposure.centavos.saturating_add(self.price());
    }

    /// The card has this cart out from now on.
    pub(crate) fn lend(&mut self, card: CardKey, rental: RentalId, tag: Option<TagUid>) {
        self.risk();
        let today = self.exposure.releases.entry(card).or_default();
        *today = today.saturating_add(1);
        self.exposure.open.insert(rental, card);
        self.exposure.carts.extend(tag.map(|tag| (rental, tag)));
    }

    /// The rental this card has open.
    pub(crate) fn rental_of(&self, card: CardKey) -> Option<RentalId> {
        let mut open = self.exposure.open.iter();
        open.find_map(|(rental, holder)| (*holder == card).then_some(*rental))
    }

    /// The cloud says that these are over.
    pub(crate) fn close(&mut self, rentals: &[RentalId]) {
        for rental in rentals {
            self.exposure.open.remove(rental);
            self.exposure.carts.remove(rental);
        }
    }

    /// Frees the cards of which a record says that their cart is behind a lock, and remembers the
    /// vouchers that were redeemed.
    pub(crate) fn note(&mut self, records: &[Fact], head_seq: u64, at_ms: UnixMs) {
        self.counter.note(records, head_seq, at_ms);
        for fact in records {
            match fact {
                Fact::ReleaseExpired { rental, .. } | Fact::ReleaseFailed { rental, .. } => {
                    self.close(&[*rental]);
                }
                Fact::CartDocked { tag, .. } | Fact::CartPlaced { tag, .. } => {
                    let carts = self.exposure.carts.iter();
                    let home = carts.filter(|(_, cart)| *cart == tag);
                    let over: Vec<RentalId> = home.map(|(rental, _)| *rental).collect();
                    self.close(&over);
                }
                _ => {}
            }
        }
    }

    /// The voucher of this code when it may be redeemed now, with the version of the list that lends it.
    pub(crate) fn voucher(
        &mut self,
        (key, from): (VoucherKey, Source),
        clock: Reading,
        at: MonoMs,
    ) -> Result<(LentVoucher, u64), VoucherRefusal> {
        let list = self.list.as_deref();
        let lent = self.counter.look((key, from), list, clock, at)?;
        Ok((lent, self.version()))
    }

    /// The same for somebody who only looks.
    pub(crate) fn see_voucher(
        &mut self,
        asked: (VoucherKey, Source),
        clock: Reading,
        at: MonoMs,
    ) -> VoucherAnswer {
        let list = self.list.as_deref();
        till::seen(self.counter.look(asked, list, clock, at), clock)
    }

    /// A voucher of this source was redeemed.
    pub(crate) fn redeemed(&mut self, from: Source) {
        self.counter.trust(from);
    }

    pub(crate) fn till(&self) -> &Till {
        self.counter.till()
    }

    pub(crate) fn see_serial(&mut self, serial: u32) {
        self.exposure.serial = self.exposure.serial.max(serial);
    }

    /// What a typed code says. A wrong one counts against where it was typed.
    pub(crate) fn read_code(
        &mut self,
        (typed, from): (&str, Source),
        bays: &[BayNo],
        clock: Reading,
        at: MonoMs,
    ) -> Result<ReleaseCode, DoorRefusal> {
        if self.patience.rests(from, at) {
            return Err(DoorRefusal::LockedOut);
        }
        let read = self.codes.read(typed, self.exposure.serial, bays, clock);
        match &read {
            Ok(code) => self.see_serial(code.serial),
            Err(DoorRefusal::CodeWrong) => self.patience.wrong(from, at),
            Err(_) => {}
        }
        read
    }

    /// A code or a card opened a bay.
    pub(crate) fn opened(&mut self, from: Source) {
        self.patience.trust(from);
    }

    /// Whether a code for this grant may still be typed, as far as serials say.
    pub(crate) fn remembers(&self, grant: GrantId) -> bool {
        self.codes.is_near(grant, self.exposure.serial)
    }

    pub(crate) fn exposure(&self) -> &Exposure {
        &self.exposure
    }

    pub(crate) fn offline_state(&self) -> OfflineState {
        OfflineState {
            allowance: self.version(),
            grant_serial: self.exposure.serial,
            open_cards: self.exposure.open.keys().copied().collect(),
            local_url: None,
            redeems: true,
            commitments: None,
        }
    }

    pub(crate) fn view(&self) -> ExposureView {
        ExposureView {
            spent: Centavos::new(self.exposure.centavos),
            limit: self.limits().gateway_centavos_per_day,
            open_cards: self.exposure.open.len(),
            allowance: self.version(),
        }
    }

    fn version(&self) -> u64 {
        self.list.as_ref().map_or(0, |list| list.header.version)
    }

    fn limits(&self) -> CardLimits {
        self.exposure.limits.unwrap_or(UNLISTED_LIMITS)
    }

    /// What one release risks; a cart that is worth nothing still uses the day up.
    fn price(&self) -> i64 {
        self.limits().deposit_centavos.get().max(1)
    }

    fn elapsed_ms(&self, at: MonoMs) -> u64 {
        let since = self.counted_to.map_or(0, |from| at.since(from));
        self.exposure.elapsed_ms.saturating_add(since)
    }
}
