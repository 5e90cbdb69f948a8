//! One statistic of runs that may never have been recorded: what the method is proved by.

use super::change::{Noise, StatisticComparison};
use super::estimate::{Estimate, Windowed};
use super::pooled::Pooled;
use super::value::{Sides, Statistic};
use super::verdict::Situation;
use super::yardstick::Yardstick;
use crate::run::ActionRun;

/// One statistic of one action with its interval, as every comparison has it.
pub fn estimate(run: &ActionRun, statistic: Statistic) -> Estimate {
    Windowed::new(run).estimate(statistic)
}

/// Holds the estimates of the runs of both sides against each other, as every comparison does: above
/// the floor `noise`, or without one as pairs.
pub fn compare_estimates(
    statistic: Statistic,
    estimates: Sides<Vec<Estimate>>,
    tolerance: f64,
    noise: Option<Noise>,
) -> StatisticComparison {
    StatisticComparison::new(
        statistic,
        estimates.map(|estimates| Pooled::of(statistic, estimates)),
        Some(tolerance),
        noise.map_or(Yardstick::Pairs, Yardstick::Floor),
        Situation::default(),
    )
}
