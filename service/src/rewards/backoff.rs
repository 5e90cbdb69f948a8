//! How long to wait before a call is tried again.

use std::time::Duration;

/// Pauses that double from `first` up to `longest`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Backoff {
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Backoff {
    /// The pause after this many failed attempts, spread over its upper half: callers that failed
    /// together must not come back together. `jitter` is from 0 to 1.
    pub(crate) fn after(&self, attempts: u32, jitter: f64) -> Duration {
        let full = self.at_most_after(attempts);
        full / 2 + (full / 2).mul_f64(jitter)
    }

    /// The longest that [`Self::after`] can be.
    pub(crate) fn at_most_after(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        self.first.saturating_mul(1 << doublings).min(self.longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(1),
        };
        let check = |attempts: u32, shortest_ms: u64, longest_ms: u64| {
            let pause = |jitter| backoff.after(attempts, jitter).as_millis();
            assert_eq!(pause(0.0), u128::from(shortest_ms), "{attempts}");
            assert_eq!(pause(1.0), u128::from(longest_ms), "{attempts}");
        };
        check(1, 50, 100);
        check(2, 100, 200);
        check(4, 400, 800);
        check(5, 500, 1000);
        check(u32::MAX, 500, 1000);
    }
}
