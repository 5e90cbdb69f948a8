//! The variance of a statistic within one run, from contiguous windows.
//!
//! Requests are not independent (a queue remembers), so a variance over requests is far too small.
//! Windows that are long against that memory are nearly independent; what is left of it shows in
//! the autocorrelation of neighbouring windows. See Künsch 1989, Politis and Romano 1994.

use super::t_distribution::t_quantile;

/// Windows of a run; [`FEW`] where it is too short for so many.
pub const MANY: usize = 10;
/// Windows of a short run.
pub const FEW: usize = 5;

/// The variance of ln θ over a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchMeans {
    /// V, the variance of ln θ of the whole run.
    pub variance: f64,
    /// K, the number of windows.
    pub windows: usize,
}

impl BatchMeans {
    /// K − 1.
    pub fn degrees_of_freedom(&self) -> f64 {
        self.windows as f64 - 1.0
    }

    /// Half of the width of the 95 % interval of ln θ: t√V.
    pub fn half_width(&self) -> f64 {
        t_quantile(0.975, Some(self.degrees_of_freedom())) * self.variance.sqrt()
    }
}

/// V = s²/K · max(1, (1 + r₁)/(1 − r₁)) of the windows' ln θₖ, r₁ being their lag-1
/// autocorrelation; no r₁ factor at five windows or fewer, where r₁ is mostly noise.
///
/// None with fewer than two windows.
pub fn batch_means(ln_thetas: &[f64]) -> Option<BatchMeans> {
    let windows = ln_thetas.len();
    if windows < 2 {
        return None;
    }
    let k = windows as f64;
    let mean = ln_thetas.iter().sum::<f64>() / k;
    let squares: f64 = ln_thetas.iter().map(|x| (x - mean).powi(2)).sum();
    let lagged: f64 = ln_thetas
        .windows(2)
        .map(|pair| (pair[0] - mean) * (pair[1] - mean))
        .sum();
    let inflation = if windows > FEW && squares > 0.0 {
        let r1 = lagged / squares;
        ((1.0 + r1) / (1.0 - r1)).max(1.0)
    } else {
        1.0
    };
    Some(BatchMeans {
        variance: squares / (k - 1.0) / k * inflation,
        windows,
    })
}

/// Arrivals that a window needs for the quantile `p`: 20/(1 − p), so that 20 of them lie beyond.
pub fn requests_needed(p: f64) -> u64 {
    // 1 - 0.9 is a hair above 0.1, 1 - 0.95 a hair below 0.05 …
    (20.0 / (1.0 - p) - 1e-6).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(ln_thetas: &[f64], variance: f64) {
        let got = batch_means(ln_thetas).unwrap();
        assert!((got.variance - variance).abs() < 1e-12, "{got:?}");
    }

    #[test]
    fn variance_is_that_of_the_mean_unless_neighbours_agree() {
        // Five windows: s²/K with s² = 2.5.
        check(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.5);
        // Ten alternating windows: r₁ = -0.9, no inflation; s² = 10/9.
        check(
            &[1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0, 1.0, -1.0],
            1.0 / 9.0,
        );
        // Ten windows in two blocks: r₁ = (8 - 1)/10 = 0.7, inflation 1.7/0.3.
        check(
            &[1.0, 1.0, 1.0, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0, -1.0],
            1.0 / 9.0 * 1.7 / 0.3,
        );
        check(&[2.0; 10], 0.0);
        assert_eq!(batch_means(&[1.0]), None);
    }

    #[test]
    fn the_tail_of_a_window_holds_twenty() {
        for (p, needed) in [
            (0.5, 40),
            (0.9, 200),
            (0.95, 400),
            (0.99, 2_000),
            (0.999, 20_000),
        ] {
            assert_eq!(requests_needed(p), needed, "p{p}");
        }
    }
}
