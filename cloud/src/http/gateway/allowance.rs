//! The list that a gateway goes by when it cannot ask.

use super::{Capped, Problem};
use crate::actions::Rejection;
use crate::app::{Shared, now};
use crate::http::problem::unreadable;
use crate::store::db::DbError;
use crate::store::gateway::{GatewayRow, GatewayState};
use crate::store::{StoreError, Tx, allowance, gateway, voucher_loan};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::allowance::{AllowanceBody, AllowanceHeader, AllowanceRequest, CardLimits};
use shared::ids::{ChainId, GatewayId};
use shared::json::check_bounds;
use shared::money::Centavos;
use shared::signed::{self, Domain};
use shared::voucher::Lent;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A request's line has some 200 characters.
const REQUEST_BYTES_MAX: usize = 1_024;

/// Chains whose cards are kept ready: some 3 MB each at most.
const CHAINS_KEPT_MAX: usize = 4;

/// One object of plain fields.
const REQUEST_DEPTH_MAX: usize = 1;

pub(super) async fn answer(
    State(app): State<Shared>,
    Capped(body): Capped<REQUEST_BYTES_MAX>,
) -> Result<Response, Problem> {
    let line = plain(&body)?.to_owned();
    let claimed = claimed(&line)?;
    let id = claimed.gateway;
    let found = app.store.read(move |tx| gateway::by_id(tx, &id)).await?;
    let row = found.ok_or(Rejection::UnknownGateway)?;
    signed::verify(&row.public_key, Domain::AllowanceRequest, &line).map_err(|_| {
        let detail = "the request is not signed by the gateway it names";
        Problem::new(StatusCode::FORBIDDEN, "bad_signature", detail).of_field("body")
    })?;
    if row.state != GatewayState::Active {
        return Err(Rejection::GatewayQuarantined.into());
    }
    let text = list_for(&app, &row).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// The list for one gateway. That it was handed out is written down before it leaves: whatever becomes
/// of the answer, the gateway may go by it from now on.
async fn list_for(app: &Shared, row: &GatewayRow) -> Result<String, Problem> {
    let (at, dock, id) = (now(), row.dock, row.id);
    // One reading: the version stands for what is lent.
    let (list, lent) = app
        .store
        .read(move |tx| Ok((allowance::list(tx, &dock, at)?, lent_to(tx, &id)?)))
        .await?;
    let list = list.ok_or(Rejection::UnknownDock)?;
    let cards = app.card_lists.of(app, list.chain, list.changes).await?;
    let limit = match cards.allowed() {
        0 => Centavos::ZERO,
        _ => list.policy.gateway_centavos_per_day,
    };
    let version = list.version;
    app.store
        .write(move |tx: &Tx<'_>| {
            gateway::answered_list(tx, &id, version, limit).map_err(StoreError::from)
        })
        .await?;
    let header = AllowanceHeader {
        v: 1,
        gateway: row.id,
        version: list.version,
        issued_ms: at,
        salt: app.keys.card_salt(&list.chain),
        limits: CardLimits {
            deposit_centavos: list.policy.deposit_centavos,
            card_releases_per_day: list.policy.card_releases_per_day,
            gateway_centavos_per_day: list.policy.gateway_centavos_per_day,
        },
        technicians: list.technicians,
        lent,
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    Ok(cards.under(app.keys.signing(), header))
}

/// Nothing to a gateway that would not redeem it: older ones take no header of that length.
fn lent_to(tx: &Tx<'_>, id: &GatewayId) -> Result<Lent, DbError> {
    let Some(row) = gateway::by_id(tx, id)?.filter(|row| row.redeems) else {
        return Ok(Lent::default());
    };
    Ok(Lent {
        known_seq: row.head.seq,
        vouchers: voucher_loan::listed(tx, id)?,
    })
}

/// The cards of the chains whose gateways asked last, ready to be sent. After a change all gateways
/// of a chain ask at once: the cards are read, sorted and hashed for the first of them.
#[derive(Default)]
pub struct CardLists(Mutex<BTreeMap<ChainId, Ready>>);

struct Ready {
    changes: u64,
    cards: Arc<AllowanceBody>,
}

impl CardLists {
    /// One at a time: who asks for the same meanwhile finds it ready.
    async fn of(
        &self,
        app: &Shared,
        chain: ChainId,
        changes: u64,
    ) -> Result<Arc<AllowanceBody>, Problem> {
        let mut kept = self.0.lock().await;
        if let Some(ready) = kept.get(&chain).filter(|ready| ready.changes == changes) {
            return Ok(Arc::clone(&ready.cards));
        }
        let found = app
            .store
            .read(move |tx| allowance::cards(tx, &chain))
            .await?;
        let read = found.changes;
        // A hundred thousand cards take a moment to sort and to hash.
        let work = move || AllowanceBody::new(found.allow, found.deny);
        let cards = tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| StoreError::Closed)?;
        let ready = Ready {
            changes: read,
            cards: Arc::new(cards),
        };
        let cards = Arc::clone(&ready.cards);
        if kept.len() >= CHAINS_KEPT_MAX {
            kept.pop_first();
        }
        kept.insert(chain, ready);
        Ok(cards)
    }
}

fn plain(body: &[u8]) -> Result<&str, Problem> {
    check_bounds(body, REQUEST_BYTES_MAX, REQUEST_DEPTH_MAX)
        .map_err(|e| malformed(&e.to_string()))?;
    let text = std::str::from_utf8(body).map_err(|e| malformed(&e.to_string()))?;
    Ok(text.trim_end())
}

fn claimed(line: &str) -> Result<AllowanceRequest, Problem> {
    let json = signed::text_of(line).map_err(|e| malformed(&e.to_string()))?;
    let request: AllowanceRequest =
        serde_json::from_str(json).map_err(|e| malformed(&unreadable(&e)))?;
    match request.v {
        1 => Ok(request),
        _ => Err(malformed("expected a request of version 1")),
    }
}

fn malformed(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "request_malformed", why).of_field("body")
}
