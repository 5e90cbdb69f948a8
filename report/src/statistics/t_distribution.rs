//! Student's t distribution, and the normal one where the degrees of freedom are unlimited.

use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The `p` quantile of Student's t with `degrees_of_freedom`; of the normal distribution where
/// there are none.
pub fn t_quantile(p: f64, degrees_of_freedom: Option<f64>) -> f64 {
    match student(degrees_of_freedom) {
        Some(t) => t.inverse_cdf(p),
        None => Normal::standard().inverse_cdf(p),
    }
}

/// The probability of a value at least as far from 0 as `t`.
pub fn two_sided_p(t: f64, degrees_of_freedom: Option<f64>) -> f64 {
    let below = -t.abs();
    2.0 * match student(degrees_of_freedom) {
        Some(t) => t.cdf(below),
        None => Normal::standard().cdf(below),
    }
}

fn student(degrees_of_freedom: Option<f64>) -> Option<StudentsT> {
    degrees_of_freedom.and_then(|df| StudentsT::new(0.0, 1.0, df).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two-sided 95 % points of any printed t table.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, df, expected) in [
            (0.975, Some(1.0), 12.706),
            (0.975, Some(4.0), 2.776),
            (0.975, Some(9.0), 2.262),
            (0.95, Some(9.0), 1.833),
            (0.8, Some(9.0), 0.883),
            (0.975, Some(18.0), 2.101),
            (0.975, None, 1.960),
            (0.95, None, 1.645),
        ] {
            let t = t_quantile(p, df);
            assert!((t - expected).abs() < 6e-4, "t({p}, {df:?}) = {t}");
            let back = two_sided_p(t, df);
            assert!((back - 2.0 * (1.0 - p)).abs() < 1e-6, "{back}");
        }
    }
}
