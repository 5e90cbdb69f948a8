//! Calls of the reward platform.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Group;

/// What became of calls, and how many there are; by default shown nowhere.
#[derive(Debug, Clone, Default)]
pub struct RewardMetrics {
    /// Attempts that granted.
    pub granted: Counter,
    /// Attempts without an answer in time.
    pub timeout: Counter,
    /// Attempts whose connection failed.
    pub connection: Counter,
    /// Attempts that the platform refused.
    pub refused: Counter,
    /// Calls that wait for an answer.
    pub in_flight: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

impl Group for RewardMetrics {
    fn register(registry: &mut Registry) -> Self {
        let calls = Family::<Labels, Counter>::default();
        registry.register(
            "challenge_reward_calls",
            "Attempts at a grant: granted, timeout, connection, or refused",
            calls.clone(),
        );
        let counter = |outcome| calls.get_or_create_owned(&Labels { outcome });
        let group = Self {
            granted: counter("granted"),
            timeout: counter("timeout"),
            connection: counter("connection"),
            refused: counter("refused"),
            in_flight: Gauge::default(),
        };
        registry.register(
            "challenge_reward_calls_in_flight",
            "Calls of the reward platform that wait for an answer",
            group.in_flight.clone(),
        );
        group
    }
}
