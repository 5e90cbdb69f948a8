//! What players and the game can do, one operation a file, whatever protocol asks for it.

mod activate;
mod batch_select;
mod claim;
mod forget;
mod initialise;
mod list;
mod locks;
mod random_select;
mod receive;
mod rotation;
mod select;
mod sweep;

pub use activate::activate;
pub use batch_select::{BatchSelect, batch_select};
pub use claim::claim;
pub use forget::{forget, forget_until};
pub use initialise::{Initialised, initialise};
pub use list::{Listing, list};
pub use random_select::{RandomSelect, random_select};
pub use receive::receive;
pub use rotation::{AssignmentView, RotationKind, RotationView, rotation};
pub use select::{Reason, Refusal, Selected};
pub use sweep::{STUCK_AFTER, sweep, sweep_until};

use crate::app::App;
use crate::catalogue::{Challenge, Goal};
use crate::instant::Instant;
use crate::rewards::RewardError;
use crate::store::{Assignment, StoreError};

/// Why an operation was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// The catalogue has no such challenge.
    #[error("there is no challenge \"{0}\"")]
    UnknownChallenge(String),
    /// The challenge has no such goal.
    #[error("challenge \"{challenge}\" has no goal \"{goal}\"")]
    UnknownGoal {
        /// The challenge, which exists.
        challenge: String,
        /// The goal, which does not.
        goal: String,
    },
    /// The request contradicts itself.
    #[error("{0}")]
    Invalid(&'static str),
    /// The goal waits for other goals.
    #[error("goal \"{0}\" is locked: its prerequisites are not completed")]
    Locked(String),
    /// The goal was completed in an earlier window, and not claimed.
    #[error("goal \"{0}\" was completed before the rotation: claim it first")]
    Unclaimed(String),
    /// At least one of the goals cannot be selected, so none was.
    #[error("{}", listing(.0))]
    NotSelectable(Vec<Refusal>),
    /// No goal of the challenge can be selected.
    #[error("challenge \"{0}\" has no goal left to select")]
    InsufficientGoals(String),
    /// There is nothing to claim yet.
    #[error("goal \"{0}\" is not completed")]
    NotCompleted(String),
    /// Somebody else is claiming right now.
    #[error("goal \"{0}\" is being claimed")]
    ClaimInProgress(String),
    /// There is nothing left to claim.
    #[error("goal \"{0}\" is claimed already")]
    AlreadyClaimed(String),
    /// The reward was not granted; the goal can be claimed again.
    #[error("the reward platform did not grant the reward: {0}")]
    Reward(#[from] RewardError),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The work was cut off while the service shut down.
    #[error("the service is shutting down")]
    ShuttingDown,
}

fn listing(refusals: &[Refusal]) -> String {
    let refusals: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    refusals.join("; ")
}

/// A goal, switched on or off now; switched on, until the window of its challenge ends.
fn assignment(challenge: &Challenge, goal: &Goal, is_active: bool, now: Instant) -> Assignment {
    Assignment {
        goal_id: goal.id.clone(),
        challenge_id: challenge.id.clone(),
        is_active,
        expires_at: challenge.window_end(now).filter(|_| is_active),
    }
}

fn find_challenge<'a>(app: &'a App, id: &str) -> Result<&'a Challenge, OperationError> {
    let challenge = app.content.catalogue.challenge(id);
    challenge.ok_or_else(|| OperationError::UnknownChallenge(id.to_owned()))
}

fn find<'a>(
    app: &'a App,
    challenge_id: &str,
    goal_id: &str,
) -> Result<(&'a Challenge, &'a Goal), OperationError> {
    let challenge = find_challenge(app, challenge_id)?;
    app.content
        .catalogue
        .goal(goal_id)
        .filter(|(owner, _)| owner.id == challenge.id)
        .ok_or_else(|| OperationError::UnknownGoal {
            challenge: challenge_id.to_owned(),
            goal: goal_id.to_owned(),
        })
}
