//! The extraction, the draw, and what may be corrected.

use super::reading::{Reading, agreed};
use super::{Campaign, Committed, Drawn, Entered, Rejection};
use crate::raffle::entry::Entries;
use crate::raffle::order::Order;
use crate::raffle::result::{self, Kind, Record};
use crate::raffle::winners::{Delivery, Disqualification, Walk, When, entry_at, winners};
use ed25519_dalek::SigningKey;
use shared::octets::Octets;
use shared::time::UnixMs;

impl Campaign {
    /// What the lottery extracted: the first extraction, or the next one when those before gave no
    /// number that an entry holds. `reason`: empty for the planned extraction, else why another one.
    pub fn enter(
        self,
        readings: &[Reading],
        reason: &str,
        at_ms: UnixMs,
        operator: &SigningKey,
    ) -> Result<Self, Rejection> {
        let (committed, records, kind) = match self {
            Self::Committed(committed) => (committed, Vec::new(), Kind::Result),
            Self::Entered(entered) => (entered.committed, entered.records, Kind::Next),
            _ => return Err(Rejection::WrongStage),
        };
        let how = (kind, None, reason);
        add(committed, records, readings, how, at_ms, operator)
    }

    /// Corrects a record that is in force: `replaces`, its sequence. The draw follows anew from the
    /// corrected numbers, over the same list and the same places. Not after a delivery.
    pub fn rectify(
        self,
        replaces: u32,
        readings: &[Reading],
        reason: &str,
        at_ms: UnixMs,
        operator: &SigningKey,
    ) -> Result<Self, Rejection> {
        let entered = match self {
            Self::Entered(entered) => entered,
            Self::Drawn(drawn) if !drawn.has_delivered() => drawn.entered,
            Self::Drawn(_) | Self::Delivered(_) | Self::Accounted(_) => {
                return Err(Rejection::AlreadyDelivered);
            }
            _ => return Err(Rejection::WrongStage),
        };
        let how = (Kind::Rectification, Some(replaces), reason);
        let Entered { committed, records } = entered;
        add(committed, records, readings, how, at_ms, operator)
    }

    /// Reckons the winners. `entries`: the committed list.
    pub fn draw(self, entries: &Entries, at_ms: UnixMs) -> Result<Self, Rejection> {
        let Self::Entered(entered) = self else {
            return Err(Rejection::WrongStage);
        };
        let last_ms = entered.records.last().map(|record| record.entered_ms);
        if last_ms.is_none_or(|last_ms| at_ms < last_ms) {
            return Err(Rejection::TooEarly);
        }
        let drawn = Drawn {
            entered,
            winners: Vec::new(),
            drawn_ms: at_ms,
        };
        drawn.reckoned(entries).map(Self::Drawn)
    }

    /// Passes an entry over, by one of the codes that the rules publish: before the extraction
    /// whoever it is, after the draw a holder or an alternate. Nobody else's prize changes.
    pub fn disqualify(
        self,
        position: u32,
        code: &str,
        entries: &Entries,
        at_ms: UnixMs,
    ) -> Result<Self, Rejection> {
        match self {
            Self::Committed(mut committed) => {
                if committed.beacon.is_none() {
                    return Err(Rejection::NotShuffled);
                }
                if at_ms >= committed.due_ms() {
                    return Err(Rejection::AwaitDraw);
                }
                committed.note(position, code, entries, When::Before, at_ms)?;
                Ok(Self::Committed(committed))
            }
            Self::Drawn(mut drawn) => {
                if at_ms < drawn.drawn_ms {
                    return Err(Rejection::TooEarly);
                }
                let committed = &mut drawn.entered.committed;
                committed.note(position, code, entries, When::After, at_ms)?;
                if drawn.walk_without_last(entries)?.has_no(position) {
                    return Err(Rejection::NoPlace);
                }
                if drawn.is_settled_at(position) {
                    return Err(Rejection::AlreadySettled);
                }
                drawn.reckoned(entries).map(Self::Drawn)
            }
            Self::Entered(_) => Err(Rejection::AwaitDraw),
            _ => Err(Rejection::WrongStage),
        }
    }
}

fn add(
    committed: Committed,
    mut records: Vec<Record>,
    readings: &[Reading],
    (kind, replaces, reason): (Kind, Option<u32>, &str),
    at_ms: UnixMs,
    operator: &SigningKey,
) -> Result<Campaign, Rejection> {
    if committed.beacon.is_none() {
        return Err(Rejection::NotShuffled);
    }
    if committed.terms.rules.operator_key != Octets::public_key(operator) {
        return Err(Rejection::OtherKey);
    }
    let (extraction, prizes, sources) = agreed(readings)?;
    let draft = result::Draft {
        kind,
        replaces,
        extraction,
        prizes,
        sources,
        reason: reason.trim().to_owned(),
        entered_ms: at_ms,
    };
    let rules = &committed.terms.rules;
    let due_ms = committed.due_ms();
    result::follows(&draft, &records, rules, due_ms, committed.n())?;
    let record = Record::signed(draft, &rules.campaign_id, &records, operator);
    records.push(record);
    Ok(Campaign::Entered(Entered { committed, records }))
}

impl Committed {
    /// Adds a disqualification.
    fn note(
        &mut self,
        position: u32,
        code: &str,
        entries: &Entries,
        when: When,
        decided_ms: UnixMs,
    ) -> Result<(), Rejection> {
        let order = self.order(entries)?;
        if !self.terms.rules.has_code(code) {
            return Err(Rejection::UnknownCode);
        }
        let entry = entry_at(entries, &order, position).ok_or(Rejection::UnknownPosition)?;
        if self.disqualified.iter().any(|one| one.position == position) {
            return Err(Rejection::AlreadyDisqualified);
        }
        let so_far = u32::try_from(self.disqualified.len()).unwrap_or(u32::MAX);
        self.disqualified.push(Disqualification {
            sequence: so_far.saturating_add(1),
            position,
            pid: entry.pid,
            code: code.to_owned(),
            when,
            decided_ms,
        });
        Ok(())
    }
}

impl Drawn {
    fn has_delivered(&self) -> bool {
        let mut all = self.winners.iter();
        all.any(|winner| winner.delivery == Delivery::Delivered)
    }

    fn is_settled_at(&self, position: u32) -> bool {
        self.winners
            .iter()
            .any(|winner| winner.position == Some(position) && winner.delivery != Delivery::Pending)
    }

    /// With the winners that follow from what stands. Prizes that stay with their holder stay as they
    /// are.
    fn reckoned(mut self, entries: &Entries) -> Result<Self, Rejection> {
        let (order, start) = self.decided(entries)?;
        let committed = &self.entered.committed;
        let (rules, disqualified) = (&committed.terms.rules, &committed.disqualified);
        self.winners = winners(rules, entries, &order, start, disqualified, &self.winners);
        Ok(self)
    }

    /// As it was before the last disqualification.
    fn walk_without_last(&self, entries: &Entries) -> Result<Walk, Rejection> {
        let (order, start) = self.decided(entries)?;
        let committed = &self.entered.committed;
        let rules = &committed.terms.rules;
        let (_, earlier) = committed
            .disqualified
            .split_last()
            .ok_or(Rejection::NoPlace)?;
        let sizes = (rules.prizes_count(), rules.alternates);
        Ok(Walk::new(entries, &order, start, sizes, earlier))
    }

    fn decided(&self, entries: &Entries) -> Result<(Order, u32), Rejection> {
        let committed = &self.entered.committed;
        let order = committed.order(entries)?;
        let decision = result::decision(&self.entered.records, order.n());
        let (_, start) = decision.ok_or(Rejection::Undecided)?;
        Ok((order, start))
    }
}

impl Walk {
    fn has_no(&self, position: u32) -> bool {
        self.rank_of(position).is_none() && !self.alternates.contains(&position)
    }
}
