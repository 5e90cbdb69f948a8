//! What the server saw: how many requests, over how long, and how evenly they came.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

const WINDOW_MS: u128 = 10;
/// Ten minutes of windows.
const WINDOWS: usize = 60_000;

/// Counts of requests in windows of 10 ms.
pub(crate) struct Seen {
    epoch: Instant,
    windows: Vec<AtomicU32>,
}

/// A summary of [`Seen`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Summary {
    pub(crate) requests: u64,
    /// Per second, without the first and the last second.
    pub(crate) rate_per_s: f64,
    /// Variance over mean of the counts of a window: 0 for a metronome, 1 for Poisson arrivals.
    pub(crate) dispersion: f64,
}

impl Seen {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Instant::now(),
            windows: (0..WINDOWS).map(|_| AtomicU32::new(0)).collect(),
        }
    }

    /// A request came.
    pub(crate) fn count(&self) {
        let window = (self.epoch.elapsed().as_millis() / WINDOW_MS) as usize;
        self.windows[window % WINDOWS].fetch_add(1, Ordering::Relaxed);
    }

    /// Forgets everything.
    pub(crate) fn reset(&self) {
        for window in &self.windows {
            window.store(0, Ordering::Relaxed);
        }
    }

    /// From the first request to the last one.
    pub(crate) fn summary(&self) -> Option<Summary> {
        let counts: Vec<u32> = self
            .windows
            .iter()
            .map(|window| window.load(Ordering::Relaxed))
            .collect();
        summary(&counts)
    }
}

fn summary(counts: &[u32]) -> Option<Summary> {
    let first = counts.iter().position(|n| *n > 0)?;
    let last = counts.iter().rposition(|n| *n > 0)?;
    let all = &counts[first..=last];
    let requests = all.iter().map(|n| u64::from(*n)).sum();
    // Starting and stopping are not what is measured.
    let edge = (1_000 / WINDOW_MS) as usize;
    let inner = all.get(edge..all.len().checked_sub(edge)?)?;
    if inner.is_empty() {
        return None;
    }
    let n = inner.len() as f64;
    let mean = inner.iter().map(|c| f64::from(*c)).sum::<f64>() / n;
    let variance = inner
        .iter()
        .map(|c| (f64::from(*c) - mean).powi(2))
        .sum::<f64>()
        / n;
    Some(Summary {
        requests,
        rate_per_s: mean * 1_000.0 / WINDOW_MS as f64,
        dispersion: variance / mean,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metronome_has_no_dispersion() {
        let mut counts = vec![0; 50];
        counts.extend([10; 400]);
        let seen = summary(&counts).unwrap();
        assert_eq!((seen.requests, seen.dispersion), (4_000, 0.0));
        assert!((seen.rate_per_s - 1_000.0).abs() < 1e-9);
        // Everything in every other window: mean 5, variance 25.
        let bursts: Vec<u32> = (0..400).map(|i| 10 * (i % 2)).collect();
        assert!((summary(&bursts).unwrap().dispersion - 5.0).abs() < 1e-9);
        assert_eq!(summary(&[0; 10]), None);
    }
}
