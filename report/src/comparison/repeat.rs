//! One more run of a side.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use super::validity::{RunState, RunValidity};
use crate::run::Run;

/// One more run of the same thing as the first one of its side.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Repeat {
    /// Name of the record.
    pub id: String,
    /// Where it was loaded from, as the caller spelled it.
    pub label: String,
    /// The milestone of the service under test.
    pub phase: String,
    /// When its first stage began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// Can its figures be trusted, in one word.
    pub state: RunState,
}

impl Repeat {
    pub(super) fn of(run: &Run, validity: &RunValidity) -> Self {
        let manifest = &run.manifest;
        Self {
            id: manifest.id.clone(),
            label: run.label.clone(),
            phase: manifest.phase.clone(),
            started_at: manifest.started_at,
            state: validity.state,
        }
    }
}
