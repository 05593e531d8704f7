//! The figures of the moment. Each is the total of the very list that its link opens.

use crate::app::{App, now};
use crate::store::listing::{self, Listing, Search, Which};
use crate::store::story::DockStory;
use crate::store::{DbError, Tx, alarm};
use cloud_core::refund::ALARM_AFTER_MS;
use shared::sync::BayState;
use shared::time::UnixMs;
use web::manager::{Problem, ProblemKind, RentalFilter, Totals};

/// Now, and since when it has been today in the shop's time zone.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub at: UnixMs,
    midnight: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub totals: Totals,
    pub problems: Vec<Problem>,
}

impl Moment {
    pub fn now(app: &App) -> Self {
        let at = now();
        let midnight = jiff::Timestamp::from_millisecond(at.0)
            .and_then(|moment| moment.to_zoned(app.zone.clone()).start_of_day())
            .map_or(at, |day| UnixMs(day.timestamp().as_millisecond()));
        Self { at, midnight }
    }

    /// What a filter means at this moment.
    pub fn listing(self, filter: RentalFilter, search: Option<Search>) -> Listing {
        let (which, at) = match filter {
            RentalFilter::All => (Which::All, self.at),
            RentalFilter::AwaitingPayment => (Which::AwaitingPayment, self.at),
            RentalFilter::Paid => (Which::Paid, self.at),
            RentalFilter::Out => (Which::Out, self.at),
            RentalFilter::Held => (Which::Held, self.at),
            RentalFilter::Refunding => (Which::Refunding, self.at),
            RentalFilter::RefundDelayed => (Which::RefundDelayed, self.at.plus(-ALARM_AFTER_MS)),
            RentalFilter::Review => (Which::Review, self.at),
            RentalFilter::RefundedToday => (Which::Refunded, self.midnight),
            RentalFilter::Closed => (Which::Closed, self.at),
            RentalFilter::Expired => (Which::Expired, self.at),
            RentalFilter::Cancelled => (Which::Cancelled, self.at),
            RentalFilter::Abandoned => (Which::Abandoned, self.at),
            RentalFilter::Rescued => (Which::Rescued, self.at),
        };
        Listing { which, at, search }
    }
}

impl Figures {
    pub fn read(tx: &Tx<'_>, docks: &[DockStory], moment: Moment) -> Result<Self, DbError> {
        let total = |filter| listing::total(tx, &moment.listing(filter, None));
        let held = total(RentalFilter::Held)?;
        let refundable = total(RentalFilter::Refunding)?;
        let refunded = total(RentalFilter::RefundedToday)?;
        let totals = Totals {
            held: held.amount,
            held_count: held.count,
            refundable: refundable.amount,
            refundable_count: refundable.count,
            refunded_today: refunded.amount,
            refunded_today_count: refunded.count,
            carts_out: total(RentalFilter::Out)?.count,
        };
        let money = |kind, filter| -> Result<Problem, DbError> {
            let total = total(filter)?;
            Ok(Problem {
                kind,
                count: total.count,
                amount: Some(total.amount),
                oldest_ms: total.oldest_ms,
            })
        };
        let (alarms, oldest_alarm) = alarm::open_count(tx)?;
        let mut problems = vec![
            money(ProblemKind::RefundsDelayed, RentalFilter::RefundDelayed)?,
            money(ProblemKind::ReturnsInReview, RentalFilter::Review)?,
            offline(docks, moment.at),
            plain(ProblemKind::BaysFaulted, faulted(docks), None),
            plain(ProblemKind::Alarms, alarms, oldest_alarm),
        ];
        problems.retain(|problem| problem.count > 0);
        Ok(Self { totals, problems })
    }

    pub fn problem_count(&self) -> u64 {
        self.problems.iter().map(|problem| problem.count).sum()
    }
}

fn offline(docks: &[DockStory], at: UnixMs) -> Problem {
    let dark: Vec<&DockStory> = docks.iter().filter(|dock| !dock.online(at)).collect();
    let heard = dark.iter().filter_map(|dock| dock.gateway.as_ref());
    let oldest = heard.map(|gateway| gateway.seen_ms).min();
    plain(ProblemKind::DocksOffline, count(dark.len()), oldest)
}

fn faulted(docks: &[DockStory]) -> u64 {
    let bays = docks.iter().flat_map(|dock| &dock.bays);
    count(bays.filter(|bay| bay.state == BayState::Faulted).count())
}

fn plain(kind: ProblemKind, count: u64, oldest_ms: Option<UnixMs>) -> Problem {
    Problem {
        kind,
        count,
        amount: None,
        oldest_ms,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}
