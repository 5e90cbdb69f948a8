//! What a caller may set about a comparison.

use std::collections::BTreeMap;

use super::change::{Noise, NoiseSource};
use super::value::Statistic;
use super::yardstick::Yardstick;
use crate::calibration::FloorUse;

/// `s_AA` where there is no calibration: 5 %.
pub const ASSUMED_NOISE: f64 = 0.05;

impl Noise {
    /// Where nothing was calibrated.
    pub const ASSUMED: Self = Self {
        s_aa: ASSUMED_NOISE,
        source: NoiseSource::Assumed,
    };
}

/// How to compare.
#[derive(Clone, Debug, Default)]
pub struct CompareOptions {
    /// Judge although the runs were not given the same load.
    pub force: bool,
    /// The smallest changes that matter, as shares.
    pub tolerances: Tolerances,
    /// `s_AA` by stage, action and statistic; what is absent is assumed to be [`ASSUMED_NOISE`].
    pub calibration: BTreeMap<(String, String, Statistic), Noise>,
    /// Where `calibration` comes from, or why there is none.
    pub floor: FloorUse,
    /// Were the runs of both sides made in pairs, the first of A beside the first of B and so on?
    /// Then the pairs say how sure a change is, and no noise floor is needed.
    pub paired: bool,
}

impl CompareOptions {
    /// The noise floor of one statistic.
    pub fn noise(&self, stage: &str, action: &str, statistic: Statistic) -> Noise {
        self.calibration
            .get(&(stage.to_owned(), action.to_owned(), statistic))
            .copied()
            .unwrap_or(Noise::ASSUMED)
    }

    pub(super) fn yardstick(&self, noise: Noise) -> Yardstick {
        if self.paired {
            Yardstick::Pairs
        } else {
            Yardstick::Floor(noise)
        }
    }
}

/// The smallest changes that matter, as shares: 0.1 is 10 %.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerances {
    /// Of the median.
    pub p50: f64,
    /// Of the 90th and 95th percentile.
    pub p95: f64,
    /// Of the 99th and 99.9th percentile.
    pub p99: f64,
    /// Of the mean.
    pub mean: f64,
    /// Of the throughput of closed streams.
    pub throughput: f64,
    /// Of a success rate, percentage points.
    pub success_points: f64,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self {
            p50: 0.05,
            p95: 0.10,
            p99: 0.15,
            mean: 0.05,
            throughput: 0.05,
            success_points: 0.1,
        }
    }
}

impl Tolerances {
    /// That of `statistic`; none for min and max, which are never judged.
    pub fn of(&self, statistic: Statistic) -> Option<f64> {
        match statistic {
            Statistic::P50 => Some(self.p50),
            Statistic::P90 | Statistic::P95 => Some(self.p95),
            Statistic::P99 | Statistic::P999 => Some(self.p99),
            Statistic::Mean => Some(self.mean),
            Statistic::Min | Statistic::Max => None,
        }
    }
}
