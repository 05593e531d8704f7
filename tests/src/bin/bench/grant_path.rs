//! (b) From the bank's callback to the bolt command: callback, read of the charge at the bank,
//! booking and grant in one commit, MQTT, signature check, the gateway's own commit. Against a bare
//! hint through the same broker.

use super::edge_path::Dock;
use super::report::{heading, latency, ratio};
use clap::Parser as _;
use cloud::app::{Shared, Stopping, now};
use cloud::config::Cli;
use cloud::entropy::Entropy;
use cloud::store::gateway::{NewGateway, Seen};
use cloud::store::{StoreError, Tx, bay, charge, dock, gateway};
use cloud_core::exposure::Lists;
use ed25519_dalek::SigningKey;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::Packet;
use rumqttc::v5::{AsyncClient, Event, MqttOptions};
use serde_json::{Value, json};
use shared::chain::Head;
use shared::enrol::BayKind;
use shared::grant::Grant;
use shared::ids::{BayNo, GatewayId, TagUid};
use shared::signed::PublicKey;
use shared::sync::{BaySnapshot, BayState, Hint, hint_topic};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

const ROUNDS: u8 = 60;
const PASSWORD: &str = "bench-password";
const PATIENCE: Duration = Duration::from_secs(20);

type Done<T> = Result<T, Box<dyn Error>>;

pub(crate) fn run() -> Done<()> {
    heading("(b) bank callback → bolt command, all in this process over loopback");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let folder = tempfile::tempdir()?;
    runtime.block_on(measure(folder.path()))?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

struct Stage {
    app: Shared,
    cloud_url: String,
    bank_url: String,
    http: reqwest::Client,
    gateway: GatewayId,
    device: SigningKey,
    hints: mpsc::Receiver<Hint>,
    folder: std::path::PathBuf,
    _bank: psp_sandbox::Running,
}

async fn measure(folder: &Path) -> Done<()> {
    let mut stage = Stage::open(folder).await?;
    let mut bolts = Vec::new();
    for round in 0..ROUNDS {
        bolts.push(stage.pay_and_open(round).await?);
    }
    let mut hints = Vec::new();
    for _ in 0..ROUNDS {
        hints.push(stage.bare_hint().await?);
    }
    let bolt = latency("callback → bolt command", bolts);
    let hint = latency("bare hint: publish → gateway has it", hints);
    println!(
        "  ratio of medians: {}\n",
        ratio(bolt.micros(50), hint.micros(50))
    );
    stage.app.stopping.stop();
    Ok(())
}

impl Stage {
    async fn open(folder: &Path) -> Done<Self> {
        let bank_listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let bank_url = format!("http://{}", bank_listener.local_addr()?);
        let mut bank = psp_sandbox::Config::with_database(&folder.join("bank.db"));
        let address = bank_url.parse().map_err(|_| "the bank's own address")?;
        bank.public_url = Some(address);
        let bank = psp_sandbox::spawn(bank, bank_listener).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let cloud_url = format!("http://{}", listener.local_addr()?);
        let args = [
            "bench".to_owned(),
            format!("--database={}", folder.join("cloud.db").display()),
            format!("--key-file={}", folder.join("cloud.key").display()),
            "--mqtt-listen=127.0.0.1:0".to_owned(),
            format!("--bank-url={bank_url}/v2"),
            format!("--bank-token-url={bank_url}/oauth/token"),
            "--callback-url=".to_owned(),
            // The clock's own reads must not be faster than the callback.
            "--bank-poll-seconds=3600".to_owned(),
            "--takes-per-minute=100000".to_owned(),
        ];
        let config = Cli::try_parse_from(args)?.config;
        let (app, waking) = cloud::serve::open(config, Stopping::default()).await?;
        cloud::admin::seed_demo(&app.store).await?;
        tokio::spawn(cloud::watch::run_hints(app.clone(), waking));
        tokio::spawn(cloud::outbox::run(app.clone()));
        let router = cloud::http::router(app.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let device = SigningKey::from_bytes(&[9; 32]);
        let gateway = enrol(&app, &device).await?;
        let hints = listen(&app, gateway).await?;
        Ok(Self {
            app,
            cloud_url,
            bank_url,
            http: reqwest::Client::builder().no_proxy().build()?,
            gateway,
            device,
            hints,
            folder: folder.to_owned(),
            _bank: bank,
        })
    }

    async fn pay_and_open(&mut self, round: u8) -> Done<Duration> {
        let place = self.folder.join(format!("dock-{round}"));
        std::fs::create_dir_all(&place)?;
        let mut dock = Dock::open_as(&place, self.gateway, &self.device, now())?;
        dock.cart_comes(round)?;
        self.seen().await?;
        let txid = self.charge().await?;
        let paid = self
            .post(
                &format!("{}/control/pay", self.bank_url),
                &json!({"txid": txid}),
            )
            .await?;
        let callback = json!({"pix": [{"txid": txid, "endToEndId": paid["e2eid"]}]});
        let began = Instant::now();
        let address = format!("{}/pix/callback/pix", self.cloud_url);
        self.http
            .post(address)
            .json(&callback)
            .send()
            .await?
            .error_for_status()?;
        let token = loop {
            if let Hint::Grant(token) = self.next_hint().await? {
                break token;
            }
        };
        let grant = Grant::from_token(&token, &self.app.keys.public(), &self.gateway)?;
        dock.opens(grant)?;
        Ok(began.elapsed())
    }

    /// A new rental's charge, once the bank has it.
    async fn charge(&mut self) -> Done<String> {
        let address = format!("{}/api/v1/docks/norte/rentals", self.cloud_url);
        self.post(&address, &json!({})).await?;
        for _ in 0..500 {
            let open = self.app.store.read(|tx| charge::open(tx, 500)).await?;
            if let Some(ready) = open.iter().find(|c| c.copy_paste.is_some()) {
                return Ok(ready.txid.clone());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Err("the bank made no charge".into())
    }

    async fn bare_hint(&mut self) -> Done<Duration> {
        let payload = serde_json::to_vec(&Hint::Wake)?;
        let began = Instant::now();
        self.app
            .downlink
            .publish(&self.gateway.to_string(), payload)?;
        while self.next_hint().await? != Hint::Wake {}
        Ok(began.elapsed())
    }

    async fn next_hint(&mut self) -> Done<Hint> {
        let hint = tokio::time::timeout(PATIENCE, self.hints.recv()).await?;
        Ok(hint.ok_or("the downlink ended")?)
    }

    async fn post(&self, url: &str, body: &Value) -> Done<Value> {
        let answer = self
            .http
            .post(url)
            .json(body)
            .send()
            .await?
            .error_for_status()?;
        Ok(answer.json().await?)
    }

    /// Keeps the dock from being taken for dark.
    async fn seen(&self) -> Done<()> {
        let gateway = self.gateway;
        let seen = move |tx: &Tx<'_>| -> Result<(), StoreError> {
            let seen = Seen {
                head: Head::empty(&gateway),
                at: now(),
                remaining: 0,
                redeems: true,
                allowance: 0,
                local_url: None,
                lists: Lists::NONE,
            };
            Ok(gateway::set_seen(tx, &gateway, &seen)?)
        };
        Ok(self.app.store.write(seen).await?)
    }
}

/// One gateway at the demo shop's north dock, with a lane that never runs out of carts.
async fn enrol(app: &Shared, device: &SigningKey) -> Done<GatewayId> {
    let at = now();
    let id = Entropy::default().id(GatewayId::new, at);
    let public_key = PublicKey::of(device);
    let make = move |tx: &Tx<'_>| -> Result<(), StoreError> {
        let Some(row) = dock::by_code(tx, "norte")? else {
            return Ok(());
        };
        let new = NewGateway {
            id,
            dock: row.id,
            public_key,
            software: "bench",
            downlink_password_hash: cloud::http::secret_hash(PASSWORD.as_bytes()),
        };
        gateway::insert(tx, &new, at)?;
        let lane = BaySnapshot {
            bay: BayNo::new(1).expect("1 is a bay number"),
            kind: BayKind::Lane,
            capacity: 1_000,
            state: BayState::Occupied,
            carts: 1_000,
            tag: TagUid::new(&[4, 0, 0, 0]).ok(),
            fault: None,
            contradiction: None,
        };
        Ok(bay::update(tx, &row.id, &[lane], at)?)
    };
    app.store.write(make).await?;
    Ok(id)
}

async fn listen(app: &Shared, gateway: GatewayId) -> Done<mpsc::Receiver<Hint>> {
    let access = app.mqtt.gateway_access(&gateway.to_string(), PASSWORD);
    let mut options = MqttOptions::new(access.client_id, access.host, access.port);
    options.set_credentials(access.username, access.password);
    let (client, mut events) = AsyncClient::new(options, 16);
    let (sender, hints) = mpsc::channel(64);
    client
        .subscribe(hint_topic(&gateway), QoS::AtLeastOnce)
        .await?;
    let (ready, subscribed) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let _client = client;
        let mut ready = Some(ready);
        while let Ok(event) = events.poll().await {
            match event {
                Event::Incoming(Packet::SubAck(_)) => {
                    if let Some(ready) = ready.take() {
                        let _ = ready.send(());
                    }
                }
                Event::Incoming(Packet::Publish(publish)) => {
                    if let Ok(hint) = serde_json::from_slice(&publish.payload)
                        && sender.send(hint).await.is_err()
                    {
                        return;
                    }
                }
                _ => {}
            }
        }
    });
    tokio::time::timeout(PATIENCE, subscribed).await??;
    Ok(hints)
}
