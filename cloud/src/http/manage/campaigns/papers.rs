//! What is printed, signed and sent to the authority.

use super::super::super::client::Client;
use super::super::super::customer::{error_page, person_reads};
use super::super::super::raffle as views;
use super::super::page;
use super::super::who::Staff;
use super::{Found, find, terms_of};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::bundles::Made;
use crate::store::campaign::LifeState;
use crate::store::paper::{self, Paper};
use crate::store::{DbError, Tx, frozen_entry, notification};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use cloud_core::notice::Kind;
use cloud_core::raffle::campaign::{Campaign, Drawn};
use cloud_core::raffle::entry_code;
use cloud_core::raffle::winners::{Delivery as Settled, Winner};
use serde::Deserialize;
use shared::ids::CampaignId;
use shared::money::Centavos;
use shared::time::UnixMs;
use std::sync::Arc;
use web::customer::ErrorKind;
use web::manager::{
    AccountRow, AccountsPage, EntriesPage, EntryRow, MinutesPage, UnclaimedPage, UnclaimedRow,
};

/// Entries on one page of the list.
const PAGE_ROWS: u32 = 200;

/// What a paper of a draw is made of.
struct Papers {
    found: Found,
    drawn: Drawn,
    draw: Campaign,
    made: Arc<Made>,
}

/// Refused before there is a draw.
async fn papers(app: &Shared, staff: &Staff, id: &str) -> Result<Papers, Failure> {
    let found = find(app, staff, id).await?;
    let made = app.bundles.of(app, found.row.row.id).await?;
    let unknown = || Failure::from(Rejection::UnknownCampaign);
    let LifeState::Draw(draw) = found.row.state.clone() else {
        return Err(unknown());
    };
    let drawn = draw.drawn().cloned().ok_or_else(unknown)?;
    Ok(Papers {
        drawn,
        draw,
        made: made.ok_or_else(unknown)?,
        found,
    })
}

pub async fn minutes(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let Papers {
        found, drawn, made, ..
    } = match papers(&app, &staff, &id).await {
        Ok(papers) => papers,
        Err(failure) => return person_reads(&client, &failure),
    };
    let committed = &drawn.entered.committed;
    let decided = found.commitment.clone().zip(views::outcome(&drawn, &made));
    let Some((commitment, outcome)) = decided else {
        return error_page(&client, ErrorKind::NotFound);
    };
    let approved = committed.approved_by.iter();
    let shown = MinutesPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        place: committed.terms.rules.promoter.name.clone(),
        held_ms: drawn.drawn_ms,
        commitment,
        approved_by: approved.map(|staff| found.login(staff)).collect(),
        shuffle: views::shuffle(committed),
        extractions: views::extractions(&drawn.entered.records, committed.n()),
        outcome,
        disqualified: views::disqualified(committed),
        terms: terms_of(&found, now()),
    };
    page(&client, shown.render())
}

#[derive(Default, Deserialize)]
pub struct PageOf {
    #[serde(default)]
    page: Option<u32>,
}

pub async fn entries(
    State(app): State<Shared>,
    Path(id): Path<String>,
    Query(asked): Query<PageOf>,
    staff: Staff,
    client: Client,
) -> Response {
    let number = asked.page.unwrap_or(1).max(1);
    let after = number.saturating_sub(1).saturating_mul(PAGE_ROWS);
    match list(&app, &staff, &client, (&id, after, PAGE_ROWS)).await {
        Ok(mut shown) => {
            shown.page = u64::from(number);
            page(&client, shown.render())
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn entries_csv(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    match list(&app, &staff, &client, (&id, 0, u32::MAX)).await {
        Ok(shown) => csv(&format!("lista-{id}.csv"), shown.csv()),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn list(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    (id, after, rows_max): (&str, u32, u32),
) -> Result<EntriesPage, Failure> {
    let found = find(app, staff, id).await?;
    let commitment = found.commitment.clone().ok_or(Rejection::UnknownCampaign)?;
    let own = found.row.row.id;
    let rows = app
        .store
        .read(move |tx| frozen_entry::listed(tx, &own, (after, rows_max)))
        .await?;
    let n = u32::try_from(commitment.entries).unwrap_or(u32::MAX);
    let rows = rows.into_iter().zip(u64::from(after) + 1..);
    Ok(EntriesPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        terms: terms_of(&found, now()),
        rows: rows
            .map(|(row, index)| EntryRow {
                index,
                code: row.entry.as_ref().map(entry_code).unwrap_or_default(),
                returned_ms: row.known_ms,
                store_name: row.store_name,
                pid: row.pid.to_string(),
                leaf: row.leaf.to_string(),
                number: row.position.map(|at| views::number_at(n, at)),
            })
            .collect(),
        page: 1,
        pages: commitment.entries.div_ceil(u64::from(PAGE_ROWS)).max(1),
        commitment,
    })
}

pub async fn accounts(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    match accounts_page(&app, &staff, &client, &id).await {
        Ok(shown) => page(&client, shown.render()),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn accounts_csv(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    match accounts_page(&app, &staff, &client, &id).await {
        Ok(shown) => csv(&format!("contas-{id}.csv"), shown.csv()),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn accounts_page(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    id: &str,
) -> Result<AccountsPage, Failure> {
    let Papers {
        found, drawn, draw, ..
    } = papers(app, staff, id).await?;
    let own = found.row.row.id;
    let winners = drawn.winners.clone();
    let (documents, darf_document) = app
        .store
        .read(move |tx| {
            let of = |winner: &Winner| paper::of(tx, &own, Paper::Delivery(winner.rank));
            let documents = winners
                .iter()
                .map(of)
                .collect::<Result<Vec<_>, DbError>>()?;
            Ok((documents, paper::of(tx, &own, Paper::Darf)?))
        })
        .await?;
    let rules = &drawn.entered.committed.terms.rules;
    let rows = drawn.winners.iter().zip(documents);
    let rows: Vec<AccountRow> = rows
        .map(|(winner, document)| AccountRow {
            rank: winner.rank,
            prize: views::prize_name(rules, winner.rank),
            value: views::prize_value(rules, winner.rank),
            number: winner.number.clone(),
            delivery: views::delivery(winner),
            document,
        })
        .collect();
    let total: i64 = rows.iter().map(|row| row.value.get()).sum();
    Ok(AccountsPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        terms: terms_of(&found, now()),
        drawn_ms: drawn.drawn_ms,
        rows,
        claim_until_ms: drawn.claim_ends_ms(),
        tax: drawn.tax(Centavos::new(total)),
        tax_by_ms: drawn.tax_by_ms(),
        union_by_ms: drawn.union_by_ms(),
        accounts_by_ms: drawn.accounts_by_ms(),
        darf_document,
        protocol: match draw {
            Campaign::Accounted(done) => Some((done.protocol, done.accounted_ms)),
            _ => None,
        },
    })
}

/// Prizes that nobody has claimed yet, and whether anybody could be told.
pub async fn unclaimed(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let Papers { found, drawn, .. } = match papers(&app, &staff, &id).await {
        Ok(papers) => papers,
        Err(failure) => return person_reads(&client, &failure),
    };
    let own = found.row.row.id;
    let open: Vec<Winner> = drawn
        .winners
        .iter()
        .filter(|winner| winner.delivery != Settled::Delivered && winner.position.is_some())
        .cloned()
        .collect();
    let asked = open.clone();
    let told = app
        .store
        .read(move |tx| asked.iter().map(|winner| told(tx, &own, winner)).collect())
        .await;
    let told: Vec<Option<UnixMs>> = match told {
        Ok(told) => told,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let rules = &drawn.entered.committed.terms.rules;
    let rows = open.iter().zip(told);
    let shown = UnclaimedPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        terms: terms_of(&found, now()),
        claim_until_ms: drawn.claim_ends_ms(),
        union_by_ms: drawn.union_by_ms(),
        rows: rows
            .map(|(winner, told_ms)| UnclaimedRow {
                rank: winner.rank,
                prize: views::prize_name(rules, winner.rank),
                value: views::prize_value(rules, winner.rank),
                number: winner.number.clone(),
                told_ms,
                expired: winner.delivery == Settled::Expired,
            })
            .collect(),
    };
    page(&client, shown.render())
}

/// When the winner was told. None: nobody can be, or it did not leave yet.
fn told(tx: &Tx<'_>, id: &CampaignId, winner: &Winner) -> Result<Option<UnixMs>, DbError> {
    let held = match winner.position {
        Some(position) => frozen_entry::at_position(tx, id, position)?,
        None => None,
    };
    match held {
        Some(row) => notification::told(tx, &row.rental, Kind::PrizeWon),
        None => Ok(None),
    }
}

fn csv(name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}
