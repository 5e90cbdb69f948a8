//! The goal is claimed at once, and its reward is owed: the [outbox](crate::outbox) gets it granted.

use super::super::OperationError;
use super::{new_key, refusal};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::Progress;
use crate::rewards::grant_body;
use crate::store::Claim;

// On no task of its own: it is one transaction, which a caller that hangs up cannot cut in two.
pub(super) async fn claim(app: &App, user: &str, goal: &Goal) -> Result<Progress, OperationError> {
    let claim = Claim {
        user_id: user.to_owned(),
        goal_id: goal.id.clone(),
        key: new_key(),
    };
    let request = grant_body(user, &goal.id, &goal.reward)?;
    let claimed = app
        .store
        .claim_owing(&claim, &request, Instant::now())
        .await?;
    let Some(row) = claimed else {
        return Err(refusal(app, user, goal).await?);
    };
    app.outbox.wake();
    Ok(row)
}
