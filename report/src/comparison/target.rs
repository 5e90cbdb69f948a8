//! Limits that the plan declares, and whether the runs kept them.

use schemars::JsonSchema;
use serde::Serialize;

use std::cmp::Ordering;

use brunt_record::Plan;

use super::change::NotJudged;
use super::estimate::{Estimate, Windowed};
use super::pooled::Pooled;
use super::side_runs::SideRuns;
use super::success::Success;
use super::value::{Side, Sides};
use super::verdict::{self, LatencyLimit};
use crate::run::Run;

/// One target of the plan in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TargetRow {
    /// Slug of the judged stage.
    pub stage: String,
    /// Slug of the action or session; absent where the target is the stage's success rate.
    pub action: Option<String>,
    /// The limit.
    pub target: Target,
    /// How each run did.
    pub results: Sides<TargetResult>,
}

/// A limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Target {
    /// A quantile of the response time over offered arrivals is at most this.
    Latency {
        /// 0 to 1.
        quantile: f64,
        /// Microseconds, inclusive.
        limit_us: u64,
    },
    /// The share of successes is at least this.
    Success {
        /// 0 to 1, inclusive.
        at_least: f64,
    },
}

/// How one run did on one target.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TargetResult {
    /// What was measured.
    pub measured: Measured,
    /// Latency: value / limit, so 54 reads "54×". Success: failures / allowed failures.
    /// Absent where the value is not finite (or no failure is allowed).
    pub ratio: Option<f64>,
    /// Latency: the share of the limit that is left, 1 − ratio. Success: percentage points above
    /// the limit. Negative where the limit is missed; absent where there is no finite value.
    pub headroom: Option<f64>,
    /// Latency: the share of arrivals within the limit, what the verdict rests on where too few
    /// requests stand behind the quantile for an interval of its own: p95 ≤ limit says that at
    /// least 95 % are within. Absent for success rates.
    pub within: Option<Success>,
    /// Whether the limit was kept.
    pub verdict: TargetVerdict,
}

/// What a target was held against.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Measured {
    /// A quantile of the response time.
    Latency(Estimate),
    /// A share of successes.
    Success(Success),
    /// The stage never ran, or does not know the action.
    Nothing,
}

/// Whether a run kept a limit. Decided in `verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum TargetVerdict {
    /// The whole interval keeps it.
    Met,
    /// No part of the interval keeps it.
    Missed,
    /// A part does, or there is no interval.
    Inconclusive,
    /// Nothing may be said.
    NotJudged {
        /// Why.
        reason: NotJudged,
    },
}

/// Every target of both plans in the order of the plan, held against both runs; `blocked` says why one
/// of a stage, or of an action of it, may not be.
pub(super) fn targets(
    runs: Sides<SideRuns<'_>>,
    blocked: impl Fn(Side, &str, Option<&str>) -> Option<NotJudged>,
) -> Vec<TargetRow> {
    let mut keys: Vec<Key> = keys(&runs.a.first.manifest.plan);
    for key in self::keys(&runs.b.first.manifest.plan) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys.into_iter()
        .map(|(stage, action, target)| {
            let result = |side: Side| {
                let blocked = blocked(side, &stage, action.as_deref());
                hold(
                    *runs.get(side),
                    &stage,
                    action.as_deref(),
                    target,
                    side,
                    blocked,
                )
            };
            let results = Sides {
                a: result(Side::A),
                b: result(Side::B),
            };
            TargetRow {
                stage,
                action,
                target,
                results,
            }
        })
        .collect()
}

/// Every target of one stage of a run: the action, unless it is the stage's, the limit, and how the
/// run did.
pub(crate) fn targets_of_stage(
    run: &Run,
    stage: &str,
    invalid: bool,
) -> Vec<(Option<String>, Target, TargetResult)> {
    let blocked = invalid.then_some(NotJudged::Invalid { side: Side::A });
    let keys = keys(&run.manifest.plan).into_iter();
    keys.filter(|(of, _, _)| of == stage)
        .map(|(_, action, target)| {
            let runs = SideRuns::one(run);
            let result = hold(runs, stage, action.as_deref(), target, Side::A, blocked);
            (action, target, result)
        })
        .collect()
}

type Key = (String, Option<String>, Target);

/// The targets of one plan: per judged stage the limits of its actions and sessions, then its success
/// rate.
fn keys(plan: &Plan) -> Vec<Key> {
    let mut keys = Vec::new();
    for stage in plan.stages.iter().filter(|stage| stage.judged) {
        let actions = plan.actions.iter().map(|a| (&a.name, &a.targets));
        let sessions = plan.sessions.iter().map(|s| (&s.name, &s.targets));
        for (name, targets) in actions.chain(sessions) {
            if !plan.sends(stage, name) {
                continue;
            }
            keys.extend(targets.iter().map(|t| {
                let target = Target::Latency {
                    quantile: t.quantile,
                    limit_us: t.limit_us,
                };
                (stage.name.clone(), Some(name.clone()), target)
            }));
        }
        if let Some(at_least) = plan.success_target {
            keys.push((stage.name.clone(), None, Target::Success { at_least }));
        }
    }
    keys
}

fn hold(
    runs: SideRuns<'_>,
    stage: &str,
    action: Option<&str>,
    target: Target,
    side: Side,
    blocked: Option<NotJudged>,
) -> TargetResult {
    let not_measured = TargetResult {
        measured: Measured::Nothing,
        ratio: None,
        headroom: None,
        within: None,
        verdict: TargetVerdict::NotJudged {
            reason: blocked.unwrap_or(NotJudged::NotMeasured { side }),
        },
    };
    match (target, action) {
        (Target::Latency { quantile, limit_us }, Some(action)) => {
            let measured = runs.all().map(|run| {
                let of_session = || run.session(stage, action);
                run.action(stage, action).or_else(of_session)
            });
            let Some(measured) = measured.collect::<Option<Vec<_>>>() else {
                return not_measured;
            };
            let estimates = measured
                .iter()
                .map(|run| Windowed::new(run).quantile(quantile));
            let estimate = Pooled::quantile(estimates.collect());
            let ratio = estimate.value.us().map(|us| us / limit_us as f64);
            let within = Success::within(measured, limit_us);
            let limit = LatencyLimit {
                us: limit_us as f64,
                quantile,
                within,
            };
            TargetResult {
                ratio,
                within,
                headroom: ratio.map(|ratio| 1.0 - ratio),
                verdict: verdict::latency_target(blocked, side, &estimate, limit),
                measured: Measured::Latency(estimate),
            }
        }
        (Target::Success { at_least }, _) => {
            let success = Success::of(runs.all().map(|run| run.stage(stage)));
            let Some(share) = success.share else {
                return not_measured;
            };
            let allowed = 1.0 - at_least;
            let some = allowed.partial_cmp(&0.0) == Some(Ordering::Greater);
            TargetResult {
                ratio: some.then(|| (1.0 - share) / allowed),
                headroom: Some(100.0 * (share - at_least)),
                within: None,
                verdict: verdict::success_target(blocked, side, &success, at_least),
                measured: Measured::Success(success),
            }
        }
        (Target::Latency { .. }, None) => not_measured,
    }
}
