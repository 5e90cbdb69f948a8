//! When the goals of a challenge are dealt anew: windows of time that follow each other without a gap.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::instant::{DAY_US, Instant};

const WEEK_US: i64 = 7 * DAY_US;

/// When a challenge rotates. All times are UTC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rotation {
    /// Every day.
    Daily {
        /// At what time.
        at: TimeOfDay,
    },
    /// Every week.
    Weekly {
        /// On which day.
        weekday: Weekday,
        /// At what time.
        at: TimeOfDay,
    },
    /// At these instants, the earliest first, no two of them equal.
    Schedule(Vec<Instant>),
}

/// A time of day, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeOfDay {
    /// Minutes since midnight.
    minutes: u16,
}

/// A day of the week; counted from the one on which 1970 began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Thursday,
    Friday,
    Saturday,
    Sunday,
    Monday,
    Tuesday,
    Wednesday,
}

/// The time between two rotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Window {
    /// Its first instant; absent before the first instant of a schedule.
    pub starts_at: Option<Instant>,
    /// The first instant after it; absent after the last instant of a schedule.
    pub ends_at: Option<Instant>,
}

impl TimeOfDay {
    /// Reads `HH:MM`; none where it is no time of day.
    pub fn parse(text: &str) -> Option<Self> {
        let number = |digits: &str| -> Option<u16> {
            let two_digits = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_digit());
            two_digits.then(|| digits.parse().ok())?
        };
        let (hours, minutes) = text.split_once(':')?;
        let (hours, minutes) = (number(hours)?, number(minutes)?);
        (hours < 24 && minutes < 60).then_some(Self {
            minutes: hours * 60 + minutes,
        })
    }

    fn micros(self) -> i64 {
        i64::from(self.minutes) * 60 * 1_000_000
    }
}

impl Rotation {
    /// The window that holds this instant.
    pub fn window(&self, instant: Instant) -> Window {
        match self {
            Self::Daily { at } => periodic(instant, DAY_US, at.micros()),
            Self::Weekly { weekday, at } => {
                periodic(instant, WEEK_US, *weekday as i64 * DAY_US + at.micros())
            }
            Self::Schedule(instants) => {
                let next = instants.partition_point(|rotation| *rotation <= instant);
                Window {
                    starts_at: next.checked_sub(1).map(|last| instants[last]),
                    ends_at: instants.get(next).copied(),
                }
            }
        }
    }
}

/// The window of a rotation that comes every `period`, `offset` after multiples of it since 1970.
fn periodic(instant: Instant, period: i64, offset: i64) -> Window {
    let since = (instant.as_micros() - offset).rem_euclid(period);
    let start = instant.as_micros() - since;
    Window {
        starts_at: Instant::from_micros(start),
        ends_at: Instant::from_micros(start + period),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(text: &str) -> Instant {
        let timestamp: jiff::Timestamp = text.parse().unwrap();
        Instant::from_micros(timestamp.as_microsecond()).unwrap()
    }

    fn check(rotation: &Rotation, at: &str, starts: Option<&str>, ends: Option<&str>) {
        let expected = Window {
            starts_at: starts.map(instant),
            ends_at: ends.map(instant),
        };
        assert_eq!(
            rotation.window(instant(at)),
            expected,
            "{rotation:?} at {at}"
        );
    }

    fn at(text: &str) -> TimeOfDay {
        TimeOfDay::parse(text).unwrap()
    }

    #[test]
    fn a_day_begins_at_its_time() {
        let daily = Rotation::Daily { at: at("04:30") };
        for (now, starts, ends) in [
            (
                "2026-03-01T04:30:00Z",
                "2026-03-01T04:30:00Z",
                "2026-03-02T04:30:00Z",
            ),
            (
                "2026-03-01T04:29:59.999999Z",
                "2026-02-28T04:30:00Z",
                "2026-03-01T04:30:00Z",
            ),
            (
                "2028-02-29T23:00:00Z",
                "2028-02-29T04:30:00Z",
                "2028-03-01T04:30:00Z",
            ),
            (
                "2027-01-01T00:00:00Z",
                "2026-12-31T04:30:00Z",
                "2027-01-01T04:30:00Z",
            ),
            (
                "1969-12-31T05:00:00Z",
                "1969-12-31T04:30:00Z",
                "1970-01-01T04:30:00Z",
            ),
        ] {
            check(&daily, now, Some(starts), Some(ends));
        }
        let midnight = Rotation::Daily { at: at("00:00") };
        check(
            &midnight,
            "2026-06-15T00:00:00Z",
            Some("2026-06-15T00:00:00Z"),
            Some("2026-06-16T00:00:00Z"),
        );
    }

    #[test]
    fn a_week_begins_on_its_day_at_its_time() {
        // 2026-11-23 is a Monday.
        let weekly = |weekday| Rotation::Weekly {
            weekday,
            at: at("06:00"),
        };
        for (weekday, now, starts, ends) in [
            (
                Weekday::Monday,
                "2026-11-23T06:00:00Z",
                "2026-11-23T06:00:00Z",
                "2026-11-30T06:00:00Z",
            ),
            (
                Weekday::Monday,
                "2026-11-23T05:59:59.999999Z",
                "2026-11-16T06:00:00Z",
                "2026-11-23T06:00:00Z",
            ),
            (
                Weekday::Sunday,
                "2026-11-23T06:00:00Z",
                "2026-11-22T06:00:00Z",
                "2026-11-29T06:00:00Z",
            ),
            (
                Weekday::Thursday,
                "1970-01-01T00:00:00Z",
                "1969-12-25T06:00:00Z",
                "1970-01-01T06:00:00Z",
            ),
            (
                Weekday::Wednesday,
                "2026-12-31T12:00:00Z",
                "2026-12-30T06:00:00Z",
                "2027-01-06T06:00:00Z",
            ),
        ] {
            check(&weekly(weekday), now, Some(starts), Some(ends));
        }
    }

    #[test]
    fn a_schedule_has_a_first_and_a_last_window() {
        let (first, second) = ("2026-12-01T00:00:00Z", "2026-12-24T18:00:00Z");
        let schedule = Rotation::Schedule(vec![instant(first), instant(second)]);
        check(&schedule, "2026-11-30T23:59:59.999999Z", None, Some(first));
        check(&schedule, first, Some(first), Some(second));
        check(
            &schedule,
            "2026-12-24T17:59:59.999999Z",
            Some(first),
            Some(second),
        );
        check(&schedule, second, Some(second), None);
        check(&schedule, "2030-01-01T00:00:00Z", Some(second), None);
    }

    #[test]
    fn windows_follow_each_other_without_a_gap() {
        let rotations = [
            Rotation::Daily { at: at("23:59") },
            Rotation::Weekly {
                weekday: Weekday::Saturday,
                at: at("12:00"),
            },
        ];
        for rotation in rotations {
            let mut window = rotation.window(instant("2026-11-26T10:00:00Z"));
            for _ in 0..400 {
                let next = rotation.window(window.ends_at.unwrap());
                assert_eq!(next.starts_at, window.ends_at, "{rotation:?}");
                window = next;
            }
        }
    }

    #[test]
    fn a_time_of_day_has_two_digits_twice() {
        let check = |text: &str, minutes: Option<u16>| {
            assert_eq!(TimeOfDay::parse(text).map(|t| t.minutes), minutes, "{text}");
        };
        check("00:00", Some(0));
        check("04:05", Some(245));
        check("23:59", Some(1439));
        for wrong in ["24:00", "12:60", "4:05", "04:5", "0405", "", ":", "+4:05"] {
            check(wrong, None);
        }
    }
}
