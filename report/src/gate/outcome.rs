//! What a gate says.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::evidence::Evidence;
use super::floor::floor_in_words;
use super::inconclusive::Inconclusive;
use crate::calibration::FloorUse;
use crate::comparison::{NotJudged, SCHEMA_VERSION, Sides, Spread};
use crate::language::BEYOND;

/// The outcome of a gate.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct GateOutcome {
    /// Version of this form: 1.
    pub schema: u32,
    /// In one word.
    pub outcome: Outcome,
    /// What inconclusive rules count as.
    pub inconclusive: Inconclusive,
    /// The noise floor that relative rules stand on.
    pub floor: FloorUse,
    /// One row per rule and action (or stage) that it holds for, in the order of the rules.
    pub rows: Vec<RuleRow>,
}

impl GateOutcome {
    /// Of rules that were judged, by this noise floor.
    pub(super) fn of(rows: Vec<RuleRow>, floor: FloorUse) -> Self {
        Self {
            schema: SCHEMA_VERSION,
            outcome: Outcome::of(&rows, Inconclusive::NoVerdict),
            inconclusive: Inconclusive::NoVerdict,
            floor,
            rows,
        }
    }

    /// The same with inconclusive rules counting as `inconclusive` says.
    #[must_use]
    pub fn counting(self, inconclusive: Inconclusive) -> Self {
        Self {
            outcome: Outcome::of(&self.rows, inconclusive),
            inconclusive,
            ..self
        }
    }

    /// What one of its rules counts as.
    pub fn counts_as(&self, row: &RuleRow) -> RuleOutcome {
        self.inconclusive.count(row.outcome)
    }

    /// The noise floor in words, where a rule stands on it.
    pub fn noise_floor(&self) -> Option<String> {
        let any = |of: fn(&Evidence) -> bool| self.rows.iter().any(|row| of(&row.evidence));
        let times = any(|evidence| matches!(evidence, Evidence::Relative { .. }));
        let costs = any(|evidence| matches!(evidence, Evidence::RelativeCost { .. }));
        (times || costs).then(|| floor_in_words(&self.floor, times, costs))
    }

    /// 0 passed, 1 a rule failed, 3 no verdict.
    pub fn exit_code(&self) -> u8 {
        match self.outcome {
            Outcome::Passed => 0,
            Outcome::Failed => 1,
            Outcome::NoVerdict => 3,
        }
    }
}

/// The outcome of a gate in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every rule passed, and there was one.
    Passed,
    /// A rule failed.
    Failed,
    /// No rule failed, but some could not be judged; or there was none.
    NoVerdict,
}

impl Outcome {
    /// A failure outweighs what cannot be told, and nothing to judge is no pass.
    fn of(rows: &[RuleRow], inconclusive: Inconclusive) -> Self {
        let count = |row: &RuleRow| inconclusive.count(row.outcome);
        if rows.iter().any(|row| count(row) == RuleOutcome::Failed) {
            Self::Failed
        } else if !rows.is_empty() && rows.iter().all(|row| count(row) == RuleOutcome::Passed) {
            Self::Passed
        } else {
            Self::NoVerdict
        }
    }
}

/// One rule on one action or stage.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RuleRow {
    /// As its author wrote it; a target of the plan in the same form.
    pub rule: String,
    /// Slug of the stage; absent where the rule matches nothing.
    pub stage: Option<String>,
    /// Slug of the action; absent for a rule on a whole stage.
    pub action: Option<String>,
    /// Name of the source of gauges; absent for a rule on anything else.
    pub source: Option<String>,
    /// What it was held against.
    pub evidence: Evidence,
    /// Whether it passed.
    pub outcome: RuleOutcome,
    /// Why.
    pub why: Why,
}

impl RuleRow {
    /// `init/initialize-new`, `init`, `init (process/service)`, or nothing where a rule matches nothing.
    pub fn place(&self) -> String {
        let place = [self.stage.as_deref(), self.action.as_deref()];
        place_in_words(place, self.source.as_deref())
    }
}

pub(super) fn place_in_words(place: [Option<&str>; 2], source: Option<&str>) -> String {
    let place = place.into_iter().flatten().collect::<Vec<_>>().join("/");
    match source {
        Some(source) => format!("{place} ({source})"),
        None => place,
    }
}

/// Whether a rule passed. Decided in `comparison/verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RuleOutcome {
    /// It holds for certain.
    Passed,
    /// It does not hold for certain.
    Failed,
    /// The runs cannot tell.
    Inconclusive,
    /// Nothing may be said.
    NotJudged,
}

/// Why a rule has its outcome. The text follows the outcome: "inconclusive: …".
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum Why {
    /// The whole interval keeps the limit.
    Keeps,
    /// No part of the interval keeps the limit.
    Breaks,
    /// Nothing was spent, which keeps every limit.
    NothingSpent,
    /// A spent nothing and B something: there is no share to tell.
    FromNothing,
    /// The highest reading keeps the limit.
    PeakKeeps,
    /// The highest reading does not keep the limit.
    PeakBreaks,
    /// There is no interval, and enough arrivals are within the limit.
    EnoughWithin,
    /// There is no interval, and too few arrivals are within the limit.
    TooFewWithin,
    /// The interval holds the limit.
    Straddles,
    /// There is no interval.
    FewSamples,
    /// The value is longer than records tell apart.
    Beyond,
    /// The value is no longer that long.
    NoLongerBeyond,
    /// Failed and unsent arrivals reach into the quantile.
    Unbounded,
    /// Failed and unsent arrivals no longer reach into the quantile.
    NoLongerUnbounded,
    /// B was overloaded, A was not.
    OverloadBegan,
    /// A was overloaded, B was not.
    OverloadEnded,
    /// The increase is certain and beyond the tolerance.
    Regressed,
    /// The upper bound of the change is within the tolerance.
    WithinTolerance {
        /// That bound, percent.
        upper_percent: f64,
    },
    /// Neither: such runs only show changes of some size.
    CannotResolve {
        /// That size, percent.
        detectable_percent: f64,
        /// Runs of each side.
        runs: Sides<u32>,
        /// What keeps them from it.
        spread: Spread,
        /// Runs a side with which unchanged code passes in four of five tries, by the noise floor or by
        /// how much these differ; absent where 50 are too few.
        needed: Option<u32>,
    },
    /// Nothing may be said.
    NotJudged {
        /// Why.
        reason: NotJudged,
    },
    /// No judged stage or action has the rule's name.
    NoMatch,
    /// No source of gauges has the rule's name.
    NoSource,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keeps => f.write_str("the whole interval keeps the limit"),
            Self::Breaks => f.write_str("no part of the interval keeps the limit"),
            Self::NothingSpent => f.write_str("B spent nothing"),
            Self::FromNothing => {
                f.write_str("A spent nothing, so that B has no share of it: write a limit")
            }
            Self::PeakKeeps => f.write_str("the highest reading keeps the limit"),
            Self::PeakBreaks => f.write_str("the highest reading is above the limit"),
            Self::EnoughWithin => f.write_str("few samples, but enough within the limit"),
            Self::TooFewWithin => f.write_str("few samples, but too few within the limit"),
            Self::Straddles => f.write_str("the limit lies inside the interval: run longer"),
            Self::FewSamples => f.write_str("few samples, so no interval: run longer"),
            Self::Beyond => write!(f, "{BEYOND}, which is as long as records tell apart"),
            Self::NoLongerBeyond => write!(f, "no longer {BEYOND}"),
            Self::Unbounded => f.write_str("failed and unsent arrivals reach into the quantile"),
            Self::NoLongerUnbounded => {
                f.write_str("failed and unsent arrivals no longer reach into the quantile")
            }
            Self::OverloadBegan => f.write_str("B was overloaded, A was not"),
            Self::OverloadEnded => f.write_str("A was overloaded, B is not"),
            Self::Regressed => f.write_str("the increase is certain and beyond the tolerance"),
            Self::WithinTolerance { upper_percent } => write!(
                f,
                "with 95 % confidence the change is below {upper_percent:+.1} %"
            ),
            Self::CannotResolve {
                detectable_percent,
                runs,
                spread,
                needed,
            } => {
                let (who, show) = so_many(*runs);
                let why = match spread {
                    Spread::NoiseFloor => "with this noise floor",
                    Spread::BetweenRuns => {
                        "which differ among themselves by more than the noise floor"
                    }
                    Spread::WithinRuns => "with what varies within a run",
                    Spread::Pairs => "by how the pairs differ",
                };
                write!(
                    f,
                    "{who}, {why}, {show} changes of {detectable_percent:.0} % or more"
                )?;
                match needed {
                    _ if *spread == Spread::WithinRuns => f.write_str(": run longer"),
                    Some(needed) if *spread == Spread::Pairs => write!(f, ": make {needed} pairs"),
                    Some(needed) if *needed > runs.a.min(runs.b) => {
                        write!(f, ": make {needed} runs a side, or brunt duet")
                    }
                    Some(_) => Ok(()),
                    None => f.write_str(": no number of runs will do, brunt duet may"),
                }
            }
            Self::NotJudged { reason } => reason.fmt(f),
            Self::NoMatch => f.write_str("no judged stage or action has this name"),
            Self::NoSource => f.write_str("neither run has a source of gauges of this name"),
        }
    }
}

/// Who shows it, with the verb.
fn so_many(runs: Sides<u32>) -> (String, &'static str) {
    match (runs.a, runs.b) {
        (1, 1) => ("one run a side".to_owned(), "shows"),
        (a, b) if a == b => (format!("{a} runs a side"), "show"),
        (a, b) => (format!("{a} against {b} runs"), "show"),
    }
}
