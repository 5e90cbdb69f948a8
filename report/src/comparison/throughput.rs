//! How much users of the closed model got done.
//!
//! They send the next request when the last one is answered, so that what a service can do shows in
//! how often they come round, and not in how many of the arrivals of a plan were answered.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::{Certainty, Change, Verdict, among_all};
use super::value::{Interval, Sides};
use super::verdict::{self, Situation};
use super::yardstick::Yardstick;
use crate::run::{ActionRun, StageSpan};
use crate::statistics::{
    BatchMeans, FEW_WINDOWS, MANY_WINDOWS, RunMean, Within, batch_means, mean_of_runs,
    requests_needed,
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
        Some(Self {
            per_s,
            ok,
            seconds,
            interval: means.map(|means: BatchMeans| Interval::of_ln(per_s, means.half_width())),
            variance: means.map(|means| means.variance),
            windows: means.map(|means| means.windows as u32),
        })
    }

    /// That of several runs of the same thing: the geometric mean; none where one of them has none.
    pub(super) fn of_runs(runs: Vec<Option<Self>>) -> Option<Self> {
        let runs: Vec<Self> = runs.into_iter().collect::<Option<_>>()?;
        let (first, rest) = runs.split_first()?;
        if rest.is_empty() {
            return Some(*first);
        }
        let means: Option<Vec<RunMean>> = runs.iter().map(Self::mean).collect();
        let mean = means.as_deref().and_then(mean_of_runs);
        let within = mean.and_then(|mean| mean.within);
        let ln = runs.iter().map(|run| run.per_s.ln()).sum::<f64>() / runs.len() as f64;
        let per_s = ln.exp();
        Some(Self {
            per_s,
            ok: runs.iter().map(|run| run.ok).sum(),
            seconds: runs.iter().map(|run| run.seconds).sum(),
            interval: within.map(|within| Interval::of_ln(per_s, within.half_width())),
            variance: within.map(|within| within.variance),
            windows: within.map(|_| runs.iter().filter_map(|run| run.windows).sum()),
        })
    }

    /// None where nothing got done, which has no logarithm.
    fn mean(&self) -> Option<RunMean> {
        (self.per_s > 0.0).then(|| RunMean {
            ln_theta: self.per_s.ln(),
            within: Within::of(self.variance, self.windows),
        })
    }
}

impl ThroughputComparison {
    /// Of the runs of each side; none where neither has closed streams in the stage.
    pub(super) fn new(
        runs: Sides<Vec<Option<Throughput>>>,
        tolerance: f64,
        yardstick: Yardstick,
        situation: Situation,
    ) -> Option<Self> {
        let means = runs.as_ref().map(|runs| {
            let means = runs
                .iter()
                .map(|run| run.as_ref().and_then(Throughput::mean));
            means.collect::<Option<Vec<_>>>().unwrap_or_default()
        });
        let sides = runs.map(Throughput::of_runs);
        if sides.a.is_none() && sides.b.is_none() {
            return None;
        }
        let tau = tolerance.ln_1p();
        let measured = yardstick.measure(&means).filter(|_| situation.is_plain());
        let certainty = measured.map(|(d, noise)| {
            let runs = means.as_ref().map(|means| means.len() as u32);
            Certainty::new(&d, noise, tau, runs)
        });
        let values = sides.map(|side| side.map(|side| side.per_s).filter(|per_s| *per_s > 0.0));
        let change = values
            .a
            .zip(values.b)
            .map(|(a, b)| Change::new(a, b, certainty));
        Some(Self {
            verdict: verdict::throughput(
                situation,
                sides.map(|side| side.is_some()),
                measured.map(|(d, _)| d),
                tau,
            ),
            sides,
            change,
            tolerance,
        })
    }

    /// Its verdict among all, after their p are adjusted.
    pub(super) fn among_all(&mut self) {
        self.verdict = among_all(self.verdict, self.change.as_ref());
    }
}
