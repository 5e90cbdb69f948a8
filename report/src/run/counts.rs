//! What became of arrivals.

use schemars::JsonSchema;
use serde::Serialize;

/// What became of the arrivals of an action in a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionCounts {
    /// Arrivals that were due.
    pub offered: u64,
    /// Requests that succeeded.
    pub ok: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Arrivals that were given up without sending.
    pub unsent: u64,
}

impl ActionCounts {
    /// Requests that were sent and settled: ok + failed.
    pub fn sent(&self) -> u64 {
        self.ok + self.failed
    }

    /// ok / offered; none where nothing was offered.
    pub fn answered(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.ok as f64 / self.offered as f64)
    }

    /// sent / offered; none where nothing was offered.
    pub fn delivered(&self) -> Option<f64> {
        (self.offered > 0).then(|| self.sent() as f64 / self.offered as f64)
    }

    /// Adds the counts of `other`.
    pub fn add(&mut self, other: &Self) {
        self.offered += other.offered;
        self.ok += other.ok;
        self.failed += other.failed;
        self.unsent += other.unsent;
    }
}
