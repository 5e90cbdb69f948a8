//! The rows of the comparison: one per judged stage × action, and one per judged stage.

use schemars::JsonSchema;
use serde::Serialize;

use super::answered::Answered;
use super::change::StatisticComparison;
use super::drift::Drift;
use super::success::SuccessComparison;
use super::throughput::{Throughput, ThroughputComparison};
use super::value::{Side, Sides, Statistic};
use crate::run::{ActionCounts, Value};

/// One action, or one kind of session, of a judged stage in both runs.
///
/// The response time of a session is that of its requests together, without the pauses.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ActionComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// What became of its arrivals over the whole stage, warm-up included; absent where the
    /// stage never ran or does not know the action.
    pub counts: Sides<Option<ActionCounts>>,
    /// The stage's answered share where it was overloaded in that run: "overloaded (37 %
    /// answered) -> 2.9 ms". Absent where it was not.
    pub overloaded: Sides<Option<Answered>>,
    /// p50 p90 p95 p99 p99.9 mean min max, in this order, always all of them.
    pub statistics: Vec<StatisticComparison>,
    /// Did the p95 move within the run? Of several runs the gravest; absent where nothing arrived.
    pub drift: Sides<Option<Drift>>,
    /// Service time (sent to done) of successes: p50, p95, p99; absent where there were none.
    pub service: Sides<Option<Quantiles>>,
    /// Successes, for information: they are judged per stage.
    pub success: SuccessComparison,
    /// Successes per second, for information, where only closed streams send it; absent elsewhere.
    pub throughput: Sides<Option<Throughput>>,
}

impl ActionComparison {
    /// One of the statistics.
    pub fn statistic(&self, statistic: Statistic) -> Option<&StatisticComparison> {
        self.statistics.iter().find(|s| s.statistic == statistic)
    }
}

/// A distribution in three quantiles, microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Quantiles {
    /// Median.
    pub p50: Value,
    /// 95th percentile.
    pub p95: Value,
    /// 99th percentile.
    pub p99: Value,
}

/// One judged stage in both runs, over all its actions.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StageComparison {
    /// Slug.
    pub stage: String,
    /// Arrivals over all actions; absent where the stage never ran.
    pub counts: Sides<Option<ActionCounts>>,
    /// Successes over all actions: this is what is judged.
    pub success: SuccessComparison,
    /// Successes per second of its closed streams: less is worse. Absent in an open model, where
    /// the plan says how many there are.
    pub throughput: Option<ThroughputComparison>,
    /// In which runs it was overloaded.
    pub overloaded: Vec<Side>,
}
