//! What else databases counted.

use super::names::Names;
use super::resources::change_of;
use super::table::{Cell, Column, Table};
use crate::comparison::{Comparison, Cost, Side, TallyUnit};
use crate::language;

/// A row for each thing that was counted.
pub(super) fn table(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "What was counted in the judged span, and how much of it for each request that succeeded",
        vec![
            Column::words("Stage"),
            Column::words("Source"),
            Column::words("Of"),
            Column::words("What"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change for each request"),
        ],
    );
    let rows = comparison.resources.tallies.iter();
    table.rows = rows
        .map(|row| {
            let totals = row.sides.map(|side| side.map(|cost| cost.total));
            vec![
                Cell::text(&row.stage),
                Cell::text(&row.source),
                Cell::text(row.of.as_deref().unwrap_or_default()),
                Cell::text(&row.what),
                tally(row.unit, row.sides.a.as_ref()),
                tally(row.unit, row.sides.b.as_ref()),
                change_of(totals, row.change.as_ref()),
            ]
        })
        .collect();
    table
}

/// Between readings a counter is told along a straight line, so that a total may be no whole number.
fn tally(unit: TallyUnit, tally: Option<&Cost>) -> Cell {
    let Some(tally) = tally else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let total = tally.total.max(0.0).round() as u64;
    let (total, each) = match unit {
        TallyUnit::Count => (language::count(total), language::amount(tally.per_request)),
        TallyUnit::Bytes => (language::bytes(total), language::memory(tally.per_request)),
    };
    Cell::text(total).with_note((tally.total > 0.0).then_some(each))
}
