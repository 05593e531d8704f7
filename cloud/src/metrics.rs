//! Counters for operators, in Prometheus' text format. No label holds an id or a person.

use crate::mqtt::MqttStats;
use crate::store::report::Figures;
use prometheus::{
    Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry, TextEncoder,
};

pub struct Metrics {
    registry: Registry,
    http_requests: IntCounterVec,
    sync_events: IntCounter,
    sync_refused: IntCounterVec,
    sync_deferred: IntCounter,
    effects: IntCounterVec,
    grants_hinted: IntCounter,
    payment_delay: Histogram,
    state: IntGaugeVec,
}

/// Seconds from a Pix's settlement at the bank to its booking here.
const PAYMENT_DELAY_BUCKETS: [f64; 8] = [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 30.0, 300.0];

impl Default for Metrics {
    fn default() -> Self {
        let registry = Registry::new();
        let counters = |name: &str, help: &str, label: &str| {
            let counter = IntCounterVec::new(Opts::new(name, help), &[label]);
            registered(&registry, counter)
        };
        let counter = |name: &str, help: &str| registered(&registry, IntCounter::new(name, help));
        let delay = HistogramOpts::new(
            "volta_payment_delay_seconds",
            "From settlement at the bank to booking",
        )
        .buckets(PAYMENT_DELAY_BUCKETS.to_vec());
        Self {
            http_requests: counters("volta_http_requests_total", "Answers by status", "status"),
            sync_events: counter("volta_sync_events_total", "Gateway events accepted"),
            sync_refused: counters(
                "volta_sync_refused_total",
                "Batches refused by code",
                "code",
            ),
            sync_deferred: counter(
                "volta_sync_deferred_total",
                "Batches of history sent away for a moment",
            ),
            effects: counters("volta_effects_total", "Outbox attempts by kind", "kind"),
            grants_hinted: counter("volta_grants_hinted_total", "Grants handed to the broker"),
            payment_delay: registered(&registry, Histogram::with_opts(delay)),
            state: registered(
                &registry,
                IntGaugeVec::new(Opts::new("volta_state", "Figures of now"), &["figure"]),
            ),
            registry,
        }
    }
}

fn registered<C>(registry: &Registry, made: prometheus::Result<C>) -> C
where
    C: prometheus::core::Collector + Clone + 'static,
{
    let collector = made.expect("the names above are valid");
    registry
        .register(Box::new(collector.clone()))
        .expect("the names above are distinct");
    collector
}

impl Metrics {
    pub fn answered(&self, status: u16) {
        let class = match status {
            200..=299 => "2xx",
            300..=399 => "3xx",
            400..=499 => "4xx",
            _ => "5xx",
        };
        self.http_requests.with_label_values(&[class]).inc();
    }

    pub fn events_accepted(&self, count: u64) {
        self.sync_events.inc_by(count);
    }

    pub fn batch_refused(&self, code: &str) {
        self.sync_refused.with_label_values(&[code]).inc();
    }

    pub fn history_deferred(&self) {
        self.sync_deferred.inc();
    }

    pub fn effect_begun(&self, kind: &str) {
        self.effects.with_label_values(&[kind]).inc();
    }

    pub fn grant_hinted(&self) {
        self.grants_hinted.inc();
    }

    #[expect(
        clippy::float_arithmetic,
        reason = "Prometheus measures in seconds; it is no money"
    )]
    pub fn payment_booked(&self, delay_ms: i64) {
        let delay_ms = u32::try_from(delay_ms.max(0)).unwrap_or(u32::MAX);
        self.payment_delay.observe(f64::from(delay_ms) / 1_000.0);
    }

    /// The page Prometheus reads.
    pub fn page(&self, figures: &Figures, mqtt: &MqttStats) -> String {
        let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (figure, value) in [
            ("held_centavos", figures.held.get()),
            ("owed_centavos", figures.owed.get()),
            ("stray_centavos", figures.stray.get()),
            ("bank_centavos", figures.bank.get()),
            ("carts_out", figures.carts_out),
            ("refunds_waiting", figures.refunds_waiting),
            ("effects_waiting", figures.effects_waiting),
            ("alarms", figures.alarms),
            ("mqtt_healthy", i64::from(mqtt.healthy)),
            ("mqtt_restarts", count(mqtt.broker_restarts)),
            ("mqtt_hints_dropped", count(mqtt.hints_dropped)),
        ] {
            self.state.with_label_values(&[figure]).set(value);
        }
        TextEncoder::new()
            .encode_to_string(&self.registry.gather())
            .unwrap_or_default()
    }
}
