//! Gives a player the goals that everybody starts with.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Serialize;
use utoipa::ToSchema;

use super::OperationError;
use super::locks::Locks;
use crate::app::App;
use crate::instant::Instant;
use crate::standing::as_of;
use crate::view::GoalView;

/// What a player starts with.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Initialized)]
pub struct Initialised<'a> {
    /// Rows inserted or assigned anew now.
    pub assigned: u64,
    /// Whether nothing was missing.
    pub already_initialized: bool,
    /// The goals assigned by default.
    pub goals: Vec<GoalView<'a>>,
}

/// Reads the rows that matter and writes only those that are missing or of an earlier window.
///
/// That a player has rows does not mean that they have these: a goal can be activated by hand first.
pub async fn initialise<'a>(app: &'a App, user: &str) -> Result<Initialised<'a>, OperationError> {
    let content = &app.content;
    let mut rows = app.store.rows_of_goals(user, &content.materialised).await?;
    let now = Instant::now();
    let found: HashSet<&str> = rows.iter().map(|row| row.goal_id.as_str()).collect();
    let over: HashSet<&str> = rows
        .iter()
        .filter(|row| row.is_over(now))
        .map(|row| row.goal_id.as_str())
        .collect();
    let over = content.defaults.filtered(|goal| over.contains(goal));
    let already_initialized = found.len() == content.materialised.len() && over.is_empty();
    let mut assigned = 0;
    if !already_initialized {
        let namespace = content.catalogue.namespace();
        let missing = if found.is_empty() {
            Cow::Borrowed(&content.materialised)
        } else {
            Cow::Owned(content.materialised.filtered(|goal| !found.contains(goal)))
        };
        let missing = content.assigned_at(&missing, now);
        if !missing.is_empty() {
            assigned += app.store.assign(user, namespace, &missing, now).await?;
        }
        if !over.is_empty() {
            let over = content.assigned_at(&over, now);
            let selection = app.store.select(user, namespace, &over, None, now).await?;
            assigned += selection.selected.len() as u64;
        }
        rows = app.store.rows_of_goals(user, &content.defaults).await?;
    }
    let rows = as_of(rows, now);
    let defaults = || {
        let ids = content.defaults.goal_ids().iter();
        ids.filter_map(|id| content.catalogue.goal(id))
    };
    let locks = Locks::read(app, user, defaults().map(|(_, goal)| goal), now).await?;
    let goals = defaults()
        .map(|(challenge, goal)| {
            let row = rows.iter().find(|row| row.goal_id == goal.id);
            GoalView::new(challenge, goal, row, locks.hold(goal))
        })
        .collect();
    Ok(Initialised {
        assigned,
        already_initialized,
        goals,
    })
}
