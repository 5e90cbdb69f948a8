//! Which seconds of a run belong to which part of a stage.

use brunt_record::{CountsRow, StagePlan};

use crate::statistics::MANY_WINDOWS;

const SECOND_US: u64 = 1_000_000;

/// When a stage was, in microseconds since the start of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// When the first arrival could be due.
    pub started_us: u64,
    /// When its warm-up was over; equal to `started_us` without one.
    pub judged_from_us: u64,
    /// When the last arrival could be due.
    pub ended_us: u64,
}

impl Span {
    /// The span of `stage`; where the manifest does not say when it began (the record was cut
    /// short), its first row does. None where it never began.
    pub fn of(stage: &StagePlan, rows: &[CountsRow]) -> Option<Self> {
        let first_row = || {
            let row = rows.iter().find(|row| row.stage == stage.name)?;
            Some(row.second * SECOND_US)
        };
        let started_us = stage.started_us.or_else(first_row)?;
        let ended_us = stage.ended_us.unwrap_or(started_us + stage.duration_us);
        Some(Self {
            started_us,
            judged_from_us: (started_us + stage.warmup_us).min(ended_us),
            ended_us,
        })
    }

    /// The last whole second of each quarter of the judged part; none where it is too short to have
    /// four.
    pub fn quarters(&self) -> Option<[u64; 4]> {
        let length = self.ended_us - self.judged_from_us;
        let ends = [1, 2, 3, 4].map(|n| (self.judged_from_us + length * n / 4) / SECOND_US);
        let whole = ends[0] * SECOND_US >= self.judged_from_us + SECOND_US;
        let four = whole && ends.is_sorted_by(|a, b| a < b);
        four.then(|| ends.map(|end| end - 1))
    }

    /// The window, 0 to [`MANY_WINDOWS`] − 1, of what settled in `second`; none in the warm-up.
    ///
    /// A second that the warm-up ends in belongs to the warm-up. What settles after the end of
    /// the stage belongs to the last window: the arrivals were the stage's.
    pub fn window(&self, second: u64) -> Option<usize> {
        let begins = second * SECOND_US;
        let warm = self.judged_from_us > self.started_us;
        if warm && begins < self.judged_from_us {
            return None;
        }
        let length = (self.ended_us - self.judged_from_us).max(1);
        let middle = (begins + SECOND_US / 2).saturating_sub(self.judged_from_us);
        let windows = MANY_WINDOWS as u64;
        Some((middle * windows / length).min(windows - 1) as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(span: Span, expected: &[(u64, Option<usize>)]) {
        for (second, window) in expected {
            assert_eq!(span.window(*second), *window, "second {second} of {span:?}");
        }
    }

    #[test]
    fn quarters_end_with_whole_seconds() {
        for (started_s, warmup_s, length_s, expected) in [
            (0.0, 0.0, 10.0, Some([1, 4, 6, 9])),
            (8.4, 0.0, 50.0, Some([19, 32, 44, 57])),
            (0.0, 0.0, 4.0, Some([0, 1, 2, 3])),
            (0.0, 0.0, 3.0, None),
            (8.0, 10.0, 50.0, Some([27, 37, 47, 57])),
            (0.0, 7.0, 10.0, None),
        ] {
            let us = |seconds: f64| (seconds * SECOND_US as f64) as u64;
            let span = Span {
                started_us: us(started_s),
                judged_from_us: us(started_s + warmup_s),
                ended_us: us(started_s + length_s),
            };
            assert_eq!(span.quarters(), expected, "{length_s} s from {started_s} s");
        }
    }

    #[test]
    fn windows_are_contiguous_and_the_drain_is_the_last_ones() {
        let cold = Span {
            started_us: 0,
            judged_from_us: 0,
            ended_us: 60 * SECOND_US,
        };
        check(
            cold,
            &[
                (0, Some(0)),
                (5, Some(0)),
                (6, Some(1)),
                (59, Some(9)),
                (60, Some(9)),
                (75, Some(9)),
            ],
        );
        // Began in the middle of second 60, warm-up of 5 s: judged from 65.5 s on.
        let warm = Span {
            started_us: 60_500_000,
            judged_from_us: 65_500_000,
            ended_us: 85_500_000,
        };
        check(
            warm,
            &[
                (60, None),
                (65, None),
                (66, Some(0)),
                (85, Some(9)),
                (90, Some(9)),
            ],
        );
        // Began in the middle of a second without a warm-up: that second counts.
        let late = Span {
            started_us: 500_000,
            judged_from_us: 500_000,
            ended_us: 10_500_000,
        };
        check(late, &[(0, Some(0)), (10, Some(9))]);
    }
}
