//! Upper bounds of histograms.

use prometheus_client::metrics::histogram::Histogram;

/// Half a millisecond to ten seconds: how long somebody waits for an answer.
const SECONDS: [f64; 14] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// Ten microseconds to ten seconds: how long one step of the work takes.
const STEP_SECONDS: [f64; 13] = [
    0.000_01, 0.000_025, 0.0001, 0.000_25, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
];

/// One to a thousand: how many things are done at once.
const COUNT: [f64; 10] = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0];

pub(super) fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

pub(super) fn step_seconds() -> Histogram {
    Histogram::new(STEP_SECONDS)
}

pub(super) fn count() -> Histogram {
    Histogram::new(COUNT)
}
