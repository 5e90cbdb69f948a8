//! What the databases did: costs of requests, connections, waits, statements.

use super::block::Section;
use super::names::Names;
use super::resources::{costs, in_use};
use super::table::{Cell, Column, Table};
use super::tallies;
use super::words::capital;
use crate::comparison::{Comparison, CostKind, Side, StatementComparison, StatementUse};
use crate::language;

/// Most statements of a stage.
const MOST_STATEMENTS: usize = 10;
/// Most events of a stage.
const MOST_WAITS: usize = 12;

/// Is a source of this name a database?
pub(super) fn is_database(source: &str) -> bool {
    ["postgres/", "sqlite/", "redis/"]
        .iter()
        .any(|kind| source.starts_with(kind))
}

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let resources = &comparison.resources;
    let mut section = Section::new("database", "Database");
    let spent = resources.costs.iter();
    let spent = spent.filter(|row| is_database(&row.source) && row.cost != CostKind::Cpu);
    let spent = costs(
        "For each request that succeeded, judged span, with 95 % intervals",
        spent,
        names,
    );
    let levels = resources.levels.iter();
    let levels = levels.filter(|row| is_database(&row.source));
    let levels = in_use(
        "In the judged span: mean with a 95 % interval, and the highest reading",
        levels,
        names,
    );
    let absent = [
        (
            spent.rows.is_empty(),
            "rows written and statements for each request",
        ),
        (levels.rows.is_empty(), "what was in use"),
        (!has_waits(comparison), "waits"),
        (resources.statements.is_empty(), "statements one by one"),
    ];
    let absent: Vec<&str> = absent
        .into_iter()
        .filter_map(|(absent, what)| absent.then_some(what))
        .collect();
    section.table(spent);
    section.table(levels);
    section.table(tallies::table(comparison, names).folded());
    let waits = waits(comparison, names);
    if waits.rows.is_empty() && has_waits(comparison) {
        section.paragraph("Waits: none was seen in any reading of the judged span.");
    }
    section.table(waits);
    for stage in &comparison.stages {
        section.table(statements(comparison, &stage.stage, names));
    }
    if !resources.statements.is_empty() {
        section.paragraph(
            "Statements are those of the whole stage, warm-up included, without their literals; statements of one text count as one. They stand in the order of how much their time for each request changed.",
        );
    }
    if !absent.is_empty() {
        section.paragraph(format!(
            "{}: {}.",
            capital(&absent.join(", ")),
            language::NOT_MEASURED
        ));
    }
    section
}

/// Only PostgreSQL tells what its connections wait for.
fn has_waits(comparison: &Comparison) -> bool {
    let resources = &comparison.resources;
    let sources = resources.source_names();
    !resources.waits.is_empty() || sources.iter().any(|source| source.starts_with("postgres/"))
}

fn waits(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Waits: active connections that waited for an event, mean of the readings of the judged span",
        vec![
            Column::words("Stage"),
            Column::words("Source"),
            Column::words("Event"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    for stage in &comparison.stages {
        let waits = comparison.resources.waits.iter();
        let waits = waits.filter(|wait| wait.stage == stage.stage);
        for wait in waits.take(MOST_WAITS) {
            let cell = |side| match wait.sides.get(side) {
                Some(mean) => Cell::text(language::amount(*mean)),
                None => Cell::faint(language::NOT_MEASURED),
            };
            table.rows.push(vec![
                Cell::text(&wait.stage),
                Cell::text(&wait.source),
                Cell::code(&wait.event),
                cell(Side::A),
                cell(Side::B),
            ]);
        }
    }
    table
}

fn statements(comparison: &Comparison, stage: &str, names: &Names) -> Table {
    let time = |side| format!("{}: time, calls", names.short(side));
    let mut table = Table::new(
        format!("Statements of {stage}: time and calls for each request that succeeded"),
        vec![
            Column::words("Statement"),
            Column::figure(time(Side::A)),
            Column::figure(time(Side::B)),
            Column::figure("Change of the time"),
        ],
    );
    let statements = comparison.resources.statements.iter();
    let statements = statements.filter(|statement| statement.stage == stage);
    table.rows = statements
        .take(MOST_STATEMENTS)
        .map(|statement| {
            vec![
                Cell::code(&statement.text),
                used(statement.sides.a.as_ref()),
                used(statement.sides.b.as_ref()),
                moved(statement),
            ]
        })
        .collect();
    table
}

fn used(used: Option<&StatementUse>) -> Cell {
    let Some(used) = used else {
        return Cell::faint(language::NOT_MEASURED);
    };
    if used.calls == 0 {
        return Cell::faint("none");
    }
    let calls = language::amount(used.calls_per_request);
    let noun = if calls == "1" { "call" } else { "calls" };
    let calls = format!("{calls} {noun}");
    Cell::text(language::duration(used.us_per_request)).with_note(Some(calls))
}

fn moved(statement: &StatementComparison) -> Cell {
    if statement.sides.a.is_none() || statement.sides.b.is_none() {
        return Cell::faint(language::NOT_MEASURED);
    }
    let moved = statement.moved_us();
    let size = language::duration(moved.abs());
    let sign = match moved {
        _ if size == language::duration(0.0) => "",
        moved if moved < 0.0 => "-",
        _ => "+",
    };
    Cell::text(format!("{sign}{size}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_call_is_one() {
        for (calls_per_request, told) in [(1.0, "1 call"), (1.004, "1 call"), (2.5, "2.5 calls")] {
            let cell = used(Some(&StatementUse {
                calls: 9_000,
                total_us: 9_000,
                rows: 9_000,
                wal_bytes: None,
                calls_per_request,
                us_per_request: 30.0,
            }));
            assert_eq!(cell.note.as_deref(), Some(told));
        }
    }
}
