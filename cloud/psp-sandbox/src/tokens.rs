//! Access tokens, in memory: after a restart every client fetches a new one, as with a real bank.

use crate::random;
use crate::tls::Thumbprint;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

const TOKENS_MAX: usize = 10_000; // the oldest to expire makes room

/// Every scope this bank grants.
pub(crate) const SCOPES: [&str; 9] = [
    "cob.read",
    "cob.write",
    "pix.read",
    "pix.write",
    "webhook.read",
    "webhook.write",
    "pix.send",
    "gn.pix.send.read",
    "gn.balance.read",
];

#[derive(Debug, Default)]
pub(crate) struct Tokens {
    granted: Mutex<BTreeMap<String, Grant>>,
}

#[derive(Debug, Clone)]
struct Grant {
    scopes: BTreeSet<&'static str>,
    expires_ms: i64,
    /// The certificate it was given to; good with no other (RFC 8705, section 3).
    bound_to: Option<Thumbprint>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenError {
    Unknown,
    Expired,
    /// Shown with another certificate than the one that fetched it.
    OtherCertificate,
    Scope,
}

impl Tokens {
    pub(crate) fn grant(
        &self,
        scopes: BTreeSet<&'static str>,
        life_seconds: u32,
        now_ms: i64,
        bound_to: Option<Thumbprint>,
    ) -> String {
        let token = random::alphanumeric(40);
        let grant = Grant {
            scopes,
            expires_ms: now_ms + i64::from(life_seconds) * 1_000,
            bound_to,
        };
        let mut granted = self.granted();
        if granted.len() >= TOKENS_MAX {
            let oldest = granted.iter().min_by_key(|(_, grant)| grant.expires_ms);
            if let Some(oldest) = oldest.map(|(token, _)| token.clone()) {
                granted.remove(&oldest);
            }
        }
        granted.insert(token.clone(), grant);
        token
    }

    pub(crate) fn allows(
        &self,
        token: &str,
        scope: &str,
        now_ms: i64,
        shown: Option<Thumbprint>,
    ) -> Result<(), TokenError> {
        let granted = self.granted();
        let grant = granted.get(token).ok_or(TokenError::Unknown)?;
        if now_ms >= grant.expires_ms {
            return Err(TokenError::Expired);
        }
        if grant.bound_to != shown {
            return Err(TokenError::OtherCertificate);
        }
        if grant.scopes.contains(scope) {
            Ok(())
        } else {
            Err(TokenError::Scope)
        }
    }

    /// Every token stops working, as when a bank rotates its keys.
    pub(crate) fn revoke_all(&self) {
        self.granted().clear();
    }

    fn granted(&self) -> MutexGuard<'_, BTreeMap<String, Grant>> {
        self.granted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
