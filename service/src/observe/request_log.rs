//! Which requests have a line of their own in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tonic::Code;

use crate::metrics::Outcome;
use crate::settings::LoggedRequests;

/// Problems that have a line in any one second; the metrics count the rest.
///
/// A service that sheds load, or whose database is gone, has a thousand problems a second, and
/// writing them all down would be one more.
const PROBLEMS_PER_SECOND: u32 = 20;

/// Writes the lines of requests; cheap to clone.
#[derive(Debug, Clone)]
pub struct RequestLog {
    which: LoggedRequests,
    slow: Duration,
    started: Instant,
    turns: Arc<Turns>,
}

impl RequestLog {
    /// A request is slow that takes that long.
    pub fn new(which: LoggedRequests, slow: Duration) -> Self {
        Self {
            which,
            slow,
            started: Instant::now(),
            turns: Arc::default(),
        }
    }

    /// Writes the line of a request that ended, if it has one.
    pub(super) fn write(&self, outcome: Outcome, took: Duration) {
        let all = self.which == LoggedRequests::All;
        let failed = failed(outcome);
        let slow = took >= self.slow;
        if !all && !((failed || slow) && self.turns.take(self.started.elapsed().as_secs())) {
            return;
        }
        let status = outcome.text();
        let duration_ms = took.as_secs_f64() * 1e3;
        if failed {
            tracing::warn!(%status, duration_ms, "request failed");
        } else if slow {
            tracing::warn!(%status, duration_ms, "request was slow");
        } else {
            tracing::info!(%status, duration_ms, "request");
        }
    }
}

/// So many turns a second: the second in the upper half, the turns taken in it in the lower.
#[derive(Debug, Default)]
struct Turns(AtomicU64);

impl Turns {
    fn take(&self, second: u64) -> bool {
        let next = |last: u64| {
            let taken = if last >> 32 == second { last as u32 } else { 0 };
            (taken < PROBLEMS_PER_SECOND).then_some(second << 32 | u64::from(taken + 1))
        };
        self.0
            .try_update(Ordering::Relaxed, Ordering::Relaxed, next)
            .is_ok()
    }
}

/// Whether the service did not do its part. A request that cannot be granted is none of its failures.
pub(super) fn failed(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Rest(status) => status.is_server_error(),
        Outcome::Grpc(code) => matches!(
            code,
            Code::Unknown
                | Code::DeadlineExceeded
                | Code::Internal
                | Code::Unavailable
                | Code::DataLoss
        ),
        Outcome::HungUp => true,
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    #[test]
    fn a_second_has_so_many_turns() {
        let turns = Turns::default();
        for second in [0, 1, 5] {
            let taken = (0..100).filter(|_| turns.take(second)).count();
            assert_eq!(taken, PROBLEMS_PER_SECOND as usize, "second {second}");
        }
    }

    #[test]
    fn what_the_caller_did_wrong_is_no_failure() {
        let check = |outcome, expected| assert_eq!(failed(outcome), expected, "{outcome:?}");
        check(Outcome::Rest(StatusCode::OK), false);
        check(Outcome::Rest(StatusCode::CONFLICT), false);
        check(Outcome::Rest(StatusCode::BAD_GATEWAY), true);
        check(Outcome::Grpc(Code::Ok), false);
        check(Outcome::Grpc(Code::InvalidArgument), false);
        check(Outcome::Grpc(Code::Unavailable), true);
        check(Outcome::HungUp, true);
    }
}
