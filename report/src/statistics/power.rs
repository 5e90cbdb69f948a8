//! How often a rule fails or passes, from how sure its difference will be.

use super::difference::{Difference, NoiseFloor, Spread};
use super::t_distribution::{t_quantile, two_sided_p};

/// Nobody makes more runs a side.
const MOST_RUNS: u32 = 50;

/// The difference that runs of the same thing have, before they are made: `runs` a side, none of
/// them less sure than the noise floor.
pub fn expected(noise: NoiseFloor, runs: u32) -> Difference {
    let runs = f64::from(runs.max(1));
    Difference {
        d: 0.0,
        v_a: None,
        v_b: None,
        standard_error: noise.s_aa * (2.0 / runs).sqrt(),
        degrees_of_freedom: noise.degrees_of_freedom,
        spread: Spread::NoiseFloor,
    }
}

/// The fewest runs a side, up to [`MOST_RUNS`], with which unchanged code passes in four of five
/// tries; none where that many are too few.
pub fn runs_needed(noise: NoiseFloor, tau: f64) -> Option<u32> {
    (1..=MOST_RUNS).find(|runs| expected(noise, *runs).pass(0.0, tau) >= 0.8)
}

impl Difference {
    /// The probability that a true change of `delta` = ln(B/A) is found: `CI_lo > 0` and d > τ.
    ///
    /// The standard error counts as known; what is left of its own uncertainty is in the t
    /// distribution.
    pub fn detection(&self, delta: f64, tau: f64) -> f64 {
        let certain = t_quantile(0.975, self.degrees_of_freedom) * self.standard_error;
        self.beyond(delta, certain.max(tau))
    }

    /// The probability that a true change of `delta` passes: the one-sided 95 % upper bound is
    /// below τ.
    pub fn pass(&self, delta: f64, tau: f64) -> f64 {
        let bound = tau - t_quantile(0.95, self.degrees_of_freedom) * self.standard_error;
        1.0 - self.beyond(delta, bound)
    }

    /// P(d > `bound`) for a true change of `delta`.
    fn beyond(&self, delta: f64, bound: f64) -> f64 {
        if self.standard_error == 0.0 {
            return f64::from(u8::from(delta > bound));
        }
        let t = (bound - delta) / self.standard_error;
        let tail = two_sided_p(t, self.degrees_of_freedom) / 2.0;
        if t > 0.0 { tail } else { 1.0 - tail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// At a known run noise of 3 % and a tolerance of 10 %, by the normal distribution.
    fn check(runs: u32, delta: f64, detection: f64, pass: f64) {
        let noise = NoiseFloor {
            s_aa: 0.03,
            degrees_of_freedom: None,
        };
        let before = expected(noise, runs);
        let (delta, tau) = (f64::ln_1p(delta), f64::ln_1p(0.1));
        let got = [before.detection(delta, tau), before.pass(delta, tau)];
        for (got, expected) in got.into_iter().zip([detection, pass]) {
            assert!((got - expected).abs() < 1e-3, "{runs} runs: {got}");
        }
    }

    #[test]
    fn three_runs_a_side_tell_what_one_cannot() {
        // z = (0.0953 - 1.645·0.0424)/0.0424 = 0.602, and with 0.0245 2.246.
        check(1, 0.0, 0.012_3, 0.726_3);
        check(3, 0.0, 0.000_05, 0.987_7);
        check(1, 0.2, 0.979_8, 0.000_1);
        check(3, 0.2, 0.999_8, 0.0);
    }

    #[test]
    fn noise_is_paid_for_in_runs() {
        for (s_aa, expected) in [
            (0.0, Some(1)),
            (0.03, Some(2)),
            (0.05, Some(4)),
            (0.5, None),
        ] {
            let noise = NoiseFloor {
                s_aa,
                degrees_of_freedom: None,
            };
            assert_eq!(runs_needed(noise, f64::ln_1p(0.1)), expected, "{s_aa}");
        }
    }

    #[test]
    fn without_noise_the_tolerance_alone_decides() {
        let noise = NoiseFloor {
            s_aa: 0.0,
            degrees_of_freedom: None,
        };
        let sure = expected(noise, 1);
        assert!(sure.detection(0.2, 0.1) > 0.999 && sure.pass(0.2, 0.1) < 0.001);
        assert!(sure.detection(0.05, 0.1) < 0.001 && sure.pass(0.05, 0.1) > 0.999);
    }
}
