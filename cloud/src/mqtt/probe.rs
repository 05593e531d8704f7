//! Whether the broker really passes messages on: a dead one keeps its port open and looks
//! healthy from outside. One that fails twice, by both doors, is started anew.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::admission::{PROBE_TOPIC, PROBE_USERNAME};
use super::backend::Target;
use super::broker::Broker;
use super::front::House;
use super::pipe::Pipe;
use super::wire;

const PROBE_PATIENCE: Duration = Duration::from_secs(5); // the round takes about 2 ms
const PROBE_FRAME_MAX: usize = 4096;
const PROBE_KEEP_ALIVE_SECONDS: u16 = 30;
const LOOK_PAUSE: Duration = Duration::from_millis(100); // however often sessions fail
const RESTART_PAUSE: Duration = Duration::from_secs(1); // a broker that dies at once must not spin

/// Called after each restart of the embedded broker.
pub type RestartHook = Arc<dyn Fn() + Send + Sync>;

/// The step at which a probe failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error("no connection")]
    Connect,
    #[error("no welcome")]
    Welcome,
    #[error("no subscription")]
    Subscribe,
    #[error("the probe's own message did not come back")]
    Message,
    #[error("no answer in time")]
    Time,
}

#[derive(Default)]
pub(crate) struct Health {
    pub(crate) healthy: AtomicBool,
    pub(crate) restarts: AtomicU64,
}

/// Looks after the broker, which is its own.
pub(crate) struct Supervisor {
    pub(crate) broker: Broker,
    pub(crate) connections_max: usize,
    pub(crate) target: watch::Sender<Arc<Target>>,
    pub(crate) house: Arc<House>,
    pub(crate) health: Arc<Health>,
    pub(crate) public_addr: SocketAddr,
    pub(crate) internal_addr: SocketAddr,
    pub(crate) secret: String,
    pub(crate) interval: Duration,
    pub(crate) on_restart: Option<RestartHook>,
}

impl Supervisor {
    /// Runs until `stopping`, and gives the broker back.
    pub(crate) async fn run(mut self, mut stopping: watch::Receiver<bool>) -> Broker {
        loop {
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return self.broker,
                () = sleep(self.interval) => {}
                () = self.house.broker_failed.notified() => {}
            }
            self.look().await;
            let healthy = self.health.healthy.load(Ordering::Relaxed);
            tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => return self.broker,
                () = sleep(if healthy { LOOK_PAUSE } else { RESTART_PAUSE }) => {}
            }
        }
    }

    async fn look(&mut self) {
        let by_the_front = probe(self.public_addr, &self.secret).await;
        self.health
            .healthy
            .store(by_the_front.is_ok(), Ordering::Relaxed);
        let Err(error) = by_the_front else { return };
        // A crowd at the front door is no reason to restart what stands behind it.
        let Err(inside) = probe(self.internal_addr, &self.secret).await else {
            tracing::warn!(%error, "the MQTT front does not let the probe through");
            return;
        };
        tracing::error!(error = %inside, "the embedded MQTT broker is dead; starting another");
        self.restart().await;
    }

    async fn restart(&mut self) {
        match Broker::start(self.connections_max).await {
            Ok(broker) => {
                self.target.send_replace(Arc::new(broker.target()));
                std::mem::replace(&mut self.broker, broker).stop().await;
                self.health.restarts.fetch_add(1, Ordering::Relaxed);
                if let Some(hook) = &self.on_restart {
                    hook();
                }
                let probed = probe(self.public_addr, &self.secret).await;
                self.health.healthy.store(probed.is_ok(), Ordering::Relaxed);
                tracing::warn!(
                    mqtt.healthy = probed.is_ok(),
                    "the MQTT broker was restarted"
                );
            }
            Err(error) => tracing::error!(%error, "the MQTT broker stays dead; trying again"),
        }
    }
}

/// Connects, subscribes, publishes, and waits for that publish to come back.
pub(crate) async fn probe(addr: SocketAddr, secret: &str) -> Result<(), ProbeError> {
    timeout(PROBE_PATIENCE, round(addr, secret))
        .await
        .unwrap_or(Err(ProbeError::Time))
}

async fn round(addr: SocketAddr, secret: &str) -> Result<(), ProbeError> {
    let stream = TcpStream::connect(addr)
        .await
        .map_err(|_| ProbeError::Connect)?;
    let mut pipe = Pipe::new(stream, PROBE_FRAME_MAX).map_err(|_| ProbeError::Connect)?;
    pipe.push(&wire::connect(
        PROBE_USERNAME,
        PROBE_KEEP_ALIVE_SECONDS,
        PROBE_USERNAME,
        secret,
    ));
    let welcome = say(&mut pipe).await.ok_or(ProbeError::Welcome)?;
    if welcome.connack_code() != Some(0) {
        return Err(ProbeError::Welcome);
    }
    pipe.push(&wire::subscribe(1, PROBE_TOPIC, 0));
    let granted = say(&mut pipe).await.ok_or(ProbeError::Subscribe)?;
    if granted.kind() != wire::SUBACK || granted.body().last() != Some(&0) {
        return Err(ProbeError::Subscribe);
    }
    let mark = super::random_secret();
    pipe.push(&wire::publish(PROBE_TOPIC, mark.as_bytes()));
    let message = say(&mut pipe).await.ok_or(ProbeError::Message)?;
    if message.kind() != wire::PUBLISH || !message.body().ends_with(mark.as_bytes()) {
        return Err(ProbeError::Message);
    }
    pipe.push(&wire::disconnect(wire::Reason::Success));
    // The round is won; the front tells the broker goodbye even if this is not written.
    pipe.flush().await.ok();
    Ok(())
}

async fn say(pipe: &mut Pipe) -> Option<wire::Frame> {
    pipe.flush().await.ok()?;
    pipe.next().await.ok()
}
