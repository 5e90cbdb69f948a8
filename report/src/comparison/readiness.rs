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
use super::failures::FailureRow;
use super::finding::Finding;
use super::level::{CORES, LevelComparison};
use super::overall::TargetCounts;
use super::target::{Measured, Target, TargetRow, TargetVerdict};
use super::validity::{RunState, RunValidity};
use super::value::{Side, Sides};
use super::verdict;
use super::{ActionComparison, StageComparison};

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

/// One thing to watch in production.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Watch {
    /// What.
    pub what: Watched,
    /// What B measured.
    pub measured: f64,
    /// The share of the limit that B has left; none or negative where it is passed.
    pub headroom: f64,
    /// When half of what is left has gone; absent where nothing is.
    pub warn_at: Option<f64>,
    /// At the limit.
    pub alert_at: f64,
}

/// What is watched, and in what it is measured.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "`stage` and `action` are slugs")]
pub enum Watched {
    /// A quantile of a response time, microseconds.
    Latency {
        stage: String,
        action: String,
        /// 0 to 1.
        quantile: f64,
    },
    /// A share of successes, 0 to 1; lower is worse.
    Success { stage: String },
    /// Cores that are busy of those of the machine.
    Cores {
        stage: String,
        /// Cores of the machine.
        of: u32,
    },
}

/// What readiness is drawn up from.
pub(super) struct Parts<'a> {
    pub(super) validity: &'a Sides<RunValidity>,
    pub(super) stages: &'a [StageComparison],
    pub(super) actions: &'a [ActionComparison],
    pub(super) targets: &'a [TargetRow],
    pub(super) counts: &'a Sides<TargetCounts>,
    pub(super) failures: &'a [FailureRow],
    pub(super) levels: &'a [LevelComparison],
    /// Cores of B's machine.
    pub(super) cores: Option<u32>,
    /// How long each stage offered load in each run, seconds.
    pub(super) lengths_s: Sides<Vec<(String, f64)>>,
}

impl Readiness {
    pub(super) fn of(parts: &Parts<'_>) -> Self {
        use CriterionKind::{Functional, Scalability, Stability, Targets};
        let criteria = [Functional, Targets, Stability, Scalability].map(|what| Criterion {
            what,
            sides: Sides::of(Side::A, Side::B, |side| parts.held(what, side)),
        });
        let overall = Sides::of(Side::A, Side::B, |side| {
            verdict::readiness(criteria.each_ref().map(|one| one.sides.get(side).standing))
        });
        Self {
            criteria: criteria.into(),
            overall,
            watches: parts.watches(),
        }
    }
}

impl Parts<'_> {
    fn held(&self, what: CriterionKind, side: Side) -> Held {
        let validity = self.validity.get(side);
        let grounds = if validity.state == RunState::Invalid {
            vec![Ground::Invalid]
        } else if self.answered(side) == 0 {
            vec![Ground::NothingArrived]
        } else {
            match what {
                CriterionKind::Functional => self.functional(side),
                CriterionKind::Targets => self.of_targets(side),
                CriterionKind::Stability => self.stability(side),
                CriterionKind::Scalability => self.scalability(side),
            }
        };
        Held {
            standing: verdict::standing(&grounds),
            grounds,
        }
    }

    /// Requests of judged stages that settled.
    fn answered(&self, side: Side) -> u64 {
        let counts = self.actions.iter();
        let counts = counts.filter_map(|row| row.counts.get(side).as_ref());
        counts.map(super::ActionCounts::sent).sum()
    }

    fn functional(&self, side: Side) -> Vec<Ground> {
        let wrong = self.failures.iter().filter_map(|row| {
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
                of: self.answered(side),
            }];
        }
        wrong
    }

    fn of_targets(&self, side: Side) -> Vec<Ground> {
        let counts = *self.counts.get(side);
        match counts.total() {
            0 => vec![Ground::NoTarget],
            _ => vec![Ground::Targets { counts }],
        }
    }

    fn stability(&self, side: Side) -> Vec<Ground> {
        let mut grounds: Vec<Ground> = self
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
        let findings = self.validity.get(side).findings.iter();
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

    fn scalability(&self, side: Side) -> Vec<Ground> {
        let findings = || self.validity.get(side).findings.iter();
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
        for row in self
            .stages
            .iter()
            .filter(|row| !row.overloaded.contains(&side))
        {
            let mut lengths = self.lengths_s.get(side).iter();
            let length_s = lengths.find(|(stage, _)| *stage == row.stage);
            if let (Some(counts), Some((_, length_s))) = (row.counts.get(side), length_s) {
                grounds.push(Ground::Carried {
                    stage: row.stage.clone(),
                    rate_per_s: counts.offered as f64 / length_s,
                });
            }
        }
        grounds
    }

    fn watches(&self) -> Vec<Watch> {
        let targets = self.targets.iter().filter_map(|row| {
            let result = &row.results.b;
            match (row.target, &result.measured, &row.action) {
                (
                    Target::Latency { quantile, limit_us },
                    Measured::Latency(estimate),
                    Some(action),
                ) => {
                    let limit = limit_us as f64;
                    let measured = estimate.value.us()?;
                    Some(Watch {
                        what: Watched::Latency {
                            stage: row.stage.clone(),
                            action: action.clone(),
                            quantile,
                        },
                        measured,
                        headroom: 1.0 - measured / limit,
                        warn_at: verdict::halfway(measured, limit),
                        alert_at: limit,
                    })
                }
                (Target::Success { at_least }, Measured::Success(success), _) => {
                    let measured = success.share?;
                    let allowed = 1.0 - at_least;
                    // Of failures less is better.
                    let failures = 1.0 - measured;
                    Some(Watch {
                        what: Watched::Success {
                            stage: row.stage.clone(),
                        },
                        measured,
                        headroom: 1.0 - failures / allowed,
                        warn_at: verdict::halfway(failures, allowed).map(|half| 1.0 - half),
                        alert_at: at_least,
                    })
                }
                _ => None,
            }
        });
        let busy = self.levels.iter().filter_map(|row| {
            let (level, of) = (row.sides.b?, self.cores?);
            let host = row.source == "host" && row.what == CORES;
            host.then(|| {
                let limit = verdict::BUSY * f64::from(of);
                Watch {
                    what: Watched::Cores {
                        stage: row.stage.clone(),
                        of,
                    },
                    measured: level.mean,
                    headroom: 1.0 - level.mean / limit,
                    warn_at: verdict::halfway(level.mean, limit),
                    alert_at: limit,
                }
            })
        });
        targets
            .chain(busy)
            .filter(|watch| watch.headroom.is_finite())
            .collect()
    }
}
