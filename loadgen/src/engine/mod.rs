//! Runs a plan: dispatchers decide when, goose users send, the conductor leads through the stages.

mod attack;
mod capture;
mod conductor;
mod dispatcher;
mod error;
mod manifest;
mod run;
mod stream;

pub use error::RunError;
pub use run::{RunOptions, RunOutcome, Update, run};

/// An arrival that is due, on its way from the dispatcher to a goose user.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    due_us: u64,
    /// Index of the action.
    action: usize,
    /// Number of the arrival among those of its action.
    ordinal: u64,
}
