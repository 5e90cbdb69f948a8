//! One step of a search, measured and judged from its record.

use schemars::JsonSchema;
use serde::Serialize;

use brunt_record::{Ending as RunEnding, StagePlan};

use super::search::{Outcome, Purpose};
use super::verdict::{self, Evidence};
use crate::comparison::verdict as judging;
use crate::comparison::{
    Estimate, Finding, Lateness, RunState, RunValidity, Target, TargetResult, Windowed,
    targets_of_stage,
};
use crate::run::{ActionRun, Run};

/// One step of a search.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Step {
    /// From 1.
    pub number: u32,
    /// Why it was made.
    pub purpose: Purpose,
    /// Multiple of the planned rates.
    pub scale: f64,
    /// Planned rate of the streams whose rates are searched, together.
    pub rate_per_s: f64,
    /// Planned requests per second of all streams of the stage, together; the mean of what sessions
    /// come to.
    pub offered_per_s: f64,
    /// Successes per second, of all streams, while judged arrivals were due; absent where there was
    /// no whole second of that.
    pub answered_per_s: Option<f64>,
    /// ok / offered of the stage, 0 to 1; absent where nothing was offered.
    pub answered: Option<f64>,
    /// Name of the record.
    pub record: String,
    /// How long the judged part was, seconds.
    pub judged_s: f64,
    /// Response times of all actions together.
    pub all: Percentiles,
    /// Response times of every action, in the order of the plan.
    pub actions: Vec<StepAction>,
    /// The targets of the stage, in the order of the plan.
    pub targets: Vec<StepTarget>,
    /// Dispatch lateness of the generator; absent where nothing was sent.
    pub lateness: Option<Lateness>,
    /// Share of the generator's cores that was busy, 0 to 1; absent where it was not measured.
    pub host_busy: Option<f64>,
    /// Faults, warnings and notes, gravest first.
    pub findings: Vec<Finding>,
    /// What it came to.
    pub outcome: Outcome,
}

/// Three percentiles over offered arrivals.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Percentiles {
    /// Median.
    pub p50: Estimate,
    /// 95th.
    pub p95: Estimate,
    /// 99th.
    pub p99: Estimate,
}

/// One action in a step.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StepAction {
    /// Slug.
    pub action: String,
    /// Its response times.
    pub percentiles: Percentiles,
}

/// One target in a step.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StepTarget {
    /// Slug of the action; absent where the target is the stage's success rate.
    pub action: Option<String>,
    /// The limit.
    pub target: Target,
    /// How the step did.
    pub result: TargetResult,
}

/// Which stage, and which of its streams have the rates that are searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Searched {
    /// Slug of the stage.
    pub stage: String,
    /// Slugs of the streams.
    pub streams: Vec<String>,
}

/// A stage that was to prepare a step and was not answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Unprepared {
    /// Slug of the stage.
    pub stage: String,
    /// ok / offered, 0 to 1; absent where it never ran.
    pub answered: Option<f64>,
}

/// The first stage of `run`, of those that are not judged, that was answered too little for what
/// comes after it to mean anything.
pub fn unprepared(run: &Run) -> Option<Unprepared> {
    let stages = run.manifest.plan.stages.iter();
    let mut preparation = stages
        .filter(|stage| !stage.judged)
        .map(|stage| Unprepared {
            answered: run
                .whole_stage(&stage.name)
                .and_then(|whole| whole.counts.answered()),
            stage: stage.name.clone(),
        });
    preparation.find(|one| one.answered.is_none() || verdict::too_little_answered(one.answered))
}

impl Step {
    /// Judges the record of a step; nothing where its stage never began.
    pub fn of(
        run: &Run,
        searched: &Searched,
        (number, purpose, scale): (u32, Purpose, f64),
    ) -> Option<Self> {
        let name = &searched.stage;
        let plan = run.manifest.plan.stages.iter().find(|s| s.name == *name)?;
        let whole = run.whole_stage(name)?;
        let validity = RunValidity::of(run);
        let stage = validity.stage(name)?;
        // What the generator had no connection for crosses a threshold of failures as well.
        let aborted = run.manifest.completeness.ending == RunEnding::Aborted
            && !judging::ran_out(&validity.findings);
        let invalid = validity.state == RunState::Invalid && !aborted;
        let targets = targets_of_stage(run, name, invalid);
        let held: Vec<_> = targets.iter().map(|(_, t, result)| (*t, result)).collect();
        let outcome = verdict::outcome(&Evidence {
            state: validity.state,
            aborted,
            overloaded: stage.overloaded,
            targets: &held,
        });
        Some(Self {
            number,
            purpose,
            scale,
            rate_per_s: rate(plan, |stream| searched.streams.contains(stream)),
            offered_per_s: offered(plan),
            answered_per_s: answered_per_s(run, name, &whole),
            answered: stage.answered,
            record: run.manifest.id.clone(),
            judged_s: plan.duration_us.saturating_sub(plan.warmup_us) as f64 / 1e6,
            all: Percentiles::of(&whole),
            actions: run
                .stage(name)
                .map(|action| StepAction {
                    action: action.action.clone(),
                    percentiles: Percentiles::of(action),
                })
                .collect(),
            targets: targets
                .into_iter()
                .map(|(action, target, result)| StepTarget {
                    action,
                    target,
                    result,
                })
                .collect(),
            lateness: stage.lateness,
            host_busy: stage.host_busy,
            findings: validity.findings.clone(),
            outcome,
        })
    }
}

impl Percentiles {
    fn of(run: &ActionRun) -> Self {
        let windowed = Windowed::new(run);
        Self {
            p50: windowed.quantile(0.5),
            p95: windowed.quantile(0.95),
            p99: windowed.quantile(0.99),
        }
    }

    /// All three, with their names.
    pub fn named(&self) -> [(&'static str, &Estimate); 3] {
        [("p50", &self.p50), ("p95", &self.p95), ("p99", &self.p99)]
    }
}

/// The planned rate of some streams together.
fn rate(stage: &StagePlan, counts: impl Fn(&String) -> bool) -> f64 {
    let streams = stage.streams.iter().filter(|stream| counts(&stream.name));
    streams.filter_map(|stream| stream.rate_per_s).sum()
}

/// The planned requests of all streams together, per second.
fn offered(stage: &StagePlan) -> f64 {
    let seconds = stage.duration_us as f64 / 1e6;
    let streams = stage.streams.iter();
    let rates = streams.filter_map(|stream| match stream.expected[..] {
        [] => stream.rate_per_s,
        _ => Some(stream.requests()? / seconds),
    });
    rates.sum()
}

/// What settles after the last arrival was due would make a rate of seconds that offered nothing.
fn answered_per_s(run: &Run, stage: &str, whole: &ActionRun) -> Option<f64> {
    let span = run.series.stages.iter().find(|span| span.stage == stage)?;
    let seconds = span.judged_from_s.ceil() as u64..span.ended_s.floor() as u64;
    let length = seconds.end.checked_sub(seconds.start).filter(|n| *n > 0)?;
    let ok: u64 = whole.seconds.range(seconds).map(|(_, s)| s.ok).sum();
    Some(ok as f64 / length as f64)
}
