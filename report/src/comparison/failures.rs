//! Failures by kind.

use schemars::JsonSchema;
use serde::Serialize;

use std::collections::BTreeSet;

use super::value::Sides;
use crate::run::{ActionRun, Run};

/// The kind under which arrivals that were never sent are listed.
pub const UNSENT: &str = "unsent";

/// One kind of failure of one action in one judged stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailureRow {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action.
    pub action: String,
    /// Slug of the kind, for example `http-503`; `unsent` for arrivals that were never sent.
    pub kind: String,
    /// How many; absent where the action had no arrivals in that run. Zero is counted, not
    /// missing.
    pub counts: Sides<Option<u64>>,
}

/// One of the first failures of its kind, in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FailureSample {
    /// When it settled, microseconds since the start of the run.
    pub at_us: u64,
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action.
    pub action: String,
    /// Slug of the kind.
    pub kind: String,
    /// What the client saw.
    pub message: String,
    /// From due to done, microseconds.
    pub response_us: u64,
}

/// The rows of one action: every kind that a run of either side saw, unsent last.
pub(super) fn failures(
    stage: &str,
    action: &str,
    runs: &Sides<Vec<&ActionRun>>,
) -> Vec<FailureRow> {
    let seen = || runs.a.iter().chain(&runs.b);
    let kinds: BTreeSet<&String> = seen().flat_map(|run| run.failures.keys()).collect();
    let row = |kind: &str, of: &dyn Fn(&ActionRun) -> u64| FailureRow {
        stage: stage.to_owned(),
        action: action.to_owned(),
        kind: kind.to_owned(),
        counts: runs.as_ref().map(|runs| {
            let counts = runs.iter().map(|run| of(run));
            (!runs.is_empty()).then(|| counts.sum())
        }),
    };
    let mut rows: Vec<FailureRow> = kinds
        .into_iter()
        .map(|kind| row(kind, &|run| run.failures.get(kind).copied().unwrap_or(0)))
        .collect();
    if seen().any(|run| run.counts.unsent > 0) {
        rows.push(row(UNSENT, &|run| run.counts.unsent));
    }
    rows
}

/// The samples of a run, in the order of the record.
pub(super) fn samples(run: &Run) -> Vec<FailureSample> {
    run.errors
        .iter()
        .map(|sample| FailureSample {
            at_us: sample.at_us,
            stage: sample.stage.clone(),
            action: sample.action.clone(),
            kind: sample.kind.clone(),
            message: sample.message.clone(),
            response_us: sample.response_us,
        })
        .collect()
}
