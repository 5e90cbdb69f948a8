//! The end of a process, in steps, so that whatever was accepted is finished.
//!
//! 1. The process says that it is not ready, and goes on serving until load balancers have noticed.
//! 2. The listeners close. A connection of HTTP/1.1 ends with the answer that it owes, one of HTTP/2
//!    is told to go away (GOAWAY) and ends with the last of its answers.
//! 3. With no request left, the tasks behind them finish what is in their queues.
//! 4. The database is closed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// How long the steps may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grace {
    /// From the first step to the second.
    pub(crate) delay: Duration,
    /// From there to the end.
    pub(crate) timeout: Duration,
}

/// Each token is cancelled when its step begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steps {
    /// Not ready any more.
    pub(crate) unready: CancellationToken,
    /// No more connections.
    pub(crate) closing: CancellationToken,
    /// No more requests: background tasks are to end. Not before, for requests wait for them.
    pub(crate) finishing: CancellationToken,
    /// Nothing left to watch.
    pub(crate) over: CancellationToken,
}

/// Why a process ended before its work was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GaveUp {
    /// It was told to stop a second time.
    ToldAgain,
    /// Some of it took too long.
    TooLong,
}

impl std::fmt::Display for GaveUp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::ToldAgain => "a second signal to stop",
            Self::TooLong => "shutdown_timeout passed",
        })
    }
}
