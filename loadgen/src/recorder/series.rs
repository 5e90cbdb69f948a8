//! The stage × action pairs of a run, and its stage × session pairs.

use crate::plan::Plan;
use crate::scenario::Scenario;

/// Index of a stage × action pair, or of a stage × session pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SeriesId(pub(super) usize);

/// All pairs of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    stages: Vec<String>,
    /// Actions, then sessions: in the order of their indices in a mix.
    names: Vec<String>,
    /// How many of them are actions.
    actions: usize,
}

impl Series {
    /// The pairs of `plan`.
    pub(crate) fn new(plan: &Plan, scenario: &Scenario) -> Self {
        Self {
            stages: plan.stages.iter().map(|s| s.stage.name.clone()).collect(),
            names: scenario
                .actions
                .iter()
                .map(|action| &action.name)
                .chain(scenario.sessions.iter().map(|session| &session.name))
                .cloned()
                .collect(),
            actions: scenario.actions.len(),
        }
    }

    /// The pair of a stage and an action or a session, by their indices.
    pub(crate) fn id(&self, stage: usize, index: usize) -> SeriesId {
        SeriesId(stage * self.names.len() + index)
    }

    /// Is it a pair with a session? Its requests are counted with their actions.
    pub(super) fn is_session(&self, id: SeriesId) -> bool {
        id.0 % self.names.len() >= self.actions
    }

    /// Slug of an action or a session, by its index.
    pub(crate) fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.stages.len() * self.names.len()
    }

    /// How many stages there are.
    pub(super) fn stages(&self) -> usize {
        self.stages.len()
    }

    /// Index of the stage.
    pub(super) fn stage(&self, id: SeriesId) -> usize {
        id.0 / self.names.len()
    }

    /// Slugs of stage and action, or of stage and session.
    pub(super) fn names(&self, id: SeriesId) -> (&str, &str) {
        (
            &self.stages[self.stage(id)],
            &self.names[id.0 % self.names.len()],
        )
    }
}
