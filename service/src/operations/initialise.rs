//! Gives a player the goals that everybody starts with.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;

use super::OperationError;
use crate::app::App;
use crate::initialised::InitialisedUsers;
use crate::phase::ReturningCheck;
use crate::progress::Progress;
use crate::view::GoalView;

/// What a player starts with.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Initialised<'a> {
    /// Rows inserted now.
    pub assigned: u64,
    /// Whether nothing was missing.
    pub already_initialized: bool,
    /// The goals assigned by default.
    pub goals: Vec<GoalView<'a>>,
}

/// Finds out what the player lacks, inserts that, and shows the rows of the defaults.
///
/// That a player has rows does not mean that they have these: a goal can be activated by hand first.
pub async fn initialise<'a>(app: &'a App, user: &str) -> Result<Initialised<'a>, OperationError> {
    let (rows, assigned) = match (app.phase.switches.returning_check, &app.initialised) {
        (ReturningCheck::Count, _) => {
            let needed = &app.materialised;
            let count = app.store.count_rows_of_goals(user, needed).await?;
            by_answer(app, user, count == needed.len()).await?
        }
        (ReturningCheck::Exists, _) => {
            let has_all = app.store.has_rows_of_goals(user, &app.materialised).await?;
            by_answer(app, user, has_all).await?
        }
        (ReturningCheck::Cache, Some(cache)) => by_cache(app, cache, user).await?,
        (ReturningCheck::Rows | ReturningCheck::Cache, _) => by_rows(app, user).await?,
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
        assigned: assigned.unwrap_or(0),
        already_initialized: assigned.is_none(),
        goals,
    })
}

/// The rows of the defaults at least, and how many were inserted; none where none was missing.
type Found = (Vec<Progress>, Option<u64>);

/// Selects the needed rows, and inserts those that are missing.
async fn by_rows(app: &App, user: &str) -> Result<Found, OperationError> {
    let mut rows = app.store.rows_of_goals(user, &app.materialised).await?;
    let found: HashSet<&str> = rows.iter().map(|row| row.goal_id.as_str()).collect();
    if found.len() == app.materialised.len() {
        return Ok((rows, None));
    }
    let missing = if found.is_empty() {
        app.materialised.clone()
    } else {
        Arc::new(app.materialised.filtered(|goal| !found.contains(goal)))
    };
    let namespace = app.catalogue.namespace();
    let assigned = app.assigner.assign(user, namespace, &missing).await?;
    if assigned.rows as usize == missing.len() {
        // What was just inserted need not be read.
        rows.extend(missing.new_rows(assigned.at));
    } else {
        rows = app.store.rows_of_goals(user, &app.defaults).await?;
    }
    Ok((rows, Some(assigned.rows)))
}

/// Inserts whatever is missing, if something is.
async fn by_answer(app: &App, user: &str, has_all: bool) -> Result<Found, OperationError> {
    if has_all {
        let rows = app.store.rows_of_goals(user, &app.defaults).await?;
        return Ok((rows, None));
    }
    let needed = &app.materialised;
    let namespace = app.catalogue.namespace();
    let assigned = app.assigner.assign(user, namespace, needed).await?;
    let rows = if assigned.rows as usize == needed.len() {
        needed.new_rows(assigned.at).collect()
    } else {
        app.store.rows_of_goals(user, &app.defaults).await?
    };
    Ok((rows, Some(assigned.rows)))
}

/// Selects the rows of the defaults if the player is known to have all rows.
async fn by_cache(
    app: &App,
    cache: &InitialisedUsers,
    user: &str,
) -> Result<Found, OperationError> {
    let needed = app.materialised.digest();
    let seen = cache.look_up(needed, user).await;
    if seen.hit {
        let rows = app.store.rows_of_goals(user, &app.defaults).await?;
        // Else rows were deleted behind the cache's back.
        if rows.len() == app.defaults.len() {
            return Ok((rows, None));
        }
    }
    let found = by_rows(app, user).await?;
    cache.remember(needed, user, &seen).await;
    Ok(found)
}
