//! What the callers of a run share, on whichever thread they send.

use super::cookies::Jars;
use super::proto::Protos;

/// What the callers of a run share.
pub(crate) struct Common {
    /// The id of the run.
    pub(super) run: String,
    pub(super) protos: Option<Protos>,
    pub(super) jars: Jars,
}

impl Common {
    /// No user has a cookie yet.
    pub(crate) fn new(run: &str, protos: Option<Protos>) -> Self {
        Self {
            run: run.to_owned(),
            protos,
            jars: Jars::default(),
        }
    }
}
