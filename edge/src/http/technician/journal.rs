//! The journal's search, as a form and a table.

use super::super::Pages;
use super::super::reader::{self, Query};
use crate::journal::search::{self, Found, Hit, Search};
use axum::extract::{Query as QueryOf, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use shared::event::Fact;
use std::str::FromStr;
use web::edge::technician::journal::{self as view, Field};

/// A table that a phone scrolls through without waiting.
const EVENTS_SHOWN_MAX: usize = 50;

/// As they are typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Typed {
    kind: String,
    bay: String,
    tag: String,
    from: String,
    to: String,
}

pub(super) async fn page(
    State(pages): State<Pages>,
    QueryOf(query): QueryOf<Query>,
    QueryOf(typed): QueryOf<Typed>,
    headers: HeaderMap,
) -> Response {
    let lang = reader::lang(&query, &headers);
    let result = match wanted(&typed) {
        Ok(wanted) => found(&pages, wanted).await,
        Err(field) => Err(view::NotSearched::Field(field)),
    };
    let journal = view::Journal {
        shell: pages.shell(lang, query.aviso.clone()),
        search: view::Search {
            kind: typed.kind,
            bay: typed.bay,
            tag: typed.tag,
            from: typed.from,
            to: typed.to,
        },
        result,
    };
    reader::answer(&query, lang, journal.page())
}

async fn found(pages: &Pages, wanted: Search) -> Result<view::Found, view::NotSearched> {
    let path = pages.handle.machine.journal.clone();
    let found =
        tokio::task::spawn_blocking(move || search::search(&path, &wanted, EVENTS_SHOWN_MAX));
    match found.await {
        Ok(Ok(found)) => Ok(shown(found)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "the journal cannot be searched");
            Err(view::NotSearched::Journal)
        }
        Err(_) => Err(view::NotSearched::Journal),
    }
}

/// The first field that cannot be read, if there is one.
fn wanted(typed: &Typed) -> Result<Search, Field> {
    Ok(Search {
        kind: Some(typed.kind.trim().to_owned()).filter(|kind| !kind.is_empty()),
        bay: read(&typed.bay, Field::Bay)?,
        tag: read(&typed.tag.to_ascii_lowercase(), Field::Tag)?,
        from: read(&typed.from, Field::From)?,
        to: read(&typed.to, Field::To)?,
    })
}

fn read<T: FromStr>(text: &str, field: Field) -> Result<Option<T>, Field> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(|_| field),
    }
}

fn shown(found: Found) -> view::Found {
    view::Found {
        events: found.hits.into_iter().map(event).collect(),
        older_than: found.searched_to,
    }
}

fn event(hit: Hit) -> view::Event {
    let known = hit.event.map(|(_, envelope)| view::Known {
        kind: envelope.fact.kind().to_owned(),
        action: match &envelope.fact {
            Fact::TechnicianActed { action, .. } => Some(action.clone()),
            _ => None,
        },
        bay: envelope.fact.bay(),
        at: envelope.at.wall_ms,
        // The kind stands beside it already.
        details: serde_json::to_string(&envelope.fact).unwrap_or_default(),
    });
    view::Event {
        seq: hit.seq,
        known,
    }
}
