//! The connections to the database.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::{ConstGauge, Gauge};
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::bounds;
use super::shown::show;
use crate::store::Store;

/// What a pool counts while it hands out connections.
#[derive(Debug, Clone)]
pub struct PoolMetrics {
    /// Requests that wait for a connection.
    pub(crate) waiting: Gauge,
    /// How long they waited, in seconds.
    pub(crate) acquire: Histogram,
}

impl Default for PoolMetrics {
    fn default() -> Self {
        Self {
            waiting: Gauge::default(),
            acquire: bounds::step_seconds(),
        }
    }
}

pub(super) fn register(registry: &mut Registry, store: &Store) {
    let counted = store.pool_metrics();
    registry.register(
        "challenge_pool_waiting",
        "Requests that wait for a connection to the database",
        counted.waiting.clone(),
    );
    registry.register_with_unit(
        "challenge_pool_acquire_duration",
        "Time until a connection to the database was free",
        Unit::Seconds,
        counted.acquire.clone(),
    );
    if let Store::Sqlite(store) = store {
        store.writer_metrics().register(registry);
    }
    registry.register_collector(Box::new(PoolCollector(store.clone())));
}

/// Asks the pool whenever somebody scrapes.
#[derive(Debug)]
struct PoolCollector(Store);

impl Collector for PoolCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let pool = self.0.pool_gauge();
        let mut connections = encoder.encode_descriptor(
            "challenge_pool_connections",
            "Open connections to the database",
            None,
            MetricType::Gauge,
        )?;
        let states = [
            ("idle", pool.idle),
            ("in_use", pool.open.saturating_sub(pool.idle)),
        ];
        for (state, count) in states {
            let labels = [("state", state)];
            let series = connections.encode_family(&labels)?;
            ConstGauge::new(count).encode(series)?;
        }
        show(
            &mut encoder,
            "challenge_pool_max_connections",
            "Connections to the database that may be opened",
            None,
            &ConstGauge::new(pool.max),
        )?;
        if let Some(queued) = pool.queued_writes {
            show(
                &mut encoder,
                "challenge_queued_writes",
                "Writes that wait for the SQLite writer",
                None,
                &ConstGauge::new(queued),
            )?;
        }
        Ok(())
    }
}
