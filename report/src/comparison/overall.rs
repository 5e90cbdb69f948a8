//! What the whole comparison comes to. Decided in `verdict.rs` only; the words are the report's.

use schemars::JsonSchema;
use serde::Serialize;

use super::action::{ActionComparison, StageComparison};
use super::answered::Answered;
use super::change::{NoiseSource, NotJudged, StatisticComparison, Verdict};
use super::comparable::Comparability;
use super::extremes::extremes;
use super::finding::{Fault, Finding};
use super::target::{TargetRow, TargetVerdict};
use super::validity::{RunState, RunValidity};
use super::value::{Side, Sides, Statistic};
use super::verdict;

/// The verdict on the comparison.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Overall {
    /// In one word.
    pub conclusion: Conclusion,
    /// Verdicts on the p95, one per judged stage × action.
    pub actions: VerdictCounts,
    /// The same of the sessions, one per judged stage × session.
    pub sessions: VerdictCounts,
    /// Verdicts on every judged statistic of the actions, min and max left out.
    pub statistics: VerdictCounts,
    /// Verdicts on the success rates, one per judged stage.
    pub successes: VerdictCounts,
    /// Verdicts on the throughput of closed streams, one per judged stage that has any.
    pub throughputs: VerdictCounts,
    /// Targets of each run.
    pub targets: Sides<TargetCounts>,
    /// What to say first, in this order.
    pub facts: Vec<Fact>,
}

/// The comparison in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// A record is invalid: nothing is judged.
    Invalid,
    /// The runs were not given the same load: nothing is judged.
    NotComparable,
    /// Something got worse and nothing better.
    Worse,
    /// Something got better and nothing worse.
    Better,
    /// Some things got better, others worse.
    Mixed,
    /// Every action is equivalent, or changed by less than matters.
    Unchanged,
    /// The runs cannot tell.
    Inconclusive,
}

/// How often each verdict was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerdictCounts {
    /// Regressed, or overload began.
    pub worse: u64,
    /// Improved, or overload ended.
    pub better: u64,
    /// Equivalent.
    pub equivalent: u64,
    /// Changed by no more than the tolerance.
    pub small_change: u64,
    /// Cannot tell.
    pub inconclusive: u64,
    /// Not judged.
    pub not_judged: u64,
}

/// How often each target verdict was given to a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TargetCounts {
    /// Kept.
    pub met: u64,
    /// Not kept.
    pub missed: u64,
    /// Cannot tell.
    pub inconclusive: u64,
    /// Not judged.
    pub not_judged: u64,
}

impl TargetCounts {
    /// All of them.
    pub fn total(&self) -> u64 {
        self.met + self.missed + self.inconclusive + self.not_judged
    }
}

/// One thing to say at the top of a report.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "fact", rename_all = "kebab-case")]
#[allow(
    missing_docs,
    reason = "`side`, `stage` and `action` are what they say"
)]
pub enum Fact {
    /// A run is invalid.
    Invalid {
        side: Side,
        /// By whose fault: the gravest.
        fault: Fault,
    },
    /// A threshold of its scenario ended a run, which is invalid for being cut short.
    Aborted {
        side: Side,
        /// Which one, where, and what was seen; absent where the record does not say.
        why: Option<String>,
    },
    /// The runs were not given the same load, and it was not forced.
    NotComparable {
        /// Differences that forbid it.
        forbidding: u64,
    },
    /// The runs were not given the same load; the verdicts were forced.
    Forced {
        /// Differences that forbid it.
        forbidding: u64,
    },
    /// A judged stage was overloaded.
    Overloaded {
        side: Side,
        stage: String,
        /// Of the open streams; absent where they offered nothing.
        answered: Option<Answered>,
    },
    /// A run meets every target.
    MeetsAllTargets {
        side: Side,
        /// How many there are.
        of: u64,
    },
    /// A run misses targets.
    MissesTargets {
        side: Side,
        missed: u64,
        /// How many there are.
        of: u64,
    },
    /// No target is missed, but some cannot be told.
    TargetsInconclusive {
        side: Side,
        inconclusive: u64,
        /// How many there are.
        of: u64,
    },
    /// The plan declares no target.
    NoTargets,
    /// An action's success rate or a stage's differs for certain.
    SuccessChanged {
        stage: String,
        /// 100(B − A).
        points: f64,
    },
    /// How much users of the closed model got done in a judged stage.
    Throughput {
        stage: String,
        /// 100(B/A − 1); absent where a run got nothing done.
        percent: Option<f64>,
        verdict: Verdict,
    },
    /// The p95 that got worse by the largest factor, or the other statistic of the actions whose p95
    /// did not.
    WorstChange {
        stage: String,
        action: String,
        statistic: Statistic,
        /// 100(B/A − 1); absent where a value is not finite or a stage was overloaded.
        percent: Option<f64>,
    },
    /// The p95 that got better by the largest factor; if none did, the other statistic.
    BestChange {
        stage: String,
        action: String,
        statistic: Statistic,
        /// 100(B/A − 1); absent where a value is not finite or a stage was overloaded.
        percent: Option<f64>,
    },
    /// The noise floor of every change is assumed, not calibrated.
    NoiseAssumed {
        /// Standard deviation of ln(value) from run to run.
        s_aa: f64,
    },
}

/// What the verdicts are drawn up from.
pub(super) struct Parts<'a> {
    pub(super) comparable: &'a Comparability,
    pub(super) validity: &'a Sides<RunValidity>,
    pub(super) targets: &'a [TargetRow],
    pub(super) stages: &'a [StageComparison],
    pub(super) actions: &'a [ActionComparison],
    pub(super) sessions: &'a [ActionComparison],
}

impl Overall {
    /// Counts the verdicts and picks the facts.
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        let [actions, sessions] = [parts.actions, parts.sessions]
            .map(|rows| counted(rows.iter().filter_map(|row| row.statistic(Statistic::P95))));
        let [statistics, of_sessions] =
            [parts.actions, parts.sessions].map(|rows| counted(judged(rows)));
        let mut successes = VerdictCounts::default();
        let mut throughputs = VerdictCounts::default();
        let mut carried = VerdictCounts::default();
        for row in parts.stages {
            verdict::tally(&mut successes, row.success.verdict);
            if let Some(throughput) = &row.throughput {
                verdict::tally(&mut throughputs, throughput.verdict);
            }
            if let Some(overload) = verdict::stage_overload(&row.overloaded) {
                verdict::tally(&mut carried, overload);
            }
        }
        let targets = Sides::of(Side::A, Side::B, |side| {
            let mut counts = TargetCounts::default();
            for row in parts.targets {
                *match row.results.get(side).verdict {
                    TargetVerdict::Met => &mut counts.met,
                    TargetVerdict::Missed => &mut counts.missed,
                    TargetVerdict::Inconclusive => &mut counts.inconclusive,
                    TargetVerdict::NotJudged { .. } => &mut counts.not_judged,
                } += 1;
            }
            counts
        });
        let invalid = Side::BOTH
            .iter()
            .any(|side| parts.validity.get(*side).state == RunState::Invalid);
        let rows = parts.actions.iter().chain(parts.sessions);
        let mut p95s = rows.filter_map(|row| row.statistic(Statistic::P95));
        Self {
            conclusion: verdict::conclusion(
                invalid,
                parts.comparable.judged,
                &verdict::Weighed {
                    all: sum([statistics, of_sessions, successes, throughputs, carried]),
                    headline: sum([actions, sessions, successes, throughputs]),
                    contrary: p95s.any(|p95| is_contrary(p95.verdict)),
                },
            ),
            actions,
            sessions,
            statistics,
            successes,
            throughputs,
            facts: facts(parts, &targets),
            targets,
        }
    }
}

/// What is judged of `rows`: not min and max.
fn judged(rows: &[ActionComparison]) -> impl Iterator<Item = &StatisticComparison> {
    let statistics = rows.iter().flat_map(|row| &row.statistics);
    statistics.filter(|one| one.tolerance.is_some())
}

fn counted<'a>(all: impl Iterator<Item = &'a StatisticComparison>) -> VerdictCounts {
    let mut counts = VerdictCounts::default();
    all.for_each(|one| verdict::tally(&mut counts, one.verdict));
    counts
}

fn sum<const N: usize>(all: [VerdictCounts; N]) -> VerdictCounts {
    all.into_iter()
        .fold(VerdictCounts::default(), |sum, one| VerdictCounts {
            worse: sum.worse + one.worse,
            better: sum.better + one.better,
            equivalent: sum.equivalent + one.equivalent,
            small_change: sum.small_change + one.small_change,
            inconclusive: sum.inconclusive + one.inconclusive,
            not_judged: sum.not_judged + one.not_judged,
        })
}

fn is_contrary(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::NotJudged {
            reason: NotJudged::Overloaded { .. }
        }
    )
}

fn facts(parts: &Parts<'_>, targets: &Sides<TargetCounts>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for side in Side::BOTH {
        let validity = parts.validity.get(side);
        let aborted = validity.findings.iter().find_map(|finding| match finding {
            Finding::Aborted { why, .. } => Some(why.clone()),
            _ => None,
        });
        if let Some(why) = aborted {
            facts.push(Fact::Aborted { side, why });
        } else {
            let fault = validity.findings.iter().find_map(Finding::fault);
            facts.extend(fault.map(|fault| Fact::Invalid { side, fault }));
        }
    }
    let forbidding = parts.comparable.differences.iter().filter(|d| d.forbids);
    let forbidding = forbidding.count() as u64;
    if parts.comparable.forced {
        facts.push(Fact::Forced { forbidding });
    } else if !parts.comparable.judged {
        facts.push(Fact::NotComparable { forbidding });
    }
    for side in Side::BOTH {
        let findings = &parts.validity.get(side).findings;
        let overloads = findings.iter().filter_map(Finding::overload);
        facts.extend(overloads.map(|(stage, answered)| Fact::Overloaded {
            side,
            stage: stage.to_owned(),
            answered,
        }));
    }
    if parts.targets.is_empty() {
        facts.push(Fact::NoTargets);
    }
    facts.extend(
        Side::BOTH
            .iter()
            .filter_map(|side| of_targets(*side, targets.get(*side))),
    );
    for row in parts.stages {
        if matches!(row.success.verdict, Verdict::Regressed | Verdict::Improved)
            && let Some(difference) = row.success.difference
        {
            facts.push(Fact::SuccessChanged {
                stage: row.stage.clone(),
                points: difference.points,
            });
        }
    }
    facts.extend(parts.stages.iter().filter_map(|row| {
        let throughput = row.throughput.as_ref()?;
        Some(Fact::Throughput {
            stage: row.stage.clone(),
            percent: throughput.change.as_ref().map(|change| change.percent),
            verdict: throughput.verdict,
        })
    }));
    let [worst, worst_else] = extremes(parts.actions, Verdict::is_worse, 1.0);
    let [best, best_else] = extremes(parts.actions, Verdict::is_better, -1.0);
    let worst = worst.into_iter().chain(worst_else);
    facts.extend(worst.map(|found| Fact::WorstChange {
        stage: found.row.stage.clone(),
        action: found.row.action.clone(),
        statistic: found.one.statistic,
        percent: found.percent(),
    }));
    // A p95 that got better says more than another statistic that did by more.
    facts.extend(best.or(best_else).map(|found| Fact::BestChange {
        stage: found.row.stage.clone(),
        action: found.row.action.clone(),
        statistic: found.one.statistic,
        percent: found.percent(),
    }));
    facts.extend(assumed_noise(parts));
    facts
}

fn of_targets(side: Side, counts: &TargetCounts) -> Option<Fact> {
    let of = counts.total();
    if of == 0 || counts.not_judged == of {
        None
    } else if counts.missed > 0 {
        Some(Fact::MissesTargets {
            side,
            missed: counts.missed,
            of,
        })
    } else if counts.met == of {
        Some(Fact::MeetsAllTargets { side, of })
    } else {
        Some(Fact::TargetsInconclusive {
            side,
            inconclusive: of - counts.met,
            of,
        })
    }
}

fn assumed_noise(parts: &Parts<'_>) -> Option<Fact> {
    parts
        .actions
        .iter()
        .flat_map(|row| &row.statistics)
        .filter_map(|one| Some(one.change.as_ref()?.certainty.as_ref()?.noise))
        .find(|noise| noise.source == NoiseSource::Assumed)
        .map(|noise| Fact::NoiseAssumed { s_aa: noise.s_aa })
}
