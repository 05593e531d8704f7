//! Whom the gateway takes for its cloud over TLS, on a machine whose clock may say anything.
//!
//! A certificate is judged by the time the cloud itself signed last, carried on by the monotonic
//! clock. Before the first signed answer of this process only a floor is known, from the last one:
//! the machine's own clock is believed beside it unless it stands before it. The price is that a
//! certificate which ran out after the floor passes until the first answer; it still needs its
//! private key, and nothing the gateway acts on rests on TLS: answers and grants are signed.

use crate::clock::Clock;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme, crypto::ring,
};
use shared::time::{MonoMs, UnixMs};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    #[error(
        "VOLTA_GATEWAY_CLOUD_CA names {}, which is not a file of PEM certificates: {why}",
        path.display()
    )]
    Authority { path: PathBuf, why: String },
    #[error(
        "this machine's certificate authorities cannot be used: {0}. Install ca-certificates, or name the cloud's own in VOLTA_GATEWAY_CLOUD_CA"
    )]
    System(Error),
}

/// What is known of the time. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct TlsTime {
    clock: Clock,
    known: Arc<Mutex<Known>>,
}

#[derive(Debug, Clone, Copy)]
enum Known {
    Nothing,
    /// It is at least so late.
    Floor(Anchor),
    /// The cloud said so in this process.
    Signed(Anchor),
}

#[derive(Debug, Clone, Copy)]
struct Anchor {
    mono: MonoMs,
    wall: UnixMs,
}

impl TlsTime {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            known: Arc::new(Mutex::new(Known::Nothing)),
        }
    }

    /// The cloud signed this time in an earlier process.
    pub(crate) fn floor(&self, wall: UnixMs) {
        let anchor = self.anchored(wall);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let later = match *known {
            Known::Nothing => wall > UnixMs(0),
            Known::Floor(old) => old.wall < wall,
            Known::Signed(_) => false,
        };
        if later {
            *known = Known::Floor(anchor);
        }
    }

    /// The cloud signed this time just now.
    pub(crate) fn signed(&self, wall: UnixMs) {
        let anchor = self.anchored(wall);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Known::Signed(anchor);
    }

    fn anchored(&self, wall: UnixMs) -> Anchor {
        let mono = self.clock.mono();
        Anchor { mono, wall }
    }

    /// The times that may be now, the likeliest first.
    fn candidates(&self) -> Vec<UnixTime> {
        let known = *self.known.lock().unwrap_or_else(PoisonError::into_inner);
        candidates(known, self.clock.now().wall, self.clock.mono())
            .into_iter()
            .map(|at| {
                let seconds = u64::try_from(at.0).unwrap_or(0) / 1_000;
                UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds))
            })
            .collect()
    }
}

fn candidates(known: Known, machine: UnixMs, mono: MonoMs) -> Vec<UnixMs> {
    let carried = |anchor: Anchor| {
        let elapsed_ms = i64::try_from(mono.since(anchor.mono)).unwrap_or(i64::MAX);
        anchor.wall.plus(elapsed_ms)
    };
    match known {
        Known::Nothing => vec![machine],
        Known::Signed(anchor) => vec![carried(anchor)],
        Known::Floor(anchor) if machine < carried(anchor) => vec![carried(anchor)],
        Known::Floor(anchor) => vec![machine, carried(anchor)],
    }
}

/// The settings of the HTTP client. `authority`: the only certificates that count, else the
/// machine's own.
pub(super) fn config(authority: Option<&Path>, time: TlsTime) -> Result<ClientConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let inner: Arc<dyn ServerCertVerifier> = match authority {
        Some(path) => private(path, &provider)?,
        None => Arc::new(
            rustls_platform_verifier::Verifier::new(Arc::clone(&provider))
                .map_err(TlsError::System)?,
        ),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(TlsError::System)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(InTime { inner, time }))
        .with_no_client_auth();
    Ok(config)
}

/// No certificate is good.
pub(super) fn trusting_nobody() -> Result<ClientConfig, TlsError> {
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(TlsError::System)?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(config)
}

fn private(
    path: &Path,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    let wrong = |why: String| TlsError::Authority {
        path: path.to_owned(),
        why,
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|e| wrong(e.to_string()))? {
        let certificate = certificate.map_err(|e| wrong(e.to_string()))?;
        roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
    }
    let roots = Arc::new(roots);
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(provider))
        .build()
        .map_err(|e| wrong(e.to_string()))?;
    Ok(verifier)
}

/// Another verifier, asked about each time that may be now.
#[derive(Debug)]
struct InTime {
    inner: Arc<dyn ServerCertVerifier>,
    time: TlsTime,
}

impl ServerCertVerifier for InTime {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let verify = |at| {
            self.inner
                .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, at)
        };
        let mut refused = None;
        for at in self.time.candidates() {
            match verify(at) {
                Ok(verified) => return Ok(verified),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            Some(error) => Err(error),
            None => verify(now),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_floor_is_not_believed_and_a_signed_time_is_believed_alone() {
        let anchor = Anchor {
            mono: MonoMs(100),
            wall: UnixMs(50_000),
        };
        let (floor, signed) = (Known::Floor(anchor), Known::Signed(anchor));
        for (known, machine, candidates_are) in [
            (Known::Nothing, 7, vec![7]),
            (floor, 7, vec![50_900]),
            (floor, 50_899, vec![50_900]),
            (floor, 50_900, vec![50_900, 50_900]),
            (floor, 990_000, vec![990_000, 50_900]),
            (signed, 7, vec![50_900]),
            (signed, 990_000, vec![50_900]),
        ] {
            let found = candidates(known, UnixMs(machine), MonoMs(1_000));
            let found: Vec<i64> = found.into_iter().map(|at| at.0).collect();
            assert_eq!(found, candidates_are, "{known:?} {machine}");
        }
    }

    #[test]
    fn a_floor_only_rises_and_never_replaces_a_signed_time() {
        let time = TlsTime::new(Clock::start(None));
        let wall = |time: &TlsTime| match *time.known.lock().unwrap() {
            Known::Nothing => None,
            Known::Floor(anchor) => Some((false, anchor.wall.0)),
            Known::Signed(anchor) => Some((true, anchor.wall.0)),
        };
        time.floor(UnixMs(0));
        assert_eq!(wall(&time), None);
        for (floor, is) in [(10, 10), (5, 10), (20, 20)] {
            time.floor(UnixMs(floor));
            assert_eq!(wall(&time), Some((false, is)));
        }
        time.signed(UnixMs(15));
        time.floor(UnixMs(99));
        assert_eq!(wall(&time), Some((true, 15)));
    }

    #[test]
    fn a_file_that_is_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ca.pem");
        let refused = || {
            let time = TlsTime::new(Clock::start(None));
            config(Some(&path), time).unwrap_err().to_string()
        };
        assert!(
            refused().contains("VOLTA_GATEWAY_CLOUD_CA"),
            "{}",
            refused()
        );
        for text in [
            "",
            "no certificate",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ] {
            std::fs::write(&path, text).unwrap();
            assert!(refused().contains("ca.pem"), "{}", refused());
        }
    }
}
