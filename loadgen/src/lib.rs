//! Load generator: scenario → plan → arrivals → engine → samples → recorder.
//!
//! [`Scenario`] is what an engineer wrote down, [`plan::Plan`] what is sent when, and [`run`]
//! carries it out on goose and leaves a record behind. What a file cannot say is a function of the
//! program: [`Actions`].

#![forbid(unsafe_code)]

pub mod arrivals;
mod client;
mod clock;
mod engine;
mod fetch;
mod files_limit;
mod gauges;
mod machine;
pub mod plan;
mod priority;
mod recorder;
pub mod scenario;

pub use client::{Actions, ActionsError, AddressError, Arrival, Failure, LoginError, ProtoError};
pub use engine::{RunError, RunOptions, RunOutcome, Update, check, check_with, run, run_with};
pub use files_limit::raise_files_limit;
pub use recorder::{ActionProgress, Progress, Quantiles, StageTotals};
pub use scenario::{OverrideError, Overrides, Scenario, ScenarioError};
/// The requests and responses of [`Arrival::send`].
pub use {bytes::Bytes, http};
