//! (e) Whether the network is on the tap path: a whole gateway on this machine, its uplink through a
//! network that fails in every way, its grants by the broker as ever. Tap to bolt and tag to
//! "returned" in each mode, against the same gateway with the network up.

use super::report::{Spread, heading, latency, ratio};
use clap::Parser as _;
use cloud::app::{Shared, Stopping, now};
use cloud::config::Cli;
use cloud::store::{StoreError, Tx, dock, gateway};
use rusqlite::Connection;
use serde_json::{Value, json};
use shared::grant::Grant;
use shared::ids::{BayNo, GatewayId, GrantId, RentalId};
use shared::sync::Hint;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use system_tests::{Mode, Proxy, Route};

/// Bays that are tapped at the same time. A round of one takes seven seconds, most of which the cart's
/// lock and settling take: many bays make many samples in little time.
const BAYS: u16 = 24;

/// Taps in each mode: a p95 has ten samples beyond it. (A p99 with as many would take a thousand taps, and
/// the seven modes most of an hour.) And as long as a mode may take at most.
const TAPS: usize = 200;
const MODE_TIME: Duration = Duration::from_secs(150);

/// The world is looked at about every millisecond.
const LOOK_EVERY: Duration = Duration::from_millis(1);

const CODE: &str = "BENCHBENCH22";

type Done<T> = Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Done<()> {
    heading("(e) taps of one gateway, 24 bays at a time, in each mode of the network");
    let folder = tempfile::tempdir()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let measured = runtime.block_on(measure(folder.path()));
    runtime.shutdown_timeout(Duration::from_secs(1));
    measured
}

struct Stage {
    app: Shared,
    proxy: Proxy,
    http: reqwest::Client,
    gateway: GatewayId,
    page: String,
    grants: u64,
}

/// What the samples of one mode are.
#[derive(Default)]
struct Taps {
    bolt: Vec<Duration>,
    shown: Vec<Duration>,
}

/// Where a bay is in its round.
enum Round {
    Rests,
    Granted(Instant),
    /// Pulled; the bolt is not home yet.
    Pulled(String),
    Pushed(Instant),
    Shown,
}

async fn measure(folder: &Path) -> Done<()> {
    let mut stage = Stage::open(folder).await?;
    let error = |status| Mode::Error {
        status,
        retry_after_seconds: None,
    };
    let slow = Mode::Slow {
        each_way_ms: 30_000,
    };
    stage.taps(BAYS.into()).await?;
    let mut up: Option<(Spread, Spread)> = None;
    for (name, mode) in [
        ("up", Mode::Pass),
        ("down", Mode::Down),
        ("half-open", Mode::HalfOpen),
        ("30 s slow", slow),
        ("answers 500", error(500)),
        ("captive portal", Mode::CaptivePortal),
        ("up again", Mode::Pass),
    ] {
        stage.proxy.set(mode);
        let taps = stage.taps(TAPS).await?;
        let bolt = latency(&format!("{name}: grant → bolt ordered"), taps.bolt);
        let shown = latency(&format!("{name}: settled → \"returned\""), taps.shown);
        let (up_bolt, up_shown) = match &up {
            Some((bolt, shown)) => (bolt, shown),
            None => (&bolt, &shown),
        };
        let beside = |now: &Spread, base: &Spread| {
            let tail = now.common_tail(base);
            let of = |at| ratio(now.micros(at), base.micros(at));
            format!("p50 {} p{tail} {}", of(50), of(tail))
        };
        println!(
            "    ratio to up: bolt {}, returned {}; requests hit {}",
            beside(&bolt, up_bolt),
            beside(&shown, up_shown),
            stage.proxy.struck(),
        );
        up.get_or_insert((bolt, shown));
    }
    println!();
    Ok(())
}

impl Stage {
    async fn open(folder: &Path) -> Done<Self> {
        let database = folder.join("cloud.db");
        let args = [
            "bench".to_owned(),
            format!("--database={}", database.display()),
            format!("--key-file={}", folder.join("cloud.key").display()),
            "--mqtt-listen=127.0.0.1:0".to_owned(),
        ];
        let config = Cli::try_parse_from(args)?.config;
        let (app, _) = cloud::serve::open(config, Stopping::default()).await?;
        cloud::admin::seed_demo(&app.store).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let cloud_port = listener.local_addr()?.port();
        let router = cloud::http::router(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let route = Route {
            listen: free_port()?,
            to: cloud_port,
        };
        let unused = Route {
            listen: free_port()?,
            to: cloud_port,
        };
        let proxy = Proxy::start(route, unused)?;
        let hash = cloud::http::code_hash(CODE);
        let code = move |tx: &Tx<'_>| -> Result<(), StoreError> {
            if let Some(row) = dock::by_code(tx, "norte")? {
                gateway::add_code(tx, &hash, &row.id, now().plus(600_000))?;
            }
            Ok(())
        };
        app.store.write(code).await?;
        let page = start_gateway(&folder.join("gateway"), route.listen).await?;
        let http = reqwest::Client::builder().no_proxy().build()?;
        let gateway = enrolled(&database).await?;
        let stage = Self {
            app,
            proxy,
            http,
            gateway,
            page,
            grants: 0,
        };
        stage.at_rest().await?;
        Ok(stage)
    }

    /// All carts docked, and the downlink up.
    async fn at_rest(&self) -> Done<()> {
        for _ in 0..600 {
            let docked = self.bays().await.is_ok_and(|bays| {
                let rests = |bay: &Value| bay["lamp"] == "ready" && bay["bolt_engaged"] == true;
                bays.len() == usize::from(BAYS) && bays.iter().all(rests)
            });
            if docked {
                tokio::time::sleep(Duration::from_secs(1)).await;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(format!("the dock does not come to rest: {:?}", self.bays().await?).into())
    }

    async fn bays(&self) -> Done<Vec<Value>> {
        let url = format!("{}/simulator/api/state", self.page);
        let state: Value = self.http.get(url).send().await?.json().await?;
        Ok(state["bays"].as_array().cloned().unwrap_or_default())
    }

    async fn act(&self, verb: &str, fields: &Value) -> Done<Option<String>> {
        let url = format!("{}/simulator/api/{verb}", self.page);
        let answer = self.http.post(url).json(fields).send().await?;
        if !answer.status().is_success() {
            return Ok(None);
        }
        let done: Value = answer.json().await?;
        let tag = done["tag"].as_str().map(str::to_owned);
        Ok(Some(tag.unwrap_or_default()))
    }

    /// Rounds of all bays until there are so many samples of each kind.
    async fn taps(&mut self, wanted: usize) -> Done<Taps> {
        let mut taps = Taps::default();
        let mut rounds: Vec<Round> = (0..BAYS).map(|_| Round::Rests).collect();
        let end = Instant::now() + MODE_TIME;
        loop {
            let enough = taps.shown.len() >= wanted || Instant::now() > end;
            let resting = rounds.iter().all(|round| matches!(round, Round::Rests));
            if enough && resting {
                return Ok(taps);
            }
            if Instant::now() > end + Duration::from_secs(30) {
                return Err("a bay does not come to rest".into());
            }
            let bays = self.bays().await?;
            let seen = Instant::now();
            for (index, view) in bays.iter().enumerate() {
                let bay = BayNo::new(u16::try_from(index + 1)?)?;
                let round = std::mem::replace(&mut rounds[index], Round::Rests);
                rounds[index] = self
                    .advance(round, (bay, view, seen), enough, &mut taps)
                    .await?;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn advance(
        &mut self,
        round: Round,
        (bay, view, seen): (BayNo, &Value, Instant),
        enough: bool,
        taps: &mut Taps,
    ) -> Done<Round> {
        let here = json!({ "bay": bay });
        Ok(match round {
            Round::Rests if !enough && view["lamp"] == "ready" => {
                let began = Instant::now();
                self.grant(bay)?;
                Round::Granted(began)
            }
            Round::Granted(began) if view["lamp"] == "open" => {
                taps.bolt.push(seen - began);
                match self.act("pull", &here).await? {
                    Some(tag) => Round::Pulled(tag),
                    None => Round::Pulled(String::new()),
                }
            }
            Round::Pulled(tag) if tag.is_empty() => {
                let pulled = self.act("pull", &here).await?;
                Round::Pulled(pulled.unwrap_or_default())
            }
            Round::Pulled(tag) if view["bolt_engaged"] == true && view["lamp"] == "ready" => {
                let pushed = json!({ "bay": bay, "tag": tag });
                match self.act("push", &pushed).await? {
                    Some(_) => Round::Pushed(Instant::now()),
                    None => Round::Pulled(tag),
                }
            }
            Round::Pushed(began) if view["lamp"] == "accepted" => {
                let settle = Duration::from_millis(edge_core::limits::SETTLE_MS);
                taps.shown.push((seen - began).saturating_sub(settle));
                Round::Shown
            }
            Round::Shown if view["lamp"] == "ready" => Round::Rests,
            other => other,
        })
    }

    /// A grant handed to the gateway the way the cloud does it.
    fn grant(&mut self, bay: BayNo) -> Done<()> {
        self.grants += 1;
        let mut number = [0; 10];
        number[2..].copy_from_slice(&self.grants.to_be_bytes());
        let issued_ms = now();
        let grant = Grant {
            v: 1,
            id: GrantId::new(2, number),
            gateway: self.gateway,
            bay,
            rental: RentalId::new(2, number),
            serial: 0,
            issued_ms,
            expires_ms: issued_ms.plus(600_000),
        };
        let token = grant.to_token(self.app.keys.signing());
        let hint = serde_json::to_vec(&Hint::Grant(token))?;
        self.app.downlink.publish(&self.gateway.to_string(), hint)?;
        Ok(())
    }
}

/// Runs the gateway program's own code on a thread and runtime of its own; its page.
async fn start_gateway(data_dir: &Path, cloud_port: u16) -> Done<String> {
    let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let page = format!("http://{}", listener.local_addr()?);
    let numbers = 1..=BAYS;
    let list = |form: fn(u16) -> String| {
        let each: Vec<String> = numbers.clone().map(form).collect();
        each.join(",")
    };
    let mut config = edge::Config::with_data_dir(PathBuf::from(data_dir));
    let wrong = |_| "a value of the bench's own";
    config.cloud_url = format!("http://127.0.0.1:{cloud_port}")
        .parse()
        .map_err(wrong)?;
    config.enrolment_code = CODE.parse().map_err(wrong)?;
    config.bays = list(|bay| format!("{bay}:slot"))
        .parse()
        .map_err(|_| "bays")?;
    config.sim_carts = list(|bay| format!("{bay}=04a100000000{bay:02x}"))
        .parse()
        .map_err(|_| "carts")?;
    std::thread::Builder::new()
        .name("the gateway".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            let ended = runtime.map(|runtime| {
                runtime.block_on(async {
                    let listener = tokio::net::TcpListener::from_std(listener);
                    let listener = listener.map_err(|e| e.to_string())?;
                    let ran = edge::run(config, listener, std::future::pending()).await;
                    ran.map_err(|e| e.to_string())
                })
            });
            if !matches!(ended, Ok(Ok(()))) {
                eprintln!("the gateway ended: {ended:?}");
            }
        })?;
    Ok(page)
}

/// The gateway's id, once it has enrolled.
async fn enrolled(database: &Path) -> Done<GatewayId> {
    for _ in 0..600 {
        let db = Connection::open(database)?;
        let found: Result<String, _> = db.query_row("SELECT id FROM gateway", [], |row| row.get(0));
        if let Ok(id) = found {
            return Ok(id.parse()?);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err("the gateway does not enrol".into())
}

fn free_port() -> Done<u16> {
    let held = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(held.local_addr()?.port())
}
