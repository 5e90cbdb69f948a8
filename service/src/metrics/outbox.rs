//! Rewards that are granted after the claim, by a worker.

use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::{Group, bounds};

/// What waits in the outbox, and what became of the attempts to deliver it.
#[derive(Debug, Clone)]
pub struct OutboxMetrics {
    /// Rewards that wait for the platform, as last looked at.
    pub depth: Gauge,
    /// Age of the oldest of them in seconds, as last looked at; 0 where nothing waits.
    pub oldest: Gauge<f64, AtomicU64>,
    /// Rewards that were given up, as last looked at.
    pub dead: Gauge,
    /// Attempts that granted.
    pub granted: Counter,
    /// Attempts that failed and are made again.
    pub retried: Counter,
    /// Attempts that were the last.
    pub given_up: Counter,
    /// Time from the claim to the grant, in seconds.
    pub delay: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Labels {
    outcome: &'static str,
}

impl Group for OutboxMetrics {
    fn register(registry: &mut Registry) -> Self {
        let attempts = Family::<Labels, Counter>::default();
        registry.register(
            "challenge_outbox_attempts",
            "Attempts to grant a reward: granted, retried, or given_up",
            attempts.clone(),
        );
        let counter = |outcome| attempts.get_or_create_owned(&Labels { outcome });
        let group = Self {
            depth: Gauge::default(),
            oldest: Gauge::default(),
            dead: Gauge::default(),
            granted: counter("granted"),
            retried: counter("retried"),
            given_up: counter("given_up"),
            delay: bounds::seconds(),
        };
        registry.register(
            "challenge_outbox_depth",
            "Rewards that wait for the platform",
            group.depth.clone(),
        );
        registry.register_with_unit(
            "challenge_outbox_oldest",
            "Age of the reward that waits longest",
            Unit::Seconds,
            group.oldest.clone(),
        );
        registry.register(
            "challenge_outbox_dead",
            "Rewards that were given up",
            group.dead.clone(),
        );
        registry.register_with_unit(
            "challenge_outbox_delay",
            "Time from a claim to its grant",
            Unit::Seconds,
            group.delay.clone(),
        );
        group
    }
}
