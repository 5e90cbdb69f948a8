//! For a terminal: a line per rule.

use std::fmt::Write as _;

use super::{conclusion, reason, word};
use crate::gate::{GateOutcome, RuleOutcome};

/// A line per rule, and the outcome.
pub fn text(outcome: &GateOutcome) -> String {
    let mut text = String::new();
    for row in &outcome.rows {
        // It must not be overlooked among the others.
        let word = match row.outcome {
            RuleOutcome::Failed => "FAILED",
            outcome => word(outcome),
        };
        let _ = writeln!(
            text,
            "{word:<12}  {:<32}  {:<18}  {}",
            row.place(),
            row.rule,
            reason(row)
        );
    }
    if let Some(floor) = outcome.noise_floor() {
        let _ = writeln!(text, "{floor}");
    }
    let _ = writeln!(text, "{}", conclusion(outcome));
    text
}
