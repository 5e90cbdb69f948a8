//! The one writer of SQLite.

use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::bounds;

/// What the writer commits together, and the log that it writes.
#[derive(Debug, Clone)]
pub struct WriterMetrics {
    /// Writes of one commit.
    pub(crate) size: Histogram,
    /// Time of a transaction with its commit, in seconds.
    pub(crate) commit: Histogram,
    /// Time of a fold of the log into the database, in seconds.
    pub(crate) fold: Histogram,
    /// Pages of the log at the last fold.
    pub(crate) log_pages: Gauge,
}

impl Default for WriterMetrics {
    fn default() -> Self {
        Self {
            size: bounds::count(),
            commit: bounds::seconds(),
            fold: bounds::seconds(),
            log_pages: Gauge::default(),
        }
    }
}

impl WriterMetrics {
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register(
            "challenge_commit_size",
            "Writes that shared a commit of SQLite's writer",
            self.size.clone(),
        );
        registry.register_with_unit(
            "challenge_commit_duration",
            "Time of a transaction of SQLite's writer until it was durable",
            Unit::Seconds,
            self.commit.clone(),
        );
        registry.register_with_unit(
            "challenge_checkpoint_duration",
            "Time in which SQLite's log was folded into the database",
            Unit::Seconds,
            self.fold.clone(),
        );
        registry.register(
            "challenge_log_pages",
            "Pages in SQLite's log when it was last folded",
            self.log_pages.clone(),
        );
    }
}
