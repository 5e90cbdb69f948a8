//! The one shape of histogram that records hold.

use hdrhistogram::Histogram;

/// The longest latency that a histogram tells apart, in microseconds.
///
/// What is longer still may be held as just as long: a value from here on says no more than that.
pub const LONGEST_LATENCY_US: u64 = 120_000_000;

const SIGNIFICANT_DIGITS: u8 = 3;

/// An empty histogram of microseconds, 1 µs to 120 s at 3 significant digits.
///
/// The bounds are fixed, never automatic: histograms of different bounds cannot be added, and
/// shards and seconds must.
pub fn new_histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_LATENCY_US, SIGNIFICANT_DIGITS)
        .expect("constant bounds are valid")
}
