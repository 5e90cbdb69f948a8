//! What the service counts, in the text format of Prometheus (OpenMetrics).

use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;

/// Upper bounds of the latency histogram, in seconds: half a millisecond to ten seconds.
const BOUNDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Counters and gauges of one process; cheap to clone.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram, fn() -> Histogram>,
    connections: Family<ConnectionLabels, Gauge>,
    max_connections: Gauge,
    queued_writes: Gauge,
    reward_calls_in_flight: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    method: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: String,
    method: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ConnectionLabels {
    state: &'static str,
}

impl Metrics {
    /// Metrics that start at zero.
    pub fn new(app: &App) -> Self {
        let durations: fn() -> Histogram = || Histogram::new(BOUNDS);
        let mut inner = Inner {
            registry: Registry::default(),
            requests: Family::default(),
            durations: Family::new_with_constructor(durations),
            connections: Family::default(),
            max_connections: Gauge::default(),
            queued_writes: Gauge::default(),
            reward_calls_in_flight: Gauge::default(),
        };
        let registry = &mut inner.registry;
        registry.register(
            "challenge_requests",
            "Requests answered, REST and gRPC",
            inner.requests.clone(),
        );
        registry.register_with_unit(
            "challenge_request_duration",
            "Time from a request's arrival to its response",
            Unit::Seconds,
            inner.durations.clone(),
        );
        registry.register(
            "challenge_pool_connections",
            "Open connections to the database",
            inner.connections.clone(),
        );
        registry.register(
            "challenge_pool_max_connections",
            "Connections to the database that may be opened",
            inner.max_connections.clone(),
        );
        app.rewards.register(registry);
        app.outbox.register(registry);
        registry.register(
            "challenge_reward_calls_in_flight",
            "Calls of the reward platform that wait for an answer",
            inner.reward_calls_in_flight.clone(),
        );
        // Registered only where there is such a queue: absent is not zero.
        if app.store.pool_gauge().queued_writes.is_some() {
            registry.register(
                "challenge_queued_writes",
                "Writes that wait for the SQLite writer",
                inner.queued_writes.clone(),
            );
        }
        Self(Arc::new(inner))
    }

    /// Counts one request and its time.
    pub(crate) fn record(&self, route: &str, method: &Method, status: StatusCode, took: Duration) {
        let (route, method) = (route.to_owned(), method.to_string());
        let labels = RouteLabels {
            route: route.clone(),
            method: method.clone(),
        };
        let durations = self.0.durations.get_or_create(&labels);
        durations.observe(took.as_secs_f64());
        let labels = RequestLabels {
            route,
            method,
            status: status.as_u16(),
        };
        self.0.requests.get_or_create(&labels).inc();
    }

    /// All metrics as text, the gauges read now.
    pub fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        let pool = app.store.pool_gauge();
        let connections = |state: &'static str, count: u32| {
            let labels = ConnectionLabels { state };
            let gauge = self.0.connections.get_or_create(&labels);
            gauge.set(i64::from(count));
        };
        connections("idle", pool.idle);
        connections("in_use", pool.open.saturating_sub(pool.idle));
        self.0.max_connections.set(i64::from(pool.max));
        if let Some(queued) = pool.queued_writes {
            let queued = i64::try_from(queued).unwrap_or(i64::MAX);
            self.0.queued_writes.set(queued);
        }
        let in_flight = i64::from(app.rewards.in_flight());
        self.0.reward_calls_in_flight.set(in_flight);
        let mut text = String::new();
        encode(&mut text, &self.0.registry)?;
        Ok(text)
    }
}
