//! Totals against the rows above them.

use super::super::Check;
use super::super::document::{Document, Row};
use super::super::figure::{Figure, Unit, only};
use super::super::range::Range;
use super::Found;
use crate::language;

/// Their values do not add up, so that their total is none.
const NO_SUMS: [&str; 25] = [
    "avg",
    "average",
    "mean",
    "median",
    "p50",
    "p75",
    "p90",
    "p95",
    "p99",
    "percentile",
    "min",
    "max",
    "latency",
    "time",
    "rate",
    "ratio",
    "score",
    "coverage",
    "(ms)",
    "(s)",
    "(µs)",
    "/s",
    "rps",
    "version",
    "user",
];
/// A total that is farther from the sum of its rows is of something else.
const FARTHEST: f64 = 0.5;

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
            let title = table.head[column].to_lowercase();
            if NO_SUMS.iter().any(|word| title.contains(word)) {
                continue;
            }
            let parts: Option<Vec<Figure>> =
                rows.iter().map(|row| count(row.cell(column))).collect();
            let Some(parts) = parts else { continue };
            let zero = Range::exact(0.0);
            let sum = parts
                .iter()
                .fold(zero, |sum, part| sum.plus(part.rounded()));
            let largest = parts.iter().map(|part| part.value).fold(0.0, f64::max);
            let far = (stated.value / sum.middle() - 1.0).abs() > FARTHEST;
            if stated.value < largest || far {
                continue;
            }
            let finding = (!stated.rounded().meets(sum)).then(|| {
                let title = &table.head[column];
                (
                    format!("{title}, total: {}", stated.text),
                    format!("the rows sum to {}", language::plain(sum.middle())),
                )
            });
            found.statement(total.line, Check::Total, finding);
        }
    }
}

/// Does the row sum up those above it?
pub(super) fn is_total(row: &Row) -> bool {
    let name = row.name().to_lowercase();
    ["total", "totals", "sum", "all", "overall", "aggregated"].contains(&name.trim())
}

/// The only figure of a cell, if it counts something.
fn count(cell: &str) -> Option<Figure> {
    only(cell).filter(|figure| figure.unit == Unit::Count)
}
