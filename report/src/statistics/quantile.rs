//! Quantiles over offered arrivals: those without a success rank as slower than every success.

use brunt_record::LONGEST_LATENCY_US;
use hdrhistogram::Histogram;

/// Response times of successes, and how many arrivals had none.
#[derive(Clone, Copy)]
pub struct OverOffered<'a> {
    /// Successes, microseconds.
    pub successes: &'a Histogram<u64>,
    /// Arrivals that failed, were never sent, or never settled.
    pub lost: u64,
}

/// A quantile over offered arrivals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantile {
    /// Microseconds.
    At(f64),
    /// [`LONGEST_LATENCY_US`] or more: histograms do not tell by how much.
    Beyond,
    /// Too few arrivals succeeded.
    Unbounded,
    /// There are no arrivals.
    Empty,
}

impl Quantile {
    /// Microseconds, where that is known.
    pub fn us(self) -> Option<f64> {
        match self {
            Self::At(us) => Some(us),
            Self::Beyond | Self::Unbounded | Self::Empty => None,
        }
    }

    /// The least that it can be, microseconds, where it is bounded.
    pub fn least_us(self) -> Option<f64> {
        match self {
            Self::Beyond => Some(LONGEST_LATENCY_US as f64),
            other => other.us(),
        }
    }
}

/// Is this time longer than histograms tell apart? What is longer still they hold as just as long.
pub(crate) fn is_beyond(us: u64) -> bool {
    us >= LONGEST_LATENCY_US
}

impl OverOffered<'_> {
    /// Arrivals in all.
    pub fn len(&self) -> u64 {
        self.successes.len() + self.lost
    }

    /// Are there no arrivals?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The `q` quantile: the smallest time that a share `q` of the arrivals had settled in.
    /// Unbounded where fewer than that share succeeded.
    pub fn quantile(&self, q: f64) -> Quantile {
        if self.is_empty() {
            return Quantile::Empty;
        }
        // 0.95 * 20 may come out a hair above 19, which must not become the 20th.
        let rank = (q * self.len() as f64 - 1e-6).ceil().max(1.0);
        let successes = self.successes.len() as f64;
        if rank > successes {
            return Quantile::Unbounded;
        }
        // Half a rank below, so that no rounding reaches the next value.
        match self.successes.value_at_quantile((rank - 0.5) / successes) {
            us if is_beyond(us) => Quantile::Beyond,
            us => Quantile::At(us as f64),
        }
    }
}

/// Quantiles that a reader asks for by name, beside the evenly spaced ones.
const NAMED: [f64; 9] = [0.1, 0.25, 0.5, 0.75, 0.95, 0.98, 0.995, 0.999_5, 0.999_95];

/// Quantiles of the lowest tenth, which the evenly spaced ones leave out.
const LOW: [f64; 11] = [
    0.0001, 0.000_3, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.04, 0.05, 0.075,
];

/// Points of the quantile function: evenly spaced on the axis 1/(1 − q), some of the lowest tenth, those
/// with a name, and the last one that is bounded; none that no arrival lies beyond. (Quantile, the
/// least microseconds that it can be.)
pub fn spectrum(arrivals: OverOffered<'_>) -> Vec<(f64, f64)> {
    const PER_DECADE: u32 = 16;
    const DECADES: u32 = 5;
    let len = arrivals.len().max(1) as f64;
    let even =
        (0..=PER_DECADE * DECADES).map(|i| 1.0 - 10f64.powf(-f64::from(i) / f64::from(PER_DECADE)));
    let bounded = (arrivals.lost > 0).then(|| arrivals.successes.len() as f64 / len);
    let named = LOW.into_iter().chain(NAMED);
    let mut quantiles: Vec<f64> = even.chain(named).chain(bounded).collect();
    quantiles.sort_by(f64::total_cmp);
    quantiles
        .into_iter()
        .take_while(|q| *q <= 1.0 - 1.0 / len)
        .map_while(|q| Some((q, arrivals.quantile(q).least_us()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use brunt_record::new_histogram;

    fn times(successes: u64) -> Histogram<u64> {
        let mut histogram = new_histogram();
        for us in 1..=successes {
            histogram.record(us).unwrap();
        }
        histogram
    }

    fn check(successes: u64, lost: u64, q: f64, expected: Quantile) {
        let successes = times(successes);
        let arrivals = OverOffered {
            successes: &successes,
            lost,
        };
        assert_eq!(arrivals.quantile(q), expected, "lost {lost}, q {q}");
    }

    #[test]
    fn the_lost_are_slower_than_every_success() {
        check(100, 0, 0.95, Quantile::At(95.0));
        check(100, 0, 0.99, Quantile::At(99.0));
        check(100, 0, 1.0, Quantile::At(100.0));
        check(20, 0, 0.95, Quantile::At(19.0));
        // 5 of 100 lost: the p95 is the slowest success, the p99 is none.
        check(95, 5, 0.95, Quantile::At(95.0));
        check(95, 5, 0.99, Quantile::Unbounded);
        // 13 % answered.
        check(130, 870, 0.1, Quantile::At(100.0));
        check(130, 870, 0.5, Quantile::Unbounded);
        check(0, 7, 0.0, Quantile::Unbounded);
        check(0, 0, 0.5, Quantile::Empty);
    }

    /// Bounds are checked at the bucket: 119,996,416 to 120,061,951 µs are one.
    #[test]
    fn what_is_longer_than_histograms_tell_apart_is_no_figure() {
        let at = |us: u64| {
            let mut times = times(99);
            times.saturating_record(us);
            let arrivals = OverOffered {
                successes: &times,
                lost: 0,
            };
            assert_eq!(arrivals.quantile(0.99), Quantile::At(99.0), "{us}");
            arrivals.quantile(1.0)
        };
        assert_eq!(at(119_900_000), Quantile::At(119_930_879.0));
        for us in [120_000_000, 125_000_000, 150_000_000, 3_600_000_000] {
            assert_eq!(at(us), Quantile::Beyond, "{us}");
            assert_eq!(at(us).us(), None);
            assert_eq!(at(us).least_us(), Some(120_000_000.0));
        }
    }

    #[test]
    fn the_spectrum_ends_where_it_is_unbounded_or_too_thin() {
        let all = times(1_000);
        let points = spectrum(OverOffered {
            successes: &all,
            lost: 0,
        });
        assert!((points.last().unwrap().0 - 0.999).abs() < 1e-9);
        let points = spectrum(OverOffered {
            successes: &all,
            lost: 1_000,
        });
        assert!(points.iter().all(|(q, us)| *q <= 0.5 && *us <= 1_000.0));
        let none = new_histogram();
        let points = spectrum(OverOffered {
            successes: &none,
            lost: 0,
        });
        assert_eq!(points, []);
    }

    /// A twentieth is a thousand times as fast as the rest: no straight line from the fastest to the
    /// p10 shows that.
    #[test]
    fn the_spectrum_has_the_lowest_tenth() {
        let mut mixed = new_histogram();
        mixed.record_n(1_000, 500).unwrap();
        mixed.record_n(1_000_000, 9_500).unwrap();
        let points = spectrum(OverOffered {
            successes: &mixed,
            lost: 0,
        });
        let low = points.iter().filter(|(q, _)| *q > 0.0 && *q < 0.1);
        assert!(low.clone().count() >= 10);
        for (q, us) in low {
            assert_eq!(*us < 2_000.0, *q <= 0.05, "{q}: {us}");
        }
    }

    proptest::proptest! {
        #[test]
        fn a_failure_never_makes_a_quantile_faster(
            successes in 0u64..500, lost in 0u64..500, q in 0.0f64..1.0,
        ) {
            let times = times(successes);
            let rank = |quantile| match quantile {
                Quantile::Empty => -1.0,
                Quantile::At(us) => us,
                Quantile::Beyond => LONGEST_LATENCY_US as f64,
                Quantile::Unbounded => f64::INFINITY,
            };
            let at = |lost| rank(OverOffered { successes: &times, lost }.quantile(q));
            proptest::prop_assert!(at(lost) <= at(lost + 1));
        }
    }
}
