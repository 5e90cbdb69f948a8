//! Grants the reward of a completed goal, once: while the player waits, or afterwards.

mod inline;
mod owing;

pub(super) use inline::settle;

use super::locks::Locks;
use super::{OperationError, find};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::phase::Rewards;
use crate::progress::Status;
use crate::standing::as_of;
use crate::store::Assignments;
use crate::view::GoalView;

/// Claims the reward of a goal.
pub async fn claim<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
    goal_id: &str,
) -> Result<GoalView<'a>, OperationError> {
    let (challenge, goal) = find(app, challenge_id, goal_id)?;
    let row = match app.phase.switches.rewards {
        Rewards::Inline => inline::claim(app, user, goal).await?,
        Rewards::Outbox => owing::claim(app, user, goal).await?,
    };
    let now = Instant::now();
    let row = row.seen_at(now);
    Ok(GoalView::new(challenge, goal, Some(&row), false, now))
}

/// An idempotency key for a claim that has none yet.
fn new_key() -> String {
    uuid::Uuid::new_v4().to_string()
}

/// Why there was nothing to claim.
async fn refusal(app: &App, user: &str, goal: &Goal) -> Result<OperationError, OperationError> {
    let only = Assignments::from_iter([&goal.id]);
    let now = Instant::now();
    let rows = as_of(app.store.rows_of_goals(user, &only).await?, now);
    let id = goal.id.clone();
    Ok(match rows.first().map(|row| row.status) {
        Some(Status::Claimed) => OperationError::AlreadyClaimed(id),
        // Completed: another claim failed just now, after this one was turned away.
        Some(Status::Claiming | Status::Completed) => OperationError::ClaimInProgress(id),
        Some(Status::NotStarted | Status::InProgress) | None => {
            let locks = Locks::read(app, user, std::iter::once(goal), now).await?;
            if locks.hold(goal) {
                OperationError::Locked(id)
            } else {
                OperationError::NotCompleted(id)
            }
        }
    })
}
