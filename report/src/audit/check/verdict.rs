//! A verdict against the targets of the report.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures};
use super::Found;
use crate::language;

pub(super) fn check(document: &Document, found: &mut Found) {
    // Of several tables with targets the one that has most of them sums up.
    let judged = document.tables.iter().map(of_table);
    let Some((missed, all)) = judged
        .max_by_key(|(_, all)| *all)
        .filter(|(_, all)| *all > 0)
    else {
        return;
    };
    for line in document
        .lines
        .iter()
        .filter(|line| says_that_all_is_well(&line.text))
    {
        let finding = (missed > 0).then(|| {
            (
                line.text
                    .trim_matches(|c: char| !c.is_alphanumeric())
                    .to_owned(),
                format!(
                    "{} of {} missed",
                    language::count(missed),
                    language::plural(all, "target")
                ),
            )
        });
        found.statement(line.number, Check::Verdict, finding);
    }
}

/// How many targets are missed, and how many there are.
fn of_table(table: &Table) -> (u64, u64) {
    let Some(target) = table.column(&["target", "limit", "goal", "slo"]) else {
        return (0, 0);
    };
    // What is left of a limit is no measurement.
    let derived = [
        "change", "margin", "headroom", "diff", "gap", "remain", "before",
    ];
    let derived: Vec<usize> = (0..table.head.len())
        .filter(|column| {
            let title = table.head[*column].to_lowercase();
            derived.iter().any(|word| title.contains(word))
        })
        .collect();
    let kept: Vec<bool> = table
        .rows
        .iter()
        .filter_map(|row| kept(row, target, &derived))
        .collect();
    let missed = kept.iter().filter(|kept| !**kept).count();
    (missed as u64, kept.len() as u64)
}

/// Did the last run that the row has a figure of keep the target?
fn kept(row: &Row, target: usize, derived: &[usize]) -> Option<bool> {
    let first = |cell: &str| figures(cell).into_iter().next();
    let limit = first(row.cell(target))?;
    let least = row.cell(target).contains(['>', '≥', '+']);
    let measured = |column: usize| {
        let figure = first(row.cell(column)).filter(|figure| figure.unit == limit.unit);
        // A change has a sign, and no measurement.
        figure.filter(|figure: &Figure| figure.sign.is_none())
    };
    let mut columns = (1..row.cells.len())
        .rev()
        .filter(|column| *column != target && !derived.contains(column));
    let is = columns.find_map(measured)?;
    let name = row.name().to_lowercase();
    match limit.unit {
        Unit::Time if !least => Some(is.value <= limit.value),
        Unit::Percent if name.contains("success") => Some(is.value >= limit.value),
        Unit::Percent if name.contains("error") || name.contains("fail") => {
            Some(is.value <= limit.value)
        }
        _ => None,
    }
}

fn says_that_all_is_well(text: &str) -> bool {
    let text = text.to_lowercase();
    let subject = text.contains("verdict")
        || text.contains("all targets")
        || text.contains("all performance targets");
    let well = ["achieved", " met", "passed", "pass ", "reached"]
        .iter()
        .any(|word| text.contains(word));
    let not = [" not ", "n't", "missed", "except", "partial", "fail"]
        .iter()
        .any(|word| text.contains(word));
    subject && well && !not && text.contains("target")
}
