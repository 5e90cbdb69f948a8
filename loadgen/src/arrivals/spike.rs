//! A spike: one constant rate, and another for a while in the middle.
//!
//! At 100/s with a spike of 500/s at 10 s for 2 s, arrivals 0 to 999 are due every 10 ms, arrival
//! 1,000 + k of the spike at 10 s + k / 500, and arrival 2,000 + k after it at 12 s + k / 100.

use std::time::Duration;

use super::rate_curve::{RateCurve, due_before_the_end, micros};

/// Arrivals at a constant rate with a spike.
#[derive(Clone, Debug, PartialEq)]
pub struct Spike {
    curve: RateCurve,
    count: u64,
}

impl Spike {
    /// `base_per_s` for `duration`, but `spike_per_s` from `at` for `length`.
    pub fn new(
        base_per_s: f64,
        spike_per_s: f64,
        at: Duration,
        length: Duration,
        duration: Duration,
    ) -> Self {
        let curve = RateCurve::new(&steps(base_per_s, spike_per_s, at, length), duration);
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

/// The points of its rate: two at either edge.
pub(super) fn steps(
    base_per_s: f64,
    spike_per_s: f64,
    at: Duration,
    length: Duration,
) -> [(Duration, f64); 4] {
    [
        (at, base_per_s),
        (at, spike_per_s),
        (at + length, spike_per_s),
        (at + length, base_per_s),
    ]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Arrivals, laws};
    use super::*;

    #[test]
    fn the_rate_changes_at_both_edges() {
        let s = Duration::from_secs;
        let spike = Spike::new(100.0, 500.0, s(10), s(2), s(20));
        assert_eq!(spike.count(), 1_000 + 1_000 + 800);
        for (n, due_us) in [
            (999, 9_990_000),
            (1_000, 10_000_000),
            (1_001, 10_002_000),
            (1_999, 11_998_000),
            (2_000, 12_000_000),
            (2_001, 12_010_000),
        ] {
            assert_eq!(spike.due_us(n), due_us, "arrival {n}");
        }
    }

    proptest! {
        #[test]
        fn laws(
            base in 0.5_f64..500.0, peak in 0.0_f64..5_000.0, at_ms in 0_u64..9_000,
            length_ms in 1_u64..9_000, cut in laws::cut(),
        ) {
            let ms = Duration::from_millis;
            let spike = Spike::new(base, peak, ms(at_ms), ms(length_ms), ms(10_000));
            let (curve, highest) = (spike.curve().clone(), spike.curve().highest_per_s());
            let arrivals = Arrivals::Spike(spike);
            laws::all_hold(&arrivals, ms(10_000))?;
            laws::windows_hold_the_integral(&arrivals, ms(10_000), cut, |s| curve.arrivals_before(s), highest)?;
        }
    }
}
