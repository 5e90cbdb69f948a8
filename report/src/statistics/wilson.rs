//! The interval of a share by Wilson 1927 (the score interval).

use super::t_distribution::t_quantile;

/// The interval, 0 to 1, that holds the true share with probability `level`, where `share` was
/// seen among `n` (which need not be whole: see [`dispersion`](super::dispersion)).
///
/// None where `n` is not positive.
pub fn wilson(share: f64, n: f64, level: f64) -> Option<(f64, f64)> {
    if n.is_nan() || n <= 0.0 {
        return None;
    }
    let z = t_quantile(0.5 + level / 2.0, None);
    let z2 = z * z;
    let centre = (share + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = z / (1.0 + z2 / n) * (share * (1.0 - share) / n + z2 / (4.0 * n * n)).sqrt();
    // At 0 and 1 an end is the share itself; rounding must not move it.
    let low = if share <= 0.0 {
        0.0
    } else {
        (centre - half).max(0.0)
    };
    let high = if share >= 1.0 {
        1.0
    } else {
        (centre + half).min(1.0)
    };
    Some((low, high))
}

/// How many trials without a failure show that the share is at least `share`, below 1: as many as
/// the interval of [`wilson`] at 95 % needs for its lower end to reach it.
pub fn trials_needed(share: f64) -> u64 {
    let z = t_quantile(0.975, None);
    (z * z * share / (1.0 - share)).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I,
    /// method 3 (score without continuity correction).
    #[test]
    fn the_published_examples() {
        for (r, n, low, high) in [
            (81.0, 263.0, 0.2553, 0.3662),
            (15.0, 148.0, 0.0624, 0.1605),
            (0.0, 20.0, 0.0, 0.1611),
            (1.0, 29.0, 0.0061, 0.1718),
        ] {
            let got = wilson(r / n, n, 0.95).unwrap();
            assert!(
                (got.0 - low).abs() < 5e-5 && (got.1 - high).abs() < 5e-5,
                "{r}/{n}: {got:?}"
            );
        }
        assert_eq!(wilson(0.5, 0.0, 0.95), None);
    }

    #[test]
    fn to_show_99_95_percent_takes_7680_requests_without_a_failure() {
        assert!(wilson(1.0, 7_680.0, 0.95).unwrap().0 >= 0.9995);
        assert!(wilson(1.0, 7_679.0, 0.95).unwrap().0 < 0.9995);
        assert_eq!(trials_needed(0.9995), 7_680);
        assert_eq!(trials_needed(0.95), 73);
    }
}
