//! A constant rate: arrival `n` is due at `n / rate`.
//!
//! At 300/s arrivals 0, 1, 2, 3 are due after 0, 3 333, 6 667 and 10 000 µs; a stage of 2 s has the
//! 600 arrivals that are due before its end. Nothing is summed up, so no rounding adds up either.

use std::time::Duration;

/// Arrivals at a constant rate over a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    rate_per_s: f64,
    count: u64,
}

impl Constant {
    /// `rate_per_s` arrivals a second for `duration`.
    pub fn new(rate_per_s: f64, duration: Duration) -> Self {
        let expected = rate_per_s * duration.as_secs_f64();
        // 0.1/s × 30 s is 3.0000000000000004: a whole number of arrivals is meant.
        let nearest = expected.round();
        let count = if (expected - nearest).abs() < 1e-6 {
            nearest
        } else {
            expected.ceil()
        };
        Self {
            rate_per_s,
            count: count as u64,
        }
    }

    /// Arrivals in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// When arrival `n` is due, since the start of the stage, in microseconds.
    pub fn due_us(&self, n: u64) -> u64 {
        (n as f64 * 1e6 / self.rate_per_s).round() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_are_the_integral_of_the_rate() {
        for (rate, seconds, count) in [
            (600.0, 60.0, 36_000),
            (300.0, 1_800.0, 540_000),
            (0.1, 30.0, 3),
            (1.0, 0.5, 1),
            (3.0, 0.5, 2),
        ] {
            let arrivals = Constant::new(rate, Duration::from_secs_f64(seconds));
            assert_eq!(arrivals.count(), count, "{rate}/s for {seconds} s");
        }
    }

    proptest! {
        #[test]
        fn every_window_holds_the_integral_of_the_rate(
            rate in 0.5_f64..20_000.0, seconds in 1_u64..1_000, from in 0.0_f64..1.0, to in 0.0_f64..1.0,
        ) {
            let arrivals = Constant::new(rate, Duration::from_secs(seconds));
            let end_us = seconds as f64 * 1e6;
            let (from, to) = (from.min(to) * end_us, from.max(to) * end_us);
            // Bisection: due times are in order.
            let due_before = |us: f64| {
                let (mut low, mut high) = (0, arrivals.count());
                while low < high {
                    let middle = low.midpoint(high);
                    if (arrivals.due_us(middle) as f64) < us { low = middle + 1 } else { high = middle }
                }
                low as f64
            };
            let integral = rate * (to - from) / 1e6;
            prop_assert!((due_before(to) - due_before(from) - integral).abs() <= 1.001 + rate / 1e6);
        }

        #[test]
        fn all_arrivals_are_due_within_the_stage_and_in_order(rate in 0.5_f64..20_000.0, ms in 1_u64..100_000) {
            let arrivals = Constant::new(rate, Duration::from_millis(ms));
            let last = arrivals.count() - 1;
            prop_assert!(arrivals.due_us(last) <= ms * 1_000);
            prop_assert!(arrivals.due_us(last / 2) <= arrivals.due_us(last));
        }
    }
}
