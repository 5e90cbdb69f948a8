//! The procedure of Benjamini and Hochberg 1995: of what is called a change, at most a share α is
//! not one.

/// Adjusted p values, to be held against α, in the order of `ps`.
pub fn benjamini_hochberg(ps: &[f64]) -> Vec<f64> {
    let m = ps.len() as f64;
    let mut order: Vec<usize> = (0..ps.len()).collect();
    order.sort_by(|&i, &j| ps[j].total_cmp(&ps[i]));
    let mut adjusted = vec![1.0; ps.len()];
    let mut so_far: f64 = 1.0;
    for (k, i) in order.into_iter().enumerate() {
        let rank = m - k as f64;
        so_far = so_far.min(ps[i] * m / rank);
        adjusted[i] = so_far;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fifteen p values of section 3.2 of the paper: the four smallest are rejected at 0.05
    /// (Bonferroni's rejects three).
    #[test]
    fn the_example_of_the_paper() {
        let ps = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let adjusted = benjamini_hochberg(&ps);
        assert_eq!(adjusted.iter().filter(|p| **p <= 0.05).count(), 4);
        assert!((adjusted[0] - 0.0015).abs() < 1e-12);
        assert!((adjusted[3] - 0.035_625).abs() < 1e-12);
        let mut turned = ps;
        turned.reverse();
        let mut back = benjamini_hochberg(&turned);
        back.reverse();
        assert_eq!(back, adjusted);
        assert_eq!(benjamini_hochberg(&[]), [0.0; 0]);
    }
}
