//! One failed request, told in words.

use serde::{Deserialize, Serialize};

/// A line of `errors.ndjson`: one of the first failures of its kind.
///
/// The producer has removed secrets and tokens; request bodies and headers are never stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorSample {
    /// When it settled, microseconds since the start of the run.
    pub at_us: u64,
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action.
    pub action: String,
    /// Slug of the kind of failure, as in `counts.csv`.
    pub kind: String,
    /// What the client saw, in words.
    pub message: String,
    /// From due to done, microseconds.
    pub response_us: u64,
}
