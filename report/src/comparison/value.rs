//! A measured value, its interval, and the pair of both sides.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The same thing of run A (the baseline) and run B (the candidate).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Sides<T> {
    /// Of the baseline.
    pub a: T,
    /// Of the candidate.
    pub b: T,
}

impl<T> Sides<T> {
    /// Both sides by one function.
    pub fn of<U>(a: U, b: U, mut f: impl FnMut(U) -> T) -> Self {
        Self { a: f(a), b: f(b) }
    }

    /// The sides by reference.
    pub fn as_ref(&self) -> Sides<&T> {
        Sides {
            a: &self.a,
            b: &self.b,
        }
    }

    /// Applies `f` to each side.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Sides<U> {
        Sides {
            a: f(self.a),
            b: f(self.b),
        }
    }

    /// One of the sides.
    pub fn get(&self, side: Side) -> &T {
        match side {
            Side::A => &self.a,
            Side::B => &self.b,
        }
    }
}

/// Which of the two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The baseline.
    A,
    /// The candidate.
    B,
}

impl Side {
    /// Both, in their order.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::A => "A",
            Self::B => "B",
        })
    }
}

/// A confidence interval; its unit is that of the value that it stands beside.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Interval {
    /// About `value`, where its logarithm is within `half_width`.
    pub(crate) fn of_ln(value: f64, half_width: f64) -> Self {
        let factor = half_width.exp();
        Self {
            low: value / factor,
            high: value * factor,
        }
    }
}

/// A figure of a response-time distribution.
///
/// Quantiles are over offered arrivals; mean, min and max are over successes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Statistic {
    /// Median.
    P50,
    /// 90th percentile.
    P90,
    /// 95th percentile.
    P95,
    /// 99th percentile.
    P99,
    /// 99.9th percentile.
    #[serde(rename = "p99.9")]
    P999,
    /// Arithmetic mean.
    Mean,
    /// Fastest; never judged.
    Min,
    /// Slowest; never judged.
    Max,
}

impl Statistic {
    /// All, in the order of the report's columns.
    pub const ALL: [Self; 8] = [
        Self::P50,
        Self::P90,
        Self::P95,
        Self::P99,
        Self::P999,
        Self::Mean,
        Self::Min,
        Self::Max,
    ];

    /// The quantile, 0 to 1; none for mean, min and max.
    pub fn quantile(self) -> Option<f64> {
        match self {
            Self::P50 => Some(0.5),
            Self::P90 => Some(0.9),
            Self::P95 => Some(0.95),
            Self::P99 => Some(0.99),
            Self::P999 => Some(0.999),
            Self::Mean | Self::Min | Self::Max => None,
        }
    }

    /// Its name in reports and rules: `p50`, `p99.9`, `mean`.
    pub fn name(self) -> &'static str {
        match self {
            Self::P50 => "p50",
            Self::P90 => "p90",
            Self::P95 => "p95",
            Self::P99 => "p99",
            Self::P999 => "p99.9",
            Self::Mean => "mean",
            Self::Min => "min",
            Self::Max => "max",
        }
    }
}

impl fmt::Display for Statistic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
