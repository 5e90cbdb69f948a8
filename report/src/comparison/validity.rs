//! Can the figures of a run be trusted, and did the service carry the load?

use schemars::JsonSchema;
use serde::Serialize;

use brunt_record::{Ending, Problem, StagePlan, new_histogram};

use super::estimate::Windowed;
use super::finding::Finding;
use super::verdict;
use crate::run::{ActionCounts, ActionRun, Run, merge};

/// The validity of one run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunValidity {
    /// In one word.
    pub state: RunState,
    /// Faults, warnings and notes, gravest first. Their text says what it means and what to do.
    pub findings: Vec<Finding>,
    /// Every stage of the plan, in order, preparation included.
    pub stages: Vec<StageValidity>,
}

/// The validity of a run in one word. Decided in `verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RunState {
    /// The figures stand.
    Valid,
    /// The figures stand: the service could not carry the load of a judged stage.
    Overloaded,
    /// The generator or the record is at fault: nothing is judged.
    Invalid,
}

/// One stage of a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StageValidity {
    /// Slug.
    pub stage: String,
    /// Is it part of what is judged?
    pub judged: bool,
    /// In one word.
    pub state: StageState,
    /// Arrivals that the plan wants of a stage that runs to its end.
    pub planned: Option<u64>,
    /// What became of the arrivals; absent where the stage never ran.
    pub counts: Option<ActionCounts>,
    /// ok / offered, 0 to 1; absent where nothing was offered.
    pub answered: Option<f64>,
    /// sent / offered, 0 to 1; absent where nothing was offered.
    pub delivered: Option<f64>,
    /// The generator's own delay; absent where it was not recorded.
    pub lateness: Option<Lateness>,
    /// Streams whose bound on requests in flight was reached.
    pub saturated: Vec<String>,
    /// Share of the host's cores that was busy, 0 to 1; absent where it was not measured.
    pub host_busy: Option<f64>,
}

/// Dispatch lateness over all requests of a stage, microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Lateness {
    /// Median.
    pub p50_us: u64,
    /// 99th percentile.
    pub p99_us: u64,
    /// Largest.
    pub max_us: u64,
}

/// A stage in one word. Decided in `verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StageState {
    /// It ran, and its figures stand.
    Valid,
    /// It ran, and the service could not carry its load.
    Overloaded,
    /// The generator could not keep up with its own plan.
    Invalid,
    /// It began and was cut short.
    CutShort,
    /// It never began.
    NeverRan,
}

impl RunValidity {
    /// Everything that bears on the trust in `run`.
    pub(crate) fn of(run: &Run) -> Self {
        let mut findings = whole_run(run);
        let stages = run
            .manifest
            .plan
            .stages
            .iter()
            .map(|stage| StageValidity::of(run, stage, &mut findings))
            .collect();
        findings.sort_by_key(Finding::severity);
        Self {
            state: verdict::run_state(&findings),
            findings,
            stages,
        }
    }

    /// One of the stages.
    pub fn stage(&self, name: &str) -> Option<&StageValidity> {
        self.stages.iter().find(|stage| stage.stage == name)
    }
}

fn whole_run(run: &Run) -> Vec<Finding> {
    let mut findings = Vec::new();
    let completeness = &run.manifest.completeness;
    let seconds = run.seconds();
    if !run.finished || completeness.ending == Ending::Running {
        findings.push(Finding::Unfinished { seconds });
    } else if completeness.ending == Ending::Interrupted {
        findings.push(Finding::Interrupted {
            why: completeness.reason.clone(),
            seconds,
        });
    }
    if completeness.ending == Ending::Aborted {
        findings.push(Finding::Aborted {
            why: completeness.reason.clone(),
            seconds,
        });
    }
    for problem in &run.problems {
        if *problem != Problem::Incomplete {
            findings.push(Finding::Damaged {
                what: problem.to_string(),
            });
        }
    }
    if let Some(generator) = &run.manifest.generator
        && verdict::clock_stepped(generator.clock_step_us)
    {
        findings.push(Finding::ClockStep {
            by_us: generator.clock_step_us,
        });
    }
    if run.manifest.host.shared_with_target {
        findings.push(Finding::SharedHost);
    }
    findings
}

impl StageValidity {
    fn of(run: &Run, stage: &StagePlan, findings: &mut Vec<Finding>) -> Self {
        let name = &stage.name;
        let mut found = Vec::new();
        let mut counts: Option<ActionCounts> = None;
        let mut lateness = new_histogram();
        for action in run.stage(name) {
            counts.get_or_insert_default().add(&action.counts);
            merge(&mut lateness, &action.lateness);
            if stage.judged {
                found.extend(of_action(run, stage, action));
            }
        }
        let answered = counts.and_then(|c| c.answered());
        let saturated = saturated_streams(run, name);
        let overloaded = verdict::overloaded(answered, saturated.len());
        let ran = counts.is_some();
        if overloaded {
            found.push(Finding::Overloaded {
                stage: name.clone(),
                answered,
                saturated: saturated.clone(),
            });
        }
        if let Some(busy) = stage.host_busy.filter(|busy| verdict::host_busy(*busy)) {
            found.push(Finding::HostBusy {
                stage: name.clone(),
                busy,
            });
        }
        if !ran {
            found.push(Finding::NeverRan {
                stage: name.clone(),
            });
        }
        let word = verdict::stage_state(ran, cut_short(run, stage), &found);
        if stage.judged {
            findings.extend(found);
        }
        Self {
            stage: name.clone(),
            judged: stage.judged,
            state: word,
            planned: stage.streams.iter().map(|stream| stream.arrivals).sum(),
            counts,
            answered,
            delivered: counts
                .filter(|c| c.offered > 0)
                .map(|c| c.sent() as f64 / c.offered as f64),
            lateness: (!lateness.is_empty()).then(|| Lateness {
                p50_us: lateness.value_at_quantile(0.5),
                p99_us: lateness.value_at_quantile(0.99),
                max_us: lateness.max(),
            }),
            saturated,
            host_busy: stage.host_busy,
        }
    }
}

/// Lateness against the quantile that is judged (the action's first target, else the p95), and
/// drift, where the rate was to stay the same.
fn of_action(run: &Run, stage: &StagePlan, action: &ActionRun) -> Vec<Finding> {
    let mut findings = Vec::new();
    let planned = run.manifest.plan.actions.iter();
    let quantile = planned
        .filter(|plan| plan.name == action.action)
        .find_map(|plan| plan.targets.first())
        .map_or(0.95, |target| target.quantile);
    let value = action.arrivals().quantile(quantile).us();
    if let (Some(value_us), false) = (value, action.lateness.is_empty()) {
        let lateness_p99_us = action.lateness.value_at_quantile(0.99);
        if let Some(fault) = verdict::late(lateness_p99_us as f64, value_us) {
            findings.push(Finding::Late {
                stage: action.stage.clone(),
                action: action.action.clone(),
                lateness_p99_us,
                quantile,
                value_us,
                fault,
            });
        }
    }
    let steady = stage.streams.iter().all(|stream| stream.rates.is_empty());
    if let (Some(percent), true) = (Windowed::new(action).drift(), steady) {
        findings.push(Finding::Drift {
            stage: action.stage.clone(),
            action: action.action.clone(),
            percent,
        });
    }
    findings
}

/// The manifest names them `stage/stream`.
fn saturated_streams(run: &Run, stage: &str) -> Vec<String> {
    let Some(generator) = &run.manifest.generator else {
        return Vec::new();
    };
    generator
        .saturated
        .iter()
        .filter_map(|name| name.strip_prefix(stage)?.strip_prefix('/'))
        .map(str::to_owned)
        .collect()
}

/// Of a run that did not reach its end, the last stage with arrivals was cut short, unless it had
/// drained.
fn cut_short(run: &Run, stage: &StagePlan) -> bool {
    let complete = run.finished && run.manifest.completeness.ending == Ending::Complete;
    let last = run.actions.last().is_some_and(|a| a.stage == stage.name);
    let whole = stage
        .started_us
        .zip(stage.drained_us)
        .is_some_and(|(started, drained)| drained >= started + stage.duration_us);
    !complete && last && !whole
}
