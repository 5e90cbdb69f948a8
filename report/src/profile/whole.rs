//! How the whole of two sides changed, and how many of their functions.

use schemars::JsonSchema;
use serde::Serialize;

use super::judge::{Basis, MoveVerdict};
use super::moves::Move;
use super::side::ProfileSide;
use crate::comparison::Sides;

/// The whole of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Whole {
    /// By the basis: what a request cost, the mean of several snapshots, or all samples.
    pub values: Sides<f64>,
    /// 100(b/a − 1); absent where a is nothing.
    pub percent: Option<f64>,
    /// Functions that by themselves went up by more than noise.
    pub more: u64,
    /// Those that went down.
    pub less: u64,
}

impl Whole {
    /// Of both sides and the moves of all their functions.
    pub(super) fn of(basis: Basis, sides: Sides<&ProfileSide>, moves: &[Move]) -> Self {
        let values = sides.map(|side| match basis {
            Basis::PerRequest => side.per_request.unwrap_or(0.0),
            Basis::Amount | Basis::Share => side.total,
        });
        let counted = |verdict| moves.iter().filter(|m| m.verdict == verdict).count() as u64;
        Self {
            percent: (values.a > 0.0).then(|| 100.0 * (values.b / values.a - 1.0)),
            values,
            more: counted(MoveVerdict::Grew),
            less: counted(MoveVerdict::Shrank),
        }
    }
}
