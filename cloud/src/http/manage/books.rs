//! The days' statements, and the Pix without a charge that wait for a manager.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::{Failure, Rejection, release_stray};
use crate::app::{Shared, now};
use crate::books;
use crate::store::statement::{self, Content, Version};
use crate::store::stray::{self, StrayRow as Stored};
use crate::store::{DbError, Tx};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use cloud_core::statement as core;
use cloud_core::stray::{HoldReason, Stray};
use jiff::civil::Date;
use serde::Deserialize;
use shared::money::Centavos;
use shared::time::UnixMs;
use web::customer::ErrorKind;
use web::manager::{
    BooksPage, DayPage, DayRow, DifferenceKind, DifferenceRow, LineRow, Role, StrayRow, StrayState,
    SumKind, SumRow,
};

/// More than anybody works through; the oldest come first.
const HELD_ROWS: u16 = 200;
const PASSED_ROWS: u16 = 20;

/// A month on a page, and one more to know whether there are older ones.
const DAYS: u16 = 31;

#[derive(Default, Deserialize)]
pub struct Ask {
    /// The latest day to list.
    #[serde(default)]
    until: String,
}

#[derive(Default, Deserialize)]
pub struct Which {
    #[serde(default)]
    version: String,
}

pub async fn list(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Response {
    let ask = ask.map(|Query(ask)| ask).unwrap_or_default();
    let until = ask.until.parse().unwrap_or(Date::MAX).to_string();
    let found = app
        .store
        .read(move |tx| {
            Ok((
                stray::held(tx, HELD_ROWS)?,
                stray::passed(tx, PASSED_ROWS)?,
                statement::latest_days(tx, &until, DAYS + 1)?,
            ))
        })
        .await;
    let (held, passed, mut days) = match found {
        Ok(found) => found,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let older = days.get(usize::from(DAYS)).map(|day| day.day.clone());
    days.truncate(usize::from(DAYS));
    let shown = BooksPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        may_release: staff.may(Role::Manager),
        held: held.iter().map(stray_view).collect(),
        passed: passed.iter().map(stray_view).collect(),
        days: days.iter().map(|day| day_view(&app, day)).collect(),
        older,
    };
    page(&client, shown.render())
}

pub async fn day(
    State(app): State<Shared>,
    Path(day): Path<String>,
    staff: Staff,
    client: Client,
    which: Result<Query<Which>, QueryRejection>,
) -> Response {
    match of_day(&app, &staff, &client, day, which).await {
        Ok(shown) => page(&client, shown.render()),
        Err(response) => response,
    }
}

pub async fn csv(
    State(app): State<Shared>,
    Path(day): Path<String>,
    staff: Staff,
    client: Client,
    which: Result<Query<Which>, QueryRejection>,
) -> Response {
    let shown = match of_day(&app, &staff, &client, day, which).await {
        Ok(shown) => shown,
        Err(response) => return response,
    };
    let mut response = shown.csv().into_response();
    let headers = response.headers_mut();
    let name = format!("volta-{}-v{}.csv", shown.row.day, shown.row.version);
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, kind);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The name is made of digits and hyphens: the day was parsed before it was stored.
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}

pub async fn release(
    State(app): State<Shared>,
    Path(e2eid): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    if !staff.may(Role::Manager) {
        return error_page(&client, ErrorKind::Forbidden);
    }
    let (at, by, id) = (now(), staff.id(), audit_id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| release_stray::run(tx, at, &e2eid, &by, &id))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/books").into_response(),
        Err(Failure::Rejected(Rejection::UnknownStray)) => error_page(&client, ErrorKind::NotFound),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// One version of a day, the latest unless another is asked for.
async fn of_day(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    day: String,
    which: Result<Query<Which>, QueryRejection>,
) -> Result<DayPage, Response> {
    let wanted = which.map(|Query(which)| which).unwrap_or_default().version;
    let read = app.store.read(move |tx| find(tx, &day, &wanted));
    let found = read.await;
    let found = found.map_err(|error| person_reads(client, &error.into()))?;
    let Some((version, content, versions)) = found else {
        return Err(error_page(client, ErrorKind::NotFound));
    };
    Ok(DayPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        row: day_view(app, &version),
        made_ms: version.made_ms,
        versions,
        sums: sums(&content.statement),
        differences: content.statement.differences.iter().map(view).collect(),
        lines: content
            .lines
            .into_iter()
            .map(|line| LineRow {
                sent: line.movement.side == core::Side::Sent,
                e2eid: line.movement.e2eid,
                refund: line.movement.refund,
                amount: line.amount,
                settled_ms: line.settled_ms,
            })
            .collect(),
    })
}

type Found = (Version, Content, Vec<(u32, UnixMs)>);

fn find(tx: &Tx<'_>, day: &str, wanted: &str) -> Result<Option<Found>, DbError> {
    let versions = statement::versions(tx, day)?;
    let made = versions.iter().map(|v| (v.version, v.made_ms)).collect();
    let is_wanted = |v: &&Version| wanted.is_empty() || v.version.to_string() == wanted;
    let Some(version) = versions.iter().find(is_wanted).cloned() else {
        return Ok(None);
    };
    let content = statement::content(tx, &version)?;
    Ok(Some((version, content, made)))
}

fn day_view(app: &Shared, of: &Version) -> DayRow {
    let date = of.day.parse::<Date>().unwrap_or(Date::MIN);
    let from_ms = books::span(date, &app.zone).map_or(of.made_ms, |day| day.from_ms);
    DayRow {
        day: of.day.clone(),
        from_ms,
        version: of.version,
        received: of.statement.bank.received,
        returned: of.statement.bank.returned,
        kept: of.statement.end.bank,
        differences: of.differences,
    }
}

fn stray_view(of: &Stored) -> StrayRow {
    StrayRow {
        e2eid: of.e2eid.clone(),
        amount: of.amount,
        settled_ms: of.settled_ms,
        state: match of.state {
            Stray::Held(HoldReason::AboveLimit) => StrayState::HeldAboveLimit,
            Stray::Held(HoldReason::KeyNotNamed) => StrayState::HeldKeyNotNamed,
            Stray::Held(HoldReason::ReturnUnderWay) => StrayState::HeldReturnUnderWay,
            Stray::Held(HoldReason::LongAgo) => StrayState::HeldLongAgo,
            Stray::Due => StrayState::Due,
            Stray::Returned => StrayState::Returned,
        },
    }
}

fn sums(of: &core::Statement) -> Vec<SumRow> {
    let sum = |kind, ledger: Centavos, bank| SumRow { kind, ledger, bank };
    let (start, end) = (of.start, of.end);
    vec![
        sum(
            SumKind::Received,
            of.ledger.received,
            Some(of.bank.received),
        ),
        sum(
            SumKind::Returned,
            of.ledger.returned,
            Some(of.bank.returned),
        ),
        sum(SumKind::Sent, of.ledger.sent, Some(of.bank.sent)),
        sum(
            SumKind::SentBack,
            of.ledger.sent_back,
            Some(of.bank.sent_back),
        ),
        sum(SumKind::HeldAtStart, start.held, None),
        sum(SumKind::HeldAtEnd, end.held, None),
        sum(SumKind::OwedAtStart, start.owed, None),
        sum(SumKind::OwedAtEnd, end.owed, None),
        sum(SumKind::StrayAtStart, start.stray, None),
        sum(SumKind::StrayAtEnd, end.stray, None),
        sum(SumKind::PayableAtStart, start.payable, None),
        sum(SumKind::PayableAtEnd, end.payable, None),
        sum(SumKind::PrizeAtStart, start.prize, None),
        sum(SumKind::PrizeAtEnd, end.prize, None),
        sum(SumKind::ShopAtStart, start.shop, None),
        sum(SumKind::ShopAtEnd, end.shop, None),
    ]
}

fn view(of: &core::Difference) -> DifferenceRow {
    use core::DifferenceKind as Kind;
    let movement = of.movement.as_ref();
    DifferenceRow {
        kind: match of.kind {
            Kind::PixNotInLedger => DifferenceKind::PixNotInLedger,
            Kind::PixNotAtBank => DifferenceKind::PixNotAtBank,
            Kind::PixAmount => DifferenceKind::PixAmount,
            Kind::RefundNotInLedger => DifferenceKind::RefundNotInLedger,
            Kind::RefundUnknown => DifferenceKind::RefundUnknown,
            Kind::RefundNotAtBank => DifferenceKind::RefundNotAtBank,
            Kind::RefundAmount => DifferenceKind::RefundAmount,
            Kind::PayoutNotInLedger => DifferenceKind::PayoutNotInLedger,
            Kind::PayoutNotAtBank => DifferenceKind::PayoutNotAtBank,
            Kind::PayoutAmount => DifferenceKind::PayoutAmount,
            Kind::AnotherDay => DifferenceKind::AnotherDay,
            Kind::Unreadable => DifferenceKind::Unreadable,
            Kind::Uneven => DifferenceKind::Uneven,
        },
        e2eid: movement.map(|m| m.e2eid.clone()),
        refund: movement.and_then(|m| m.refund.clone()),
        ledger: of.ledger,
        bank: of.bank,
        gap: of.gap(),
    }
}
