//! One sandbox bank inside the test, the client's settings for it, and certificates of our own.

use clap::Parser as _;
use cloud::app::{Shared, Stopping};
use cloud::config::Cli;
use cloud::pix::callback::Hint;
use cloud::pix::{BankProfile, ChargeRequest, Identity, PixClient, PixSettings, Secret};
use cloud::serve;
use psp_sandbox::{
    Config, DEFAULT_CHAVE, DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, Profile, Running,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use shared::money::Centavos;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::Duration;
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

pub(crate) const AMOUNT: Centavos = Centavos::new(1_000);

pub(crate) struct Bench {
    pub(crate) bank: Running,
    pub(crate) profile: BankProfile,
    /// For the control API, with whatever certificate that takes.
    pub(crate) http: reqwest::Client,
    folder: TempDir,
}

impl Bench {
    /// A bank in the clear that behaves as `profile`.
    pub(crate) async fn like(profile: BankProfile) -> Self {
        Self::with(profile, |_, _| {}).await
    }

    /// `change` may write files that it names, by the function it is given.
    pub(crate) async fn with(
        profile: BankProfile,
        change: impl FnOnce(&mut Config, &dyn Fn(&str, &str) -> PathBuf),
    ) -> Self {
        // Another test of this process may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::with_database(&folder.path().join("bank.db"));
        config.devolucao_delay_ms = 0;
        config.callback_backoff_ms = 1;
        config.profile = same(profile);
        change(&mut config, &|name, text| write(&folder, name, text));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let bank = psp_sandbox::spawn(config, listener).await;
        Self {
            bank: bank.unwrap_or_else(|error| panic!("{error}")),
            profile,
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client"),
            folder,
        }
    }

    /// What an operator would set for this bank at this address.
    pub(crate) fn settings(&self) -> PixSettings {
        let secret = Secret::new(DEFAULT_CLIENT_SECRET);
        let mut settings = self
            .profile
            .settings(DEFAULT_CLIENT_ID, secret, DEFAULT_CHAVE);
        let here = same(self.profile);
        settings.base_url = format!("{}{}", self.bank.url(), here.base_path());
        settings.token_url = format!("{}{}", self.bank.url(), here.token_path());
        settings.token_retry_pause = Duration::ZERO;
        match self.profile {
            BankProfile::Inter => settings.headers = vec![extra("x-conta-corrente")],
            BankProfile::BancoDoBrasil => settings.query = vec![extra("gw-dev-app-key")],
            _ => {}
        }
        settings
    }

    pub(crate) fn client(&self) -> PixClient {
        PixClient::new(self.settings()).expect("sound settings")
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        write(&self.folder, name, text)
    }

    /// The end-to-end id of a payment of the charge.
    pub(crate) async fn pay(&self, txid: &str) -> String {
        let body = self.control("POST", "pay", &json!({ "txid": txid })).await;
        body["e2eid"].as_str().expect("a paid charge").to_owned()
    }

    pub(crate) async fn book(&self) -> Value {
        self.control("GET", "book", &Value::Null).await
    }

    /// How often the bank was asked for `operation`, and how often it did the work.
    pub(crate) async fn asked(&self, operation: &str) -> (u64, u64) {
        let body = self.control("GET", "requests", &Value::Null).await;
        let count = |what: &str| body["counts"][operation][what].as_u64().unwrap_or(0);
        (count("received"), count("succeeded"))
    }

    async fn control(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}/control/{path}", self.bank.url());
        let method = method.parse().expect("a method");
        let request = self.http.request(method, url);
        let request = if body.is_null() {
            request
        } else {
            request.json(body)
        };
        let answer = request.send().await.expect("the bank answers");
        answer.json().await.expect("the control API speaks JSON")
    }
}

/// A cloud with nothing running yet, over a new database.
pub(crate) struct Cloud {
    pub(crate) app: Shared,
    pub(crate) hints: Option<mpsc::Receiver<Hint>>,
    _folder: TempDir,
}

impl Cloud {
    pub(crate) async fn open(args: &[String]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder");
        let key = write(&folder, "cloud.key", &"k".repeat(96));
        fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).expect("our own file");
        let database = folder.path().join("cloud.db");
        let ours = [
            "volta-cloud".to_owned(),
            format!("--database={}", database.display()),
            format!("--key-file={}", key.display()),
            "--mqtt-listen=127.0.0.1:0".to_owned(),
        ];
        let cli = Cli::parse_from(ours.iter().chain(args));
        let opened = serve::open(cli.config, Stopping::default()).await;
        let (app, hints) = opened.unwrap_or_else(|error| panic!("{error}"));
        Self {
            app,
            hints: Some(hints),
            _folder: folder,
        }
    }
}

/// A client of this machine that believes `authority`, with a certificate or without.
pub(crate) fn browser(authority: &Authority, shown: Option<&Signed>) -> reqwest::Client {
    let root = reqwest::Certificate::from_pem(authority.pem.as_bytes()).expect("our own");
    let mut builder = reqwest::Client::builder().no_proxy().tls_certs_only([root]);
    if let Some(signed) = shown {
        let identity = reqwest::Identity::from_pem(signed.both().as_bytes()).expect("our own");
        builder = builder.identity(identity);
    }
    builder.build().expect("a client")
}

fn write(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, text).expect("the test's own folder");
    path
}

pub(crate) fn extra(name: &str) -> (String, Secret) {
    (name.to_owned(), Secret::new("0123456"))
}

/// 32 characters, told apart by a number.
pub(crate) fn txid(number: usize) -> String {
    format!("{number:032}")
}

pub(crate) fn deposit() -> ChargeRequest {
    ChargeRequest {
        amount: AMOUNT,
        expires_in_s: 600,
        payer: None,
        description: None,
    }
}

fn same(profile: BankProfile) -> Profile {
    profile.name().parse().expect("both have the same names")
}

/// An authority of the test's own, and what it signs.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(crate) pem: String,
}

/// A certificate with its key, both PEM.
pub(crate) struct Signed {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self {
            issuer: Issuer::new(params, key),
            pem,
        }
    }

    /// For a server on this machine, or a client; ends in a month.
    pub(crate) fn signs(&self, name: &str) -> Signed {
        let month = time::Duration::days(30);
        self.signs_until(name, OffsetDateTime::now_utc() + month)
    }

    pub(crate) fn signs_until(&self, name: &str, end: OffsetDateTime) -> Signed {
        let key = KeyPair::generate().expect("a key");
        let names = vec![name.to_owned(), "127.0.0.1".to_owned()];
        let mut params = CertificateParams::new(names).expect("plain names");
        params.not_before = OffsetDateTime::now_utc() - time::Duration::days(400);
        params.not_after = end;
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate");
        Signed {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }
}

impl Signed {
    pub(crate) fn both(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }

    pub(crate) fn identity(&self) -> Identity {
        let read = Identity::read(self.both().as_bytes(), None, &Secret::default());
        read.expect("a certificate with its key")
    }
}
