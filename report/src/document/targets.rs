//! The limits of the plan, and whether each run kept them.

use super::block::Section;
use super::names::{Names, row_name};
use super::table::{Cell, Column, Table};
use super::words;
use crate::comparison::{
    Comparison, Measured, Side, Target, TargetResult, TargetRow, TargetVerdict,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("targets", "Targets");
    if comparison.targets.is_empty() {
        section.paragraph("The plan declares no target.");
        return section;
    }
    section.paragraph(
        "A target is met when the whole interval of the value keeps it, missed when no part of it does. Where too few requests stand behind a value for an interval, the interval of the share of arrivals within the limit decides. The ratio is value / limit.",
    );
    let mut columns = vec![Column::words("Target"), Column::figure("Limit")];
    for side in Side::BOTH {
        columns.push(Column::figure(names.heading(side)));
        columns.push(Column::verdict(format!("{side}: outcome")));
    }
    let mut table = Table::new("Targets and how each run did", columns);
    let targets = comparison.targets.iter();
    table.rows = targets.map(|target| row(target, comparison)).collect();
    section.table(table);
    section
}

fn row(row: &TargetRow, comparison: &Comparison) -> Vec<Cell> {
    let (what, limit) = in_words(row.target);
    let mut cells = vec![
        Cell::text(name(row, comparison)).with_note(Some(what)),
        Cell::text(limit).with_note(Some(
            match row.target {
                Target::Latency { .. } => "at most",
                Target::Success { .. } => "at least",
            }
            .to_owned(),
        )),
    ];
    for side in Side::BOTH {
        let result = row.results.get(side);
        cells.push(measured(result));
        cells.push(outcome(result));
    }
    cells
}

/// The target with its limit in one cell.
pub(super) fn name_cell(row: &TargetRow, comparison: &Comparison) -> Cell {
    let (what, limit) = in_words(row.target);
    Cell::text(name(row, comparison)).with_note(Some(format!("{what} {limit}")))
}

/// `p95` and `50 ms`.
pub(super) fn in_words(target: Target) -> (String, String) {
    match target {
        Target::Latency { quantile, limit_us } => {
            (quantile_name(quantile), language::limit(limit_us))
        }
        Target::Success { at_least } => ("success".to_owned(), language::share_target(at_least)),
    }
}

fn name(row: &TargetRow, comparison: &Comparison) -> String {
    match &row.action {
        Some(action) => row_name(comparison, &row.stage, action),
        None => row.stage.clone(),
    }
}

/// `p95` of 0.95.
pub(super) fn quantile_name(quantile: f64) -> String {
    format!("p{}", (quantile * 1e7).round() / 1e5)
}

fn measured(result: &TargetResult) -> Cell {
    match &result.measured {
        Measured::Latency(estimate) => {
            let cell = words::estimate(estimate);
            match result.within.filter(|_| estimate.interval.is_none()) {
                Some(within) => cell.with_note(Some(format!(
                    "{} of {} within the limit",
                    language::count(within.ok),
                    language::count(within.offered)
                ))),
                None => cell,
            }
        }
        Measured::Success(success) => words::success(success),
        Measured::Nothing => Cell::faint(language::NOT_MEASURED),
    }
}

pub(super) fn outcome(result: &TargetResult) -> Cell {
    let (word, tone) = words::target_verdict(result.verdict);
    if let TargetVerdict::NotJudged { reason } = result.verdict {
        return Cell::toned(word, tone).with_note(Some(reason.to_string()));
    }
    let latency = matches!(result.measured, Measured::Latency(_));
    let ratio = match (result.ratio, latency) {
        (Some(ratio), true) => format!(", {}", language::factor(ratio)),
        _ => String::new(),
    };
    let note = match (result.headroom, latency) {
        (Some(left), true) => Some(format!("headroom {}", language::headroom(left))),
        // Headroom of a share is in points already.
        (Some(points), false) => Some(language::points(points / 100.0)),
        (None, _) => None,
    };
    Cell::toned(format!("{word}{ratio}"), tone).with_note(note)
}
