//! Sessions of staff, on our own table. The database never holds an id that could be used: it
//! holds its SHA-256.

use crate::app::{App, now};
use crate::store::staff::{self, NewSession};
use crate::store::{DbError, Store, StoreError, Tx};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use shared::ids::StaffId;
use shared::time::UnixMs;
use time::OffsetDateTime;
use tower_sessions::cookie::SameSite;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{self, Error};
use tower_sessions::{Expiry, SessionManagerLayer, SessionStore};

/// A session ends after this long without a page.
pub const IDLE_MS: i64 = 30 * 60 * 1_000;

/// And after this long however busy it was: a working day's shift.
pub const ABSOLUTE_MS: i64 = 8 * 3_600 * 1_000;

/// Where a session keeps its [`SignedIn`].
pub const SIGNED_IN: &str = "signed_in";

/// Who a session belongs to, and its times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    pub staff: StaffId,
    pub since_ms: UnixMs,
    /// The last page, to the minute.
    pub seen_ms: UnixMs,
}

impl SignedIn {
    pub fn new(staff: StaffId, at: UnixMs) -> Self {
        Self {
            staff,
            since_ms: at,
            seen_ms: at,
        }
    }

    pub fn is_over(&self, at: UnixMs) -> bool {
        at.since(self.seen_ms) >= IDLE_MS || self.since_is_over(at)
    }

    pub fn since_is_over(&self, at: UnixMs) -> bool {
        at.since(self.since_ms) >= ABSOLUTE_MS
    }
}

pub fn layer(app: &App) -> SessionManagerLayer<Sessions> {
    let secure = app.config.secure_cookies();
    SessionManagerLayer::new(Sessions(app.store.clone()))
        .with_name(cookie_name(secure))
        .with_secure(secure)
        .with_http_only(true)
        // A link in a mail may open a page; no other site can send a form.
        .with_same_site(SameSite::Lax)
        .with_expiry(Expiry::OnInactivity(time::Duration::milliseconds(IDLE_MS)))
}

/// Browsers let no neighbouring host plant a `__Host-` cookie, and demand HTTPS for it.
pub fn cookie_name(secure: bool) -> &'static str {
    if secure {
        "__Host-volta_staff"
    } else {
        "volta_staff"
    }
}

pub fn id_hash(id: &Id) -> [u8; 32] {
    Sha256::digest(id.0.to_le_bytes()).into()
}

#[derive(Clone)]
pub struct Sessions(Store);

impl std::fmt::Debug for Sessions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sessions")
    }
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        self.write(record, staff::add_session).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.write(record, staff::renew_session).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let (hash, at) = (id_hash(id), now());
        let found = self
            .0
            .read(move |tx| staff::session(tx, &hash, at))
            .await
            .map_err(|e| backend(&e))?;
        let Some((data, expires)) = found else {
            return Ok(None);
        };
        let data = serde_json::from_str(&data).map_err(|e| Error::Decode(e.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date: moment(expires)?,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let hash = id_hash(id);
        self.0
            .write(move |tx: &Tx<'_>| staff::delete_session(tx, &hash).map_err(StoreError::from))
            .await
            .map_err(|e| backend(&e))
    }
}

impl Sessions {
    async fn write(
        &self,
        record: &Record,
        put: fn(&Tx<'_>, &NewSession<'_>) -> Result<(), DbError>,
    ) -> session_store::Result<()> {
        let hash = id_hash(&record.id);
        let data = serde_json::to_string(&record.data).map_err(|e| Error::Encode(e.to_string()))?;
        let of = record
            .data
            .get(SIGNED_IN)
            .and_then(|value| SignedIn::deserialize(value).ok());
        let expires_ms = expires(record.expiry_date, of);
        self.0
            .write(move |tx: &Tx<'_>| {
                let session = NewSession {
                    id_hash: &hash,
                    staff: of.as_ref().map(|signed_in| &signed_in.staff),
                    data: &data,
                    expires_ms,
                };
                put(tx, &session).map_err(StoreError::from)
            })
            .await
            .map_err(|e| backend(&e))
    }
}

/// No renewal carries a session past its absolute end.
fn expires(idle_end: OffsetDateTime, of: Option<SignedIn>) -> UnixMs {
    let idle_end = idle_end.unix_timestamp_nanos() / 1_000_000;
    let idle_end = UnixMs(i64::try_from(idle_end).unwrap_or(i64::MAX));
    of.map_or(idle_end, |of| idle_end.min(of.since_ms.plus(ABSOLUTE_MS)))
}

fn moment(at: UnixMs) -> session_store::Result<OffsetDateTime> {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000_000)
        .map_err(|e| Error::Decode(e.to_string()))
}

fn backend(error: &StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: UnixMs = UnixMs(1_790_000_000_000);
    const MINUTE_MS: i64 = 60_000;

    #[test]
    fn a_session_ends_when_idle_and_at_the_end_of_the_shift() {
        let begun = SignedIn::new(StaffId::new(1, [1; 10]), START);
        for (seen_after_ms, asked_after_ms, over) in [
            (0, 0, false),
            (0, IDLE_MS - 1, false),
            (0, IDLE_MS, true),
            (ABSOLUTE_MS - MINUTE_MS, ABSOLUTE_MS - 1, false),
            (ABSOLUTE_MS - MINUTE_MS, ABSOLUTE_MS, true),
        ] {
            let signed_in = SignedIn {
                seen_ms: START.plus(seen_after_ms),
                ..begun
            };
            let asked = START.plus(asked_after_ms);
            assert_eq!(signed_in.is_over(asked), over, "{asked_after_ms}");
        }
    }

    #[test]
    fn a_renewal_late_in_the_shift_is_cut_short() {
        let of = SignedIn::new(StaffId::new(1, [1; 10]), START);
        let idle_end = |after_ms: i64| moment(START.plus(after_ms + IDLE_MS)).unwrap();
        assert_eq!(expires(idle_end(0), Some(of)), START.plus(IDLE_MS));
        assert_eq!(
            expires(idle_end(ABSOLUTE_MS - MINUTE_MS), Some(of)),
            START.plus(ABSOLUTE_MS)
        );
    }
}
