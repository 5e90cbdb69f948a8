//! Events on their way to the database, where they are flushed together.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::{BatchMetrics, Group};

/// What a flusher did, and what waits for it.
#[derive(Debug, Clone)]
pub struct EventFlushMetrics {
    /// Events that are flushed together.
    pub batches: BatchMetrics,
    /// Tries of a flush by which not every event could be written.
    pub failures: Counter,
}

impl Group for EventFlushMetrics {
    fn register(registry: &mut Registry) -> Self {
        let group = Self {
            batches: BatchMetrics::named(registry, "events", "event", "Events"),
            failures: Counter::default(),
        };
        registry.register(
            "challenge_event_flush_failures",
            "Flushes of which not every event could be written",
            group.failures.clone(),
        );
        group
    }
}
