//! Grants the reward of a completed goal, once.
//!
//! `completed -> claiming -> claimed`: each step is one conditional update, and nothing is locked
//! while the reward platform is asked. What a crash leaves in `claiming` is [swept](super::sweep).

use super::locks::Locks;
use super::{OperationError, find};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::{Progress, Status};
use crate::standing::as_of;
use crate::store::{Assignments, Claim};
use crate::view::GoalView;

/// Claims the reward of a goal.
pub async fn claim<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
    goal_id: &str,
) -> Result<GoalView<'a>, OperationError> {
    let (challenge, goal) = find(app, challenge_id, goal_id)?;
    let task = {
        let (app, user, goal) = (app.clone(), user.to_owned(), goal.clone());
        // On a task of its own: a caller that hangs up must not leave the claim half done.
        let tasks = app.tasks.clone();
        tasks.spawn(async move { claim_once(&app, &user, &goal).await })
    };
    let row = task.await.map_err(|_| OperationError::ShuttingDown)??;
    let now = Instant::now();
    let row = row.seen_at(now);
    Ok(GoalView::new(challenge, goal, Some(&row), false, now))
}

async fn claim_once(app: &App, user: &str, goal: &Goal) -> Result<Progress, OperationError> {
    let key = uuid::Uuid::new_v4().to_string();
    let begun = app
        .store
        .begin_claim(user, &goal.id, &key, Instant::now())
        .await?;
    match begun {
        Some(claim) => settle(app, &claim, goal).await,
        None => Err(refusal(app, user, goal).await?),
    }
}

/// Asks for the reward and closes the claim, one way or the other.
pub(super) async fn settle(
    app: &App,
    claim: &Claim,
    goal: &Goal,
) -> Result<Progress, OperationError> {
    if let Err(error) = app.rewards.grant(claim, &goal.reward).await {
        // Even if the grant went through unheard: the next attempt carries the same key.
        app.store.release_claim(claim, Instant::now()).await?;
        return Err(error.into());
    }
    app.store
        .finish_claim(claim, Instant::now())
        .await?
        // The sweeper was quicker, with the same key and so the same grant.
        .ok_or_else(|| OperationError::AlreadyClaimed(goal.id.clone()))
}

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
