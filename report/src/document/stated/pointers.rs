//! Where the values of a sentence stand in the JSON form of what two documents state (RFC 6901).

use crate::comparison::Side;
use crate::stated::{ActionFigures, FigureRow, StatedComparison};

/// What the figures of a document do not bear out.
pub(super) fn doubts(side: Side) -> String {
    format!("/doubts/{}", letter(side))
}

/// One thing of it.
pub(super) fn doubt(side: Side, i: usize) -> String {
    format!("{}/{i}", doubts(side))
}

/// What became of the load of a stage.
pub(super) fn load(i: usize, side: Side) -> String {
    format!("/stages/{i}/sides/{}", letter(side))
}

/// What a document has against a limit.
pub(super) fn result(i: usize, side: Side) -> String {
    format!("/targets/{i}/results/{}", letter(side))
}

/// The same, and the limit.
pub(super) fn target(i: usize, side: Side) -> Vec<String> {
    vec![format!("/targets/{i}/target"), result(i, side)]
}

/// How a figure of an action changed.
pub(super) fn change(comparison: &StatedComparison, of: &ActionFigures, row: &FigureRow) -> String {
    let figure = figure(comparison, of, row);
    format!("{figure}/change")
}

/// A figure of an action in both documents, and its change.
pub(super) fn figure(comparison: &StatedComparison, of: &ActionFigures, row: &FigureRow) -> String {
    let is_action =
        |other: &ActionFigures| (&other.stage, &other.action) == (&of.stage, &of.action);
    let action = comparison.actions.iter().position(is_action);
    let row = of.rows.iter().position(|other| other.name == row.name);
    format!(
        "/actions/{}/rows/{}",
        action.unwrap_or_default(),
        row.unwrap_or_default()
    )
}

fn letter(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
    }
}
