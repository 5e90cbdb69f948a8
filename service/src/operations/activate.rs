//! Switches a goal on or off for a player.

use super::{OperationError, find};
use crate::app::App;
use crate::instant::Instant;
use crate::store::Assignment;
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
    let assignment = Assignment {
        goal_id: goal.id.clone(),
        challenge_id: challenge.id.clone(),
        is_active,
    };
    let now = Instant::now();
    let row = app
        .store
        .set_active(user, app.catalogue.namespace(), &assignment, now)
        .await?;
    Ok(GoalView::new(challenge, goal, Some(&row), now))
}
