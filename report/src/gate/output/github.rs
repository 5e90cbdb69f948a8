//! Workflow commands of GitHub Actions: an annotation per rule that did not pass.
//!
//! Source: "Workflow commands for GitHub Actions" in GitHub's documentation.

use std::fmt::Write as _;

use super::{reason, word};
use crate::gate::{GateOutcome, RuleOutcome};

/// `::error title=…::…` for what failed, `::warning` for what could not be judged.
pub fn github(outcome: &GateOutcome) -> String {
    let mut text = String::new();
    for row in &outcome.rows {
        let command = match outcome.counts_as(row) {
            RuleOutcome::Passed => continue,
            RuleOutcome::Failed => "error",
            RuleOutcome::Inconclusive | RuleOutcome::NotJudged => "warning",
        };
        let title = format!("{} {}: {}", row.place(), row.rule, word(row.outcome));
        let _ = writeln!(
            text,
            "::{command} title={}::{}",
            property(title.trim_start()),
            data(&reason(row))
        );
    }
    text
}

/// A newline would end the command, and a percent sign begins an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property ends at a comma or a colon.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
