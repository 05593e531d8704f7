//! Member cards, and what they may cost at worst.

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::risk;
use super::who::Staff;
use super::{audit_id, page};
use crate::actions::put_card::{self, PutCard};
use crate::actions::set_card_state::{self, SetCardState};
use crate::actions::take_cart::NewPerson;
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::entropy::Entropy;
use crate::store::Tx;
use crate::store::member_card::{self, CardRow as Stored, CardSearch, CardState};
use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use shared::allowance::CardKey;
use shared::document::Cpf;
use shared::ids::{ChainId, PersonId};
use shared::personal::PersonName;
use web::customer::ErrorKind;
use web::manager::{CardError, CardFilter, CardForm, CardRow, CardsPage, PAGE_ROWS, Role, csp};

/// Shorter ones are guessed at a dock, whose reader takes none of them and no longer one, and only ASCII.
const NUMBER_CHARS_MIN: usize = 8;
const NUMBER_CHARS_MAX: usize = 32;

const HOLDER_CHARS_MAX: usize = 60;

/// Characters of a number that are kept to tell cards apart.
const ENDING_CHARS: usize = 4;

const SEARCH_CHARS_MAX: usize = 60;

const ROWS: u16 = 50;
const _: () = assert!(ROWS as u64 == PAGE_ROWS);

#[derive(Default, Deserialize)]
pub struct Ask {
    state: Option<String>,
    #[serde(default)]
    q: String,
    #[serde(default)]
    page: String,
}

#[derive(Deserialize)]
pub struct NewCard {
    #[serde(default)]
    number: String,
    #[serde(default)]
    holder: String,
    #[serde(default)]
    cpf: String,
    #[serde(default)]
    what: String,
}

pub async fn list(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    ask: Result<Query<Ask>, QueryRejection>,
) -> Response {
    let ask = ask.map(|Query(ask)| ask).unwrap_or_default();
    match shown(&app, &staff, &client, &ask, CardForm::default()).await {
        Ok(shown) => page(&client, shown.render()),
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn put(
    State(app): State<Shared>,
    staff: Staff,
    client: Client,
    form: Result<Form<NewCard>, FormRejection>,
) -> Response {
    let (true, Some(chain)) = (staff.may(Role::Manager), staff.chain()) else {
        return error_page(&client, ErrorKind::Forbidden);
    };
    let Ok(Form(form)) = form else {
        return error_page(&client, ErrorKind::BadForm);
    };
    let put = match read(&app, chain, &form) {
        Ok(put) => put,
        Err(error) => return again(&app, &staff, &client, &form, error).await,
    };
    let (at, by) = (now(), staff.id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| put_card::run(tx, at, &put, &by))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/cards").into_response(),
        Err(Failure::Rejected(Rejection::TooManyCards)) => {
            again(&app, &staff, &client, &form, CardError::TooMany).await
        }
        Err(failure) => person_reads(&client, &failure),
    }
}

pub async fn deny(
    State(app): State<Shared>,
    Path(key): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    set(&app, &key, &staff, &client, CardState::Denied).await
}

pub async fn allow(
    State(app): State<Shared>,
    Path(key): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    set(&app, &key, &staff, &client, CardState::Active).await
}

async fn set(
    app: &Shared,
    key: &str,
    staff: &Staff,
    client: &Client,
    state: CardState,
) -> Response {
    let (true, Some(chain)) = (staff.may(Role::Manager), staff.chain()) else {
        return error_page(client, ErrorKind::Forbidden);
    };
    let Ok(key) = key.parse::<CardKey>() else {
        return error_page(client, ErrorKind::NotFound);
    };
    let set = SetCardState {
        chain,
        key,
        state,
        audit_id: audit_id(),
    };
    let (at, by) = (now(), staff.id());
    let done = app
        .store
        .write(move |tx: &Tx<'_>| set_card_state::run(tx, at, &set, &by))
        .await;
    match done {
        Ok(()) => Redirect::to("/manage/cards").into_response(),
        Err(Failure::Rejected(Rejection::UnknownCard)) => error_page(client, ErrorKind::NotFound),
        Err(failure) => person_reads(client, &failure),
    }
}

fn read(app: &Shared, chain: ChainId, form: &NewCard) -> Result<PutCard, CardError> {
    let number = plain(&form.number);
    let good = number.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && (NUMBER_CHARS_MIN..=NUMBER_CHARS_MAX).contains(&number.len());
    if !good {
        return Err(CardError::Number);
    }
    let holder: PersonName = form.holder.parse().map_err(|_| CardError::Holder)?;
    if holder.reveal().chars().count() > HOLDER_CHARS_MAX {
        return Err(CardError::Holder);
    }
    let person = match form.cpf.trim() {
        "" => None,
        typed => Some(person(app, typed.parse().map_err(|_| CardError::Cpf)?)),
    };
    let ending: Vec<char> = number.chars().rev().take(ENDING_CHARS).collect();
    Ok(PutCard {
        chain,
        key: CardKey::of(&app.keys.card_salt(&chain), &number),
        ending: ending.into_iter().rev().collect(),
        holder,
        person,
        state: match form.what.as_str() {
            "deny" => CardState::Denied,
            _ => CardState::Active,
        },
        audit_id: audit_id(),
    })
}

/// As a reader types it: blanks and case do not count.
fn plain(typed: &str) -> String {
    let kept = typed.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.collect::<String>().to_ascii_uppercase()
}

fn person(app: &Shared, cpf: Cpf) -> NewPerson {
    let mut entropy = Entropy::default();
    let id = entropy.id(PersonId::new, now());
    NewPerson::of(&app.keys, &cpf, id, &mut entropy)
}

async fn again(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    form: &NewCard,
    error: CardError,
) -> Response {
    let form = CardForm {
        holder: form.holder.chars().take(HOLDER_CHARS_MAX).collect(),
        error: Some(error),
    };
    match shown(app, staff, client, &Ask::default(), form).await {
        Ok(shown) => client.page(StatusCode::UNPROCESSABLE_ENTITY, shown.render(), csp()),
        Err(failure) => person_reads(client, &failure),
    }
}

async fn shown(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    ask: &Ask,
    form: CardForm,
) -> Result<CardsPage, Failure> {
    let filter = CardFilter::from_key(ask.state.as_deref());
    let typed = ask.q.trim().chars().filter(|c| !c.is_control());
    let query: String = typed.take(SEARCH_CHARS_MAX).collect();
    let chain = staff.chain();
    let search = CardSearch {
        state: match filter {
            CardFilter::All => None,
            CardFilter::Active => Some(CardState::Active),
            CardFilter::Denied => Some(CardState::Denied),
        },
        key: chain.map(|chain| CardKey::of(&app.keys.card_salt(&chain), &plain(&query))),
        text: query.clone(),
    };
    let wanted: u64 = ask.page.parse().unwrap_or(1);
    let at = now();
    let (risk, total, number, rows) = app
        .store
        .read(move |tx| {
            let risk = risk::read(tx, at)?;
            let Some(chain) = chain else {
                return Ok((risk, 0, 1, Vec::new()));
            };
            let total = member_card::total(tx, &chain, &search)?;
            let number = wanted.clamp(1, total.div_ceil(PAGE_ROWS).max(1));
            let skip = (number - 1) * PAGE_ROWS;
            let rows = member_card::page(tx, &chain, &search, ROWS, skip)?;
            Ok((risk, total, number, rows))
        })
        .await?;
    Ok(CardsPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        may_change: staff.may(Role::Manager),
        risk,
        filter,
        query,
        page: number,
        total,
        rows: rows.iter().map(card).collect(),
        form,
    })
}

fn card(row: &Stored) -> CardRow {
    CardRow {
        key: row.key.to_string(),
        ending: row.ending.clone(),
        holder: row
            .holder
            .as_ref()
            .map_or_else(|| "–".to_owned(), |name| name.reveal().to_owned()),
        has_person: row.person.is_some(),
        denied: row.state == CardState::Denied,
        changed_ms: row.changed_ms,
    }
}
