//! What to do next, by rule: each recommendation holds the evidence that fired it, and none a gain
//! that nobody measured.

use schemars::JsonSchema;
use serde::Serialize;

use super::answered::Answered;
use super::change::{NoiseSource, Verdict};
use super::extremes::extremes;
use super::finding::{Fault, Finding};
use super::overall::Fact;
use super::target::{Measured, Target, TargetRow, TargetVerdict};
use super::value::{Side, Statistic};
use super::verdict;
use super::waits::WaitComparison;
use super::{ActionComparison, Comparison, Spread, Value};

/// One thing to do, with what speaks for it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "rule", rename_all = "kebab-case")]
#[allow(
    missing_docs,
    reason = "`side`, `stage`, `action` and `kind` are what they say"
)]
pub enum Recommendation {
    /// A record is invalid.
    RunAgain { side: Side, fault: Fault },
    /// The runs were not given the same load.
    SameLoad {
        /// Differences that forbid a comparison.
        forbidding: u64,
    },
    /// B did not carry a stage.
    FindCarriedRate {
        stage: String,
        answered: Option<Answered>,
    },
    /// A statistic of B got worse for certain: the p95, or another one where the p95 did not.
    ExplainRegression {
        stage: String,
        action: String,
        statistic: Statistic,
        /// 100(B/A − 1); absent where a value is not finite or a stage was overloaded.
        percent: Option<f64>,
    },
    /// B misses a limit on a response time.
    MeetTarget {
        stage: String,
        action: String,
        /// 0 to 1.
        quantile: f64,
        limit_us: u64,
        /// Value / limit; absent where the value is not finite.
        ratio: Option<f64>,
        /// Where most of the response time passes before the request is sent: its p95, and that of
        /// the service time, microseconds.
        waiting: Option<Waiting>,
    },
    /// Most of B's failures are of this kind.
    RemoveFailures {
        stage: String,
        action: String,
        kind: String,
        count: u64,
        /// Arrivals of the action.
        of: u64,
    },
    /// Connections of B's database wait for something.
    ShortenWait {
        stage: String,
        source: String,
        /// `LWLock:WALWrite`.
        event: String,
        /// Connections that wait for it, in the mean.
        connections: f64,
    },
    /// An action of B had no steady state.
    FindSteadyState {
        stage: String,
        action: String,
        /// Change of the p95 from the first half to the second.
        percent: f64,
    },
    /// The p95 of an action cannot be told from noise.
    RunMore {
        stage: String,
        action: String,
        /// The smallest change that such runs show.
        detectable_percent: f64,
        /// What hides smaller ones: longer runs help against what varies within them, and against
        /// nothing else.
        spread: Spread,
        /// Where the noise floor comes from.
        noise: NoiseSource,
    },
    /// The noise floor is assumed.
    Calibrate {
        /// Standard deviation of ln(value) from run to run.
        s_aa: f64,
    },
    /// Generator and service share cores.
    OwnMachine,
}

/// A response time of which most passes before the request is sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Waiting {
    /// p95 from due to done, microseconds.
    pub response_us: f64,
    /// p95 from sent to done, microseconds.
    pub service_us: f64,
}

/// In the order of their weight.
pub(super) fn recommendations(of: &Comparison) -> Vec<Recommendation> {
    let mut all: Vec<Recommendation> = of.verdict.facts.iter().filter_map(of_fact).collect();
    all.extend(of.actions.iter().filter_map(regression));
    all.extend(of.targets.iter().filter_map(|row| target(row, &of.actions)));
    all.extend(failures(of));
    all.extend(of.resources.waits.iter().filter_map(wait));
    all.extend(of.validity.b.findings.iter().filter_map(of_finding));
    all.extend(of.actions.iter().filter_map(inconclusive));
    all.extend(of.verdict.facts.iter().filter_map(|fact| match fact {
        Fact::NoiseAssumed { s_aa } => Some(Recommendation::Calibrate { s_aa: *s_aa }),
        _ => None,
    }));
    all
}

fn of_fact(fact: &Fact) -> Option<Recommendation> {
    match fact {
        Fact::Invalid { side, fault } => Some(Recommendation::RunAgain {
            side: *side,
            fault: *fault,
        }),
        Fact::Aborted { side, .. } => Some(Recommendation::RunAgain {
            side: *side,
            fault: Fault::CutShort,
        }),
        Fact::NotComparable { forbidding } | Fact::Forced { forbidding } => {
            Some(Recommendation::SameLoad {
                forbidding: *forbidding,
            })
        }
        Fact::Overloaded {
            side: Side::B,
            stage,
            answered,
        } => Some(Recommendation::FindCarriedRate {
            stage: stage.clone(),
            answered: *answered,
        }),
        _ => None,
    }
}

fn of_finding(finding: &Finding) -> Option<Recommendation> {
    match finding {
        Finding::Drift {
            stage,
            action,
            percent,
        } => Some(Recommendation::FindSteadyState {
            stage: stage.clone(),
            action: action.clone(),
            percent: *percent,
        }),
        Finding::SharedHost => Some(Recommendation::OwnMachine),
        _ => None,
    }
}

fn regression(row: &ActionComparison) -> Option<Recommendation> {
    let [p95, other] = extremes([row], Verdict::is_worse, 1.0);
    p95.or(other)
        .map(|found| Recommendation::ExplainRegression {
            stage: row.stage.clone(),
            action: row.action.clone(),
            statistic: found.one.statistic,
            percent: found.percent(),
        })
}

fn target(row: &TargetRow, actions: &[ActionComparison]) -> Option<Recommendation> {
    let (Target::Latency { quantile, limit_us }, Some(action)) = (row.target, &row.action) else {
        return None;
    };
    let result = &row.results.b;
    (result.verdict == TargetVerdict::Missed).then(|| Recommendation::MeetTarget {
        stage: row.stage.clone(),
        action: action.clone(),
        quantile,
        limit_us,
        ratio: result
            .ratio
            .filter(|_| matches!(result.measured, Measured::Latency(_))),
        waiting: actions
            .iter()
            .find(|of| of.stage == row.stage && of.action == *action)
            .and_then(waiting),
    })
}

fn waiting(row: &ActionComparison) -> Option<Waiting> {
    let response_us = row.statistic(Statistic::P95)?.estimates.b.value.us()?;
    let Value::Finite { us: service_us } = row.service.b?.p95 else {
        return None;
    };
    verdict::mostly_waits(response_us, service_us).then_some(Waiting {
        response_us,
        service_us,
    })
}

/// The most frequent kind of B.
fn failures(comparison: &Comparison) -> Option<Recommendation> {
    let counted = comparison
        .failures
        .iter()
        .filter_map(|row| Some((row, row.counts.b?)));
    let (row, count) = counted
        .filter(|(_, count)| *count > 0)
        .max_by_key(|(_, count)| *count)?;
    let mut actions = comparison.actions.iter();
    let action = actions.find(|of| of.stage == row.stage && of.action == row.action)?;
    Some(Recommendation::RemoveFailures {
        stage: row.stage.clone(),
        action: row.action.clone(),
        kind: row.kind.clone(),
        count,
        of: action.counts.b?.offered,
    })
}

fn wait(row: &WaitComparison) -> Option<Recommendation> {
    let connections = row.sides.b.filter(|mean| verdict::is_long_wait(*mean))?;
    Some(Recommendation::ShortenWait {
        stage: row.stage.clone(),
        source: row.source.clone(),
        event: row.event.clone(),
        connections,
    })
}

fn inconclusive(row: &ActionComparison) -> Option<Recommendation> {
    let p95 = row.statistic(Statistic::P95)?;
    let certainty = p95.change.as_ref()?.certainty.as_ref()?;
    (p95.verdict == Verdict::Inconclusive).then(|| Recommendation::RunMore {
        stage: row.stage.clone(),
        action: row.action.clone(),
        detectable_percent: certainty.minimal_detectable_percent,
        spread: certainty.spread,
        noise: certainty.noise.source,
    })
}
