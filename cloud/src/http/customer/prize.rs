//! What a winner, or everybody of a certain prize, gets. The code in the address is its secret.

use super::super::address::Address;
use super::super::client::Client;
use super::super::gateway::code_hash;
use super::super::raffle as views;
use super::receipt::Guesses;
use super::{error_page, person_reads};
use crate::actions::{Failure, Rejection, consent_name, name_vouchers};
use crate::app::{Shared, now};
use crate::store::campaign::{LifeRow, LifeState};
use crate::store::frozen_entry::FrozenRow;
use crate::store::prize_voucher::{self, PrizeVoucherRow};
use crate::store::{DbError, Tx, campaign, dock, frozen_entry};
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use axum::{Extension, Form};
use serde::Deserialize;
use std::sync::Arc;
use web::campaign::CampaignMode;
use web::customer::{ConsentView, ErrorKind, PrizePage, PrizeState, VoucherView, csp};
use web::ui::Frame;

/// Letters of a name that are read.
const NAME_CHARS_MAX: usize = 120;
/// Ours are nineteen.
const CODE_CHARS_MAX: usize = 40;

struct Found {
    row: LifeRow,
    voucher: PrizeVoucherRow,
    frozen: Option<FrozenRow>,
    /// Any till of the chain redeems it, and no row says which one did.
    chain_name: String,
}

pub(super) async fn show(
    State(app): State<Shared>,
    Path(code): Path<String>,
    Extension(guesses): Extension<Arc<Guesses>>,
    from: Address,
    client: Client,
) -> Response {
    if !guesses.admits_look(from, &code) {
        return error_page(&client, ErrorKind::TooMany);
    }
    match find(&app, &code).await {
        Ok(found) => answer(&client, &code, &found, (StatusCode::OK, false, false)),
        Err(failure) => person_reads(&client, &failure),
    }
}

async fn find(app: &Shared, code: &str) -> Result<Found, Failure> {
    let unknown = Failure::from(Rejection::UnknownVoucher);
    if code.chars().count() > CODE_CHARS_MAX {
        return Err(unknown);
    }
    let hash = code_hash(code);
    let look = move |tx: &Tx<'_>| {
        let unnamed = !prize_voucher::unnamed(tx, 1)?.is_empty();
        Ok((named(tx, &hash)?, unnamed))
    };
    match app.store.read(look).await? {
        (Some(found), _) => Ok(found),
        (None, false) => Err(unknown),
        // A voucher that was earned this very minute may have no code yet.
        (None, true) => {
            let own = Shared::clone(app);
            let name = move |tx: &Tx<'_>| name_vouchers::run(tx, &own.keys);
            app.store.write(name).await?;
            let found = app.store.read(move |tx| named(tx, &hash)).await?;
            found.ok_or(unknown)
        }
    }
}

fn named(tx: &Tx<'_>, hash: &[u8; 32]) -> Result<Option<Found>, DbError> {
    let Some(voucher) = prize_voucher::by_code(tx, hash)? else {
        return Ok(None);
    };
    let Some(row) = campaign::life(tx, &voucher.of.campaign)? else {
        return Ok(None);
    };
    let frozen = frozen_entry::of_rental(tx, &voucher.of.rental)?;
    Ok(Some(Found {
        row,
        voucher,
        frozen,
        chain_name: dock::chain(tx)?.map(|(_, name)| name).unwrap_or_default(),
    }))
}

fn answer(
    client: &Client,
    code: &str,
    found: &Found,
    (status, saved, name_missing): (StatusCode, bool, bool),
) -> Response {
    let at = now();
    let terms = views::terms(&found.row, at);
    let voucher = &found.voucher;
    let certain = terms.mode == CampaignMode::Certain;
    let prize = match &found.row.state {
        LifeState::Draw(draw) => views::prize_name(draw.rules(), voucher.of.rank),
        LifeState::Certain(_) | LifeState::Plain => terms.name.clone(),
    };
    let page = PrizePage {
        frame: Frame {
            path: format!("/premio/{code}"),
            ..client.frame.clone()
        },
        code: code.to_owned(),
        campaign_id: terms.id.clone(),
        campaign: terms.name.clone(),
        mode: terms.mode,
        rank: voucher.of.rank,
        prize,
        value: voucher.amount,
        number: number(found),
        claim_until_ms: voucher.lapses_ms,
        claim_days: terms.claim_days,
        stores: terms.stores,
        voucher: Some(VoucherView {
            code: grouped(code),
            scanned: grouped(code),
            valid_until_ms: voucher.lapses_ms,
        }),
        state: state(found, at),
        consent: (!certain)
            .then(|| consent_view(found, name_missing))
            .flatten(),
        saved,
    };
    client.page(status, page.render(), csp())
}

/// Seven digits, of what was drawn.
fn number(found: &Found) -> Option<String> {
    let LifeState::Draw(draw) = &found.row.state else {
        return None;
    };
    let position = found.frozen.as_ref()?.position?;
    Some(views::number_at(draw.committed()?.n(), position))
}

fn state(found: &Found, at: shared::time::UnixMs) -> PrizeState {
    let voucher = &found.voucher;
    if let Some(at_ms) = voucher.redeemed_ms {
        return PrizeState::Redeemed {
            at_ms,
            store_name: found.chain_name.clone(),
        };
    }
    if voucher.void_ms.is_some() {
        let (code, text) = disqualified(found).unwrap_or_default();
        return PrizeState::Lost { code, text };
    }
    if at >= voucher.lapses_ms {
        return PrizeState::Expired;
    }
    PrizeState::Ready
}

/// The rules' code and words for which the entry was passed over.
fn disqualified(found: &Found) -> Option<(String, String)> {
    let LifeState::Draw(draw) = &found.row.state else {
        return None;
    };
    let committed = draw.committed()?;
    let position = found.frozen.as_ref()?.position?;
    let one = committed
        .disqualified
        .iter()
        .find(|one| one.position == position)?;
    let mut known = committed.terms.rules.disqualification_codes.iter();
    let words = known.find(|known| known.code == one.code)?;
    Some((words.code.clone(), words.text.clone()))
}

/// Whether the winner's name is published, which the winner may change at any time.
fn consent_view(found: &Found, name_missing: bool) -> Option<ConsentView> {
    let LifeState::Draw(draw) = &found.row.state else {
        return None;
    };
    let drawn = draw.drawn()?;
    if found.voucher.void_ms.is_some() {
        return None;
    }
    let mut winners = drawn.winners.iter();
    let winner = winners.find(|winner| winner.rank == found.voucher.of.rank)?;
    Some(ConsentView {
        masked_name: winner.name.clone(),
        given: winner.name.is_some(),
        name_missing,
    })
}

#[derive(Deserialize)]
pub(super) struct ConsentForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    publish: String,
}

pub(super) async fn consent(
    State(app): State<Shared>,
    Path(code): Path<String>,
    Extension(guesses): Extension<Arc<Guesses>>,
    from: Address,
    client: Client,
    form: Result<Form<ConsentForm>, FormRejection>,
) -> Response {
    if !guesses.admits_look(from, &code) {
        return error_page(&client, ErrorKind::TooMany);
    }
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    match keep(&app, &code, &form).await {
        Ok(Kept::Saved) => match find(&app, &code).await {
            Ok(found) => answer(&client, &code, &found, (StatusCode::OK, true, false)),
            Err(failure) => person_reads(&client, &failure),
        },
        Ok(Kept::NameMissing(found)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            answer(&client, &code, &found, (status, false, true))
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

enum Kept {
    Saved,
    NameMissing(Box<Found>),
}

async fn keep(app: &Shared, code: &str, form: &ConsentForm) -> Result<Kept, Failure> {
    let found = find(app, code).await?;
    let Some(before) = consent_view(&found, false) else {
        return Err(Rejection::UnknownVoucher.into());
    };
    let name: String = form.name.chars().take(NAME_CHARS_MAX).collect();
    let wanted = match form.publish.is_empty() {
        true => None,
        false if before.given => return Ok(Kept::Saved),
        false if consent_name::masked(&name).is_empty() => {
            return Ok(Kept::NameMissing(Box::new(found)));
        }
        false => Some(name),
    };
    let of = found.voucher.of;
    app.store
        .write(move |tx: &Tx<'_>| consent_name::run(tx, (&of.campaign, of.rank), wanted.as_deref()))
        .await?;
    Ok(Kept::Saved)
}

/// As the till types it, however it stands in the address.
fn grouped(code: &str) -> String {
    let plain: Vec<char> = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let groups: Vec<String> = plain
        .chunks(4)
        .map(|group| group.iter().collect())
        .collect();
    groups.join("-")
}
