//! The reward is granted while the player waits.
//!
//! `completed -> claiming -> claimed`: each step is one conditional update, and nothing is locked
//! while the reward platform is asked. What a crash leaves in `claiming` is
//! [swept](super::super::sweep).

use tracing::Instrument as _;

use super::super::OperationError;
use super::{new_key, refusal};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::Progress;
use crate::store::Claim;
use crate::tasks::named;

pub(super) async fn claim(app: &App, user: &str, goal: &Goal) -> Result<Progress, OperationError> {
    let task = {
        let (app, user, goal) = (app.clone(), user.to_owned(), goal.clone());
        // On a task of its own: a caller that hangs up must not leave the claim half done.
        let tasks = app.tasks.clone();
        let claim = async move { claim_once(&app, &user, &goal).await };
        tasks.spawn(named("claim", claim.in_current_span()))
    };
    task.await.map_err(|_| OperationError::ShuttingDown)?
}

async fn claim_once(app: &App, user: &str, goal: &Goal) -> Result<Progress, OperationError> {
    let begun = app
        .store
        .begin_claim(user, &goal.id, &new_key(), Instant::now())
        .await?;
    match begun {
        Some(claim) => settle(app, &claim, goal).await,
        None => Err(refusal(app, user, goal).await?),
    }
}

/// Asks for the reward and closes the claim, one way or the other.
pub(in crate::operations) async fn settle(
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
