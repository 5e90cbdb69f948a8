//! Events on their way to the database, where they are flushed together.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{Group, bounds};

/// What a flusher did, and what waits for it.
#[derive(Debug, Clone)]
pub struct EventFlushMetrics {
    /// Events that wait for a flush.
    pub queued: Gauge,
    /// Events of one flush.
    pub size: Histogram,
    /// Time of one flush until it was durable, in seconds.
    pub duration: Histogram,
    /// Flushes of which not every event could be written.
    pub failures: Counter,
}

impl Group for EventFlushMetrics {
    fn register(registry: &mut Registry) -> Self {
        let group = Self {
            queued: Gauge::default(),
            size: bounds::count(),
            duration: bounds::seconds(),
            failures: Counter::default(),
        };
        registry.register(
            "challenge_queued_events",
            "Events that wait for a flush",
            group.queued.clone(),
        );
        registry.register(
            "challenge_event_flush_size",
            "Events written by one flush",
            group.size.clone(),
        );
        registry.register_with_unit(
            "challenge_event_flush_duration",
            "Time of a flush until it was durable",
            Unit::Seconds,
            group.duration.clone(),
        );
        registry.register(
            "challenge_event_flush_failures",
            "Flushes of which not every event could be written",
            group.failures.clone(),
        );
        group
    }
}
