//! Did the service fall behind its arrivals, even if it answered them all in the end?
//!
//! A long grace hides an overload: what queued up is answered after the last arrival was due, and no
//! arrival is lost. What it answered while more came due tells.

use schemars::JsonSchema;
use serde::Serialize;

use super::verdict;
use crate::run::{ActionRun, WhileDue};

/// Arrivals of a stage's open streams that piled up from the end of its warm-up until the last one was
/// due.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Backlog {
    /// Arrivals not settled at the end of each quarter of that time.
    pub open: [u64; 4],
    /// ok / offered in it, 0 to 1.
    pub answered: f64,
}

impl Backlog {
    /// The backlog of `actions`, the open ones of a stage; none where it did not grow.
    pub(super) fn of<'a>(actions: impl Iterator<Item = &'a ActionRun>) -> Option<Self> {
        let mut sum = WhileDue::default();
        for action in actions {
            sum.add(&action.while_due);
        }
        verdict::fell_behind(sum.open, sum.offered).then(|| Self {
            open: sum.open,
            // What the warm-up left over may be answered here, and is offered there.
            answered: (sum.ok as f64 / sum.offered as f64).min(1.0),
        })
    }
}
