//! Is a run's service ready for production, by declared rules?
//!
//! | criterion | passes where | fails where |
//! |---|---|---|
//! | functional | no answer was found wrong | one was |
//! | targets | every target is met | one is missed |
//! | stability | every success target is met, and nothing drifts | a success target is missed |
//! | scalability | every judged stage was carried, on a machine that was not nearly busy | one was not carried |
//!
//! What lies between cannot be told, and nothing is passed that was not measured. A service is ready
//! where all four pass, and not ready where one fails. Decided in `verdict.rs` only.

use schemars::JsonSchema;
use serde::Serialize;

use super::answered::Answered;
use super::finding::Finding;
use super::overall::TargetCounts;
use super::target::{Measured, Target, TargetVerdict};
use super::validity::RunState;
use super::value::{Side, Sides};
use super::verdict;
use super::watch::{Watch, watches};
use super::{ActionCounts, Comparison};

/// The readiness of both runs, and what to watch where B is deployed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Readiness {
    /// All four, in their order.
    pub criteria: Vec<Criterion>,
    /// What they come to.
    pub overall: Sides<Standing>,
    /// What to watch in production, from the targets and from what B has left of them.
    pub watches: Vec<Watch>,
}

/// One criterion.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Criterion {
    /// Which.
    pub what: CriterionKind,
    /// How each run holds up.
    pub sides: Sides<Held>,
}

/// What is asked of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CriterionKind {
    /// Does it answer what it was asked?
    Functional,
    /// Is it fast enough?
    Targets,
    /// Does it stay so?
    Stability,
    /// Does it carry the load?
    Scalability,
}

/// How a run holds up.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Held {
    /// In one word.
    pub standing: Standing,
    /// What it rests on.
    pub grounds: Vec<Ground>,
}

/// A criterion in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It holds.
    Passed,
    /// It does not.
    Failed,
    /// The run cannot tell.
    Undecided,
    /// There was nothing to tell it by.
    #[default]
    NotMeasured,
}

/// What a criterion rests on.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "ground", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "`stage`, `action` and `kind` are slugs")]
pub enum Ground {
    /// The record is invalid.
    Invalid,
    /// Nothing arrived in a judged stage.
    NothingArrived,
    /// No answer failed a check of the scenario.
    NoWrongAnswer {
        /// Requests that were answered.
        of: u64,
    },
    /// Answers failed a check.
    WrongAnswers {
        stage: String,
        action: String,
        kind: String,
        count: u64,
    },
    /// The plan declares no target.
    NoTarget,
    /// Of the targets so many.
    Targets { counts: TargetCounts },
    /// The plan declares no success rate.
    NoSuccessTarget,
    /// The success rate of a stage.
    Success {
        stage: String,
        /// Of all arrivals, 0 to 1; absent where there were none.
        share: Option<f64>,
        verdict: TargetVerdict,
    },
    /// The p95 of an action moved within the run.
    Drift {
        stage: String,
        action: String,
        /// From the first half to the second.
        percent: f64,
    },
    /// A stage was not carried.
    Overloaded {
        stage: String,
        answered: Option<Answered>,
    },
    /// A stage was carried.
    Carried {
        stage: String,
        /// Arrivals per second in the mean.
        rate_per_s: f64,
    },
    /// The machine was nearly busy in a stage.
    HostBusy {
        stage: String,
        /// Share of its cores, 0 to 1.
        busy: f64,
    },
}

impl Readiness {
    /// Of a comparison that is complete but for it.
    pub(super) fn of(comparison: &Comparison) -> Self {
        use CriterionKind::{Functional, Scalability, Stability, Targets};
        let criteria = [Functional, Targets, Stability, Scalability].map(|what| Criterion {
            what,
            sides: Sides::of(Side::A, Side::B, |side| held(comparison, what, side)),
        });
        let overall = Sides::of(Side::A, Side::B, |side| {
            verdict::readiness(criteria.each_ref().map(|one| one.sides.get(side).standing))
        });
        Self {
            criteria: criteria.into(),
            overall,
            watches: watches(comparison),
        }
    }
}

fn held(comparison: &Comparison, what: CriterionKind, side: Side) -> Held {
    let validity = comparison.validity.get(side);
    let grounds = if validity.state == RunState::Invalid {
        vec![Ground::Invalid]
    } else if answered(comparison, side) == 0 {
        vec![Ground::NothingArrived]
    } else {
        match what {
            CriterionKind::Functional => functional(comparison, side),
            CriterionKind::Targets => of_targets(comparison, side),
            CriterionKind::Stability => stability(comparison, side),
            CriterionKind::Scalability => scalability(comparison, side),
        }
    };
    Held {
        standing: verdict::standing(&grounds),
        grounds,
    }
}

/// Requests of judged stages that settled.
fn answered(comparison: &Comparison, side: Side) -> u64 {
    let counts = comparison.actions.iter();
    let counts = counts.filter_map(|row| row.counts.get(side).as_ref());
    counts.map(ActionCounts::sent).sum()
}

fn functional(comparison: &Comparison, side: Side) -> Vec<Ground> {
    let wrong = comparison.failures.iter().filter_map(|row| {
        let count = (*row.counts.get(side))?;
        let wrong = row.kind.starts_with("check-") || row.kind == "extract";
        (wrong && count > 0).then(|| Ground::WrongAnswers {
            stage: row.stage.clone(),
            action: row.action.clone(),
            kind: row.kind.clone(),
            count,
        })
    });
    let wrong: Vec<Ground> = wrong.collect();
    if wrong.is_empty() {
        return vec![Ground::NoWrongAnswer {
            of: answered(comparison, side),
        }];
    }
    wrong
}

fn of_targets(comparison: &Comparison, side: Side) -> Vec<Ground> {
    let counts = *comparison.verdict.targets.get(side);
    match counts.total() {
        0 => vec![Ground::NoTarget],
        _ => vec![Ground::Targets { counts }],
    }
}

fn stability(comparison: &Comparison, side: Side) -> Vec<Ground> {
    let mut grounds: Vec<Ground> = comparison
        .targets
        .iter()
        .filter(|row| matches!(row.target, Target::Success { .. }))
        .map(|row| {
            let result = row.results.get(side);
            Ground::Success {
                stage: row.stage.clone(),
                share: match &result.measured {
                    Measured::Success(success) => success.share,
                    _ => None,
                },
                verdict: result.verdict,
            }
        })
        .collect();
    if grounds.is_empty() {
        grounds.push(Ground::NoSuccessTarget);
    }
    let findings = comparison.validity.get(side).findings.iter();
    grounds.extend(findings.filter_map(|finding| match finding {
        Finding::Drift {
            stage,
            action,
            percent,
        } => Some(Ground::Drift {
            stage: stage.clone(),
            action: action.clone(),
            percent: *percent,
        }),
        _ => None,
    }));
    grounds
}

fn scalability(comparison: &Comparison, side: Side) -> Vec<Ground> {
    let findings = || comparison.validity.get(side).findings.iter();
    let mut grounds: Vec<Ground> = findings()
        .filter_map(|finding| match finding {
            Finding::Overloaded {
                stage, answered, ..
            } => Some(Ground::Overloaded {
                stage: stage.clone(),
                answered: *answered,
            }),
            Finding::HostBusy { stage, busy } => Some(Ground::HostBusy {
                stage: stage.clone(),
                busy: *busy,
            }),
            _ => None,
        })
        .collect();
    for row in comparison
        .stages
        .iter()
        .filter(|row| !row.overloaded.contains(&side))
    {
        let span = comparison.series.get(side).stage(&row.stage);
        if let (Some(counts), Some(span)) = (row.counts.get(side), span) {
            grounds.push(Ground::Carried {
                stage: row.stage.clone(),
                rate_per_s: counts.offered as f64 / (span.ended_s - span.started_s),
            });
        }
    }
    grounds
}
