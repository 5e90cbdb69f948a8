//! When the arrivals of a stream found every place in flight taken.

use std::sync::atomic::{AtomicU64, Ordering};

/// The due times of the first and the last arrival that found no place; noted by all lanes of a stream.
pub(super) struct Saturation {
    first_us: AtomicU64,
    last_us: AtomicU64,
}

impl Default for Saturation {
    fn default() -> Self {
        Self {
            first_us: AtomicU64::new(u64::MAX),
            last_us: AtomicU64::new(0),
        }
    }
}

impl Saturation {
    /// An arrival that was due at `due_us` found none.
    pub(super) fn note(&self, due_us: u64) {
        self.first_us.fetch_min(due_us, Ordering::Relaxed);
        self.last_us.fetch_max(due_us, Ordering::Relaxed);
    }

    /// First and last, microseconds since the start of the run; nothing where all found one.
    pub(super) fn span(&self) -> Option<(u64, u64)> {
        let first_us = self.first_us.load(Ordering::Relaxed);
        let last_us = self.last_us.load(Ordering::Relaxed);
        (first_us <= last_us).then_some((first_us, last_us))
    }
}
