//! What an event does to the progress of a goal.
//!
//! The rule is decided here, purely, as a [`Change`]; the stores carry it out in one statement
//! whose arithmetic is that of [`advance`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::progress::Status;

/// The statistic that a login counts towards.
pub const LOGIN_STAT: &str = "login";

/// Progress stops here: up to 2^53 a double, in which statistics and JSON come, is exact.
pub const MAX_PROGRESS: i64 = 1 << 53;

/// How a goal measures its statistic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Progress is the latest value of the statistic.
    Absolute,
    /// Progress is the sum of the increments since the goal has a row.
    Increment,
}

/// Something that a player did, in whole units: fractions of a statistic do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The player logged in.
    LoggedIn,
    /// A statistic changed.
    StatUpdated {
        /// Code of the statistic.
        stat: String,
        /// Its latest absolute value.
        value: i64,
        /// By how much this update changed it.
        inc: i64,
    },
}

/// What becomes of the progress of one goal; the result stays within 0 and [`MAX_PROGRESS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Replaces it.
    Set(i64),
    /// Adds to it.
    Add(i64),
}

impl Change {
    /// The change as `progress * keep + amount`, which a database can carry out.
    pub fn keep_and_amount(self) -> (i64, i64) {
        let (keep, amount) = match self {
            Self::Set(amount) => (0, amount),
            Self::Add(amount) => (1, amount),
        };
        (keep, amount.clamp(-MAX_PROGRESS, MAX_PROGRESS))
    }
}

impl Event {
    /// The statistic that goals listen to.
    pub fn stat(&self) -> &str {
        match self {
            Self::LoggedIn => LOGIN_STAT,
            Self::StatUpdated { stat, .. } => stat,
        }
    }

    /// What this event does to a goal of this kind that listens to its statistic.
    pub fn change(&self, kind: Kind) -> Change {
        match (self, kind) {
            // A login carries no absolute value; the catalogue refuses such goals.
            (Self::LoggedIn, _) => Change::Add(1),
            (Self::StatUpdated { value, .. }, Kind::Absolute) => Change::Set(*value),
            (Self::StatUpdated { inc, .. }, Kind::Increment) => Change::Add(*inc),
        }
    }
}

/// The progress and status of an active goal after a change.
pub fn advance(progress: i64, status: Status, change: Change, target: i64) -> (i64, Status) {
    if !matches!(status, Status::NotStarted | Status::InProgress) {
        return (progress, status);
    }
    let (keep, amount) = change.keep_and_amount();
    let progress = (progress * keep + amount).clamp(0, MAX_PROGRESS);
    let status = if progress >= target {
        Status::Completed
    } else if progress > 0 {
        Status::InProgress
    } else {
        status
    };
    (progress, status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Claimed, Claiming, Completed, InProgress, NotStarted};

    fn check(kind: Kind, event: &Event, before: (i64, Status), after: (i64, Status)) {
        let target = 10;
        let got = advance(before.0, before.1, event.change(kind), target);
        assert_eq!(got, after, "{kind:?} {event:?} from {before:?}");
    }

    #[test]
    fn progress_by_kind_event_and_status() {
        let stat = |value, inc| Event::StatUpdated {
            stat: "stat-02".into(),
            value,
            inc,
        };
        let (absolute, increment) = (Kind::Absolute, Kind::Increment);
        check(absolute, &stat(4, 1), (0, NotStarted), (4, InProgress));
        check(absolute, &stat(10, 1), (4, InProgress), (10, Completed));
        check(absolute, &stat(11, 1), (0, NotStarted), (11, Completed));
        check(absolute, &stat(3, -1), (4, InProgress), (3, InProgress));
        check(absolute, &stat(-3, 1), (4, InProgress), (0, InProgress));
        check(absolute, &stat(0, 0), (0, NotStarted), (0, NotStarted));
        check(increment, &stat(400, 1), (0, NotStarted), (1, InProgress));
        check(increment, &stat(400, 6), (4, InProgress), (10, Completed));
        check(increment, &stat(0, -6), (4, InProgress), (0, InProgress));
        check(
            increment,
            &stat(0, i64::MAX),
            (4, InProgress),
            (MAX_PROGRESS, Completed),
        );
        check(
            increment,
            &Event::LoggedIn,
            (8, InProgress),
            (9, InProgress),
        );
        check(
            increment,
            &Event::LoggedIn,
            (9, InProgress),
            (10, Completed),
        );
        for done in [Completed, Claiming, Claimed] {
            check(absolute, &stat(99, 1), (10, done), (10, done));
            check(increment, &Event::LoggedIn, (10, done), (10, done));
        }
    }

    #[test]
    fn a_login_counts_towards_the_login_statistic() {
        assert_eq!(Event::LoggedIn.stat(), LOGIN_STAT);
    }
}
