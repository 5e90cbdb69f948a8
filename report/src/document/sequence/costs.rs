//! What a request cost in every run: CPU time, statements, rows.

use super::super::block::Section;
use super::super::resources;
use super::super::table::{Cell, Column, Table};
use super::{in_any_step, oriented, places};
use crate::comparison::{Comparison, CostComparison, CostKind, Side};
use crate::language;
use crate::sequence::Sequence;

pub(super) fn section(sequence: &Sequence, names: &[String]) -> Section {
    let mut section = Section::new("costs", "What a request cost");
    let table = table(sequence, names);
    if table.rows.is_empty() {
        section.paragraph(format!(
            "CPU time, statements and rows of a request: {}.",
            language::NOT_MEASURED
        ));
    } else {
        section.table(oriented(sequence, table, 3));
    }
    section
}

/// A row for each cost that is one in any run.
fn table(sequence: &Sequence, names: &[String]) -> Table {
    let mut columns = vec![
        Column::words("Stage"),
        Column::words("Source"),
        Column::words("For each request"),
    ];
    columns.extend(names.iter().map(Column::figure));
    let mut table = Table::new(
        "For each request that succeeded, judged span, and what changed",
        columns,
    );
    let keys = in_any_step(sequence, |step| {
        let spent = step.resources.costs.iter().filter(|row| is_spent(row));
        spent.map(key).collect()
    });
    for wanted in keys {
        let (stage, source, cost) = &wanted;
        let mut cells = vec![
            Cell::text(stage),
            Cell::text(source),
            Cell::text(resources::name(*cost)),
        ];
        cells.extend(places(sequence).map(|(step, side)| cell(step, side, &wanted)));
        table.rows.push(cells);
    }
    table
}

type Key = (String, String, CostKind);

fn key(row: &CostComparison) -> Key {
    (row.stage.clone(), row.source.clone(), row.cost)
}

fn is_spent(row: &CostComparison) -> bool {
    let spent = |side| {
        row.sides
            .get(side)
            .is_some_and(|cost| cost.per_request > 0.0)
    };
    Side::BOTH.into_iter().any(spent)
}

/// The value of one run; where it has a run before it, with the change.
fn cell(step: &Comparison, side: Side, wanted: &Key) -> Cell {
    let row = step.resources.costs.iter().find(|row| key(row) == *wanted);
    let Some((row, cost)) = row.and_then(|row| Some((row, row.sides.get(side).as_ref()?))) else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let change = row.change.as_ref().filter(|_| side == Side::B);
    Cell::text(row.cost.amount(cost.per_request)).with_note(change.map(resources::change_in_words))
}
