//! What a rule was held against.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::{
    Cost, CostKind, Estimate, Interval, MemoryGrowth, Sides, Statistic, Success, Value,
};
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
    /// What a request cost in B.
    Cost {
        /// What.
        cost: CostKind,
        /// How much, with its interval.
        measured: Cost,
    },
    /// What a request cost in both runs.
    RelativeCost {
        /// What.
        cost: CostKind,
        /// For each request that succeeded: microseconds of what is a time, bytes of a log, else a
        /// number. Absent where it was not measured.
        values: Sides<Option<f64>>,
        /// 100(B/A − 1), with its interval at the level of Holm's procedure; absent where no interval
        /// may be formed.
        change: Option<RelativeChange>,
    },
    /// The highest reading of B's memory.
    MemoryPeak {
        /// Bytes.
        bytes: f64,
    },
    /// How B's memory grew.
    MemoryGrowth {
        /// Along a straight line, with its interval.
        growth: MemoryGrowth,
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
                followed_by(*change, f)
            }
            Self::Cost { cost, measured } => {
                let (name, amount) = (cost.name(), cost.amount(measured.per_request));
                write!(f, "{name} {amount} a request")?;
                match measured.interval {
                    Some(i) => write!(f, " ({} to {})", cost.amount(i.low), cost.amount(i.high)),
                    None => Ok(()),
                }
            }
            Self::RelativeCost {
                cost,
                values,
                change,
            } => {
                let absent = || language::NOT_MEASURED.to_owned();
                let told = values.map(|v| v.map_or_else(absent, |v| cost.amount(v)));
                write!(f, "{} {} -> {} a request", cost.name(), told.a, told.b)?;
                followed_by(*change, f)
            }
            Self::MemoryPeak { bytes } => write!(f, "memory peak {}", size(*bytes)),
            Self::MemoryGrowth { growth } => write!(
                f,
                "memory {} ({}) over the judged span, from {}",
                language::percent_change(growth.share),
                interval_of_change(growth.interval.low, growth.interval.high),
                size(growth.from_bytes)
            ),
            Self::Success { success } if success.no_failure_observed => {
                f.write_str(&language::no_failure(success.offered))
            }
            Self::Success { success } => f.write_str(&share(success.ok, success.offered)),
            Self::Nothing => f.write_str(language::NOT_MEASURED),
        }
    }
}

fn followed_by(change: Option<RelativeChange>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let Some(change) = change else {
        return Ok(());
    };
    let Interval { low, high } = change.percent_adjusted;
    write!(
        f,
        ", {} ({})",
        language::percent_change(change.percent / 100.0),
        interval_of_change(low / 100.0, high / 100.0)
    )
}

fn size(bytes: f64) -> String {
    language::bytes(bytes.max(0.0).round() as u64)
}

fn value(value: Value) -> String {
    match value {
        Value::Finite { us } => duration(us),
        Value::Beyond => language::BEYOND.to_owned(),
        Value::Unbounded => language::UNBOUNDED.to_owned(),
        Value::NotMeasured => language::NOT_MEASURED.to_owned(),
    }
}
