//! The difference of ln θ between runs that were made in pairs, one beside the other.
//!
//! What moves a machine from minute to minute moves both runs of a pair, and falls out of their
//! difference: see Bulej et al., duet benchmarking, ICPE 2020 (arXiv 2001.05811).

use super::difference::{Difference, RunMean, Spread, variance_within};

/// d = the mean of the differences of the pairs, with `SE = s/√n` from how these differences vary,
/// and n − 1 degrees of freedom: no noise floor is needed, since the pairs show it, and nothing of how the
/// runs vary within.
///
/// `a` and `b` are in the order of the pairs. None with fewer than two pairs, or sides of different
/// lengths.
pub fn paired_difference(a: &[RunMean], b: &[RunMean]) -> Option<Difference> {
    if a.len() != b.len() || a.len() < 2 {
        return None;
    }
    let n = a.len() as f64;
    let differences = || a.iter().zip(b).map(|(a, b)| b.ln_theta - a.ln_theta);
    let d = differences().sum::<f64>() / n;
    let squares: f64 = differences().map(|one| (one - d).powi(2)).sum();
    Some(Difference {
        d,
        v_a: variance_within(a),
        v_b: variance_within(b),
        standard_error: (squares / (n - 1.0) / n).sqrt(),
        degrees_of_freedom: Some(n - 1.0),
        spread: Spread::Pairs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Student's sleep data, the same ten people under both drugs: t = -4.0621, df = 9,
    /// p = 0.002833, interval -2.4599 to -0.7001 (the example of R's `t.test(paired = TRUE)`).
    #[test]
    fn the_sleep_data_give_the_published_figures() {
        let side = |values: [f64; 10]| {
            values.map(|ln_theta| RunMean {
                ln_theta,
                within: None,
            })
        };
        let one = side([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]);
        let two = side([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]);
        let got = paired_difference(&two, &one).unwrap();
        assert!((got.d / got.standard_error + 4.0621).abs() < 1e-4);
        assert_eq!(got.degrees_of_freedom, Some(9.0));
        assert!((got.p() - 0.002_833).abs() < 1e-6);
        let (low, high) = got.interval(0.95);
        assert!((low + 2.459_886).abs() < 1e-5 && (high + 0.700_114).abs() < 1e-5);
        assert_eq!(paired_difference(&two, &one[1..]), None);
        assert_eq!(paired_difference(&two[..1], &one[..1]), None);
    }
}
