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

    /// The row as it is seen now: not active any more once it expired.
    #[must_use]
    pub fn seen_at(mut self, now: Instant) -> Self {
        self.is_active &= !self.is_expired(now);
        self
    }

    /// Whether the row counts for nothing any more, and may be assigned anew.
    pub fn is_over(&self, now: Instant) -> bool {
        self.is_expired(now) && !self.status.is_owed()
    }
}

/// Stored rows as they count now: without those that are over, and none active that expired.
pub fn as_of(rows: Vec<Progress>, now: Instant) -> Vec<Progress> {
    rows.into_iter()
        .filter(|row| !row.is_over(now))
        .map(|row| row.seen_at(now))
        .collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Claimed, Claiming, Completed, InProgress, NotStarted};

    fn at(micros: i64) -> Instant {
        Instant::from_micros(micros).unwrap()
    }

    fn row(goal: &str, status: Status, expires_at: Option<i64>) -> Progress {
        Progress {
            goal_id: goal.into(),
            progress: 3,
            status,
            version: 1,
            is_active: true,
            assigned_at: Some(at(0)),
            expires_at: expires_at.map(at),
            completed_at: None,
            claimed_at: None,
            counted_on: None,
        }
    }

    #[test]
    fn a_row_counts_until_its_window_ends_and_its_reward_until_it_is_claimed() {
        let now = 1000;
        let check = |status, expires_at, expected: Option<bool>| {
            let stored = row("a", status, expires_at);
            let counted = as_of(vec![stored.clone()], at(now));
            let is_active = counted.first().map(|row| row.is_active);
            assert_eq!(is_active, expected, "{stored:?}");
            for row in counted {
                let is_active = stored.is_active;
                assert_eq!(Progress { is_active, ..row }, stored);
            }
        };
        for status in [NotStarted, InProgress, Completed, Claiming, Claimed] {
            check(status, None, Some(true));
            check(status, Some(now + 1), Some(true));
        }
        for end in [now, now - 1] {
            check(NotStarted, Some(end), None);
            check(InProgress, Some(end), None);
            check(Completed, Some(end), Some(false));
            check(Claiming, Some(end), Some(false));
            check(Claimed, Some(end), None);
        }
    }

    #[test]
    fn a_goal_is_locked_until_all_its_prerequisites_are_done() {
        let text = include_str!("../tests/data/rotating.toml");
        let catalogue = crate::catalogue::Catalogue::parse("rotating.toml".as_ref(), text).unwrap();
        let now = 1000;
        let check = |goal: &str, rows: &[Progress], expected: bool| {
            let (_, goal) = catalogue.goal(goal).unwrap();
            let row_of = |id: &str| rows.iter().find(|row| row.goal_id == id);
            assert_eq!(is_locked(goal, row_of, at(now)), expected, "{rows:?}");
        };
        check("story-1", &[], false);
        check("story-2", &[], true);
        for (status, locked) in [
            (NotStarted, true),
            (InProgress, true),
            (Completed, false),
            (Claiming, false),
            (Claimed, false),
        ] {
            check("story-2", &[row("story-1", status, None)], locked);
            check("story-2", &[row("story-1", status, Some(now + 1))], locked);
            check("story-2", &[row("story-1", status, Some(now))], true);
            // What is done is not taken back.
            let own = row("story-2", status, None);
            check("story-2", &[own], locked);
        }
        let first = row("story-1", Claimed, None);
        check("story-3", std::slice::from_ref(&first), true);
        check("story-3", &[first, row("story-2", Completed, None)], false);
    }
}
