//! Is one variance larger than another, or than a known one?

use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

/// Whether an estimate `s2` of a variance with `freedom` degrees of freedom is larger than `other` at 5 %
/// (one-sided F test); `other` is known exactly where it has no degrees of freedom (χ² test).
pub(super) fn is_larger(s2: f64, freedom: f64, other: f64, of_other: Option<f64>) -> bool {
    const ALPHA: f64 = 0.05;
    if other <= 0.0 {
        return s2 > 0.0;
    }
    let below = match of_other {
        Some(of_other) => FisherSnedecor::new(freedom, of_other)
            .ok()
            .map(|f| f.cdf(s2 / other)),
        None => ChiSquared::new(freedom)
            .ok()
            .map(|chi2| chi2.cdf(freedom * s2 / other)),
    };
    below.is_some_and(|below| below > 1.0 - ALPHA)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `qf(.95, 4, 9)` is 3.633, `qchisq(.95, 4) / 4` is 2.372 (R).
    #[test]
    fn the_limits_are_those_of_the_tables() {
        for (ratio, of_other, expected) in [
            (3.63, Some(9.0), false),
            (3.64, Some(9.0), true),
            (2.37, None, false),
            (2.38, None, true),
        ] {
            let larger = is_larger(0.01 * ratio, 4.0, 0.01, of_other);
            assert_eq!(larger, expected, "{ratio} {of_other:?}");
        }
        assert!(is_larger(1e-9, 2.0, 0.0, None) && !is_larger(0.0, 2.0, 0.0, None));
    }
}
