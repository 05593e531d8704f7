//! One running cloud: opens everything, serves until it is told to stop.

use crate::actions::watch_certificate::Ending;
use crate::app::{App, Shared, Stopping, Takes};
use crate::config::{CallbackDoor, Config};
use crate::http;
use crate::keys::{Keys, KeysError};
use crate::live::Hub;
use crate::metrics::Metrics;
use crate::mqtt::{Credentials, MqttError};
use crate::notices::{ChannelError, Channels};
use crate::pix::callback::Hint;
use crate::pix::{PayoutProvider, PixClient, PixSettings, SettingsError};
use crate::store::{DbError, Store, gateway};
use crate::tls::{self, Patience, TlsError, TlsListener};
use crate::{books, jobs, mqtt, outbox, persons, watch};
use async_trait::async_trait;
use axum::Router;
use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use shared::ids::GatewayId;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use subtle::ConstantTimeEq as _;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Why the cloud did not start, in one line that says what to change.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Mqtt(#[from] MqttError),
    #[error("what is known of persons: {0}")]
    Persons(#[from] persons::PersonsError),
    #[error("the bank's settings: {0}")]
    Bank(#[from] SettingsError),
    #[error("cannot listen on {address}: {why}. Stop the program that holds it, or set {variable}")]
    Listen {
        address: SocketAddr,
        why: std::io::Error,
        variable: &'static str,
    },
    #[error("telling payers: {0}")]
    Channel(#[from] ChannelError),
    #[error("the listener for the bank's callbacks: {0}")]
    Callback(#[from] TlsError),
    #[error("VOLTA_CLOUD_TIME_ZONE: {0}")]
    Zone(jiff::Error),
    #[error("a worker ended: {0}")]
    Worker(tokio::task::JoinError),
    #[error("the server ended: {0}")]
    Ended(#[from] std::io::Error),
}

/// Requests under way may take this long to finish after the word to stop.
const FAREWELL: Duration = Duration::from_secs(5);

pub fn open_store(config: &Config, hub: Hub) -> Result<(Store, Keys), StartError> {
    let existed = std::fs::metadata(&config.database).is_ok_and(|file| file.len() > 0);
    if existed {
        // What is wrong with the file is said before what is missing beside it.
        let store = Store::open(&config.database, hub)?;
        return Ok((store, Keys::open(&config.key_file, true)?));
    }
    // A power cut between the two leaves keys without a database, which is no loss.
    let keys = Keys::open(&config.key_file, false)?;
    Ok((Store::open(&config.database, hub)?, keys))
}

/// What a cloud shares, with nothing running yet but the broker; and where the bank's hints arrive.
pub async fn open(
    config: Config,
    stopping: Stopping,
) -> Result<(Shared, mpsc::Receiver<Hint>), StartError> {
    let hub = Hub::default();
    let (store, keys) = open_store(&config, hub.clone())?;
    let erased = persons::Erased::beside(&config.key_file);
    persons::bring_up(&store, &keys, &erased).await?;
    let mqtt = mqtt::start(config.mqtt(), Arc::new(Enrolled(store.clone()))).await?;
    let (bank_watch, hints) = watch::Hints::channel();
    let bank = config.bank.settings()?;
    let sender = config.payout.sender(config.bank.bank_profile, &bank)?;
    if sender.is_none() {
        tracing::info!("payouts are off: what is owed to persons waits for a person to pay it");
    }
    let app = Arc::new(App {
        endings: endings(&config, &bank)?,
        bank: PixClient::new(bank)?,
        channels: Channels::open(&config.notices, &config.key_file, &config.public_url)?,
        payouts: sender.map(|sender| Arc::new(sender) as Arc<dyn PayoutProvider>),
        zone: jiff::tz::TimeZone::get(&config.time_zone).map_err(StartError::Zone)?,
        downlink: mqtt.downlink(),
        metrics: Metrics::default(),
        admission: http::Admission::default(),
        takes: Takes::per_minute(config.takes_per_minute),
        card_lists: crate::http::CardLists::default(),
        bundles: crate::bundles::Bundles::default(),
        stopping,
        config,
        store,
        hub,
        keys,
        mqtt,
        bank_watch,
    });
    Ok((app, hints))
}

fn endings(config: &Config, bank: &PixSettings) -> Result<Vec<Ending>, SettingsError> {
    let shown = bank.identity.as_ref().map(|identity| Ending {
        subject: "bank",
        host: host_of(&bank.base_url),
        not_after_ms: identity.not_after_ms(),
    });
    let door = config.callback.door()?.map(|door| Ending {
        subject: "callback",
        host: host_of(&config.callback.callback_url),
        not_after_ms: door.identity.not_after_ms(),
    });
    Ok(shown.into_iter().chain(door).collect())
}

fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().to_owned()
}

/// The bank's own way in: nothing but callbacks, and nobody but its clients.
pub fn callback_listener(
    door: &CallbackDoor,
    listener: TcpListener,
    patience: Patience,
) -> Result<TlsListener, StartError> {
    let config = tls::mutual(&door.identity, &door.client_authorities)?;
    Ok(TlsListener::new(listener, config, patience)?)
}

async fn take_callbacks(app: Shared, listener: Option<TlsListener>) -> std::io::Result<()> {
    let Some(listener) = listener else {
        return Ok(());
    };
    let stopping = app.stopping.clone();
    axum::serve(listener, http::callback_router(app))
        .with_graceful_shutdown(told(stopping))
        .await
}

pub async fn serve(config: Config, stopping: Stopping) -> Result<(), StartError> {
    let public = listen(config.listen, "VOLTA_CLOUD_LISTEN").await?;
    let ops = listen(config.ops_listen, "VOLTA_CLOUD_OPS_LISTEN").await?;
    let callbacks = match config.callback.door()? {
        None => None,
        Some(door) => {
            let listener = listen(door.listen, "VOLTA_CLOUD_CALLBACK_LISTEN").await?;
            Some(callback_listener(&door, listener, Patience::default())?)
        }
    };
    let (app, hints) = open(config, stopping.clone()).await?;
    tokio::spawn(register_callback(app.clone()));
    let mut workers = JoinSet::new();
    workers.spawn(watch::run_hints(app.clone(), hints));
    workers.spawn(watch::run_charges(app.clone()));
    workers.spawn(watch::run_list(app.clone()));
    workers.spawn(watch::payouts::run(app.clone()));
    workers.spawn(jobs::run(app.clone()));
    workers.spawn(books::run(app.clone()));
    workers.spawn(outbox::run(app.clone()));
    let address = app.config.public_url.as_str();
    tracing::info!(cloud.url = address, cloud.listen = %app.config.listen, "serving");
    let pages = axum::serve(public, with_peers(http::router(app.clone())))
        .with_graceful_shutdown(told(stopping.clone()));
    let figures = axum::serve(ops, http::ops_router(app.clone()))
        .with_graceful_shutdown(told(stopping.clone()));
    let callbacks = take_callbacks(app.clone(), callbacks);
    tokio::select! {
        served = async { tokio::try_join!(pages, figures, callbacks) } => { served?; }
        // A site that sells and neither books nor refunds is worse than one that is down.
        Some(Err(error)) = workers.join_next() => return Err(StartError::Worker(error)),
        () = async { stopping.wait().await; tokio::time::sleep(FAREWELL).await } => {}
    }
    let _ = tokio::time::timeout(FAREWELL, workers.join_all()).await;
    tracing::info!("stopped");
    Ok(())
}

async fn listen(address: SocketAddr, variable: &'static str) -> Result<TcpListener, StartError> {
    TcpListener::bind(address)
        .await
        .map_err(|why| StartError::Listen {
            address,
            why,
            variable,
        })
}

/// The sign-in's limits count by address.
fn with_peers(router: Router) -> IntoMakeServiceWithConnectInfo<Router, SocketAddr> {
    router.into_make_service_with_connect_info()
}

async fn told(stopping: Stopping) {
    stopping.wait().await;
}

/// Tells the bank where to call back; without an answer the polling does all the work.
async fn register_callback(app: Shared) {
    let mut pause = Duration::from_secs(1);
    let url = app.config.callback.callback_url.as_str();
    while !url.is_empty() {
        match app.bank.put_webhook(url).await {
            Ok(()) => return,
            Err(error) => {
                tracing::warn!(pix.error = %error, "the callback address is not registered yet");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stopping.wait() => return,
        }
        pause = (pause * 2).min(Duration::from_secs(300));
    }
}

/// Lets enrolled, active gateways connect to the broker's front.
struct Enrolled(Store);

#[async_trait]
impl Credentials for Enrolled {
    async fn check(&self, username: &str, password: &[u8]) -> Option<String> {
        let id: GatewayId = username.parse().ok()?;
        let stored = self.0.read(move |tx| gateway::password_hash(tx, &id)).await;
        let offered = http::secret_hash(password);
        let matches: bool = stored.ok()??.ct_eq(offered.as_slice()).into();
        matches.then(|| username.to_owned())
    }
}
