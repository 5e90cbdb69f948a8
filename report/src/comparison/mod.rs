//! Two runs held against each other.
//!
//! [`compare`] is pure: it reads no file and no clock. Every decision (a verdict, a target met or
//! missed, a run invalid) is made in `verdict.rs`; renderers spell what they are given.
//!
//! The JSON output of brunt is [`Comparison`], see `report/schema/comparison.schema.json`.

mod action;
mod answered;
mod backlog;
mod baseline;
mod change;
mod comparable;
mod compare;
mod correlation;
mod cost;
pub(crate) mod differences;
mod drift;
mod effect;
mod estimate;
mod exhausted;
mod extremes;
mod failures;
mod finding;
pub(crate) mod level;
mod memory;
mod options;
mod overall;
mod pooled;
mod profiles;
mod quantiles;
mod readiness;
mod recommendation;
mod repeat;
mod resources;
mod rows;
mod run_summary;
mod side_runs;
mod statements;
mod success;
mod tally;
mod target;
mod throughput;
mod trial;
mod validity;
mod value;
pub(crate) mod verdict;
mod waits;
mod watch;
mod yardstick;

use schemars::JsonSchema;
use serde::Serialize;

pub use crate::run::{ActionCounts, LoadModel, Value};
pub use crate::statistics::Spread;
pub use action::{ActionComparison, Quantiles, StageComparison};
pub use answered::Answered;
pub use backlog::Backlog;
pub use baseline::why_no_baseline;
pub use change::{Certainty, Change, Noise, NoiseSource, NotJudged, StatisticComparison, Verdict};
pub(crate) use change::{percent, percents};
pub use comparable::{Aspect, Comparability, Difference};
pub use compare::{compare, compare_sets};
pub use correlation::{Correlated, Correlation};
pub use cost::{Cost, CostComparison, CostKind};
pub use drift::Drift;
pub use estimate::{Estimate, NoInterval};
pub(crate) use estimate::{Windowed, value_of};
pub use exhausted::Exhausted;
pub use failures::{FailureRow, FailureSample, UNSENT};
pub use finding::{Fault, Finding, Severity};
pub use level::{Level, LevelComparison, LevelUnit};
pub use memory::{Memory, MemoryComparison, MemoryGrowth};
pub use options::{ASSUMED_NOISE, CompareOptions, Tolerances};
pub use overall::{Conclusion, Fact, Overall, TargetCounts, VerdictCounts};
pub use profiles::DamagedProfile;
pub use quantiles::{QuantileFunctions, QuantilePoint};
pub use readiness::{Criterion, CriterionKind, Ground, Held, Readiness, Standing};
pub use recommendation::{Recommendation, Waiting};
pub use repeat::Repeat;
pub use resources::Resources;
pub use run_summary::RunSummary;
pub use statements::{StatementComparison, StatementUse};
pub use success::{Success, SuccessComparison, SuccessDifference};
pub use tally::{TallyComparison, TallyUnit};
pub(crate) use target::targets_of_stage;
pub use target::{Measured, Target, TargetResult, TargetRow, TargetVerdict};
pub use throughput::{Throughput, ThroughputComparison};
pub use trial::{compare_estimates, estimate};
pub use validity::{Lateness, RunState, RunValidity, StageState, StageValidity};
pub use value::{Interval, Side, Sides, Statistic};
pub use waits::WaitComparison;
pub use watch::{Watch, Watched};

use crate::calibration::FloorUse;
use crate::profile::ProfileReport;
use crate::run::Series;

/// Version of the JSON form of [`Comparison`].
pub const SCHEMA_VERSION: u32 = 1;

/// Two runs, held against each other: A is the baseline, B the candidate.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Comparison {
    /// Version of this form: 1.
    pub schema: u32,
    /// Where the runs come from.
    pub runs: Sides<RunSummary>,
    /// The other runs of each side, where there are several: values are then the geometric means of
    /// all runs of a side and counts their sums, while charts, statements and profiles, and what was
    /// in use, are of the first run.
    #[serde(skip_serializing_if = "no_repeats")]
    pub repeats: Sides<Vec<Repeat>>,
    /// Which noise floor the changes stand on.
    pub floor: FloorUse,
    /// Were they given the same load?
    pub comparable: Comparability,
    /// Can their figures be trusted, and did the service carry the load? Of several runs the gravest.
    pub validity: Sides<RunValidity>,
    /// The targets of both plans, for each run.
    pub targets: Vec<TargetRow>,
    /// Every judged stage, over all its actions, in the order of the plan.
    pub stages: Vec<StageComparison>,
    /// Every action of every judged stage, in the order of the plan.
    pub actions: Vec<ActionComparison>,
    /// Every session of every judged stage, likewise; their requests are in `actions`, and only
    /// those in `stages`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<ActionComparison>,
    /// The quantile functions of every action and session of `actions` and `sessions`, and the shift
    /// from A to B.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<QuantileFunctions>,
    /// Failures of judged stages by kind; empty where nothing failed.
    pub failures: Vec<FailureRow>,
    /// The first few failures of every kind, in words.
    pub failure_samples: Sides<Vec<FailureSample>>,
    /// What people wrote beside the records, in Markdown; absent where they did not.
    #[serde(skip_serializing_if = "no_notes")]
    pub notes: Sides<Option<String>>,
    /// What processes, host and databases used; left out where neither record has gauges.
    #[serde(skip_serializing_if = "Resources::is_empty")]
    pub resources: Resources,
    /// Profiles of the same process in the same stage of both runs, of every kind. Of each at most
    /// 50 functions and moves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub profiles: Vec<ProfileReport>,
    /// Profiles that cannot be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub damaged_profiles: Vec<DamagedProfile>,
    /// The runs over time, for charts; not part of the JSON form.
    #[serde(skip)]
    pub series: Sides<Series>,
    /// What it comes to.
    pub verdict: Overall,
    /// What changed with the response times that did.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub correlations: Vec<Correlation>,
    /// What to do next, in the order of weight.
    pub recommendations: Vec<Recommendation>,
    /// Is the service of each run ready for production?
    pub readiness: Readiness,
}

impl Comparison {
    /// The row of one action, or of one session: no session has the name of an action.
    pub fn action(&self, stage: &str, name: &str) -> Option<&ActionComparison> {
        self.rows()
            .find(|row| row.stage == stage && row.action == name)
    }

    /// Is it the name of a session?
    pub fn is_session(&self, name: &str) -> bool {
        self.sessions.iter().any(|row| row.action == name)
    }

    /// Why an action is not judged in a run, where that is because it did not do what it declares.
    pub(crate) fn effect_unseen(&self, side: Side, row: &ActionComparison) -> Option<NotJudged> {
        let validity = std::slice::from_ref(self.validity.get(side));
        effect::not_judged(validity, side, &row.stage, &row.action)
    }

    /// The quantile functions of one of them.
    pub fn quantiles_of(&self, stage: &str, name: &str) -> Option<&QuantileFunctions> {
        let mut all = self.quantiles.iter();
        all.find(|one| one.stage == stage && one.action == name)
    }

    /// The actions, then the sessions.
    pub fn rows(&self) -> impl Iterator<Item = &ActionComparison> {
        self.actions.iter().chain(&self.sessions)
    }
}

fn no_repeats(repeats: &Sides<Vec<Repeat>>) -> bool {
    repeats.a.is_empty() && repeats.b.is_empty()
}

fn no_notes(notes: &Sides<Option<String>>) -> bool {
    notes.a.is_none() && notes.b.is_none()
}
