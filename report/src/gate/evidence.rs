//! What a rule was held against.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::{Estimate, Interval, Sides, Statistic, Success, Value};
use crate::language::{self, duration, interval, interval_of_change, share};

/// What a rule was held against. Its text is that of a table cell.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Evidence {
    /// A statistic of B.
    Absolute {
        /// Which.
        quantity: String,
        /// Its value and interval.
        estimate: Estimate,
    },
    /// A statistic of both runs.
    Relative {
        /// Which.
        statistic: Statistic,
        /// The values.
        values: Sides<Value>,
        /// 100(B/A − 1), with its interval at the level of Holm's procedure; absent where the
        /// values are not finite or no interval may be formed.
        change: Option<RelativeChange>,
    },
    /// Successes of B.
    Success {
        /// The share and its interval.
        success: Success,
    },
    /// There was nothing to hold it against.
    Nothing,
}

/// A change with the interval that the gate judges by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RelativeChange {
    /// 100(B/A − 1).
    pub percent: f64,
    /// Interval of the change at `level`, percent.
    pub percent_adjusted: Interval,
    /// The level of Holm's procedure for this rule, 0.95 or above.
    pub level: f64,
    /// The bound that the change is below with 95 % confidence, percent: what passes by.
    pub upper_percent: f64,
    /// p of "no change", adjusted by Holm over all declared relative rules.
    pub p_adjusted: f64,
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absolute { quantity, estimate } => {
                write!(f, "{quantity} {}", value(estimate.value))?;
                match estimate.interval {
                    Some(i) => write!(f, " ({})", interval(i.low, i.high)),
                    None => Ok(()),
                }
            }
            Self::Relative {
                statistic,
                values,
                change,
            } => {
                let (a, b) = (value(values.a), value(values.b));
                write!(f, "{statistic} {a} -> {b}")?;
                match change {
                    Some(c) => write!(
                        f,
                        ", {} ({})",
                        language::percent_change(c.percent / 100.0),
                        interval_of_change(
                            c.percent_adjusted.low / 100.0,
                            c.percent_adjusted.high / 100.0
                        )
                    ),
                    None => Ok(()),
                }
            }
            Self::Success { success } if success.no_failure_observed => {
                f.write_str(&language::no_failure(success.offered))
            }
            Self::Success { success } => f.write_str(&share(success.ok, success.offered)),
            Self::Nothing => f.write_str(language::NOT_MEASURED),
        }
    }
}

fn value(value: Value) -> String {
    match value {
        Value::Finite { us } => duration(us),
        Value::Unbounded => language::UNBOUNDED.to_owned(),
        Value::NotMeasured => language::NOT_MEASURED.to_owned(),
    }
}
