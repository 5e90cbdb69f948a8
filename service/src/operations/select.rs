//! What batch-select and random-select have in common: the write, and what it came to.

use serde::Serialize;
use utoipa::ToSchema;

use super::{OperationError, assignment};
use crate::app::App;
use crate::catalogue::{Challenge, Goal};
use crate::instant::Instant;
use crate::view::GoalView;

/// What became of a selection.
#[derive(Debug, Serialize, ToSchema)]
pub struct Selected<'a> {
    /// The goals that were selected, active now.
    pub selected: Vec<GoalView<'a>>,
    /// The goals that had to make room.
    pub deactivated: Vec<String>,
}

/// Why one goal cannot be selected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The goal.
    pub goal_id: String,
    /// Why not.
    pub reason: Reason,
}

/// What stands against selecting a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The challenge has no such goal.
    Unknown,
    /// It was named before.
    Repeated,
    /// It waits for other goals.
    Locked,
    /// Its target was reached, now or in an earlier window, and its reward not claimed.
    Completed,
    /// Its reward was granted.
    Claimed,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let what = match self.reason {
            Reason::Unknown => "is no goal of this challenge",
            Reason::Repeated => "is named twice",
            Reason::Locked => "is locked: its prerequisites are not completed",
            Reason::Completed => "is completed: claim it",
            Reason::Claimed => "is claimed already",
        };
        write!(f, "goal \"{}\" {what}", self.goal_id)
    }
}

/// Switches these goals of the challenge on, and with `replace_existing` all others of it off.
pub(super) async fn write<'a>(
    app: &'a App,
    user: &str,
    challenge: &'a Challenge,
    goals: &[&'a Goal],
    replace_existing: bool,
    now: Instant,
) -> Result<Selected<'a>, OperationError> {
    let assignments = goals
        .iter()
        .map(|goal| assignment(challenge, goal, true, now))
        .collect();
    let replaced = replace_existing.then_some(challenge.id.as_str());
    let namespace = app.content.catalogue.namespace();
    let mut selection = app
        .store
        .select(user, namespace, &assignments, replaced, now)
        .await?;
    selection.deactivated.sort();
    let row_of = |goal: &Goal| {
        let mut rows = selection.selected.iter();
        rows.find(|row| row.goal_id == goal.id)
    };
    Ok(Selected {
        selected: goals
            .iter()
            .filter_map(|goal| Some((*goal, row_of(goal)?)))
            .map(|(goal, row)| GoalView::new(challenge, goal, Some(row), false, now))
            .collect(),
        deactivated: selection.deactivated,
    })
}
