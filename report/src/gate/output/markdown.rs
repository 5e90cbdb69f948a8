//! For a pull-request comment or a step summary.

use std::fmt::Write as _;

use super::{conclusion, reason, word};
use crate::gate::{GateOutcome, Outcome, RuleOutcome, RuleRow};

/// The outcome and a table of the rules: those that passed are folded away.
pub fn markdown(outcome: &GateOutcome) -> String {
    let mark = match outcome.outcome {
        Outcome::Passed => "✅",
        Outcome::Failed => "❌",
        Outcome::NoVerdict => "⚠️",
    };
    let mut text = format!("### {mark} {}\n", conclusion(outcome));
    let (passed, open): (Vec<&RuleRow>, Vec<&RuleRow>) = outcome
        .rows
        .iter()
        .partition(|row| row.outcome == RuleOutcome::Passed);
    if !open.is_empty() {
        text.push('\n');
        table(&mut text, &open);
    }
    if !passed.is_empty() {
        let _ = writeln!(
            text,
            "\n<details><summary>{} passed</summary>\n",
            crate::language::plural(passed.len() as u64, "rule")
        );
        table(&mut text, &passed);
        text.push_str("\n</details>\n");
    }
    if let Some(floor) = outcome.noise_floor() {
        let _ = writeln!(text, "\n{}", cell(&floor));
    }
    text
}

fn table(text: &mut String, rows: &[&RuleRow]) {
    text.push_str("| Where | Rule | Outcome | Why |\n| --- | --- | --- | --- |\n");
    for row in rows {
        let outcome = match row.outcome {
            RuleOutcome::Failed => "**failed**",
            outcome => word(outcome),
        };
        let _ = writeln!(
            text,
            "| {} | {} | {outcome} | {} |",
            cell(&row.place()),
            cell(&row.rule),
            cell(&reason(row))
        );
    }
}

/// A bar would end the cell, an angle bracket begin a tag.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('\n', " ")
}
