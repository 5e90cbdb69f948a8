//! Goals that are switched on or off by several at once.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::Group;

/// How often writers of one row met.
#[derive(Debug, Clone)]
pub struct SetActiveMetrics {
    /// Writes that found the row changed since it was read, and were tried again.
    pub conflicts: Counter,
    /// Requests that gave up after too many of them.
    pub given_up: Counter,
}

impl Group for SetActiveMetrics {
    fn register(registry: &mut Registry) -> Self {
        let group = Self {
            conflicts: Counter::default(),
            given_up: Counter::default(),
        };
        registry.register(
            "challenge_set_active_conflicts",
            "Writes that found the row changed since it was read",
            group.conflicts.clone(),
        );
        registry.register(
            "challenge_set_active_given_up",
            "Requests that gave up after too many conflicts",
            group.given_up.clone(),
        );
        group
    }
}
