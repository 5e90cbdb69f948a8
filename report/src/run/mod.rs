//! One record, digested for comparing: every histogram is decoded once and merged where it belongs.

mod action_run;
mod counts;
mod digest;
mod evidence;
mod heat;
mod model;
mod planned;
mod points;
mod series;
mod span;
mod value;

use std::path::Path;

use brunt_record::{ErrorSample, Manifest, Problem, Record};

pub(crate) use action_run::merge;
pub use action_run::{ActionRun, Settled, WhileDue, Window};
pub use counts::ActionCounts;
pub use evidence::{Evidence, Gauge};
pub use heat::{CLASSES_PER_DECADE, HeatColumn, class_begin_us};
pub use model::LoadModel;
pub use series::{
    ActionSeries, MOST_POINTS, PlannedPoint, Point, Series, SpectrumPoint, StageSpan,
};
pub use span::Span;
pub use value::Value;

use crate::error::ReportError;
use crate::profile::{Captured, captured};

/// One record, digested.
#[derive(Clone)]
pub struct Run {
    /// Where it was loaded from, as the caller spelled it.
    pub label: String,
    /// What was run; a draft where the record was cut short.
    pub manifest: Manifest,
    /// Does the record have its `run.json`?
    pub finished: bool,
    /// Every stage × action with arrivals, in the order of the plan; preparation included.
    pub actions: Vec<ActionRun>,
    /// Every stage × session, likewise; their requests are in `actions`.
    pub sessions: Vec<ActionRun>,
    /// The run over time.
    pub series: Series,
    /// The first few failures of every kind.
    pub errors: Vec<ErrorSample>,
    /// `notes.md` beside the record, if there is any: what people wrote of the run.
    pub notes: Option<String>,
    /// What was recorded beside the requests.
    pub evidence: Evidence,
    /// The profiles of the processes under load.
    pub profiles: Captured,
    /// Everything that is wrong with the record.
    pub problems: Vec<Problem>,
}

impl Run {
    /// One action of one stage; none where it had no arrivals.
    pub fn action(&self, stage: &str, action: &str) -> Option<&ActionRun> {
        self.actions
            .iter()
            .find(|run| run.stage == stage && run.action == action)
    }

    /// One kind of session of one stage; none where none was due.
    pub fn session(&self, stage: &str, session: &str) -> Option<&ActionRun> {
        self.sessions
            .iter()
            .find(|run| run.stage == stage && run.action == session)
    }

    /// Whole seconds that the record holds.
    pub fn seconds(&self) -> u64 {
        let points = self.series.actions.iter().filter_map(|a| a.points.last());
        points.map(|p| p.second + p.seconds).max().unwrap_or(0)
    }

    /// All actions of one stage together, under a name that is no slug; none where it had no arrivals.
    pub fn whole_stage(&self, stage: &str) -> Option<ActionRun> {
        let closed = self.stage(stage).all(|action| action.closed);
        let mut whole: Option<ActionRun> = None;
        for action in self.stage(stage) {
            whole
                .get_or_insert_with(|| ActionRun::new(stage, "(all)", closed, std::iter::empty()))
                .add(action);
        }
        whole
    }

    /// Every action of one stage, in the order of the plan.
    pub fn stage<'a>(&'a self, stage: &'a str) -> impl Iterator<Item = &'a ActionRun> {
        self.actions.iter().filter(move |run| run.stage == stage)
    }
}

/// Loads the record in `dir`.
pub fn load(dir: &Path) -> Result<Run, ReportError> {
    let record = Record::open(dir)?;
    let mut problems = record.problems();
    let digested = digest::digest(&record, &mut problems)?;
    let evidence = Evidence::of(&record)?;
    let profiles = captured(&record, &evidence);
    Ok(Run {
        evidence,
        label: dir.display().to_string(),
        manifest: record.manifest,
        finished: record.finished,
        actions: digested.actions,
        sessions: digested.sessions,
        series: digested.series,
        errors: record.errors,
        notes: notes(dir),
        profiles,
        problems,
    })
}

/// No part of the record: it may come and go, and says nothing that is computed.
fn notes(dir: &Path) -> Option<String> {
    std::fs::read_to_string(dir.join("notes.md")).ok()
}

/// Loads records, two at once.
pub fn load_all(dirs: &[&Path]) -> Result<Vec<Run>, ReportError> {
    let mut runs = Vec::new();
    for pair in dirs.chunks(2) {
        match pair {
            [a, b] => {
                let (a, b) = load_pair(a, b)?;
                runs.extend([a, b]);
            }
            rest => {
                for dir in rest {
                    runs.push(load(dir)?);
                }
            }
        }
    }
    Ok(runs)
}

/// Loads two records at once, on two threads.
pub fn load_pair(a: &Path, b: &Path) -> Result<(Run, Run), ReportError> {
    std::thread::scope(|scope| {
        let second = scope.spawn(|| load(b));
        let first = load(a);
        let second = match second.join() {
            Ok(run) => run,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        Ok((first?, second?))
    })
}
