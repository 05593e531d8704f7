//! A running site over the world of the actions' tests, and browsers that visit it.

use crate::world::World;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use clap::Parser as _;
use cloud::app::{Shared, Stopping, now};
use cloud::config::{Cli, Role};
use cloud::entropy::Entropy;
use cloud::store::Tx;
use cloud::store::staff::{self, StaffRow};
use cloud::{admin, http, password, serve};
use shared::ids::StaffId;
use std::os::unix::fs::PermissionsExt as _;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "a cart comes back";

pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) app: Shared,
    pub(crate) runtime: Runtime,
    router: Router,
}

impl Site {
    pub(crate) fn new() -> Self {
        Self::at("http://127.0.0.1:8080")
    }

    pub(crate) fn at(public_url: &str) -> Self {
        Self::with(&["--public-url", public_url])
    }

    pub(crate) fn with(options: &[&str]) -> Self {
        // Another test of this process may have done it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut world = World::new();
        let database = world.file();
        let keys = database.with_extension("key");
        std::fs::write(&keys, [7; 96]).expect("a new key file");
        std::fs::set_permissions(&keys, std::fs::Permissions::from_mode(0o600))
            .expect("our own file");
        let fixed = [
            "volta-cloud",
            "--database",
            database.to_str().expect("a path of ASCII"),
            "--key-file",
            keys.to_str().expect("a path of ASCII"),
            "--mqtt-listen",
            "127.0.0.1:0",
        ];
        let cli = Cli::parse_from(fixed.iter().chain(options));
        let runtime = Runtime::new().expect("a runtime");
        let opened = runtime.block_on(serve::open(cli.config, Stopping::default()));
        let (app, _hints) = opened.unwrap_or_else(|e| panic!("{e}"));
        // One writer, and pages that hear what it commits.
        world.store = app.store.clone();
        world.now = now();
        world.waits(0);
        Self {
            world,
            router: http::router(app.clone()),
            app,
            runtime,
        }
    }

    /// A browser that was signed in before the world went on.
    pub(crate) fn resumes(&self, cookie: Option<String>) -> Browser<'_> {
        Browser { site: self, cookie }
    }

    /// The page of a browser that nobody has signed in with.
    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            site: self,
            cookie: None,
        }
    }

    /// Somebody with a password of their own.
    pub(crate) fn hires(&self, login: &str, role: Role) -> StaffId {
        let mut entropy = Entropy::default();
        let row = StaffRow {
            id: entropy.id(StaffId::new, now()),
            login: login.into(),
            role: role.as_str().into(),
            password_hash: password::hash(PASSWORD, &mut entropy),
            must_change: false,
        };
        let id = row.id;
        self.act(move |tx| staff::insert(tx, &row, now()).expect("a new login"));
        id
    }

    /// Somebody with a one-time password, which is answered.
    pub(crate) fn invites(&self, login: &str, role: Role) -> String {
        let added = admin::add_staff(&self.app.store, login, role);
        self.runtime.block_on(added).expect("a new login")
    }

    pub(crate) fn signed_in(&self, login: &str, role: Role) -> Browser<'_> {
        self.hires(login, role);
        let mut browser = self.browser();
        assert_eq!(browser.signs_in(login, PASSWORD).location(), "/manage");
        browser
    }

    pub(crate) fn act<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&Tx<'_>) -> T + Send + 'static,
    ) -> T {
        self.world
            .act(move |tx| Ok(work(tx)))
            .expect("a store that commits")
    }

    pub(crate) fn audit(&self, subject: &'static str) -> Vec<String> {
        let rows = self.world.read(move |tx| staff::audit_of(tx, subject));
        rows.into_iter().map(|row| row.action).collect()
    }

    pub(crate) fn send(&self, request: Request<Body>) -> Response<Body> {
        let answer = self.router.clone().oneshot(request);
        self.runtime
            .block_on(answer)
            .expect("a router always answers")
    }
}

/// Keeps one cookie, as a browser would.
pub(crate) struct Browser<'a> {
    pub(crate) site: &'a Site,
    pub(crate) cookie: Option<String>,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    #[track_caller]
    pub(crate) fn location(&self) -> &str {
        let location = self.headers.get(header::LOCATION);
        location.map_or_else(
            || panic!("{} without location: {}", self.status, self.body),
            |value| value.to_str().expect("an ASCII address"),
        )
    }
}

impl Browser<'_> {
    pub(crate) fn cookie(&self) -> Option<String> {
        self.cookie.clone()
    }

    pub(crate) fn get(&mut self, path: &str) -> Reply {
        self.visit(Request::get(path), String::new())
    }

    pub(crate) fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Reply {
        let same = Request::post(path).header("sec-fetch-site", "same-origin");
        self.visit(same, form_text(form))
    }

    pub(crate) fn visit(&mut self, request: axum::http::request::Builder, body: String) -> Reply {
        let mut request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(cookie) = &self.cookie {
            request = request.header(header::COOKIE, cookie);
        }
        let response = self
            .site
            .send(request.body(Body::from(body)).expect("a good request"));
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("an ASCII cookie");
            let pair = set.split(';').next().unwrap_or_default();
            if pair.starts_with("volta_staff=") || pair.starts_with("__Host-volta_staff=") {
                self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
            }
        }
        let body = axum::body::to_bytes(body, 4 << 20);
        let body = self.site.runtime.block_on(body).expect("a body that ends");
        Reply {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8(body.to_vec()).expect("a page of text"),
        }
    }

    pub(crate) fn signs_in(&mut self, login: &str, password: &str) -> Reply {
        self.post("/manage/login", &[("login", login), ("password", password)])
    }

    #[track_caller]
    pub(crate) fn reads(&mut self, path: &str) -> String {
        let reply = self.get(path);
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.body);
        reply.body
    }
}

fn form_text(form: &[(&str, &str)]) -> String {
    let pairs = form
        .iter()
        .map(|(name, value)| format!("{name}={}", web::ui::url::query_value(value)));
    pairs.collect::<Vec<_>>().join("&")
}
