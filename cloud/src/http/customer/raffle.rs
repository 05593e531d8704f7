//! Campaigns as anybody sees them: what is promised, what was fixed, how the result came about, and the
//! file to check it all with.

use super::super::client::Client;
use super::super::raffle::{self as views, read_id};
use super::{error_page, person_reads};
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::bundles::Made;
use crate::store::campaign::{LifeRow, LifeState};
use crate::store::{campaign, dock, reading};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cloud_core::raffle::campaign::Campaign;
use shared::ids::CampaignId;
use shared::time::UnixMs;
use std::sync::Arc;
use web::campaign::{CampaignStage, CommitmentView};
use web::customer::{
    ErrorKind, PendingReason, RafflePage, RafflesPage, RulesPage, VERIFIER_PAGE, csp,
};
use web::ui::Frame;

/// Two years of months.
const CAMPAIGNS_SHOWN: u16 = 24;

pub(super) async fn list(State(app): State<Shared>, client: Client) -> Response {
    let found = app
        .store
        .read(|tx| {
            let Some((chain, name)) = dock::chain(tx)? else {
                return Ok((String::new(), Vec::new()));
            };
            Ok((name, campaign::live(tx, &chain, CAMPAIGNS_SHOWN)?))
        })
        .await;
    let (chain_name, rows) = match found {
        Ok(found) => found,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let at = now();
    let terms = rows.iter().map(|row| views::terms(row, at));
    let page = RafflesPage {
        frame: client.frame.clone(),
        chain_name,
        campaigns: terms
            .filter(|it| it.stage != CampaignStage::Draft)
            .collect(),
    };
    client.page(StatusCode::OK, page.render(), csp())
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(id): Path<String>,
    client: Client,
) -> Response {
    match page(&app, &client, &id).await {
        Ok(page) => client.page(StatusCode::OK, page.render(), csp()),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// What a page of one campaign is made of.
struct Found {
    row: LifeRow,
    entries: u64,
    dark_docks: u64,
    commitment: Option<CommitmentView>,
    /// Somebody read an extraction, and nobody else the same yet.
    readings: usize,
}

pub(super) async fn row_of(app: &Shared, id: &str) -> Result<LifeRow, Failure> {
    let unknown = Failure::from(Rejection::UnknownCampaign);
    let Some(id) = read_id(id) else {
        return Err(unknown);
    };
    let found = app.store.read(move |tx| campaign::life(tx, &id)).await?;
    found.ok_or(unknown)
}

async fn page(app: &Shared, client: &Client, id: &str) -> Result<RafflePage, Failure> {
    let row = row_of(app, id).await?;
    let id = row.row.id;
    let found = app
        .store
        .read(move |tx| {
            let sequence = match &row.state {
                LifeState::Draw(draw) => draw.records().len() + 1,
                LifeState::Plain | LifeState::Certain(_) => 1,
            };
            let sequence = u32::try_from(sequence).unwrap_or(u32::MAX);
            Ok(Found {
                entries: campaign::entries_count(tx, &id)?,
                dark_docks: campaign::dark_docks(tx, &row.chain, row.row.closes_ms)?.len() as u64,
                commitment: views::commitment(tx, &id)?,
                readings: reading::of(tx, &id, sequence)?.len(),
                row,
            })
        })
        .await?;
    let made = app.bundles.of(app, id).await?;
    Ok(view(client, found, made.as_ref(), now()))
}

fn view(client: &Client, found: Found, made: Option<&Arc<Made>>, at: UnixMs) -> RafflePage {
    let terms = views::terms(&found.row, at);
    let mut page = RafflePage {
        frame: Frame {
            path: format!("/sorteio/{}", terms.id),
            ..client.frame.clone()
        },
        entries: Some(found.entries),
        dark_docks: match terms.stage {
            CampaignStage::Closed if found.row.frozen_ms.is_none() => found.dark_docks,
            _ => 0,
        },
        commitment: None,
        shuffle: None,
        extractions: Vec::new(),
        pending: None,
        outcome: None,
        disqualified: Vec::new(),
        has_bundle: made.is_some(),
        terms,
    };
    let LifeState::Draw(draw) = &found.row.state else {
        return page;
    };
    if page.terms.stage == CampaignStage::Pending {
        page.pending = Some(pending(draw, found.readings));
    }
    let Some(committed) = draw.committed() else {
        return page;
    };
    page.entries = Some(committed.commit.n);
    page.commitment = found.commitment;
    page.shuffle = Some(views::shuffle(committed));
    page.extractions = views::extractions(draw.records(), committed.n());
    page.disqualified = views::disqualified(committed);
    let decided = draw.drawn().zip(made);
    page.outcome = decided.and_then(|(drawn, made)| views::outcome(drawn, made));
    page
}

fn pending(draw: &Campaign, readings: usize) -> PendingReason {
    match draw {
        Campaign::Closed(_) => PendingReason::NoList,
        Campaign::Entered(entered) => {
            // The lottery draws on Wednesdays and Saturdays.
            let last = entered.records.last().map(|record| record.extraction.at_ms);
            let next = last.unwrap_or(UnixMs(0)).plus(3 * 24 * 3_600_000);
            PendingReason::NextExtraction(next)
        }
        _ if readings > 1 => PendingReason::SourcesDiffer,
        _ => PendingReason::NotEntered,
    }
}

pub(super) async fn rules(
    State(app): State<Shared>,
    Path(id): Path<String>,
    client: Client,
) -> Response {
    let row = match row_of(&app, &id).await {
        Ok(row) => row,
        Err(failure) => return person_reads(&client, &failure),
    };
    if row.rules.is_none() {
        return error_page(&client, ErrorKind::NotFound);
    }
    let terms = views::terms(&row, now());
    let (text, codes, fallback) = match &row.state {
        LifeState::Draw(draw) => {
            let rules = draw.rules();
            let codes = rules.disqualification_codes.iter();
            let codes = codes.map(|code| (code.code.clone(), code.text.clone()));
            (rules.text.clone(), codes.collect(), rules.fallback.clone())
        }
        LifeState::Certain(certain) => (certain.offer().text.clone(), Vec::new(), String::new()),
        LifeState::Plain => return error_page(&client, ErrorKind::NotFound),
    };
    let page = RulesPage {
        frame: client.frame.clone(),
        terms,
        text,
        codes,
        fallback,
    };
    client.page(StatusCode::OK, page.render(), csp())
}

/// The file that proves it all. Who has it already is told so.
pub(super) async fn bundle(
    State(app): State<Shared>,
    Path(id): Path<String>,
    client: Client,
    headers: HeaderMap,
) -> Response {
    let Some(id) = read_id(&id) else {
        return error_page(&client, ErrorKind::NotFound);
    };
    match app.bundles.of(&app, id).await {
        Ok(Some(made)) => file(&made, &id, &headers),
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(error) => person_reads(&client, &error.into()),
    }
}

fn file(made: &Made, id: &CampaignId, asked: &HeaderMap) -> Response {
    let known = asked.get(header::IF_NONE_MATCH);
    if known.is_some_and(|known| known.as_bytes() == made.etag.as_bytes()) {
        let same = [(header::ETAG, made.etag.clone())];
        return (StatusCode::NOT_MODIFIED, same).into_response();
    }
    let name = format!(
        "attachment; filename=\"sorteio-{}.json\"",
        views::simple(id)
    );
    let headers = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "public, no-cache".to_owned()),
        (header::ETAG, made.etag.clone()),
    ];
    (headers, made.text.clone()).into_response()
}

/// The page that checks a file without asking anybody. It brings its own policy, so that it is the same
/// page from a disk.
pub(super) async fn verifier() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::CONTENT_SECURITY_POLICY, "frame-ancestors 'none'"),
    ];
    (headers, VERIFIER_PAGE).into_response()
}
