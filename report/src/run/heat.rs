//! How many requests took how long in which span of a run: what a heat map is drawn from.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;

/// Classes of response times in a decade; class n begins at 10^(n / this) µs.
pub const CLASSES_PER_DECADE: u16 = 6;

/// The response times of one span.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeatColumn {
    /// Its first second, from the start of the run.
    pub second: u64,
    /// Seconds that it spans.
    pub seconds: u64,
    /// Successes by class; classes without any are left out.
    pub counts: BTreeMap<u16, u64>,
}

impl HeatColumn {
    /// The classes of a histogram of microseconds.
    pub(super) fn of(second: u64, seconds: u64, histogram: &Histogram<u64>) -> Self {
        let mut counts = BTreeMap::new();
        for step in histogram.iter_recorded() {
            let class = class_of(step.value_iterated_to());
            *counts.entry(class).or_default() += step.count_at_value();
        }
        Self {
            second,
            seconds,
            counts,
        }
    }
}

/// Where class `class` begins, microseconds.
pub fn class_begin_us(class: u16) -> f64 {
    10_f64.powf(f64::from(class) / f64::from(CLASSES_PER_DECADE))
}

fn class_of(us: u64) -> u16 {
    let class = (us.max(1) as f64).log10() * f64::from(CLASSES_PER_DECADE);
    // 1 ms begins its class, whatever the logarithm makes of it.
    (class + 1e-9).floor() as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use brunt_record::new_histogram;

    #[test]
    fn every_time_is_in_the_class_that_begins_below_it() {
        for (us, class) in [(0, 0), (1, 0), (9, 5), (10, 6), (999, 17), (1_000, 18)] {
            assert_eq!(class_of(us), class, "{us}");
            assert!(class_begin_us(class) <= us.max(1) as f64 + 1e-6);
        }
        let mut histogram = new_histogram();
        for us in [1_000, 1_100, 2_000_000] {
            histogram.record(us).unwrap();
        }
        let column = HeatColumn::of(3, 1, &histogram);
        assert_eq!(column.counts, BTreeMap::from([(18, 2), (37, 1)]));
    }
}
