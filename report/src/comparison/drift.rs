//! Did an action have a steady state, or did its p95 move while the run went on?

use schemars::JsonSchema;
use serde::Serialize;

use super::change::percent;
use super::estimate::ln_us;
use super::verdict;
use crate::run::{ActionRun, StageSpan};
use crate::statistics::{
    Difference, MANY_WINDOWS, NoiseFloor, RunMean, Within, batch_means, difference, requests_needed,
};

/// The quantile that is looked at.
const Q: f64 = 0.95;

/// What became of the p95 from the first half of the judged span to the second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "drift", rename_all = "kebab-case")]
pub enum Drift {
    /// Nothing that is certain, or no more than a tenth.
    Steady,
    /// It moved for certain, and by more than a tenth.
    Moved {
        /// From the first half to the second.
        percent: f64,
    },
    /// It cannot be told: a tenth of the span has too few arrivals for a p95, or failures reach into
    /// it, or the planned rate changes and moves it too.
    Unknown,
}

impl Drift {
    /// Of an action whose planned rate stays the same.
    pub(super) fn of(run: &ActionRun) -> Self {
        match moved(run) {
            None => Self::Unknown,
            Some(moved) if verdict::drifted(moved.d, moved.interval(0.95)) => Self::Moved {
                percent: percent(moved.d),
            },
            Some(_) => Self::Steady,
        }
    }

    /// That of several runs: of those that moved the farthest, else whether it can be told of all. None
    /// without a run.
    pub(super) fn of_runs<'a>(
        runs: impl IntoIterator<Item = (&'a ActionRun, Option<&'a StageSpan>)>,
    ) -> Option<Self> {
        let each = runs.into_iter().map(|(run, span)| match span {
            Some(span) if span.planned.is_empty() => Self::of(run),
            _ => Self::Unknown,
        });
        each.reduce(Self::graver)
    }

    fn graver(self, other: Self) -> Self {
        match (self, other) {
            (Self::Moved { percent: one }, Self::Moved { percent: two }) => Self::Moved {
                percent: if two.abs() > one.abs() { two } else { one },
            },
            (moved @ Self::Moved { .. }, _) | (_, moved @ Self::Moved { .. }) => moved,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Steady, Self::Steady) => Self::Steady,
        }
    }
}

/// The difference of ln p95 between both halves, by how the tenths of each differ.
fn moved(run: &ActionRun) -> Option<Difference> {
    let mut halves = Vec::new();
    for half in run.windows.chunks(MANY_WINDOWS / 2) {
        let mut ln_thetas = Vec::new();
        for window in half {
            if window.arrivals().len() < requests_needed(Q) {
                return None;
            }
            ln_thetas.push(ln_us(window.arrivals().quantile(Q).us()?));
        }
        let spread = batch_means(&ln_thetas)?;
        halves.push(RunMean {
            ln_theta: ln_thetas.iter().sum::<f64>() / ln_thetas.len() as f64,
            within: Some(Within {
                variance: spread.variance,
                degrees_of_freedom: spread.degrees_of_freedom(),
            }),
        });
    }
    let [first, second] = halves[..] else {
        return None;
    };
    let alone = NoiseFloor {
        s_aa: 0.0,
        degrees_of_freedom: None,
    };
    difference(&[first], &[second], alone)
}
