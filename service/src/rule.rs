//! What an event does to the progress of a goal.
//!
//! The rule is decided here, purely, as a [`Change`]; the stores carry it out in one statement
//! whose arithmetic is that of [`advance`].

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::day::Day;
use crate::progress::Status;

/// The statistic that a login counts towards.
pub const LOGIN_STAT: &str = "login";

/// Progress stops here: up to 2^53 a double, in which statistics and JSON come, is exact.
pub const MAX_PROGRESS: i64 = 1 << 53;

/// How a goal measures its statistic. Days are those of UTC, by the clock of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Progress is the latest value of the statistic.
    Absolute,
    /// Progress is the sum of the increments since the goal has a row.
    Increment,
    /// As `Increment`, but of each day only the first update counts that adds something.
    IncrementOnceADay,
    /// Progress is the sum of the increments of one day: the first event of a later day starts again
    /// from zero, unless the goal was completed. Completed it stays.
    Daily,
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
    /// Adds to it, unless something was added on the same day.
    AddOnceADay(i64),
    /// Adds to the progress of the same day, which is zero when that day has none.
    AddToday(i64),
}

/// A change in terms that a database can carry out: `progress * keep + amount`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// One, or zero where the change replaces what there was.
    pub keep: i64,
    /// What is added.
    pub amount: i64,
    /// Whether a row that has counted on this day is left alone.
    pub once_a_day: bool,
    /// Whether a row that has counted on an earlier day, or not at all, starts again from zero.
    pub starts_daily: bool,
}

/// How far a player is with a goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Whole units of the goal's statistic.
    pub progress: i64,
    /// Where the player stands.
    pub status: Status,
    /// The day of the last event that counted; absent before, and for goals that do not go by days.
    pub counted_on: Option<Day>,
}

impl Change {
    /// The change as a database carries it out.
    pub fn terms(self) -> Terms {
        let (keep, amount) = match self {
            Self::Set(amount) => (0, amount),
            Self::Add(amount) | Self::AddOnceADay(amount) | Self::AddToday(amount) => (1, amount),
        };
        Terms {
            keep,
            amount: amount.clamp(-MAX_PROGRESS, MAX_PROGRESS),
            once_a_day: matches!(self, Self::AddOnceADay(_)),
            starts_daily: matches!(self, Self::AddToday(_)),
        }
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

    /// What this event does to a goal of this kind that listens to its statistic; nothing where an
    /// update that adds nothing must not use up the one of its day.
    pub fn change(&self, kind: Kind) -> Option<Change> {
        let (value, inc) = match self {
            // A login carries no absolute value; the catalogue refuses such goals.
            Self::LoggedIn => (1, 1),
            Self::StatUpdated { value, inc, .. } => (*value, *inc),
        };
        match kind {
            Kind::Absolute => Some(Change::Set(value)),
            Kind::Increment => Some(Change::Add(inc)),
            Kind::IncrementOnceADay => (inc > 0).then_some(Change::AddOnceADay(inc)),
            Kind::Daily => Some(Change::AddToday(inc)),
        }
    }
}

impl Tally {
    /// How far everybody is before the first event.
    pub const START: Self = Self {
        progress: 0,
        status: Status::NotStarted,
        counted_on: None,
    };

    /// The tally as players see it on a day: what was not completed on its own day is over.
    #[must_use]
    pub fn seen_on(self, today: Day, kind: Kind) -> Self {
        if kind == Kind::Daily && self.is_open() && self.counted_on < Some(today) {
            Self::START
        } else {
            self
        }
    }

    /// Whether the row of an active goal is touched by a change on this day.
    pub fn takes(self, change: Change, today: Day) -> bool {
        let has_counted = self.counted_on >= Some(today);
        self.is_open() && !(change.terms().once_a_day && has_counted)
    }

    fn is_open(self) -> bool {
        matches!(self.status, Status::NotStarted | Status::InProgress)
    }
}

/// The tally of an active goal after a change on this day.
///
/// Clocks of instances differ: a row that has counted on a later day than `today` keeps that day.
#[must_use]
pub fn advance(before: Tally, change: Change, target: i64, today: Day) -> Tally {
    if !before.takes(change, today) {
        return before;
    }
    let terms = change.terms();
    let base = if terms.starts_daily && before.counted_on < Some(today) {
        Tally::START
    } else {
        before
    };
    let progress = (base.progress * terms.keep + terms.amount).clamp(0, MAX_PROGRESS);
    Tally {
        progress,
        status: if progress >= target {
            Status::Completed
        } else if progress > 0 {
            Status::InProgress
        } else {
            base.status
        },
        counted_on: if terms.once_a_day || terms.starts_daily {
            before.counted_on.max(Some(today))
        } else {
            before.counted_on
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Claimed, Claiming, Completed, InProgress, NotStarted};

    const TODAY: i32 = 20_000;

    /// Progress, status and the day of the last event that counted, as `TODAY` plus this.
    type Row = (i64, Status, Option<i32>);

    fn tally((progress, status, day): Row) -> Tally {
        Tally {
            progress,
            status,
            counted_on: day.map(|day| Day::from_days(TODAY + day)),
        }
    }

    /// An event of `TODAY` at a goal with target 10.
    fn check(kind: Kind, event: &Event, before: Row, after: Row) {
        let before = tally(before);
        let got = event.change(kind).map_or(before, |change| {
            advance(before, change, 10, Day::from_days(TODAY))
        });
        assert_eq!(got, tally(after), "{kind:?} {event:?} from {before:?}");
    }

    fn stat(value: i64, inc: i64) -> Event {
        Event::StatUpdated {
            stat: "stat-02".into(),
            value,
            inc,
        }
    }

    #[test]
    fn absolute_goals_have_the_latest_value() {
        let check = |event, before: (i64, Status), after: (i64, Status)| {
            let row = |(progress, status)| (progress, status, None);
            check(Kind::Absolute, &event, row(before), row(after));
        };
        check(stat(4, 1), (0, NotStarted), (4, InProgress));
        check(stat(10, 1), (4, InProgress), (10, Completed));
        check(stat(11, 1), (0, NotStarted), (11, Completed));
        check(stat(3, -1), (4, InProgress), (3, InProgress));
        check(stat(-3, 1), (4, InProgress), (0, InProgress));
        check(stat(0, 0), (0, NotStarted), (0, NotStarted));
    }

    #[test]
    fn increment_goals_have_the_sum() {
        let check = |event, before: (i64, Status), after: (i64, Status)| {
            let row = |(progress, status)| (progress, status, None);
            check(Kind::Increment, &event, row(before), row(after));
        };
        check(stat(400, 1), (0, NotStarted), (1, InProgress));
        check(stat(400, 6), (4, InProgress), (10, Completed));
        check(stat(0, -6), (4, InProgress), (0, InProgress));
        check(
            stat(0, i64::MAX),
            (4, InProgress),
            (MAX_PROGRESS, Completed),
        );
        check(Event::LoggedIn, (8, InProgress), (9, InProgress));
        check(Event::LoggedIn, (9, InProgress), (10, Completed));
    }

    #[test]
    fn once_a_day_the_first_gain_of_a_day_counts() {
        let check = |event, before, after| check(Kind::IncrementOnceADay, &event, before, after);
        check(stat(0, 3), (0, NotStarted, None), (3, InProgress, Some(0)));
        check(
            Event::LoggedIn,
            (3, InProgress, Some(-1)),
            (4, InProgress, Some(0)),
        );
        check(
            stat(0, 9),
            (3, InProgress, Some(-400)),
            (12, Completed, Some(0)),
        );
        // Counted already, by a clock that goes before ours too.
        for day in [0, 1] {
            let row = (3, InProgress, Some(day));
            check(stat(0, 9), row, row);
        }
        // What adds nothing leaves the day open.
        for inc in [0, -2, i64::MIN] {
            let row = (3, InProgress, Some(-1));
            check(stat(50, inc), row, row);
        }
    }

    #[test]
    fn daily_goals_start_again_every_day() {
        let check = |event, before, after| check(Kind::Daily, &event, before, after);
        check(stat(0, 3), (0, NotStarted, None), (3, InProgress, Some(0)));
        check(
            stat(0, 3),
            (6, InProgress, Some(0)),
            (9, InProgress, Some(0)),
        );
        check(
            Event::LoggedIn,
            (9, InProgress, Some(0)),
            (10, Completed, Some(0)),
        );
        check(
            stat(0, 3),
            (9, InProgress, Some(-1)),
            (3, InProgress, Some(0)),
        );
        check(
            stat(0, 12),
            (9, InProgress, Some(-1)),
            (12, Completed, Some(0)),
        );
        // An event that adds nothing begins the day all the same.
        check(
            stat(0, 0),
            (9, InProgress, Some(-1)),
            (0, NotStarted, Some(0)),
        );
        check(
            stat(0, -4),
            (3, InProgress, Some(0)),
            (0, InProgress, Some(0)),
        );
        // A clock that goes before ours has begun the next day: the event joins it.
        check(
            stat(0, 3),
            (4, InProgress, Some(1)),
            (7, InProgress, Some(1)),
        );
    }

    #[test]
    fn what_is_completed_stays() {
        use Kind::{Absolute, Daily, Increment, IncrementOnceADay};
        for done in [Completed, Claiming, Claimed] {
            for kind in [Absolute, Increment, IncrementOnceADay, Daily] {
                for day in [None, Some(-1)] {
                    check(kind, &stat(99, 1), (10, done, day), (10, done, day));
                }
            }
        }
    }

    #[test]
    fn players_see_the_progress_of_today() {
        let check = |kind, row, seen| {
            let got = tally(row).seen_on(Day::from_days(TODAY), kind);
            assert_eq!(got, tally(seen), "{kind:?} {row:?}");
        };
        let start = (0, NotStarted, None);
        let yesterday = (4, InProgress, Some(-1));
        check(Kind::Daily, yesterday, start);
        check(Kind::IncrementOnceADay, yesterday, yesterday);
        let today = (4, InProgress, Some(0));
        check(Kind::Daily, today, today);
        let completed = (10, Completed, Some(-1));
        check(Kind::Daily, completed, completed);
        check(
            Kind::Increment,
            (4, InProgress, None),
            (4, InProgress, None),
        );
    }

    #[test]
    fn a_login_counts_towards_the_login_statistic() {
        assert_eq!(Event::LoggedIn.stat(), LOGIN_STAT);
    }
}
