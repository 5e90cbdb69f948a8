//! Load generator: scenario → plan → arrivals → engine → samples → recorder.
//!
//! [`Scenario`] is what an engineer wrote down, [`plan::Plan`] what is sent when, and [`run`]
//! carries it out on goose and leaves a record behind.

pub mod arrivals;
mod client;
mod clock;
mod engine;
mod files_limit;
mod machine;
pub mod plan;
mod priority;
mod recorder;
pub mod scenario;

pub use client::{AddressError, LoginError, ProtoError};
pub use engine::{RunError, RunOptions, RunOutcome, Update, check, run};
pub use files_limit::raise_files_limit;
pub use recorder::{ActionProgress, Progress, Quantiles, StageTotals};
pub use scenario::{OverrideError, Overrides, Scenario, ScenarioError};
