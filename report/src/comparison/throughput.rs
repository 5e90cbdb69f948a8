//! How much users of the closed model got done.
//!
//! They send the next request when the last one is answered, so that what a service can do shows in
//! how often they come round, and not in how many of the arrivals of a plan were answered.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Change, Noise, Verdict};
use super::value::{Interval, Sides};
use super::verdict::{self, Situation};
use crate::run::{ActionRun, StageSpan};
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, RunMean, batch_means, requests_needed,
};

/// Requests that succeeded per second while users of the closed model were at work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Throughput {
    /// Successes per second of the judged span.
    pub per_s: f64,
    /// The successes.
    pub ok: u64,
    /// The whole seconds that they are counted over: from the warm-up to the end of the stage, or
    /// to the second in which the users had done all of their iterations.
    pub seconds: u64,
    /// 95 % interval of `per_s`; absent where the run is too short for one.
    pub interval: Option<Interval>,
    /// V, the variance of ln(`per_s`) within the run, from batch means; absent with the interval.
    pub variance: Option<f64>,
    /// K, the windows that the variance rests on; absent with the interval.
    pub windows: Option<u32>,
}

/// The throughput of a stage's closed streams in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ThroughputComparison {
    /// Of each run; absent where the stage did not run for a second.
    pub sides: Sides<Option<Throughput>>,
    /// How B differs from A; absent where one of them got nothing done.
    pub change: Option<Change>,
    /// The smallest change that matters, as a share.
    pub tolerance: f64,
    /// What follows: less is worse.
    pub verdict: Verdict,
}

impl Throughput {
    /// Of the actions among `runs` that only closed streams send; none without any.
    pub(super) fn of<'a>(
        span: Option<&StageSpan>,
        runs: impl IntoIterator<Item = &'a ActionRun>,
    ) -> Option<Self> {
        let span = span?;
        let closed: Vec<&ActionRun> = runs.into_iter().filter(|run| run.closed).collect();
        let last = closed.iter().map(|run| run.last_second).max()?;
        let from = span.judged_from_s.ceil() as u64;
        let until = (span.ended_s as u64).min(last + 1);
        let seconds = until.checked_sub(from).filter(|seconds| *seconds > 0)?;
        let ok_in = |from: u64, until: u64| -> u64 {
            let settled = closed
                .iter()
                .flat_map(|run| run.seconds.range(from..until).map(|(_, second)| second.ok));
            settled.sum()
        };
        let ok = ok_in(from, until);
        let per_s = ok as f64 / seconds as f64;
        let means = [MANY_WINDOWS, FEW_WINDOWS].into_iter().find_map(|windows| {
            let edge = |window: usize| from + seconds * window as u64 / windows as u64;
            let ln_rates: Option<Vec<f64>> = (0..windows)
                .map(|window| {
                    let (from, until) = (edge(window), edge(window + 1));
                    let ok = ok_in(from, until);
                    // As many as the mean needs.
                    let enough = ok >= requests_needed(0.5) && until > from;
                    enough.then(|| (ok as f64 / (until - from) as f64).ln())
                })
                .collect();
            batch_means(&ln_rates?)
        });
        let factor = means.map(|means: BatchMeans| means.half_width().exp());
        Some(Self {
            per_s,
            ok,
            seconds,
            interval: factor.map(|factor| Interval {
                low: per_s / factor,
                high: per_s * factor,
            }),
            variance: means.map(|means| means.variance),
            windows: means.map(|means| means.windows as u32),
        })
    }

    fn mean(&self) -> Option<RunMean> {
        Some(RunMean {
            ln_theta: self.per_s.ln(),
            variance: self.variance?,
            degrees_of_freedom: f64::from(self.windows?) - 1.0,
        })
    }
}

impl ThroughputComparison {
    /// None where neither run has closed streams in the stage.
    pub(super) fn new(
        sides: Sides<Option<Throughput>>,
        tolerance: f64,
        noise: Noise,
        situation: Situation,
    ) -> Option<Self> {
        if sides.a.is_none() && sides.b.is_none() {
            return None;
        }
        let tau = tolerance.ln_1p();
        let means = sides.map(|side| side.and_then(|side| side.mean()));
        let difference = noise.difference(means).filter(|_| situation.is_plain());
        let values = sides.map(|side| side.map(|side| side.per_s).filter(|per_s| *per_s > 0.0));
        let change = values
            .a
            .zip(values.b)
            .map(|(a, b)| Change::new(a, b, difference.map(|d| (tau, d)), noise));
        Some(Self {
            verdict: verdict::throughput(
                situation,
                sides.map(|side| side.is_some()),
                difference,
                tau,
            ),
            sides,
            change,
            tolerance,
        })
    }
}
