//! The stage × action pairs of a run.

use crate::plan::Plan;
use crate::scenario::Scenario;

/// Index of a stage × action pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeriesId(pub(super) usize);

/// All pairs of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    stages: Vec<String>,
    actions: Vec<String>,
}

impl Series {
    /// The pairs of `plan`.
    pub(crate) fn new(plan: &Plan, scenario: &Scenario) -> Self {
        Self {
            stages: plan.stages.iter().map(|s| s.stage.name.clone()).collect(),
            actions: scenario.actions.iter().map(|a| a.name.clone()).collect(),
        }
    }

    /// The pair of a stage and an action, by their indices.
    pub(crate) fn id(&self, stage: usize, action: usize) -> SeriesId {
        SeriesId(stage * self.actions.len() + action)
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.stages.len() * self.actions.len()
    }

    /// How many stages there are.
    pub(super) fn stages(&self) -> usize {
        self.stages.len()
    }

    /// Index of the stage.
    pub(super) fn stage(&self, id: SeriesId) -> usize {
        id.0 / self.actions.len()
    }

    /// Slugs of stage and action.
    pub(super) fn names(&self, id: SeriesId) -> (&str, &str) {
        (
            &self.stages[self.stage(id)],
            &self.actions[id.0 % self.actions.len()],
        )
    }
}
