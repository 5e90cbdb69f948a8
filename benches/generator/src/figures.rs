//! Figures of several repetitions: median and range, and ratios within a repetition.

use std::fmt;

/// One figure per repetition.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Figures(pub(crate) Vec<f64>);

impl Figures {
    /// `self / other`, repetition by repetition.
    pub(crate) fn over(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| a / b).collect())
    }

    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => f64::NAN,
            n if n % 2 == 1 => sorted[n / 2],
            n => f64::midpoint(sorted[n / 2 - 1], sorted[n / 2]),
        }
    }
}

/// Median, least and greatest.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let greatest = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let digits = match self.median().abs() {
            m if m >= 100.0 => 0,
            m if m >= 10.0 => 1,
            m if m >= 0.1 => 2,
            _ => 4,
        };
        let text = format!(
            "{:.digits$} [{least:.digits$}, {greatest:.digits$}]",
            self.median()
        );
        f.pad(&text)
    }
}

/// What a ratio or a figure should be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    AtLeast(f64),
    AtMost(f64),
    Nothing,
}

impl Wanted {
    /// What is said of `median`.
    pub(crate) fn verdict(self, median: f64) -> String {
        match self {
            Self::AtLeast(limit) if median >= limit => format!("reached (at least {limit})"),
            Self::AtLeast(limit) => format!("NOT reached (at least {limit})"),
            Self::AtMost(limit) if median <= limit => format!("reached (at most {limit})"),
            Self::AtMost(limit) => format!("NOT reached (at most {limit})"),
            Self::Nothing => String::new(),
        }
    }
}

/// Prints one row.
pub(crate) fn row(name: &str, unit: &str, figures: &Figures, wanted: Wanted) {
    println!(
        "  {name:<34} {figures:>28} {unit:<12} {}",
        wanted.verdict(figures.median())
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_within_a_repetition() {
        let ratio = Figures(vec![90.0, 50.0, 200.0]).over(&Figures(vec![100.0, 50.0, 100.0]));
        assert_eq!(ratio, Figures(vec![0.9, 1.0, 2.0]));
        assert_eq!(ratio.to_string(), "1.00 [0.90, 2.00]");
        assert!(
            Wanted::AtLeast(0.9)
                .verdict(ratio.median())
                .starts_with("reached")
        );
        assert!(
            Wanted::AtMost(0.9)
                .verdict(ratio.median())
                .starts_with("NOT")
        );
    }
}
