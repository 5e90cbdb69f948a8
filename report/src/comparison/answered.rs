//! The share of its arrivals that an overloaded stage answered.

use schemars::JsonSchema;
use serde::Serialize;

use super::backlog::Backlog;
use super::verdict;

/// What tells how far an overloaded stage was from carrying its load.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Answered {
    /// ok / offered, 0 to 1.
    pub share: f64,
    /// Is it that of the time in which arrivals came due, because in the end they were answered?
    pub while_due: bool,
}

impl Answered {
    /// From the share answered by the end of the grace, and what had piled up before it.
    pub(super) fn of(by_the_end: Option<f64>, backlog: Option<&Backlog>) -> Option<Self> {
        let by_the_end = by_the_end?;
        Some(match backlog {
            Some(backlog) if !verdict::too_little_answered(by_the_end) => Self {
                share: backlog.answered,
                while_due: true,
            },
            _ => Self {
                share: by_the_end,
                while_due: false,
            },
        })
    }
}
