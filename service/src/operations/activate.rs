//! Switches a goal on or off for a player.

use super::locks::Locks;
use super::{OperationError, assignment, find};
use crate::app::App;
use crate::instant::Instant;
use crate::progress::Progress;
use crate::standing::as_of;
use crate::store::{Assignment, Assignments};
use crate::view::GoalView;

/// Writes the row of the goal, inserting it where the player has none yet.
pub async fn activate<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
    goal_id: &str,
    is_active: bool,
) -> Result<GoalView<'a>, OperationError> {
    let (challenge, goal) = find(app, challenge_id, goal_id)?;
    let now = Instant::now();
    let locks = Locks::read(app, user, std::iter::once(goal), now).await?;
    let locked = locks.hold(goal);
    if is_active && locked {
        return Err(OperationError::Locked(goal.id.clone()));
    }
    let wanted = assignment(challenge, goal, is_active, now);
    let row = if is_active && wanted.expires_at.is_some() {
        assign_anew(app, user, wanted, now).await?
    } else {
        let namespace = app.content.catalogue.namespace();
        let row = app.activator.set_active(user, namespace, &wanted).await?;
        // From the time before the last rotation of a schedule, or before a catalogue without any.
        if is_active && row.is_expired(now) {
            assign_anew(app, user, wanted, now).await?
        } else {
            row
        }
    };
    let row = as_of(vec![row], now).pop();
    Ok(GoalView::new(challenge, goal, row.as_ref(), locked, now))
}

/// Switches the goal on until the window ends, from nothing where an earlier window has ended.
async fn assign_anew(
    app: &App,
    user: &str,
    goal: Assignment,
    now: Instant,
) -> Result<Progress, OperationError> {
    let id = goal.goal_id.clone();
    let namespace = app.content.catalogue.namespace();
    let only = Assignments::from_iter([goal]);
    let mut selection = app.store.select(user, namespace, &only, None, now).await?;
    let row = selection.selected.pop();
    row.ok_or(OperationError::Unclaimed(id))
}
