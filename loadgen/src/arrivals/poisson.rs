//! A Poisson process: arrivals that know nothing of each other, along any rate.
//!
//! Sums of exponential draws of mean 1 are a Poisson process of rate 1; arrival `n` is due when the
//! integral of the wanted rate reaches the `n`-th sum (time rescaling; Çinlar 1975). At a constant
//! 100/s and draws of 0.2, 1.9 and 0.5 arrivals are due after 2, 21 and 26 ms. The draws, and with
//! them the number of arrivals, are a function of the seed alone.
//!
//! Sums cannot be had without those before them, so a cursor runs through all of them: a few
//! nanoseconds each.

use rand_core::Rng as _;
use rand_pcg::Pcg32;

use super::rate_curve::{RateCurve, micros};

/// The sequence of draws, apart from those that the same seed gives to others.
const SEQUENCE: u64 = 0x0070_6f69_7373_6f6e;

/// Arrivals of a Poisson process.
#[derive(Clone, Debug, PartialEq)]
pub struct Poisson {
    curve: RateCurve,
    seed: u64,
    count: u64,
}

/// Reads due times in their order.
#[derive(Clone, Debug)]
pub(super) struct PoissonCursor<'a> {
    poisson: &'a Poisson,
    sums: Sums,
}

#[derive(Clone, Debug)]
struct Sums {
    rng: Pcg32,
    sum: f64,
    drawn: u64,
}

impl Poisson {
    /// Arrivals whose mean rate is `curve`, drawn from `seed`.
    pub fn new(curve: RateCurve, seed: u64) -> Self {
        let mut sums = Sums::new(seed);
        while sums.next() < curve.total() {}
        Self {
            count: sums.drawn - 1,
            curve,
            seed,
        }
    }

    /// The mean rate over time.
    pub fn curve(&self) -> &RateCurve {
        &self.curve
    }

    /// Arrivals in all.
    pub fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn cursor(&self) -> PoissonCursor<'_> {
        PoissonCursor {
            poisson: self,
            sums: Sums::new(self.seed),
        }
    }
}

impl PoissonCursor<'_> {
    pub(super) fn due_us(&mut self, n: u64) -> u64 {
        if n + 1 < self.sums.drawn {
            self.sums = Sums::new(self.poisson.seed);
        }
        while self.sums.drawn <= n {
            self.sums.next();
        }
        micros(self.poisson.curve.when_s(self.sums.sum))
    }
}

impl Sums {
    fn new(seed: u64) -> Self {
        Self {
            rng: Pcg32::new(seed, SEQUENCE),
            sum: 0.0,
            drawn: 0,
        }
    }

    fn next(&mut self) -> f64 {
        // From 2⁻⁵³ to 1: the logarithm of 0 would be an arrival that never comes.
        let uniform = ((self.rng.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
        self.sum -= uniform.ln();
        self.drawn += 1;
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::{Arrivals, laws};
    use super::*;

    const LENGTH: Duration = Duration::from_secs(10);

    fn constant(rate: f64, seed: u64) -> Poisson {
        Poisson::new(RateCurve::new(&[(Duration::ZERO, rate)], LENGTH), seed)
    }

    /// Of 400 seeds with 1,000 arrivals expected, the mean lies within 1.6 (one standard error)
    /// × 4, and the variance, which is the mean, within 7 % (one) × 4.
    #[test]
    fn counts_have_the_mean_and_the_variance_of_poisson() {
        let counts: Vec<f64> = (0..400)
            .map(|seed| constant(100.0, seed).count() as f64)
            .collect();
        let n = counts.len() as f64;
        let mean = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / (n - 1.0);
        assert!((mean - 1_000.0).abs() < 6.4, "{mean}");
        assert!((variance / 1_000.0 - 1.0).abs() < 0.28, "{variance}");
    }

    /// Gaps longer than their mean have a share of 1/e, and longer than twice it 1/e².
    #[test]
    fn gaps_are_exponential() {
        let poisson = constant(1_000.0, 7);
        let mut cursor = poisson.cursor();
        let dues: Vec<u64> = (0..poisson.count()).map(|n| cursor.due_us(n)).collect();
        let gaps = dues.windows(2).map(|pair| (pair[1] - pair[0]) as f64);
        let gaps: Vec<f64> = gaps.collect();
        for (longer_than_us, share) in [(1_000.0, (-1.0_f64).exp()), (2_000.0, (-2.0_f64).exp())] {
            let longer = gaps.iter().filter(|gap| **gap > longer_than_us).count();
            let seen = longer as f64 / gaps.len() as f64;
            assert!((seen - share).abs() < 0.02, "{seen} of {share}");
        }
    }

    #[test]
    fn a_seed_gives_the_same_arrivals_and_another_one_others() {
        let dues = |seed| {
            let poisson = constant(50.0, seed);
            let mut cursor = poisson.cursor();
            (0..5).map(|n| cursor.due_us(n)).collect::<Vec<_>>()
        };
        assert_eq!(dues(1), dues(1));
        assert_ne!(dues(1), dues(2));
        // No change of the draws goes unnoticed.
        assert_eq!(dues(1), [1, 15_015, 21_204, 53_041, 54_492]);
    }

    proptest! {
        #[test]
        fn laws(points in laws::points(), seed: u64) {
            let poisson = Poisson::new(RateCurve::new(&points, LENGTH), seed);
            let expected = poisson.curve().total();
            // Six standard deviations: one in a thousand million.
            let off = (poisson.count() as f64 - expected).abs();
            prop_assert!(off <= 6.0 * expected.sqrt() + 6.0, "{} of {}", poisson.count(), expected);
            laws::all_hold(&Arrivals::Poisson(poisson), LENGTH)?;
        }

        #[test]
        fn a_cursor_may_go_back(seed: u64) {
            let poisson = constant(20.0, seed);
            let mut cursor = poisson.cursor();
            let first = cursor.due_us(3);
            cursor.due_us(40);
            prop_assert_eq!(cursor.due_us(3), first);
        }
    }
}
