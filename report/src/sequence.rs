//! Runs in a row: what did each step change, and what do all of them come to? Or each against the
//! first: what does one change alone do?

use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::{CompareOptions, Comparison, RunSummary, compare};
use crate::run::Run;

/// Version of the JSON form of [`Sequence`].
pub const SCHEMA_VERSION: u32 = 1;

/// Which run the others are held against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Against {
    /// Each against the one before it: phases, one after the other.
    #[default]
    Previous,
    /// Each against the first: changes that are tried alone.
    First,
}

/// Runs in a row, each held against another one.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sequence {
    /// Version of this form: 1.
    pub schema: u32,
    /// Where the runs come from, in their order.
    pub runs: Vec<RunSummary>,
    /// Which run each is held against.
    pub against: Against,
    /// Every run but the first, against the one before it or the first.
    pub steps: Vec<Comparison>,
    /// The last run against the first.
    pub whole: Comparison,
}

impl Sequence {
    /// Compares `runs` in their order; none of fewer than two. Pure.
    pub fn of(runs: &[Run], against: Against, options: &CompareOptions) -> Option<Self> {
        let (first, rest) = runs.split_first()?;
        let last = rest.last()?;
        let pairs = runs.iter().zip(rest).map(|(before, run)| match against {
            Against::Previous => (before, run),
            Against::First => (first, run),
        });
        Some(Self {
            schema: SCHEMA_VERSION,
            against,
            runs: runs.iter().map(RunSummary::of).collect(),
            steps: pairs.map(|(a, b)| compare(a, b, options)).collect(),
            whole: compare(first, last, options),
        })
    }
}
