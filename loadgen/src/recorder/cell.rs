//! What one second adds to one stage × action.

use std::borrow::Cow;
use std::collections::BTreeMap;

use brunt_record::{Measure, Outcome, new_histogram};
use hdrhistogram::Histogram;

const HISTOGRAMS: usize = Outcome::ALL.len() * Measure::ALL.len();

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
    pub(super) histograms: [Option<Box<Histogram<u64>>>; HISTOGRAMS],
}

impl Cell {
    pub(super) fn failed(&self) -> u64 {
        self.failures.values().sum()
    }

    pub(super) fn record(&mut self, outcome: Outcome, measure: Measure, value_us: u64) {
        self.histograms[position(outcome, measure)]
            .get_or_insert_with(|| Box::new(new_histogram()))
            .saturating_record(value_us);
    }

    pub(super) fn histogram(&self, outcome: Outcome, measure: Measure) -> Option<&Histogram<u64>> {
        self.histograms[position(outcome, measure)].as_deref()
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
        for (mine, theirs) in self.histograms.iter_mut().zip(other.histograms) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => {
                    mine.add(&*theirs)
                        .expect("all histograms have the same bounds");
                }
                (mine @ None, theirs) => *mine = theirs,
                (Some(_), None) => {}
            }
        }
    }
}

fn position(outcome: Outcome, measure: Measure) -> usize {
    outcome as usize * Measure::ALL.len() + measure as usize
}
