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

use super::outcome::{GateOutcome, Outcome, RuleOutcome, RuleRow};

/// `init/initialize-new`, `init`, or nothing where a rule matches nothing.
fn place(row: &RuleRow) -> String {
    let parts = [row.stage.as_deref(), row.action.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join("/")
}

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

/// `gate: failed`.
fn conclusion(outcome: &GateOutcome) -> &'static str {
    match outcome.outcome {
        Outcome::Passed => "gate: passed",
        Outcome::Failed => "gate: failed",
        Outcome::NoVerdict => "gate: no verdict",
    }
}
