//! The interval of a difference of two shares by Newcombe 1998 (hybrid score, method 10).

use super::wilson::wilson;

/// The interval of `b − a`, −1 to 1, that holds the true difference with probability `level`.
/// Each side is a share and what it was seen among.
///
/// None where a side has no observation.
pub fn newcombe(a: (f64, f64), b: (f64, f64), level: f64) -> Option<(f64, f64)> {
    let (low_a, high_a) = wilson(a.0, a.1, level)?;
    let (low_b, high_b) = wilson(b.0, b.1, level)?;
    let d = b.0 - a.0;
    let below = (b.0 - low_b).hypot(high_a - a.0);
    let above = (high_b - b.0).hypot(a.0 - low_a);
    Some((d - below, d + above))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe 1998, "Interval estimation for the difference between independent proportions",
    /// table II, method 10.
    #[test]
    fn the_published_examples() {
        for (r1, n1, r2, n2, low, high) in [
            (56.0, 70.0, 48.0, 80.0, 0.0524, 0.3339),
            (9.0, 10.0, 3.0, 10.0, 0.1705, 0.8090),
            (5.0, 56.0, 0.0, 29.0, -0.0381, 0.1926),
            (0.0, 10.0, 0.0, 10.0, -0.2775, 0.2775),
            (10.0, 10.0, 0.0, 10.0, 0.6075, 1.0),
        ] {
            let got = newcombe((r2 / n2, n2), (r1 / n1, n1), 0.95).unwrap();
            assert!(
                (got.0 - low).abs() < 5e-5 && (got.1 - high).abs() < 5e-5,
                "{r1}/{n1} - {r2}/{n2}: {got:?}"
            );
        }
    }
}
