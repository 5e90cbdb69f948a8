//! What one second adds to one stage × action.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brunt_record::{Measure, Outcome};
use hdrhistogram::Histogram;

/// Counts and latencies of one second of one series.
#[derive(Default)]
pub(super) struct Cell {
    pub(super) offered: u64,
    pub(super) sent: u64,
    pub(super) ok: u64,
    pub(super) unsent: u64,
    pub(super) failures: BTreeMap<Cow<'static, str>, u64>,
    /// Sum of the instants at which requests were sent, for time-integrated in flight.
    pub(super) sent_at_us: u128,
    /// Sum of the instants at which they were done.
    pub(super) done_at_us: u128,
    pub(super) latencies: [Vec<Latencies>; Outcome::ALL.len()],
}

/// The latencies of one request, microseconds.
///
/// A request only notes its figures: the histograms of a second, 150 KB each, are made by the
/// thread that writes them, where nobody waits.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Latencies {
    pub(super) response: u32,
    /// Absent where nothing was sent.
    pub(super) service: Option<u32>,
    pub(super) lateness: u32,
}

impl Cell {
    pub(super) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    pub(super) fn record(&mut self, outcome: Outcome, latencies: Latencies) {
        self.latencies[outcome as usize].push(latencies);
    }

    /// Did any request settle with this outcome?
    pub(super) fn has(&self, outcome: Outcome) -> bool {
        !self.latencies[outcome as usize].is_empty()
    }

    /// Adds what was noted to `histogram`.
    pub(super) fn fill(&self, outcome: Outcome, measure: Measure, histogram: &mut Histogram<u64>) {
        for latencies in &self.latencies[outcome as usize] {
            let us = match measure {
                Measure::Response => Some(latencies.response),
                Measure::Service => latencies.service,
                Measure::Lateness => Some(latencies.lateness),
            };
            if let Some(us) = us {
                histogram.saturating_record(u64::from(us));
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.offered += other.offered;
        self.sent += other.sent;
        self.ok += other.ok;
        self.unsent += other.unsent;
        self.sent_at_us += other.sent_at_us;
        self.done_at_us += other.done_at_us;
        for (kind, count) in other.failures {
            *self.failures.entry(kind).or_default() += count;
        }
        for (mine, theirs) in self.latencies.iter_mut().zip(other.latencies) {
            mine.extend(theirs);
        }
    }
}
