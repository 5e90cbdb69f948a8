//! Holm's step-down procedure: several tests, and no false alarm among them with probability 1 − α.

/// What Holm's procedure says of one test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HolmStep {
    /// The adjusted p: to be held against α.
    pub p_adjusted: f64,
    /// The level at which this test's own interval says the same as the procedure: 1 − α/(m − k)
    /// for the k-th smallest p, from 0.
    pub level: f64,
}

/// Holm 1979, over all declared tests; one that could not be carried out has p = 1.
/// The answers are in the order of `ps`.
pub fn holm(ps: &[f64], alpha: f64) -> Vec<HolmStep> {
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|&i, &j| ps[i].total_cmp(&ps[j]));
    let mut steps = vec![
        HolmStep {
            p_adjusted: 1.0,
            level: 1.0 - alpha,
        };
        ps.len()
    ];
    let mut so_far: f64 = 0.0;
    for (k, i) in order.into_iter().enumerate() {
        let left = (ps.len() - k) as f64;
        // A larger p never gets a smaller adjusted one: once a test fails, all later ones do.
        so_far = so_far.max((left * ps[i]).min(1.0));
        steps[i] = HolmStep {
            p_adjusted: so_far,
            level: 1.0 - alpha / left,
        };
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") and Holm's own worked figures.
    #[test]
    fn adjusted_as_published() {
        for (ps, expected) in [
            (
                vec![0.01, 0.02, 0.03, 0.04, 0.05],
                vec![0.05, 0.08, 0.09, 0.09, 0.09],
            ),
            (vec![0.04, 0.01, 0.03, 0.005], vec![0.06, 0.03, 0.06, 0.02]),
            (vec![1.0, 0.6], vec![1.0, 1.0]),
            (vec![], vec![]),
        ] {
            let got = holm(&ps, 0.05);
            for (step, p) in got.iter().zip(&expected) {
                assert!((step.p_adjusted - p).abs() < 1e-12, "{ps:?}: {got:?}");
            }
        }
        let levels: Vec<f64> = holm(&[0.5, 0.01], 0.05).iter().map(|s| s.level).collect();
        assert_eq!(levels, [0.95, 0.975]);
    }
}
