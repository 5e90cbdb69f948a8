//! Gives a player the goals that everybody starts with.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::OperationError;
use super::locks::Locks;
use crate::app::App;
use crate::initialised::InitialisedUsers;
use crate::instant::Instant;
use crate::phase::ReturningCheck;
use crate::progress::Progress;
use crate::standing::as_of;
use crate::store::Assignments;
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

/// Finds out what the player lacks, inserts that, renews the defaults of an earlier window, and shows
/// the rows of the defaults.
///
/// That a player has rows does not mean that they have these: a goal can be activated by hand first.
pub async fn initialise<'a>(app: &'a App, user: &str) -> Result<Initialised<'a>, OperationError> {
    let content = &app.content;
    let needed = &content.materialised;
    let found = match (app.phase.switches.returning_check, &app.initialised) {
        (ReturningCheck::Count, _) => {
            let count = app.store.count_rows_of_goals(user, needed).await?;
            by_answer(app, user, count == needed.len()).await?
        }
        (ReturningCheck::Exists, _) => {
            let has_all = app.store.has_rows_of_goals(user, needed).await?;
            by_answer(app, user, has_all).await?
        }
        (ReturningCheck::Cache, Some(cache)) => by_cache(app, cache, user).await?,
        (ReturningCheck::Rows | ReturningCheck::Cache, _) => by_rows(app, user).await?,
    };
    let now = Instant::now();
    let (rows, assigned) = renewed(app, user, found, now).await?;
    let rows = as_of(rows, now);
    let defaults = || {
        let ids = content.defaults.goal_ids().iter();
        ids.filter_map(|id| content.catalogue.goal(id))
    };
    let locks = Locks::read(app, user, defaults().map(|(_, goal)| goal), now).await?;
    let goals = defaults()
        .map(|(challenge, goal)| {
            let row = rows.iter().find(|row| row.goal_id == goal.id);
            GoalView::new(challenge, goal, row, locks.hold(goal), now)
        })
        .collect();
    Ok(Initialised {
        assigned: assigned.unwrap_or(0),
        already_initialized: assigned.is_none(),
        goals,
    })
}

/// The rows of the defaults at least, and how many were written; none where nothing was missing.
type Found = (Vec<Progress>, Option<u64>);

/// Selects the needed rows, and inserts those that are missing.
async fn by_rows(app: &App, user: &str) -> Result<Found, OperationError> {
    let content = &app.content;
    let needed = &content.materialised;
    let mut rows = app.store.rows_of_goals(user, needed).await?;
    // A player has one row of a goal at most.
    if rows.len() == needed.len() {
        return Ok((rows, None));
    }
    let missing = if rows.is_empty() {
        needed.clone()
    } else {
        let found: HashSet<&str> = rows.iter().map(|row| row.goal_id.as_str()).collect();
        Arc::new(needed.filtered(|goal| !found.contains(goal)))
    };
    let (inserted, count) = insert(app, user, &missing).await?;
    match inserted {
        Some(new) => rows.extend(new),
        None => rows = app.store.rows_of_goals(user, &content.defaults).await?,
    }
    Ok((rows, Some(count)))
}

/// Inserts whatever is missing, if something is.
async fn by_answer(app: &App, user: &str, has_all: bool) -> Result<Found, OperationError> {
    let content = &app.content;
    let mut count = None;
    if !has_all {
        let (inserted, new) = insert(app, user, &content.materialised).await?;
        count = Some(new);
        if let Some(rows) = inserted {
            return Ok((rows, count));
        }
    }
    let rows = app.store.rows_of_goals(user, &content.defaults).await?;
    Ok((rows, count))
}

/// Selects the rows of the defaults if the player is known to have all rows.
async fn by_cache(
    app: &App,
    cache: &InitialisedUsers,
    user: &str,
) -> Result<Found, OperationError> {
    let defaults = &app.content.defaults;
    let needed = app.content.materialised.digest();
    let seen = cache.look_up(needed, user).await;
    if seen.hit {
        let rows = app.store.rows_of_goals(user, defaults).await?;
        // Else rows were deleted behind the cache's back.
        if rows.len() == defaults.len() {
            return Ok((rows, None));
        }
    }
    let found = by_rows(app, user).await?;
    cache.remember(needed, user, &seen).await;
    Ok(found)
}

/// Inserts rows for these goals where they are missing: the rows, if all of them were, and how many.
async fn insert(
    app: &App,
    user: &str,
    goals: &Arc<Assignments>,
) -> Result<(Option<Vec<Progress>>, u64), OperationError> {
    let goals = app.content.assigned_at(goals, Instant::now());
    let namespace = app.content.catalogue.namespace();
    let assigned = app.assigner.assign(user, namespace, &goals).await?;
    // What was just inserted need not be read.
    let all = assigned.rows as usize == goals.len();
    let rows = all.then(|| goals.new_rows(assigned.at).collect());
    Ok((rows, assigned.rows))
}

/// Assigns the defaults of an earlier window anew.
async fn renewed(
    app: &App,
    user: &str,
    (rows, assigned): Found,
    now: Instant,
) -> Result<Found, OperationError> {
    let over: HashSet<&str> = rows
        .iter()
        .filter(|row| row.is_over(now))
        .map(|row| row.goal_id.as_str())
        .collect();
    if over.is_empty() {
        return Ok((rows, assigned));
    }
    let content = &app.content;
    let over = content.defaults.filtered(|goal| over.contains(goal));
    if over.is_empty() {
        return Ok((rows, assigned));
    }
    let over = content.assigned_at(&Arc::new(over), now);
    let namespace = content.catalogue.namespace();
    let selection = app.store.select(user, namespace, &over, None, now).await?;
    let rows = app.store.rows_of_goals(user, &content.defaults).await?;
    let count = assigned.unwrap_or(0) + selection.selected.len() as u64;
    Ok((rows, Some(count)))
}
