//! Gives a player the goals that everybody starts with.

use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::OperationError;
use crate::app::App;
use crate::instant::Instant;
use crate::view::GoalView;

/// What a player starts with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Initialized)]
pub struct Initialised<'a> {
    /// Rows inserted now.
    pub assigned: u64,
    /// Whether nothing was missing.
    pub already_initialized: bool,
    /// The goals assigned by default.
    pub goals: Vec<GoalView<'a>>,
}

/// Reads the rows that matter and inserts only those that are missing.
///
/// That a player has rows does not mean that they have these: a goal can be activated by hand first.
pub async fn initialise<'a>(app: &'a App, user: &str) -> Result<Initialised<'a>, OperationError> {
    let mut rows = app.store.rows_of_goals(user, &app.materialised).await?;
    let found: HashSet<&str> = rows.iter().map(|row| row.goal_id.as_str()).collect();
    let already_initialized = found.len() == app.materialised.len();
    let assigned = if already_initialized {
        0
    } else {
        let now = Instant::now();
        let namespace = app.catalogue.namespace();
        let assigned = if found.is_empty() {
            let all = &app.materialised;
            app.store.assign(user, namespace, all, now).await?
        } else {
            let missing = app.materialised.filtered(|goal| !found.contains(goal));
            app.store.assign(user, namespace, &missing, now).await?
        };
        rows = app.store.rows_of_goals(user, &app.defaults).await?;
        assigned
    };
    let goals = app
        .defaults
        .goal_ids()
        .iter()
        .filter_map(|id| app.catalogue.goal(id))
        .map(|(challenge, goal)| {
            let row = rows.iter().find(|row| row.goal_id == goal.id);
            GoalView::new(challenge, goal, row)
        })
        .collect();
    Ok(Initialised {
        assigned,
        already_initialized,
        goals,
    })
}
