//! How much is owed, for the metrics.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Registry, Unit};

use crate::instant::Instant;
use crate::store::OutboxGauge;

/// As of the worker's last look; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Gauges {
    pending: Gauge,
    dead: Gauge,
    oldest: Gauge,
    pub(super) granted: Counter,
    pub(super) failed: Counter,
}

impl Gauges {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "challenge_outbox_pending",
            "Rewards that are owed, as of the last look",
            self.pending.clone(),
        );
        registry.register(
            "challenge_outbox_dead",
            "Rewards that were given up, as of the last look",
            self.dead.clone(),
        );
        registry.register_with_unit(
            "challenge_outbox_oldest",
            "Age of the oldest reward that is owed, as of the last look",
            Unit::Seconds,
            self.oldest.clone(),
        );
        registry.register(
            "challenge_outbox_granted",
            "Owed rewards that this process got granted",
            self.granted.clone(),
        );
        registry.register(
            "challenge_outbox_failed_attempts",
            "Attempts of this process at an owed reward that failed",
            self.failed.clone(),
        );
    }

    pub(super) fn set(&self, gauge: OutboxGauge, now: Instant) {
        let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        self.pending.set(count(gauge.pending));
        self.dead.set(count(gauge.dead));
        let age = gauge.oldest.map(|oldest| now.since(oldest));
        self.oldest.set(count(age.map_or(0, |age| age.as_secs())));
    }
}
