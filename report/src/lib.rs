//! Comparison, verdicts and reports over run records.
//!
//! ```text
//! Record x Record -load()-> Run x Run -compare()-> Comparison -gate(rules)-> GateOutcome
//!                                                    '- document() -> Document -> md | html | text
//! ```
//!
//! Nothing here opens a socket or reads a clock.

#![forbid(unsafe_code)]

pub mod audit;
pub mod calibration;
pub mod chart;
pub mod comparison;
pub mod document;
mod error;
pub mod gate;
pub mod knee;
pub mod language;
pub mod ledger;
pub mod profile;
pub mod render;
pub mod run;
pub mod sequence;
pub mod stated;
pub mod statistics;
pub mod trend;

pub use calibration::Calibration;
pub use comparison::{CompareOptions, Comparison, compare, compare_sets, why_no_baseline};
pub use document::{Document, build as document};
pub use error::ReportError;
pub use gate::{GateOutcome, Rule, gate};
pub use knee::Knee;
pub use ledger::{
    ComparisonOutput, KneeOutput, ProfileOutput, SequenceOutput, StatedOutput, TrendOutput,
};
pub use render::{MarkdownOutput, html, markdown, terminal};
pub use run::{Run, load, load_all, load_pair};
pub use sequence::{Against, Sequence};
pub use stated::StatedComparison;
pub use trend::Trend;
