//! When the ticks of a thread are due.

use std::time::Duration;

/// The ticks of one thread, by its own CPU time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phase {
    /// Ticks that it has used the CPU for already.
    pub(super) missed: u64,
    /// CPU time until the next one.
    pub(super) next: Duration,
}

impl Phase {
    /// Of a thread that has used the CPU for `used` in the window so far.
    ///
    /// `draw`, from 0 to below 1, is where the thread stands in its first period. It has to be drawn:
    /// counted from the start, every thread would lose the period that it does not finish, half a one
    /// in the mean, and those that seldom run would not be seen at all.
    pub(super) fn of(used: Duration, period: Duration, draw: f64) -> Self {
        let periods = used.as_secs_f64() / period.as_secs_f64() + draw;
        Self {
            missed: periods as u64,
            next: period.mul_f64(1.0 - periods.fract()),
        }
    }
}

/// The ticks that are due when a thread has used the CPU for `used`, the first of them at `first`.
///
/// The kernel looks at timers when its own clock ticks, so that a thread whose work lies between two of
/// these again and again, in step with them, has none of its own.
pub(super) fn ticks_due(used: Duration, first: Duration, period: Duration) -> u64 {
    match used.checked_sub(first) {
        Some(since) => 1 + (since.as_nanos() / period.as_nanos().max(1)) as u64,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_due_by_the_time_that_was_used() {
        let ms = Duration::from_millis;
        for (used, first, due) in [
            (0, 3, 0),
            (2, 3, 0),
            (3, 3, 1),
            (12, 3, 1),
            (13, 3, 2),
            (103, 3, 11),
        ] {
            assert_eq!(ticks_due(ms(used), ms(first), ms(10)), due, "{used} ms");
        }
    }

    #[test]
    fn ticks_are_a_period_apart_from_a_drawn_beginning_on() {
        let ms = Duration::from_millis;
        for (used, draw, missed, next) in [
            (0, 0.0, 0, ms(10)),
            (0, 0.5, 0, ms(5)),
            (4, 0.5, 0, ms(1)),
            (6, 0.5, 1, ms(9)),
            (35, 0.0, 3, ms(5)),
            (35, 0.75, 4, Duration::from_micros(7_500)),
        ] {
            let phase = Phase::of(ms(used), ms(10), draw);
            let off = phase.next.abs_diff(next);
            assert!(off < Duration::from_micros(1), "{phase:?}");
            assert_eq!(phase.missed, missed, "{used} ms, {draw}");
        }
    }

    #[test]
    fn a_thread_counts_for_what_it_used_in_the_mean() {
        let period = Duration::from_millis(10);
        let draws = 1000;
        for used_ms in [1, 4, 10, 13] {
            let used = Duration::from_millis(used_ms);
            let ticks: u64 = (0..draws)
                .map(|draw| Phase::of(used, period, (draw as f64 + 0.5) / draws as f64).missed)
                .sum();
            assert_eq!(ticks, used_ms * draws / 10);
        }
    }
}
