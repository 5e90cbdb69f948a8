//! A straight line through values that lie equally far apart, by least squares.
//!
//! The standard error of its slope is that of any textbook of regression, such as Draper and Smith,
//! Applied Regression Analysis, chapter 1.

use super::t_distribution::t_quantile;

/// A straight line through the means of equal spans, which stand for their middles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Where the first span begins.
    pub begins: f64,
    /// From one span to the next.
    pub slope: f64,
    /// Of the slope.
    pub standard_error: f64,
    /// Of the t quantile: spans − 2.
    pub degrees_of_freedom: f64,
}

impl Line {
    /// Through the means of spans in their order; none of fewer than three.
    pub fn through(means: &[f64]) -> Option<Self> {
        if means.len() < 3 {
            return None;
        }
        let n = means.len() as f64;
        let mean = means.iter().sum::<f64>() / n;
        // Of the middles of the spans, counted in spans from where the first begins.
        let centred = |i: usize| i as f64 + 0.5 - n / 2.0;
        let spread = n * (n * n - 1.0) / 12.0;
        let each = || {
            means
                .iter()
                .enumerate()
                .map(|(i, y)| (centred(i), y - mean))
        };
        let slope = each().map(|(x, y)| x * y).sum::<f64>() / spread;
        let left: f64 = each().map(|(x, y)| (y - slope * x).powi(2)).sum();
        let degrees_of_freedom = n - 2.0;
        Some(Self {
            begins: mean - slope * n / 2.0,
            slope,
            standard_error: (left / degrees_of_freedom / spread).sqrt(),
            degrees_of_freedom,
        })
    }

    /// Both ends of the 95 % interval of the slope.
    pub fn interval(&self) -> (f64, f64) {
        let half = t_quantile(0.975, Some(self.degrees_of_freedom)) * self.standard_error;
        (self.slope - half, self.slope + half)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first data set of Anscombe 1973, in the order of x = 4 to 14: y = 3.0001 + 0.5001 x, the
    /// standard error of the slope being 0.1179.
    #[test]
    fn the_line_through_the_first_quartet_is_the_published_one() {
        let y = [
            4.26, 5.68, 7.24, 4.82, 6.95, 8.81, 8.04, 8.33, 10.84, 7.58, 9.96,
        ];
        let line = Line::through(&y).unwrap();
        assert!((line.slope - 0.5001).abs() < 5e-5, "{line:?}");
        assert!((line.standard_error - 0.1179).abs() < 5e-5, "{line:?}");
        // The first span begins at x = 3.5.
        assert!((line.begins - 4.7505).abs() < 5e-4, "{line:?}");
        assert!((line.degrees_of_freedom - 9.0).abs() < 1e-12);
        // t.975 of 9 degrees of freedom is 2.262.
        let (low, high) = line.interval();
        assert!((high - low - 2.0 * 2.2622 * line.standard_error).abs() < 1e-4);
    }

    #[test]
    fn what_stays_the_same_has_no_slope_and_two_points_no_error() {
        let flat = Line::through(&[64.0; 10]).unwrap();
        assert_eq!((flat.begins, flat.interval()), (64.0, (0.0, 0.0)));
        assert_eq!(Line::through(&[1.0, 2.0]), None);
    }
}
