//! Can the figures of a run be trusted, and did the service carry the load?

use schemars::JsonSchema;
use serde::Serialize;

use brunt_record::{Ending, Problem, StagePlan, StreamPlan, new_histogram};

use super::answered::Answered;
use super::backlog::Backlog;
use super::drift::Drift;
use super::effect;
use super::exhausted::Exhausted;
use super::finding::Finding;
use super::verdict;
use crate::run::{ActionCounts, ActionRun, LoadModel, Run, merge};
use crate::statistics::OverOffered;

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
    /// Who says when its requests are sent.
    pub model: LoadModel,
    /// In one word.
    pub state: StageState,
    /// Could the service not carry the rates of its open streams?
    pub overloaded: bool,
    /// Arrivals of the open streams that piled up while more came due; absent where they did not.
    pub backlog: Option<Backlog>,
    /// Requests that the plan wants of a stage that runs to its end; absent where users, or the
    /// chances of sessions, decide how many there are.
    pub planned: Option<u64>,
    /// What became of the arrivals; absent where the stage never ran.
    pub counts: Option<ActionCounts>,
    /// ok / offered, 0 to 1, from the end of the warm-up on, of the open streams where there are any;
    /// absent where nothing was offered.
    pub answered: Option<f64>,
    /// sent / offered of the open streams, 0 to 1; absent where they offered nothing.
    pub delivered: Option<f64>,
    /// The generator's own delay in open streams; absent where it was not recorded.
    pub lateness: Option<Lateness>,
    /// Streams whose bound on requests in flight was reached after the warm-up.
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
        let mut open = ActionCounts::default();
        let mut lateness = new_histogram();
        for action in run.stage(name) {
            counts.get_or_insert_default().add(&action.counts);
            if !action.closed {
                open.add(&action.counts);
                merge(&mut lateness, &action.lateness);
            }
            if stage.judged {
                found.extend(of_action(run, stage, action));
            }
        }
        found.extend(exhausted(run, name));
        let ran = counts.is_some();
        if stage.judged {
            found.extend(effect::unseen(run, stage));
        }
        let model = LoadModel::of(stage);
        let of_open = answered(run.stage(name).filter(|action| !action.closed));
        // Users who wait for each response offer no more than is answered: what fails is their
        // success rate, and no rate was too much.
        let answered = match model {
            LoadModel::Closed => answered(run.stage(name)),
            LoadModel::Open | LoadModel::Mixed => of_open,
        };
        let saturated = saturated_streams(run, stage);
        // Where the rate changes, so does what is open.
        let streams = run.stage(name).filter(|action| !action.closed);
        let backlog = is_steady(stage).then(|| Backlog::of(streams)).flatten();
        // What the generator had no connection for the service need not have been too slow for.
        let overloaded = ran
            && !verdict::ran_out(&found)
            && verdict::overloaded(of_open, saturated.len(), backlog.is_some());
        let answered_share = Answered::of(of_open, backlog.as_ref());
        if overloaded {
            found.push(Finding::Overloaded {
                stage: name.clone(),
                answered: answered_share,
                backlog,
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
            model,
            state: word,
            overloaded,
            backlog,
            planned: stage.streams.iter().map(planned).sum(),
            counts,
            answered,
            delivered: open.delivered(),
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

/// ok / offered of the judged span, in which a cold service has no part; none where nothing was.
fn answered<'a>(actions: impl Iterator<Item = &'a ActionRun>) -> Option<f64> {
    let judged = actions.map(ActionRun::judged);
    let (ok, offered) = judged.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    (offered > 0).then(|| ok as f64 / offered as f64)
}

/// What the generator ran out of in a stage.
fn exhausted(run: &Run, stage: &str) -> impl Iterator<Item = Finding> {
    Exhausted::ALL.into_iter().filter_map(move |of| {
        let actions = run.stage(stage);
        let failed = actions.filter_map(|action| action.failures.get(of.kind()));
        let requests: u64 = failed.sum();
        (requests > 0).then(|| Finding::Exhausted {
            stage: stage.to_owned(),
            of,
            requests,
        })
    })
}

/// Do its rates stay the same?
fn is_steady(stage: &StagePlan) -> bool {
    stage.streams.iter().all(|stream| stream.rates.is_empty())
}

/// The requests of a stream; nothing where only their mean is known.
fn planned(stream: &StreamPlan) -> Option<u64> {
    let certain = stream.expected.iter().all(|expected| expected.certain);
    let requests = stream.requests().filter(|_| certain)?;
    Some(requests.round() as u64)
}

/// How the generator kept up with the action, and drift, where the rate was to stay the same.
fn of_action(run: &Run, stage: &StagePlan, action: &ActionRun) -> Vec<Finding> {
    let mut findings = Vec::new();
    if action.closed {
        findings.extend(bookkeeping(run, action));
    } else {
        findings.extend(late(run, action));
    }
    if let (Drift::Moved { percent }, true) = (Drift::of(action), is_steady(stage)) {
        findings.push(Finding::Drift {
            stage: action.stage.clone(),
            action: action.action.clone(),
            percent,
        });
    }
    findings
}

/// Lateness against the quantile that is judged: of the action's targets the lowest, which is the
/// shortest time, else the p95.
fn late(run: &Run, action: &ActionRun) -> Option<Finding> {
    if action.lateness.is_empty() {
        return None;
    }
    let planned = run.manifest.plan.actions.iter();
    let quantile = planned
        .filter(|plan| plan.name == action.action)
        .flat_map(|plan| &plan.targets)
        .map(|target| target.quantile)
        .min_by(f64::total_cmp)
        .unwrap_or(0.95);
    // Where failures reach into the quantile, what succeeded is all that can have been spoilt.
    let arrivals = action.arrivals();
    let successes = OverOffered {
        lost: 0,
        ..arrivals
    };
    let value_us = arrivals
        .quantile(quantile)
        .least_us()
        .or_else(|| successes.quantile(quantile).least_us())?;
    let lateness_p99_us = action.lateness.value_at_quantile(0.99);
    let fault = verdict::late(lateness_p99_us as f64, value_us)?;
    Some(Finding::Late {
        stage: action.stage.clone(),
        action: action.action.clone(),
        lateness_p99_us,
        quantile,
        value_us,
        fault,
    })
}

/// Users of the closed model have no due times to be late for: Little's law is held against the
/// sums in place of lateness, N = λW with both sides times the length of the stage.
fn bookkeeping(run: &Run, action: &ActionRun) -> Option<Finding> {
    let in_flight_us = action.in_flight_us as f64;
    let service_sum_us = action.service_sum_us?;
    // What was in flight at the end of a record that was cut short has no service time.
    let whole = run.finished && action.open == 0;
    if !whole || !verdict::contradicts_little(in_flight_us, service_sum_us) {
        return None;
    }
    let span = run.series.stage(&action.stage)?;
    let length_us = (span.ended_s - span.started_s) * 1e6;
    Some(Finding::Bookkeeping {
        stage: action.stage.clone(),
        action: action.action.clone(),
        in_flight: in_flight_us / length_us,
        expected: service_sum_us / length_us,
    })
}

/// Those that were so after the warm-up, or at some instant that the record does not know. The manifest
/// names them `stage/stream`.
fn saturated_streams(run: &Run, stage: &StagePlan) -> Vec<String> {
    let Some(generator) = &run.manifest.generator else {
        return Vec::new();
    };
    let judged_from_us = stage.started_us.unwrap_or(0) + stage.warmup_us;
    let in_warmup = |name: &str| {
        let mut times = generator.saturations.iter();
        times.any(|times| times.stream == name && times.last_us < judged_from_us)
    };
    generator
        .saturated
        .iter()
        .filter(|name| !in_warmup(name))
        .filter_map(|name| name.strip_prefix(&stage.name)?.strip_prefix('/'))
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
        .is_some_and(|(started, drained)| {
            drained >= stage.ended_us.unwrap_or(started + stage.duration_us)
        });
    !complete && last && !whole
}
