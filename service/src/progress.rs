//! The progress of one user on one goal, as it is stored.

use serde::Serialize;
use utoipa::ToSchema;

use crate::day::Day;
use crate::instant::Instant;
use crate::rule::Tally;

/// The longest user id that the databases take.
pub const MAX_USER_ID_BYTES: usize = 128;

/// Where a user stands with a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, sqlx::Type)]
#[serde(rename_all = "snake_case")]
#[sqlx(type_name = "text", rename_all = "snake_case")]
pub enum Status {
    /// No progress yet.
    NotStarted,
    /// Some progress.
    InProgress,
    /// The target is reached; the reward can be claimed.
    Completed,
    /// The reward is being granted.
    Claiming,
    /// The reward was granted.
    Claimed,
}

/// One row of `user_goal_progress`, without what the caller already knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    /// The goal.
    pub goal_id: String,
    /// Whole units of the goal's statistic.
    pub progress: i64,
    /// Where the user stands.
    pub status: Status,
    /// Grows with every write of the row.
    pub version: i64,
    /// Only active goals progress.
    pub is_active: bool,
    /// When the goal was last switched on; absent if it never was.
    pub assigned_at: Option<Instant>,
    /// When the assignment ends; absent if it does not.
    pub expires_at: Option<Instant>,
    /// When the target was reached; absent before.
    pub completed_at: Option<Instant>,
    /// When the reward was granted; absent before.
    pub claimed_at: Option<Instant>,
    /// The day of the last event that counted; absent before, and for goals that do not go by days.
    pub counted_on: Option<Day>,
}

impl Progress {
    /// What the rule looks at.
    pub fn tally(&self) -> Tally {
        Tally {
            progress: self.progress,
            status: self.status,
            counted_on: self.counted_on,
        }
    }
}
