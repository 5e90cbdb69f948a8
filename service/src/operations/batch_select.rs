//! Gives a player the goals of a challenge that they chose, all of them or none.

use std::collections::HashSet;

use super::select::{Reason, Refusal, Selected, write};
use super::{OperationError, find_challenge};
use crate::app::App;
use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::Status;
use crate::standing::{as_of, is_locked};

/// Goals to be selected.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BatchSelect {
    /// The goals, all of the same challenge.
    pub goal_ids: Vec<String>,
    /// Whether all other goals of the challenge are switched off.
    #[serde(default)]
    pub replace_existing: bool,
}

/// Switches the goals on. Where one cannot be, none is, and all that stands against it is told.
pub async fn batch_select<'a>(
    app: &'a App,
    user: &str,
    challenge_id: &str,
    batch: &BatchSelect,
) -> Result<Selected<'a>, OperationError> {
    let challenge = find_challenge(app, challenge_id)?;
    if batch.goal_ids.is_empty() {
        return Err(OperationError::Invalid("goalIds is empty"));
    }
    let now = Instant::now();
    let rows = as_of(app.store.rows_of_user(user).await?, now);
    let row_of = |id: &str| rows.iter().find(|row| row.goal_id == id);
    let against = |goal: &Goal| match row_of(&goal.id).map(|row| row.status) {
        Some(Status::Claimed) => Some(Reason::Claimed),
        Some(Status::Completed | Status::Claiming) => Some(Reason::Completed),
        Some(Status::NotStarted | Status::InProgress) | None => {
            is_locked(goal, row_of, now).then_some(Reason::Locked)
        }
    };
    let mut seen = HashSet::new();
    let mut goals = Vec::with_capacity(batch.goal_ids.len());
    let mut refusals = Vec::new();
    for id in &batch.goal_ids {
        let goal = challenge.goal(id);
        let reason = match goal {
            _ if !seen.insert(id.as_str()) => Some(Reason::Repeated),
            None => Some(Reason::Unknown),
            Some(goal) => against(goal),
        };
        refusals.extend(reason.map(|reason| Refusal {
            goal_id: id.clone(),
            reason,
        }));
        goals.extend(goal);
    }
    if !refusals.is_empty() {
        return Err(OperationError::NotSelectable(refusals));
    }
    write(app, user, challenge, &goals, batch.replace_existing, now).await
}
