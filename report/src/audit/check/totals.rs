//! Totals against the rows above them.

use super::super::Check;
use super::super::document::{Document, Row};
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::Found;
use crate::language;

pub(super) fn check(document: &Document, found: &mut Found) {
    for table in &document.tables {
        let Some(at) = table.rows.iter().position(is_total).filter(|at| *at >= 2) else {
            continue;
        };
        let (rows, total) = (&table.rows[..at], &table.rows[at]);
        for column in 1..table.head.len() {
            let Some(stated) = count(total.cell(column)) else {
                continue;
            };
            let parts: Option<Vec<Figure>> =
                rows.iter().map(|row| count(row.cell(column))).collect();
            let Some(parts) = parts else { continue };
            let zero = Range::exact(0.0);
            let sum = parts
                .iter()
                .fold(zero, |sum, part| sum.plus(part.rounded()));
            let finding = (!stated.rounded().meets(sum)).then(|| {
                let title = &table.head[column];
                (
                    format!("{title}, total: {}", stated.text),
                    format!(
                        "the rows sum to {}",
                        language::count(sum.middle().round() as u64)
                    ),
                )
            });
            found.statement(total.line, Check::Total, finding);
        }
    }
}

/// Does the row sum up those above it?
pub(super) fn is_total(row: &Row) -> bool {
    let name = row.name().to_lowercase();
    ["total", "sum", "all", "overall"].contains(&name.trim())
}

/// The only figure of a cell, if it counts something.
fn count(cell: &str) -> Option<Figure> {
    let [figure] = <[Figure; 1]>::try_from(figures(cell)).ok()?;
    (figure.unit == Unit::Count && !figure.bound).then_some(figure)
}
