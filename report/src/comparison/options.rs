//! What a caller may set about a comparison.

use std::collections::BTreeMap;

use super::change::{Noise, NoiseSource, NotJudged};
use super::value::Statistic;
use super::verdict::Situation;
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
    /// `s_AA` by stage, action and statistic. Where `floor` is calibrated, what is absent is not judged;
    /// else it is assumed to be [`ASSUMED_NOISE`].
    pub calibration: BTreeMap<(String, String, Statistic), Noise>,
    /// Where `calibration` comes from, or why there is none.
    pub floor: FloorUse,
    /// Were the runs of both sides made in pairs, the first of A beside the first of B and so on?
    /// Then the pairs say how sure a change is, and no noise floor is needed.
    pub paired: bool,
}

impl CompareOptions {
    /// The noise floor of one statistic; none where the calibration has no value of it. Nobody then
    /// knows how it moves from run to run: to assume what is little would be the worst guess.
    pub fn noise(&self, stage: &str, action: &str, statistic: Statistic) -> Option<Noise> {
        let of = (stage.to_owned(), action.to_owned(), statistic);
        let calibrated = matches!(self.floor, FloorUse::Calibrated { .. });
        let floor = self.calibration.get(&of).copied();
        floor.or((!calibrated).then_some(Noise::ASSUMED))
    }

    /// What is held against no calibration.
    pub(super) fn uncalibrated(&self) -> Yardstick {
        self.by(Some(Noise::ASSUMED))
    }

    /// What a change of one statistic is held against, and the situation that it is judged in.
    pub(super) fn held_against(
        &self,
        (stage, action): (&str, &str),
        statistic: Statistic,
        situation: Situation,
    ) -> (Yardstick, Situation) {
        let yardstick = self.by(self.noise(stage, action, statistic));
        let judged = self.tolerances.of(statistic).is_some();
        // That overload began or ended needs no floor.
        let situation = if yardstick == Yardstick::Unknown && judged && situation.is_plain() {
            Situation {
                blocked: Some(NotJudged::NoFloor),
                ..situation
            }
        } else {
            situation
        };
        (yardstick, situation)
    }

    fn by(&self, noise: Option<Noise>) -> Yardstick {
        match noise {
            _ if self.paired => Yardstick::Pairs,
            Some(noise) => Yardstick::Floor(noise),
            None => Yardstick::Unknown,
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
