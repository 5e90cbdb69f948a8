//! Work of many callers that is done together.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{Group, bounds};

/// How much waits to be done, how much was done at once, and how long that took.
#[derive(Debug, Clone)]
pub struct BatchMetrics {
    /// Items that wait for a flush.
    pub queued: Gauge,
    /// Items of one flush.
    pub size: Histogram,
    /// Time of one flush until it was durable, in seconds.
    pub duration: Histogram,
}

/// Shown nowhere.
impl Default for BatchMetrics {
    fn default() -> Self {
        Self {
            queued: Gauge::default(),
            size: bounds::count(),
            duration: bounds::seconds(),
        }
    }
}

impl BatchMetrics {
    /// Shown as `challenge_queued_QUEUED` and `challenge_FLUSH_flush_…`; `items` is for people.
    pub(super) fn named(registry: &mut Registry, queued: &str, flush: &str, items: &str) -> Self {
        let metrics = Self::default();
        registry.register(
            format!("challenge_queued_{queued}"),
            format!("{items} that wait for a flush"),
            metrics.queued.clone(),
        );
        registry.register(
            format!("challenge_{flush}_flush_size"),
            format!("{items} written by one flush"),
            metrics.size.clone(),
        );
        registry.register_with_unit(
            format!("challenge_{flush}_flush_duration"),
            "Time of a flush until it was durable",
            Unit::Seconds,
            metrics.duration.clone(),
        );
        metrics
    }
}

/// New users whose rows share a statement.
#[derive(Debug, Clone)]
pub struct NewUserFlushMetrics(pub BatchMetrics);

impl Group for NewUserFlushMetrics {
    fn register(registry: &mut Registry) -> Self {
        let named = BatchMetrics::named(registry, "new_users", "new_user", "New users");
        Self(named)
    }
}

/// Goals that are switched on or off by one statement.
#[derive(Debug, Clone)]
pub struct SetActiveFlushMetrics(pub BatchMetrics);

impl Group for SetActiveFlushMetrics {
    fn register(registry: &mut Registry) -> Self {
        let items = "Goals to be switched on or off";
        let named = BatchMetrics::named(registry, "goal_switches", "goal_switch", items);
        Self(named)
    }
}
