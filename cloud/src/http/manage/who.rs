//! Who asks. A handler that takes one of these cannot be reached without.

use super::super::client::Client;
use super::super::problem::Problem;
use super::super::session::{SIGNED_IN, SignedIn, cookie_name, id_hash};
use crate::app::{Shared, now};
use crate::store::{dock, staff};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use shared::ids::{ChainId, StaffId};
use shared::time::UnixMs;
use tower_sessions::Session;
use web::manager::{Role, StaffView};
use web::ui::url::query_value;

/// A session's idle time is renewed this often at most: a write each.
const RENEW_AFTER_MS: i64 = 60_000;

/// Signed in, perhaps with a one-time password that must be replaced first.
pub struct Newcomer {
    pub id: StaffId,
    pub login: String,
    pub role: Role,
    pub must_change: bool,
    pub password_hash: String,
    pub chain_name: String,
    /// None before anything was set up.
    pub chain: Option<ChainId>,
}

/// Signed in with a password of their own.
pub struct Staff(Newcomer);

/// A signed-in page's open stream; it keeps no session alive.
pub struct Watcher {
    pub session_hash: [u8; 32],
    pub signed_in: SignedIn,
}

impl Newcomer {
    pub fn view(&self) -> StaffView {
        StaffView {
            name: self.login.clone(),
            role: self.role,
            chain_name: self.chain_name.clone(),
        }
    }
}

impl Staff {
    pub fn id(&self) -> StaffId {
        self.0.id
    }

    pub fn chain(&self) -> Option<ChainId> {
        self.0.chain
    }

    pub fn view(&self) -> StaffView {
        self.0.view()
    }

    /// Whether a change that asks for `role` is theirs to make.
    pub fn may(&self, role: Role) -> bool {
        self.0.role >= role
    }
}

impl FromRequestParts<Shared> for Newcomer {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let session = session_of(parts, app).await?;
        let Some(signed_in) = signed_in(&session).await? else {
            return Err(to_login(parts, app));
        };
        let id = signed_in.staff;
        let found = app
            .store
            .read(move |tx| Ok((staff::by_id(tx, &id)?, dock::chain(tx)?)))
            .await;
        let (row, chain) = found.map_err(|e| Problem::from(e).into_response())?;
        let Some(row) = row else {
            session.flush().await.map_err(|e| broken(&e))?;
            return Err(to_login(parts, app));
        };
        let at = now();
        if at.since(signed_in.seen_ms) >= RENEW_AFTER_MS {
            let seen = SignedIn {
                seen_ms: at,
                ..signed_in
            };
            let renewed = session.insert(SIGNED_IN, seen).await;
            renewed.map_err(|e| broken(&e))?;
        }
        Ok(Self {
            id,
            login: row.login,
            role: role(&row.role),
            must_change: row.must_change,
            password_hash: row.password_hash,
            chain: chain.as_ref().map(|(id, _)| *id),
            chain_name: chain.map(|(_, name)| name).unwrap_or_default(),
        })
    }
}

impl FromRequestParts<Shared> for Staff {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let somebody = Newcomer::from_request_parts(parts, app).await?;
        if somebody.must_change {
            return Err(Redirect::to("/manage/password").into_response());
        }
        Ok(Self(somebody))
    }
}

impl FromRequestParts<Shared> for Watcher {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Shared) -> Result<Self, Response> {
        let session = session_of(parts, app).await?;
        let signed_in = signed_in(&session).await?;
        let (Some(signed_in), Some(id)) = (signed_in, session.id()) else {
            return Err(not_signed_in());
        };
        let staff = signed_in.staff;
        let found = app.store.read(move |tx| staff::by_id(tx, &staff)).await;
        match found.map_err(|e| Problem::from(e).into_response())? {
            Some(row) if !row.must_change => Ok(Self {
                session_hash: id_hash(&id),
                signed_in,
            }),
            _ => Err(not_signed_in()),
        }
    }
}

impl Watcher {
    /// Whether the session is still there: signing out ends its streams too.
    pub async fn is_over(&self, app: &Shared, at: UnixMs) -> bool {
        let hash = self.session_hash;
        let found = app
            .store
            .read(move |tx| staff::session(tx, &hash, at))
            .await;
        // A database that is busy for a moment is no reason to drop a line.
        self.signed_in.since_is_over(at) || matches!(found, Ok(None))
    }
}

async fn session_of(parts: &mut Parts, app: &Shared) -> Result<Session, Response> {
    Session::from_request_parts(parts, app)
        .await
        .map_err(IntoResponse::into_response)
}

/// Ends a session that has lived too long on the way.
async fn signed_in(session: &Session) -> Result<Option<SignedIn>, Response> {
    let found: Option<SignedIn> = session.get(SIGNED_IN).await.map_err(|e| broken(&e))?;
    match found {
        Some(signed_in) if signed_in.is_over(now()) => {
            session.flush().await.map_err(|e| broken(&e))?;
            Ok(None)
        }
        found => Ok(found),
    }
}

pub fn broken(error: &tower_sessions::session::Error) -> Response {
    tracing::error!(session.error = %error, "a session could not be read or written");
    let detail = "your session cannot be read now: try again in a moment";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).into_response()
}

fn not_signed_in() -> Response {
    let detail = "sign in at /manage/login";
    Problem::new(StatusCode::UNAUTHORIZED, "not_signed_in", detail).into_response()
}

fn to_login(parts: &Parts, app: &Shared) -> Response {
    let name = cookie_name(app.config.secure_cookies());
    let ended = Client::cookie(&parts.headers, name).is_some();
    let here = parts
        .uri
        .path_and_query()
        .filter(|_| parts.method == Method::GET)
        .map_or("/manage", |path| path.as_str());
    let ended = if ended { "&ended=1" } else { "" };
    let to = format!("/manage/login?next={}{ended}", query_value(here));
    let mut response = Redirect::to(&to).into_response();
    let no_store = header::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    response
}

/// A role this version does not know may only look.
fn role(stored: &str) -> Role {
    match stored {
        "administrator" => Role::Administrator,
        "manager" => Role::Manager,
        _ => Role::Viewer,
    }
}
