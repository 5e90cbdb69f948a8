//! What a gate says, in the forms that people and build servers read.

mod github;
mod gitlab;
mod junit;
mod markdown;
mod text;

pub use github::github;
pub use gitlab::gitlab;
pub use junit::junit;
pub use markdown::markdown;
pub use text::text;

use super::inconclusive::Inconclusive;
use super::outcome::{GateOutcome, Outcome, RuleOutcome, RuleRow};
use crate::language::plural;

/// What was measured and why that is the outcome.
fn reason(row: &RuleRow) -> String {
    format!("{}; {}", row.evidence, row.why)
}

fn word(outcome: RuleOutcome) -> &'static str {
    match outcome {
        RuleOutcome::Passed => "passed",
        RuleOutcome::Failed => "failed",
        RuleOutcome::Inconclusive => "inconclusive",
        RuleOutcome::NotJudged => "not judged",
    }
}

/// `gate: failed`, and how many rules count as what they are not.
fn conclusion(outcome: &GateOutcome) -> String {
    let word = match outcome.outcome {
        Outcome::Passed => "passed",
        Outcome::Failed => "failed",
        Outcome::NoVerdict => "no verdict",
    };
    let counted = match outcome.inconclusive {
        Inconclusive::NoVerdict => None,
        Inconclusive::Pass => Some("passed"),
        Inconclusive::Fail => Some("failed"),
    };
    let rows = outcome.rows.iter();
    let open = rows.filter(|row| row.outcome == RuleOutcome::Inconclusive);
    match (counted, open.count() as u64) {
        (None, _) | (_, 0) => format!("gate: {word}"),
        (Some(counted), n) => {
            let rules = plural(n, "inconclusive rule");
            let verb = if n == 1 { "counts" } else { "count" };
            format!("gate: {word} ({rules} {verb} as {counted})")
        }
    }
}
