//! Shares of arrivals that succeeded.

use schemars::JsonSchema;
use serde::Serialize;

use std::collections::BTreeMap;

use super::change::Verdict;
use super::value::{Interval, Sides};
use super::verdict::{self, Situation};
use crate::run::ActionRun;
use crate::statistics::{dispersion, is_beyond, newcombe, wilson};

/// A share of successes among offered arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Success {
    /// Arrivals that succeeded.
    pub ok: u64,
    /// Arrivals that were due.
    pub offered: u64,
    /// ok / offered, 0 to 1; absent where nothing was offered.
    pub share: Option<f64>,
    /// 95 % interval of the share by Wilson, 0 to 1, over `effective_n`.
    pub interval: Option<Interval>,
    /// How much more failures vary from second to second than independent ones would; 1 where
    /// they vary less. Absent where nothing failed or nothing was offered.
    pub dispersion: Option<f64>,
    /// offered / dispersion: what the interval rests on.
    pub effective_n: Option<f64>,
    /// Say "no failure observed in `offered`", not "100 %".
    pub no_failure_observed: bool,
}

/// The shares of both runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SuccessComparison {
    /// Of each run.
    pub sides: Sides<Success>,
    /// B − A; absent where a run offered nothing.
    pub difference: Option<SuccessDifference>,
    /// What follows. Per action it is always "not judged": the stage is judged.
    pub verdict: Verdict,
}

/// A difference of two shares, in percentage points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SuccessDifference {
    /// 100(B − A): negative is worse.
    pub points: f64,
    /// 95 % interval by Newcombe, points.
    pub points_95: Interval,
}

impl Success {
    /// Over the judged spans of all actions of `runs`, which are run by run, together.
    pub(super) fn of<'a, R: IntoIterator<Item = &'a ActionRun>>(
        runs: impl IntoIterator<Item = R>,
    ) -> Self {
        let mut settled = Settlement::default();
        for (run, actions) in runs.into_iter().enumerate() {
            for action in actions {
                settled.add(run, action, |_| 0);
            }
        }
        settled.success()
    }

    /// The share of arrivals of an action that succeeded within a limit of its plan; failed and unsent
    /// ones did not. None where the plan of a run has no such limit on it, and where that is not known.
    pub(super) fn within<'a>(
        runs: impl IntoIterator<Item = &'a ActionRun>,
        limit_us: u64,
    ) -> Option<Self> {
        let mut settled = Settlement::default();
        for (run, action) in runs.into_iter().enumerate() {
            let over = action.over_limits.iter().find(|l| l.limit_us == limit_us)?;
            // Of what took longer than records tell apart nobody knows how it stands to such a limit.
            if is_beyond(limit_us) && action.goes_beyond() {
                return None;
            }
            settled.add(run, action, |second| {
                over.seconds.get(second).copied().unwrap_or(0)
            });
            let all_slow: u64 = over.seconds.values().sum();
            settled.ok = settled.ok.saturating_sub(all_slow);
        }
        Some(settled.success())
    }

    /// `seconds`: how many settled in each, and how many of these were no success.
    fn new(ok: u64, offered: u64, seconds: impl Iterator<Item = (u64, u64)> + Clone) -> Self {
        let dispersion = dispersion(seconds);
        let share = (offered > 0).then(|| ok as f64 / offered as f64);
        let effective_n = share.map(|_| offered as f64 / dispersion.unwrap_or(1.0));
        let interval = share
            .zip(effective_n)
            .and_then(|(share, n)| wilson(share, n, 0.95));
        Self {
            ok,
            offered,
            share,
            interval: interval.map(|(low, high)| Interval { low, high }),
            dispersion,
            effective_n,
            no_failure_observed: offered > 0 && ok == offered,
        }
    }
}

/// What became of arrivals, second by second of every run.
#[derive(Default)]
struct Settlement {
    ok: u64,
    offered: u64,
    /// How many settled, and how many of these were no success.
    seconds: BTreeMap<(usize, u64), (u64, u64)>,
}

impl Settlement {
    /// Adds an action of the run of that number; `slow` of the successes of a second count as none.
    fn add(&mut self, run: usize, action: &ActionRun, slow: impl Fn(&u64) -> u64) {
        let (ok, offered) = action.judged();
        self.ok += ok;
        self.offered += offered;
        for (second, settled) in &action.seconds {
            let sum = self.seconds.entry((run, *second)).or_default();
            sum.0 += settled.ok + settled.lost;
            sum.1 += settled.lost + slow(second);
        }
    }

    fn success(&self) -> Success {
        Success::new(self.ok, self.offered, self.seconds.values().copied())
    }
}

impl SuccessComparison {
    /// `tolerance_points` none: for information, not judged.
    pub(super) fn new(
        sides: Sides<Success>,
        tolerance_points: Option<f64>,
        situation: Situation,
    ) -> Self {
        let points = |level| {
            let side = |s: &Success| s.share.zip(s.effective_n);
            newcombe(side(&sides.a)?, side(&sides.b)?, level)
                .map(|(low, high)| (100.0 * low, 100.0 * high))
        };
        let difference =
            sides
                .a
                .share
                .zip(sides.b.share)
                .zip(points(0.95))
                .map(|((a, b), (low, high))| SuccessDifference {
                    points: 100.0 * (b - a),
                    points_95: Interval { low, high },
                });
        let verdict = verdict::success(
            situation,
            difference.as_ref().zip(points(0.9)),
            tolerance_points,
        );
        Self {
            sides,
            difference,
            verdict,
        }
    }
}
