//! Was the load delivered that the figures are said to stand for?

use brunt_record::{StatedCount, StatedStage};
use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::{Sides, verdict};

/// One stage in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StageLoad {
    /// Its name.
    pub stage: String,
    /// In each run; absent where the stage is.
    pub sides: Sides<Option<Load>>,
}

/// The load of one stage in one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Load {
    /// Arrivals per second that were wanted.
    pub rate_per_s: f64,
    /// Arrivals that were wanted in all.
    pub planned: u64,
    /// Requests that were made: the sum of its actions. Absent where one of them has no count.
    pub made: Option<StatedCount>,
    /// made / planned; absent with `made`.
    pub delivered: Option<f64>,
    /// In one word.
    pub delivery: Delivery,
    /// Requests in flight in the mean, by Little's law: made × mean / duration, summed over the
    /// actions. Absent where one of them has no mean or no count.
    pub in_flight: Option<f64>,
    /// How many would be in flight if the wanted rate were delivered at the same mean.
    pub in_flight_at_rate: Option<f64>,
}

/// How much of a load was delivered. Decided in `comparison/verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// All of it.
    Whole,
    /// Too little: the figures are those of another load.
    TooLittle,
    /// More than was wanted, which no generator delivers: the count is one of something else.
    TooMuch,
    /// Nobody says how many requests were made.
    Unknown,
}

impl Load {
    pub(super) fn of(stage: &StatedStage) -> Self {
        let planned = stage.planned();
        let seconds = stage.duration_us as f64 / 1e6;
        let mut made = Some(StatedCount {
            count: 0,
            approximate: false,
        });
        let mut waiting_s = Some(0.0);
        for action in &stage.actions {
            made = made
                .zip(action.outcome.total)
                .map(|(sum, more)| StatedCount {
                    count: sum.count + more.count,
                    approximate: sum.approximate || more.approximate,
                });
            let of_action = action.outcome.total.zip(action.mean);
            waiting_s = waiting_s
                .zip(of_action)
                .map(|(sum, (total, mean))| sum + total.count as f64 * mean.us as f64 / 1e6);
        }
        let made = made.filter(|_| !stage.actions.is_empty());
        let in_flight = made.and(waiting_s).map(|s| s / seconds);
        Self {
            rate_per_s: stage.rate_per_s,
            planned,
            made,
            delivered: made.map(|made| made.count as f64 / planned as f64),
            delivery: made.map_or(Delivery::Unknown, |made| {
                verdict::delivery(made.count, planned)
            }),
            in_flight,
            in_flight_at_rate: made.zip(in_flight).and_then(|(made, in_flight)| {
                (made.count > 0).then(|| in_flight * planned as f64 / made.count as f64)
            }),
        }
    }
}
