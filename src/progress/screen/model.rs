//! What the screen shows, made of the updates of a run.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use brunt_loadgen::plan::Plan;
use brunt_loadgen::{ActionProgress, Progress, Scenario, StageTotals, Update};

/// Seconds of the delivered rate that are kept: as many as the widest terminal has columns.
const KEPT_SECONDS: usize = 400;

#[derive(Clone, Debug, Default)]
pub(super) struct Model {
    pub(super) scenario: String,
    pub(super) phase: String,
    pub(super) stages: Vec<StageModel>,
    pub(super) plan: Option<Arc<Plan>>,
    /// Index of the running stage.
    pub(super) stage: usize,
    /// Second of the run in which it began.
    pub(super) began: u64,
    /// The last second; absent before the first.
    pub(super) last: Option<Progress>,
    /// Successes in each of the last seconds, newest first.
    pub(super) delivered: VecDeque<u64>,
    /// Has somebody asked the run to stop?
    pub(super) stopping: bool,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StageModel {
    pub(super) name: String,
    pub(super) seconds: u64,
}

impl Model {
    pub(super) fn new(scenario: &Scenario, phase: &str) -> Self {
        Self {
            scenario: scenario.name.clone(),
            phase: phase.to_owned(),
            stages: scenario
                .stages
                .iter()
                .map(|stage| StageModel {
                    name: stage.name.clone(),
                    seconds: stage.duration.as_micros().div_ceil(1_000_000) as u64,
                })
                .collect(),
            plan: Some(Arc::new(Plan::new(scenario))),
            ..Self::default()
        }
    }

    pub(super) fn update(&mut self, update: &Update) {
        match update {
            Update::Stage { index, second } => {
                self.stage = *index;
                self.began = *second;
            }
            Update::Second(progress) => {
                self.delivered.push_front(progress.delivered);
                self.delivered.truncate(KEPT_SECONDS);
                self.last = Some(progress.clone());
            }
        }
    }

    /// Whole seconds of the running stage that have passed, at most all of them.
    pub(super) fn seconds_into(&self) -> u64 {
        let passed = self.last.as_ref().map_or(0, |last| last.second + 1);
        let all = self.stages.get(self.stage).map_or(0, |stage| stage.seconds);
        passed.saturating_sub(self.began).min(all)
    }

    /// Arrivals that were planned in the last second; nothing in a closed model.
    pub(super) fn planned(&self) -> Option<f64> {
        let second = self.last.as_ref()?.second.checked_sub(self.began)?;
        let stage = self.plan.as_ref()?.stages.get(self.stage)?;
        let due = Duration::from_secs(second) < stage.stage.duration;
        if due {
            stage.planned_in(second)
        } else {
            Some(0.0)
        }
    }

    /// Seconds in which arrivals of the running stage are still due.
    pub(super) fn seconds_left(&self) -> u64 {
        let all = self.stages.get(self.stage).map_or(0, |stage| stage.seconds);
        all - self.seconds_into()
    }

    /// The same of all stages from this one on.
    pub(super) fn seconds_left_in_all(&self) -> u64 {
        let later = self.stages.iter().skip(self.stage + 1);
        self.seconds_left() + later.map(|stage| stage.seconds).sum::<u64>()
    }

    /// The actions of the running stage.
    pub(super) fn actions(&self) -> impl Iterator<Item = &ActionProgress> {
        let actions = self.last.iter().flat_map(|last| &last.actions);
        actions.filter(|action| action.stage == self.stage)
    }

    /// The sessions of the running stage.
    pub(super) fn sessions(&self) -> impl Iterator<Item = &ActionProgress> {
        let sessions = self.last.iter().flat_map(|last| &last.sessions);
        sessions.filter(|session| session.stage == self.stage)
    }

    /// Failures of the whole run by kind, most frequent first.
    pub(super) fn failures(&self) -> Vec<(&str, u64)> {
        let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
        for action in self.last.iter().flat_map(|last| &last.actions) {
            for (kind, count) in &action.totals.failures {
                *kinds.entry(kind).or_default() += count;
            }
        }
        let mut kinds: Vec<_> = kinds.into_iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds
    }

    /// Name and totals of every stage that had arrivals.
    pub(super) fn totals(&self) -> impl Iterator<Item = (&str, &StageTotals)> {
        let totals = self.last.iter().flat_map(|last| &last.stages);
        let named = self.stages.iter().zip(totals);
        named
            .filter(|(_, totals)| totals.offered > 0)
            .map(|(stage, totals)| (stage.name.as_str(), totals))
    }
}
