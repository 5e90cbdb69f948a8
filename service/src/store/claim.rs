//! Claims on rewards, and what the store does for those that are granted while the player waits.

use tracing::Instrument as _;

use super::{Store, StoreError, dispatch};
use crate::instant::Instant;
use crate::progress::Progress;

/// A claim that may go on: its row says `claiming`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Who claims.
    pub user_id: String,
    /// What is claimed.
    pub goal_id: String,
    /// Idempotency key of the grant: the same at every attempt for this row.
    pub key: String,
}

impl From<(String, String, String)> for Claim {
    fn from((user_id, goal_id, key): (String, String, String)) -> Self {
        Self {
            user_id,
            goal_id,
            key,
        }
    }
}

impl Store {
    /// Moves a completed row to `claiming`; none if it was not completed.
    ///
    /// `new_key` becomes the idempotency key unless an earlier attempt left one.
    pub async fn begin_claim(
        &self,
        user: &str,
        goal: &str,
        new_key: &str,
        now: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        dispatch!(self, s => s.begin_claim(user, goal, new_key, now).await)
    }

    /// Moves a claiming row to `claimed`; none if the claim is no longer open.
    pub async fn finish_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        dispatch!(self, s => s.finish_claim(claim, now).await)
    }

    /// Moves a claiming row back to `completed`, keeping its key. Returns whether it was open.
    pub async fn release_claim(&self, claim: &Claim, now: Instant) -> Result<bool, StoreError> {
        dispatch!(self, s => s.release_claim(claim, now).await)
    }

    /// Up to `limit` claims that have been open since before that instant.
    pub async fn stuck_claims(
        &self,
        since_before: Instant,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        dispatch!(self, s => s.stuck_claims(since_before, limit).await)
    }
}
