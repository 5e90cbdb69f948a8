//! A ramp: the rate is linear between points, and arrival `n` is due when the integral of the rate
//! reaches `n`.
//!
//! From 0/s to 600/s over 30 s the integral after t seconds is 10·t², so arrival `n` is due at
//! √(n / 10) s: arrival 10 after 1 s, arrival 4,000 after 20 s, and 9,000 arrivals in all. Then at
//! 600/s arrival 9,000 + k is due at 30 s + k / 600. [`RateCurve`] has the general form.

use std::time::Duration;

use super::rate_curve::{RateCurve, due_before_the_end, micros};

/// Arrivals along straight lines of the rate.
#[derive(Clone, Debug, PartialEq)]
pub struct Ramp {
    curve: RateCurve,
    count: u64,
}

impl Ramp {
    /// Rates per second at `points`, instants in order; the last one holds until `duration`.
    pub fn new(points: &[(Duration, f64)], duration: Duration) -> Self {
        let curve = RateCurve::new(points, duration);
        Self {
            count: due_before_the_end(curve.total()),
            curve,
        }
    }

    /// The rate over time.
    pub fn curve(&self) -> &RateCurve {
        &self.curve
    }

    /// Arrivals in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// When arrival `n` is due, since the start of the stage, in microseconds.
    pub fn due_us(&self, n: u64) -> u64 {
        micros(self.curve.when_s(n as f64))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Arrivals, laws};
    use super::*;

    fn seconds(points: &[(u64, f64)]) -> Vec<(Duration, f64)> {
        let at = |(s, rate): &(u64, f64)| (Duration::from_secs(*s), *rate);
        points.iter().map(at).collect()
    }

    #[test]
    fn due_times_follow_the_integral() {
        let up = [(0, 0.0), (30, 600.0), (60, 600.0)];
        let down = [(0, 100.0), (10, 0.0)];
        let pause = [(0, 10.0), (1, 10.0), (1, 0.0), (3, 0.0), (3, 10.0)];
        for (points, length_s, count, dues) in [
            (
                &up[..],
                60,
                27_000,
                &[
                    (0, 0),
                    (10, 1_000_000),
                    (4_000, 20_000_000),
                    (9_000, 30_000_000),
                    (9_600, 31_000_000),
                ][..],
            ),
            // Half of the 500 arrivals are due after 10 - 10/√2 s.
            (&down, 10, 500, &[(0, 0), (250, 2_928_932)]),
            (
                &pause,
                4,
                20,
                &[(9, 900_000), (10, 3_000_000), (19, 3_900_000)],
            ),
            // The last rate holds.
            (&[(0, 5.0)], 2, 10, &[(9, 1_800_000)]),
        ] {
            let ramp = Ramp::new(&seconds(points), Duration::from_secs(length_s));
            assert_eq!(ramp.count(), count, "{points:?}");
            for (n, due_us) in dues {
                assert_eq!(ramp.due_us(*n), *due_us, "arrival {n} of {points:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn laws(points in laws::points(), ms in 1_000_u64..60_000, cut in laws::cut()) {
            let duration = Duration::from_millis(ms);
            let ramp = Ramp::new(&points, duration);
            let (curve, highest) = (ramp.curve().clone(), ramp.curve().highest_per_s());
            let arrivals = Arrivals::Ramp(ramp);
            laws::all_hold(&arrivals, duration)?;
            laws::windows_hold_the_integral(&arrivals, duration, cut, |s| curve.arrivals_before(s), highest)?;
        }
    }
}
