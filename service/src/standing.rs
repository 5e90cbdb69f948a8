//! What a row is worth at an instant: expiry, and goals that wait for others.
//!
//! A row that expired counts as not assigned: it is inactive, does not progress, and does not open
//! the goals behind it. Two things outlive its window. What was completed in it can still be
//! claimed, and until then the row is not assigned anew: nobody loses a reward that was earned.
//! Assigned anew, a row starts from nothing.

use crate::catalogue::Goal;
use crate::instant::Instant;
use crate::progress::{Progress, Status};

impl Status {
    /// Whether the target was reached.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Completed | Self::Claiming | Self::Claimed)
    }

    /// Whether the target was reached and its reward is still to be granted.
    pub fn is_owed(self) -> bool {
        matches!(self, Self::Completed | Self::Claiming)
    }
}

impl Progress {
    /// Whether the window in which the goal was assigned has ended.
    pub fn is_expired(&self, now: Instant) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }

    /// Whether the row counts for nothing any more, and may be assigned anew.
    pub fn is_over(&self, now: Instant) -> bool {
        self.is_expired(now) && !self.status.is_owed()
    }
}

/// Stored rows as they count now: without those that are over, and none active that expired.
pub fn as_of(mut rows: Vec<Progress>, now: Instant) -> Vec<Progress> {
    rows.retain_mut(|row| {
        row.is_active &= !row.is_expired(now);
        !row.is_over(now)
    });
    rows
}

/// Whether a goal waits for others: it is not done, and not all of its prerequisites are.
///
/// `row_of` finds the player's row of a goal.
pub fn is_locked<'r>(
    goal: &Goal,
    row_of: impl Fn(&str) -> Option<&'r Progress>,
    now: Instant,
) -> bool {
    let opens = |row: &Progress| row.status.is_done() && !row.is_expired(now);
    let waits = goal
        .prerequisites
        .iter()
        .any(|id| !row_of(id).is_some_and(opens));
    // Asked last: most goals wait for nothing.
    waits && !row_of(&goal.id).is_some_and(|row| row.status.is_done())
}
