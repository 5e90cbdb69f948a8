//! Whether memory grew over the judged span.

use super::names::Names;
use super::table::{Cell, Column, Table};
use crate::comparison::{Comparison, Memory, Side};
use crate::language;

pub(super) fn growth(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Growth of memory over the judged span, along a straight line through the means of ten windows, with 95 % intervals",
        vec![
            Column::words("Stage"),
            Column::words("Source"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    let rows = comparison.resources.memory.iter();
    table.rows = rows
        .map(|row| {
            vec![
                Cell::text(&row.stage),
                Cell::text(&row.source),
                cell(row.sides.a.as_ref()),
                cell(row.sides.b.as_ref()),
            ]
        })
        .collect();
    table
}

fn cell(memory: Option<&Memory>) -> Cell {
    let Some(memory) = memory else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let Some(growth) = memory.growth else {
        return Cell::faint(language::FEW_SAMPLES);
    };
    let interval = language::interval_of_change(growth.interval.low, growth.interval.high);
    Cell::text(language::percent_change(growth.share)).with_note(Some(interval))
}
