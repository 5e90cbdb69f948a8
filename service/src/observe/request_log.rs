//! Which requests have a line of their own in the log.

use std::time::Duration;

use clap::ValueEnum;
use tonic::Code;

use crate::metrics::Outcome;
use crate::span;

/// Which requests are logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct RequestLogArgs {
    /// Requests that have a line in the log
    #[arg(
        long,
        value_name = "WHICH",
        value_enum,
        default_value_t,
        env = "CHALLENGE_LOG_REQUESTS"
    )]
    pub log_requests: LoggedRequests,

    /// How long a request takes that is a slow one
    #[arg(long, value_name = "TIME", default_value = "500ms", value_parser = span::parse, env = "CHALLENGE_SLOW_REQUEST")]
    pub slow_request: Duration,
}

/// A kind of request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LoggedRequests {
    /// Slow ones and those that the service failed
    #[default]
    Problems,
    /// All of them: at a thousand a second that costs as much as the work itself
    All,
}

impl Default for RequestLogArgs {
    fn default() -> Self {
        Self {
            log_requests: LoggedRequests::default(),
            slow_request: Duration::from_millis(500),
        }
    }
}

impl RequestLogArgs {
    /// Writes the line of a request that ended, if it has one.
    pub(super) fn write(&self, outcome: Outcome, took: Duration) {
        let duration_ms = took.as_secs_f64() * 1e3;
        if failed(outcome) {
            tracing::warn!(status = %outcome.text(), duration_ms, "request failed");
        } else if took >= self.slow_request {
            tracing::warn!(status = %outcome.text(), duration_ms, "request was slow");
        } else if self.log_requests == LoggedRequests::All {
            tracing::info!(status = %outcome.text(), duration_ms, "request");
        }
    }
}

/// Whether the service did not do its part. A request that cannot be granted is none of its failures.
fn failed(outcome: Outcome) -> bool {
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
