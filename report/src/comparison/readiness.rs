//! Is a run's service ready for production, by declared rules?
//!
//! | criterion | passes where | fails where |
//! |---|---|---|
//! | functional | every answer was looked at, and none found wrong | one was |
//! | targets | every target is met | one is missed |
//! | stability | every success target is met, and no p95 is seen to drift | a success target is missed |
//! | scalability | every judged stage was carried, on a machine that was not nearly busy | one was not carried |
//!
//! What lies between cannot be told, and nothing is passed that was not measured. A service is ready
//! where all four pass, and not ready where one fails. Decided in `verdict.rs` only.

use schemars::JsonSchema;
use serde::Serialize;

use super::answered::Answered;
use super::drift::Drift;
use super::failures::FailureRow;
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
    /// Nothing was answered in a judged stage.
    NothingArrived,
    /// No answer failed a check of the scenario.
    NoWrongAnswer {
        /// Answers that were looked at: successes.
        of: u64,
    },
    /// Answers had a status that is a failure, after which nobody looks into them.
    FailureStatus {
        count: u64,
        /// All answers.
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
    /// Whether the p95 of these actions moved within the run cannot be told.
    DriftUnknown { stage: String, actions: Vec<String> },
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
    } else if counted(comparison, side, ActionCounts::sent) == 0 {
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

/// Requests of judged stages: `what` of them, over all actions.
fn counted(comparison: &Comparison, side: Side, what: fn(&ActionCounts) -> u64) -> u64 {
    let counts = comparison.actions.iter();
    let counts = counts.filter_map(|row| row.counts.get(side).as_ref());
    counts.map(what).sum()
}

fn functional(comparison: &Comparison, side: Side) -> Vec<Ground> {
    // What a session fails by its requests did.
    let rows = comparison.failures.iter();
    let rows = rows.filter(|row| !comparison.is_session(&row.action));
    let counted_rows = rows.filter_map(|row| Some((row, (*row.counts.get(side))?)));
    let failed: Vec<(&FailureRow, u64)> = counted_rows.filter(|(_, count)| *count > 0).collect();
    let of_kind = |is: fn(&str) -> bool| failed.iter().filter(move |(row, _)| is(&row.kind));
    let ok = counted(comparison, side, |counts| counts.ok);
    let wrong: u64 = of_kind(is_wrong).map(|(_, count)| count).sum();
    let refused: u64 = of_kind(is_status).map(|(_, count)| count).sum();

    let mut grounds: Vec<Ground> = of_kind(is_wrong)
        .map(|(row, count)| Ground::WrongAnswers {
            stage: row.stage.clone(),
            action: row.action.clone(),
            kind: row.kind.clone(),
            count: *count,
        })
        .collect();
    if wrong == 0 && ok > 0 {
        grounds.push(Ground::NoWrongAnswer { of: ok });
    }
    if refused > 0 {
        grounds.push(Ground::FailureStatus {
            count: refused,
            of: ok + wrong + refused,
        });
    }
    if grounds.is_empty() {
        grounds.push(Ground::NothingArrived);
    }
    grounds
}

/// Does an answer that failed so not say what it was asked for?
fn is_wrong(kind: &str) -> bool {
    kind.starts_with("check-") || kind == "extract"
}

/// Is it the failure of a status, whatever the answer said?
fn is_status(kind: &str) -> bool {
    kind.starts_with("http-") || kind.starts_with("grpc-")
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
    grounds.extend(drifts(comparison, side));
    grounds
}

/// What moved, then of what that cannot be told, stage by stage.
fn drifts(comparison: &Comparison, side: Side) -> Vec<Ground> {
    let drifts = comparison.actions.iter();
    let drifts = drifts.filter_map(|row| Some((row, (*row.drift.get(side))?)));
    let (mut moved, mut unknown) = (Vec::new(), Vec::new());
    for (row, drift) in drifts {
        match drift {
            Drift::Steady => {}
            Drift::Moved { percent } => moved.push(Ground::Drift {
                stage: row.stage.clone(),
                action: row.action.clone(),
                percent,
            }),
            Drift::Unknown => match unknown.last_mut() {
                Some(Ground::DriftUnknown { stage, actions }) if *stage == row.stage => {
                    actions.push(row.action.clone());
                }
                _ => unknown.push(Ground::DriftUnknown {
                    stage: row.stage.clone(),
                    actions: vec![row.action.clone()],
                }),
            },
        }
    }
    moved.append(&mut unknown);
    moved
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
