//! Runs in a row, phase after phase: what did each step change, and what do all of them come to?

use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::{CompareOptions, Comparison, RunSummary, compare};
use crate::run::Run;

/// Version of the JSON form of [`Sequence`].
pub const SCHEMA_VERSION: u32 = 1;

/// Runs in a row, each held against the one before it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sequence {
    /// Version of this form: 1.
    pub schema: u32,
    /// Where the runs come from, in their order.
    pub runs: Vec<RunSummary>,
    /// Every run but the first, against the one before it.
    pub steps: Vec<Comparison>,
    /// The last run against the first.
    pub whole: Comparison,
}

impl Sequence {
    /// Compares `runs` in their order; none of fewer than two. Pure.
    pub fn of(runs: &[Run], options: &CompareOptions) -> Option<Self> {
        let (first, rest) = runs.split_first()?;
        let last = rest.last()?;
        let pairs = runs.iter().zip(rest);
        Some(Self {
            schema: SCHEMA_VERSION,
            runs: runs.iter().map(RunSummary::of).collect(),
            steps: pairs.map(|(a, b)| compare(a, b, options)).collect(),
            whole: compare(first, last, options),
        })
    }
}
