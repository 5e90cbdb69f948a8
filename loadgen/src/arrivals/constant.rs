//! A constant rate: arrival `n` is due at `n / rate`.
//!
//! At 300/s arrivals 0, 1, 2, 3 are due after 0, 3 333, 6 667 and 10 000 µs; a stage of 2 s has the
//! 600 arrivals that are due before its end. Nothing is summed up, so no rounding adds up either.

use std::time::Duration;

use super::rate_curve::due_before_the_end;

/// Arrivals at a constant rate over a stage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Constant {
    rate_per_s: f64,
    count: u64,
}

impl Constant {
    /// `rate_per_s` arrivals a second for `duration`.
    pub fn new(rate_per_s: f64, duration: Duration) -> Self {
        Self {
            rate_per_s,
            count: due_before_the_end(rate_per_s * duration.as_secs_f64()),
        }
    }

    /// Arrivals per second.
    pub fn rate_per_s(&self) -> f64 {
        self.rate_per_s
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
    use proptest::prelude::*;

    use super::super::{Arrivals, laws};
    use super::*;

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

    /// Those of the committed scenarios: a change would make old records other experiments.
    #[test]
    fn due_times_stay_what_they_are() {
        for (rate, dues) in [
            (
                300.0,
                [
                    (1, 3_333),
                    (2, 6_667),
                    (3, 10_000),
                    (539_999, 1_799_996_667),
                ],
            ),
            (
                500.0,
                [(1, 2_000), (2, 4_000), (3, 6_000), (24_999, 49_998_000)],
            ),
            (
                600.0,
                [(1, 1_667), (2, 3_333), (3, 5_000), (35_999, 59_998_333)],
            ),
        ] {
            let arrivals = Constant::new(rate, Duration::from_mins(30));
            for (n, due_us) in dues {
                assert_eq!(arrivals.due_us(n), due_us, "arrival {n} at {rate}/s");
            }
        }
    }

    proptest! {
        #[test]
        fn laws(rate in 0.5_f64..20_000.0, ms in 1_u64..2_000, cut in laws::cut()) {
            let duration = Duration::from_millis(ms);
            let arrivals = Constant::new(rate, duration);
            let arrivals = Arrivals::Constant(arrivals);
            laws::all_hold(&arrivals, duration)?;
            laws::windows_hold_the_integral(&arrivals, duration, cut, |s| rate * s, rate)?;
        }
    }
}
