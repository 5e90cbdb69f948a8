//! Runs a plan: goose users work through the streams, on the threads of the engine; the conductor
//! leads through the stages.

mod attack;
mod capture;
mod chronicle;
mod closed;
mod conductor;
mod data_files;
mod error;
mod kept;
mod lane;
mod manifest;
mod pause;
mod post;
mod run;
mod run_dir;
mod saturation;
mod session;
mod targets;
mod worker;

pub use error::RunError;
pub use run::{RunOptions, RunOutcome, Update, check, check_with, run, run_with};

/// An arrival that is due.
#[derive(Clone, Copy, Debug)]
struct Arrival {
    due_us: u64,
    /// Index of the action or session in the mix.
    action: usize,
    /// Number of the arrival among those of its action or session.
    ordinal: u64,
    /// Number of the arrival in its stream.
    number: u64,
}
