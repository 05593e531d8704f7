//! Reconciliation: each day is closed with a statement of ledger, bank and difference.
//!
//! Shape: read the bank's list of the day, and of the earlier days whose Pix may have gone back on
//! it; book what these books did not know; then compare and store. A closed day is read again for a
//! few days: what changed makes a new version, and what differs an alarm.

mod check;
mod sight;

pub use check::check;
pub use sight::{Listing, content};

use crate::actions::{Failure, close_day};
use crate::app::{App, Shared, now};
use crate::pix::{PayoutProvider, PixClient, PixError, ReceivedPix, SentPix};
use crate::store::alarm::AlarmKind;
use crate::store::statement::Content;
use crate::store::{Store, StoreError, Tx, alarm, day as days, statement, stray};
use crate::watch;
use cloud_core::statement::Day;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use shared::time::UnixMs;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// How long after its midnight a day is closed: banks have listed Pix an hour late.
const MARGIN_MS: i64 = 2 * HOUR_MS;

/// A day that could not be closed for this long is a person's business.
const UNCLOSED_MS: i64 = 24 * HOUR_MS;

/// Closed days that are read once more when the next is closed: as far as the slow sweep goes.
const RECHECKED_DAYS: i64 = 3;

/// A chain older than its first statement begins here: a bank is not asked for years.
const FIRST_DAYS_MAX: i64 = 31;

const LOOK_EVERY: Duration = Duration::from_secs(300);
const HOUR_MS: i64 = 3_600 * 1_000;

/// Why a day was not closed.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    #[error("the bank did not list the day: {0}")]
    Bank(#[from] PixError),
    #[error("the bank lists more in an hour than can be read")]
    TooMuch,
    #[error("the time zone has no such day")]
    NoSuchDay,
    #[error(transparent)]
    Failed(#[from] Failure),
}

impl From<StoreError> for BooksError {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// Both sides of one account at the bank.
#[derive(Clone, Copy)]
pub struct Account<'a> {
    pub pix: &'a PixClient,
    /// None: sending is off.
    pub sender: Option<&'a dyn PayoutProvider>,
}

impl<'a> Account<'a> {
    fn of(app: &'a App) -> Self {
        Self {
            pix: &app.bank,
            sender: app.payouts.as_deref(),
        }
    }
}

/// Closes days by the clock.
pub async fn run(app: Shared) {
    let mut clock = tokio::time::interval(LOOK_EVERY);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = clock.tick() => {}
            () = app.stopping.wait() => return,
        }
        if let Err(error) = close_due(&app, now()).await {
            tracing::warn!(error = %error, "a day's books are not closed yet");
        }
    }
}

/// Closes every day that is over at `at`, the oldest first. What a bank listed late is booked before,
/// so that a new day begins with what the one before really ended with.
pub async fn close_due(app: &Shared, at: UnixMs) -> Result<(), BooksError> {
    let Some(first) = next_due(app, at).await? else {
        return Ok(());
    };
    let closed = close_from(app, first, at).await;
    if closed.is_err()
        && let Some(date) = next_due(app, at).await?
        && at.since(span(date, &app.zone)?.to_ms) > UNCLOSED_MS
    {
        tell_unclosed(app, date, at).await?;
    }
    closed
}

async fn close_from(app: &Shared, first: Date, at: UnixMs) -> Result<(), BooksError> {
    for back in (1..=RECHECKED_DAYS).rev() {
        let date = first.checked_sub(jiff::Span::new().days(back));
        let date = date.map_err(|_| BooksError::NoSuchDay)?;
        let day = date.to_string();
        let read = app.store.read(move |tx| statement::versions(tx, &day));
        if !read.await?.is_empty() {
            close(app, date, at).await?;
        }
    }
    while let Some(date) = next_due(app, at).await? {
        close(app, date, at).await?;
    }
    Ok(())
}

/// Reads, books what was unknown, compares and stores.
async fn close(app: &Shared, date: Date, at: UnixMs) -> Result<(), BooksError> {
    let day = span(date, &app.zone)?;
    let listing = read_bank(&app.store, Account::of(app), &app.zone, day).await?;
    for pix in &listing.pix {
        watch::book_listed(app, pix).await?;
    }
    for sent in &listing.sent {
        watch::payouts::hear(app, sent).await?;
    }
    let made = compared(&app.store, day, listing).await?;
    let differences = made.statement.differences.len();
    let name = date.to_string();
    let version = app
        .store
        .write(move |tx: &Tx<'_>| close_day::run(tx, at, &name, &made))
        .await?;
    tracing::info!(
        books.day = %date,
        books.version = version,
        books.differences = differences,
        "a day's books are closed"
    );
    Ok(())
}

/// The statement of a day as things stand, without storing anything.
pub async fn look(
    store: &Store,
    bank: Account<'_>,
    zone: &TimeZone,
    date: Date,
) -> Result<Content, BooksError> {
    let day = span(date, zone)?;
    let listing = read_bank(store, bank, zone, day).await?;
    compared(store, day, listing).await
}

/// From midnight to midnight in `zone`.
pub fn span(date: Date, zone: &TimeZone) -> Result<Day, BooksError> {
    let midnight = |date: Date| -> Result<UnixMs, BooksError> {
        let start = date.to_zoned(zone.clone());
        let start = start.map_err(|_| BooksError::NoSuchDay)?;
        Ok(UnixMs(start.timestamp().as_millisecond()))
    };
    let next = date.tomorrow().map_err(|_| BooksError::NoSuchDay)?;
    Ok(Day {
        from_ms: midnight(date)?,
        to_ms: midnight(next)?,
    })
}

/// The day in `zone` that `at` lies in.
pub fn date_of(at: UnixMs, zone: &TimeZone) -> Date {
    let moment = jiff::Timestamp::from_millisecond(at.0);
    let moment = moment.unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.to_zoned(zone.clone()).date()
}

/// The first day that is over and not closed.
async fn next_due(app: &App, at: UnixMs) -> Result<Option<Date>, BooksError> {
    let read = app
        .store
        .read(|tx| Ok((statement::last_day(tx)?, stray::house(tx)?)));
    let (last, house) = read.await?;
    let Some((_, began)) = house else {
        return Ok(None);
    };
    let last: Option<Date> = last.and_then(|day| day.parse().ok());
    let date = match last {
        Some(last) => last.tomorrow().map_err(|_| BooksError::NoSuchDay)?,
        None => {
            let earliest = at.plus(-FIRST_DAYS_MAX * 24 * HOUR_MS);
            date_of(began.max(earliest), &app.zone)
        }
    };
    let over = span(date, &app.zone)?.to_ms.plus(MARGIN_MS) <= at;
    Ok(over.then_some(date))
}

async fn compared(store: &Store, day: Day, listing: Listing) -> Result<Content, BooksError> {
    let read = store.read(move |tx| content(tx, day, &listing));
    Ok(read.await?)
}

/// What the bank lists of the day, and of each earlier day with a Pix of which something was left.
async fn read_bank(
    store: &Store,
    account: Account<'_>,
    zone: &TimeZone,
    day: Day,
) -> Result<Listing, BooksError> {
    let bank = account.pix;
    let read = store.read(move |tx| Ok((stray::house(tx)?, days::still_here(tx, day.from_ms)?)));
    let (house, earlier) = read.await?;
    let mut dates: BTreeSet<Date> = earlier.into_iter().map(|at| date_of(at, zone)).collect();
    dates.insert(date_of(day.from_ms, zone));
    let mut found: BTreeMap<String, ReceivedPix> = BTreeMap::new();
    let mut unreadable = 0;
    for date in dates {
        let one = read_day(bank, span(date, zone)?).await?;
        let of_day = date == date_of(day.from_ms, zone);
        unreadable += if of_day { one.unreadable } else { 0 };
        found.extend(
            one.pix
                .into_iter()
                .map(|pix| (pix.end_to_end_id.clone(), pix)),
        );
    }
    let (sent, sent_unreadable) = read_sent(store, account, zone, day).await?;
    unreadable += sent_unreadable;
    let began = house.map_or(UnixMs(i64::MAX), |(_, began)| began);
    found.retain(|_, pix| pix.settled_ms >= began && !bank.is_for_other_key(pix));
    Ok(Listing {
        pix: found.into_values().collect(),
        sent,
        unreadable,
    })
}

/// What was sent under ids of ours: on the day and the one before, and on each day from which
/// something may have settled late or come back.
async fn read_sent(
    store: &Store,
    account: Account<'_>,
    zone: &TimeZone,
    day: Day,
) -> Result<(Vec<SentPix>, u64), BooksError> {
    let Some(sender) = account.sender else {
        return Ok(Default::default());
    };
    let earlier = store
        .read(move |tx| days::sent_before(tx, day.to_ms))
        .await?;
    if earlier.is_empty() {
        return Ok(Default::default());
    }
    let mut dates: BTreeSet<Date> = earlier.into_iter().map(|at| date_of(at, zone)).collect();
    dates.extend([day.from_ms, day.from_ms.plus(-1)].map(|at| date_of(at, zone)));
    let (mut found, mut unreadable) = (BTreeMap::new(), 0);
    for date in dates {
        let one = span(date, zone)?;
        let list = sender.list(one.from_ms, one.to_ms.plus(-1)).await?;
        if !list.complete {
            return Err(BooksError::TooMuch);
        }
        unreadable += list.unreadable as u64;
        let ours = list.sent.into_iter();
        let ours = ours.filter(|sent| watch::payouts::ours(&sent.id).is_some());
        found.extend(ours.map(|sent| (sent.id.clone(), sent)));
    }
    Ok((found.into_values().collect(), unreadable))
}

/// A whole day, or where the bank's pages run out, hour by hour.
async fn read_day(bank: &PixClient, day: Day) -> Result<Listing, BooksError> {
    // Both ends of a bank's span are included.
    let whole = bank.list_pix(day.from_ms, day.to_ms.plus(-1)).await?;
    if whole.complete {
        return Ok(Listing {
            unreadable: whole.unreadable as u64,
            pix: whole.pix,
            ..Listing::default()
        });
    }
    let mut listing = Listing::default();
    let mut from = day.from_ms;
    while from < day.to_ms {
        let to = from.plus(HOUR_MS).min(day.to_ms);
        let hour = bank.list_pix(from, to.plus(-1)).await?;
        if !hour.complete {
            return Err(BooksError::TooMuch);
        }
        listing.unreadable += hour.unreadable as u64;
        listing.pix.extend(hour.pix);
        from = to;
    }
    Ok(listing)
}

async fn tell_unclosed(app: &App, date: Date, at: UnixMs) -> Result<(), BooksError> {
    let day = date.to_string();
    let told = app.store.write(move |tx: &Tx<'_>| {
        let detail = "the day could not be closed: the bank was not read";
        alarm::raise(tx, AlarmKind::BooksDiffer, &day, detail, at).map_err(Failure::from)
    });
    Ok(told.await?)
}
