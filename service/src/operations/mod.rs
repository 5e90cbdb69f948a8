//! What players and the game can do, one operation a file, whatever protocol asks for it.

mod activate;
mod claim;
mod initialise;
mod list;
mod receive;
mod sweep;

pub use activate::activate;
pub use claim::claim;
pub use initialise::{Initialised, initialise};
pub use list::list;
pub use receive::receive;
pub use sweep::{sweep, sweep_until};

use crate::app::App;
use crate::catalogue::{Challenge, Goal};
use crate::rewards::RewardError;
use crate::store::StoreError;

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

fn find<'a>(
    app: &'a App,
    challenge_id: &str,
    goal_id: &str,
) -> Result<(&'a Challenge, &'a Goal), OperationError> {
    let challenge = app
        .catalogue
        .challenge(challenge_id)
        .ok_or_else(|| OperationError::UnknownChallenge(challenge_id.to_owned()))?;
    app.catalogue
        .goal(goal_id)
        .filter(|(owner, _)| owner.id == challenge.id)
        .ok_or_else(|| OperationError::UnknownGoal {
            challenge: challenge_id.to_owned(),
            goal: goal_id.to_owned(),
        })
}
