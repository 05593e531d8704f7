//! Policies of the chain and its stores: what is in force, the history, and the next version.

mod follow;
mod form;
mod typed;

pub use follow::{ask, follow};
pub use form::{make, new};

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::page;
use super::who::Staff;
use crate::app::{Shared, now};
use crate::store::policy::{self, MadeRow, PolicyRow, Scope};
use crate::store::{DbError, Tx, dock};
use axum::extract::{Path, State};
use axum::response::Response;
use cloud_core::policy::{Field, Policy, Standing, standings};
use shared::ids::{ChainId, StoreId};
use shared::time::UnixMs;
use typed::number_of;
use web::customer::ErrorKind;
use web::manager::{
    Decides, PoliciesPage, PolicyChange, PolicyPage, PolicyStanding, PolicyVersionRow, Role,
    ScopeRow,
};

/// Versions a history shows: years of changes.
const HISTORY_ROWS: u16 = 50;

/// How the whole chain is named in addresses; a store is named by its id.
const CHAIN: &str = "chain";

/// A chain or a store of it, and what decides there.
struct Place {
    scope: Scope,
    view: ScopeRow,
    in_force: Option<PolicyRow>,
    newest: Option<PolicyRow>,
}

impl Place {
    /// Whether this is a store that has, or will have, rules of its own.
    fn may_follow(&self) -> bool {
        let is_store = matches!(self.scope, Scope::Store(_));
        is_store && self.newest.as_ref().is_some_and(|row| !row.follows_chain)
    }
}

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let Some(chain) = staff.chain() else {
        return error_page(&client, ErrorKind::NotFound);
    };
    let (at, name) = (now(), staff.view().chain_name);
    let found = app
        .store
        .read(move |tx| {
            let whole = place(tx, &chain, Scope::Chain(chain), &name, at)?;
            let stores = dock::stores(tx, &chain)?.into_iter();
            let stores = stores.map(|(id, name)| place(tx, &chain, Scope::Store(id), &name, at));
            Ok((whole, stores.collect::<Result<Vec<_>, _>>()?))
        })
        .await;
    match found {
        Ok((whole, stores)) => {
            let shown = PoliciesPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                chain: ScopeRow {
                    name: client.frame.lang.text().policies.whole_chain.to_owned(),
                    ..whole.view
                },
                stores: stores.into_iter().map(|place| place.view).collect(),
            };
            page(&client, shown.render())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

pub async fn detail(
    State(app): State<Shared>,
    Path(asked): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    let at = now();
    let chain_name = staff.view().chain_name;
    let chain = staff.chain();
    let found = app
        .store
        .read(move |tx| {
            let Some(place) = named(tx, chain, &chain_name, &asked, at)? else {
                return Ok(None);
            };
            let history = policy::history(tx, place.scope, HISTORY_ROWS + 1)?;
            Ok(Some((place, history)))
        })
        .await;
    match found {
        Ok(Some((place, history))) => {
            let numbers = place.in_force.as_ref().map(|row| row.policy);
            let shown = PolicyPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                may_change: staff.may(Role::Manager),
                is_chain: matches!(place.scope, Scope::Chain(_)),
                may_follow: place.may_follow(),
                numbers: numbers.map_or_else(Vec::new, |policy| {
                    let all = Field::ALL.into_iter();
                    all.map(|field| (number_of(field), policy.number(field)))
                        .collect()
                }),
                history: versions(&history, at),
                scope: place.view,
            };
            page(&client, shown.render())
        }
        Ok(None) => error_page(&client, ErrorKind::NotFound),
        Err(error) => person_reads(&client, &error.into()),
    }
}

/// The place that an address names, if it is one of the chain's.
fn named(
    tx: &Tx<'_>,
    chain: Option<ChainId>,
    chain_name: &str,
    asked: &str,
    at: UnixMs,
) -> Result<Option<Place>, DbError> {
    let Some(chain) = chain else {
        return Ok(None);
    };
    if asked == CHAIN {
        return place(tx, &chain, Scope::Chain(chain), chain_name, at).map(Some);
    }
    let Ok(wanted) = asked.parse::<StoreId>() else {
        return Ok(None);
    };
    let stores = dock::stores(tx, &chain)?;
    let found = stores.into_iter().find(|(id, _)| *id == wanted);
    found
        .map(|(id, name)| place(tx, &chain, Scope::Store(id), &name, at))
        .transpose()
}

fn place(
    tx: &Tx<'_>,
    chain: &ChainId,
    scope: Scope,
    name: &str,
    at: UnixMs,
) -> Result<Place, DbError> {
    let in_force = match scope {
        Scope::Chain(_) => policy::of_chain_at(tx, chain, at)?,
        Scope::Store(store) => policy::at(tx, &store, at)?,
    };
    let newest = policy::newest(tx, scope)?;
    let waiting = newest.as_ref().filter(|row| row.valid_from_ms > at);
    let view = ScopeRow {
        name: name.to_owned(),
        href: match scope {
            Scope::Chain(_) => format!("/manage/policies/{CHAIN}"),
            Scope::Store(store) => format!("/manage/policies/{store}"),
        },
        decides: in_force.as_ref().map(|row| Decides {
            own: row.scope == scope,
            version: row.version,
            since_ms: row.valid_from_ms,
            deposit: row.policy.deposit_centavos,
        }),
        waiting: waiting.map(|row| (row.version, row.valid_from_ms)),
    };
    Ok(Place {
        scope,
        view,
        in_force,
        newest,
    })
}

/// The newest first. One row more than is shown says what the last of them changed.
fn versions(history: &[MadeRow], at: UnixMs) -> Vec<PolicyVersionRow> {
    let moments: Vec<_> = history
        .iter()
        .map(|made| (made.row.version, made.row.valid_from_ms))
        .collect();
    let before = history.iter().skip(1).map(|made| Some(&made.row.policy));
    history
        .iter()
        .zip(standings(&moments, at))
        .zip(before.chain([None]))
        .take(usize::from(HISTORY_ROWS))
        .map(|((made, standing), before)| PolicyVersionRow {
            version: made.row.version,
            standing: match standing {
                Standing::InForce => PolicyStanding::InForce,
                Standing::Waiting => PolicyStanding::Waiting,
                Standing::Past => PolicyStanding::Past,
                Standing::Overtaken => PolicyStanding::Overtaken,
            },
            from_ms: made.row.valid_from_ms,
            follows_chain: made.row.follows_chain,
            made_ms: made.made_ms,
            by: made.by.clone(),
            changes: before.map_or_else(Vec::new, |before| changes(before, &made.row.policy)),
        })
        .collect()
}

fn changes(before: &Policy, after: &Policy) -> Vec<PolicyChange> {
    let changed = after.changes_from(before);
    changed
        .map(|field| PolicyChange {
            number: number_of(field),
            before: before.number(field),
            after: after.number(field),
        })
        .collect()
}
