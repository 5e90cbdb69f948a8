//! The quantile functions of both runs with their intervals, and the shift from one to the other.
//!
//! The shift function says at which quantiles a distribution moved and by how much (Doksum 1974;
//! Wilcox & Erceg-Hurn 2012); here on the logarithm, by the same intervals as every other change.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{percent, percents};
use super::estimate::Windowed;
use super::options::CompareOptions;
use super::pooled::Pooled;
use super::rows::{Measured, not_measured};
use super::value::{Interval, Sides, Statistic};
use super::verdict::Situation;
use super::yardstick::Yardstick;

/// Deciles, and the tail by halves and nines.
const QUANTILES: [f64; 16] = [
    0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995,
];

/// The quantile functions of one action in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QuantileFunctions {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Ascending; without those that are finite in neither run.
    pub points: Vec<QuantilePoint>,
}

/// One quantile over offered arrivals in both runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct QuantilePoint {
    /// 0 to 1.
    pub quantile: f64,
    /// Microseconds; absent where unbounded or not measured.
    pub us: Sides<Option<f64>>,
    /// 95 % intervals of the values, microseconds; absent where a run is too short for one.
    pub intervals: Sides<Option<Interval>>,
    /// The shift, 100(B/A − 1); absent where a value is, or where a stage was overloaded.
    pub percent: Option<f64>,
    /// Its 95 % interval, percent; absent with those of the values, unless pairs give it.
    pub percent_95: Option<Interval>,
}

/// Of one action in all runs; none where no run has it.
pub(super) fn quantile_functions(
    (stage, action): (&str, &str),
    runs: &Sides<Measured<'_>>,
    situation: Situation,
    options: &CompareOptions,
) -> Option<QuantileFunctions> {
    runs.a.iter().chain(&runs.b).flatten().next()?;
    let windowed = runs.as_ref().map(|runs| {
        let each = runs
            .iter()
            .map(|run| run.map(|(run, _)| Windowed::new(run)));
        each.collect::<Vec<_>>()
    });
    let points = QUANTILES.into_iter().map(|quantile| {
        let nearest = nearest(quantile);
        let pooled = windowed.as_ref().map(|runs| {
            let each = runs.iter().map(|run| match run {
                Some(run) => run.quantile(quantile),
                None => not_measured(),
            });
            Pooled::of(nearest, each.collect())
        });
        let (yardstick, _) = options.held_against((stage, action), nearest, situation);
        point(quantile, pooled, situation, yardstick)
    });
    let points = points.filter(|point| point.us.a.is_some() || point.us.b.is_some());
    Some(QuantileFunctions {
        stage: stage.to_owned(),
        action: action.to_owned(),
        points: points.collect(),
    })
}

fn point(
    quantile: f64,
    sides: Sides<Pooled>,
    situation: Situation,
    yardstick: Yardstick,
) -> QuantilePoint {
    let us = sides.as_ref().map(|side| side.estimate.value.us());
    let intervals = sides.as_ref().map(|side| side.estimate.interval);
    let both = us.a.zip(us.b).filter(|_| situation.is_plain());
    let measured = both.and_then(|_| yardstick.measure(&sides.map(|side| side.means)));
    QuantilePoint {
        quantile,
        us,
        intervals,
        percent: both.map(|(a, b)| percent(b.max(1.0).ln() - a.max(1.0).ln())),
        percent_95: measured.map(|(difference, _)| percents(difference.interval(0.95))),
    }
}

/// The judged statistic whose noise is that of a quantile.
fn nearest(quantile: f64) -> Statistic {
    match quantile {
        q if q < 0.7 => Statistic::P50,
        q if q < 0.93 => Statistic::P90,
        q if q < 0.97 => Statistic::P95,
        q if q < 0.997 => Statistic::P99,
        _ => Statistic::P999,
    }
}
