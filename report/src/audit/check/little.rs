//! Little's law, where a table gives users, rate and mean latency of a run.

use super::super::Check;
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures};
use super::Found;
use crate::language;

/// So much more than the users may be in flight, for rounding.
const SLACK: f64 = 1.05;

pub(super) fn check(document: &Document, found: &mut Found) {
    for table in &document.tables {
        let users = row(table, &["users", "vus", "concurrency", "connections"]);
        let rate = row(table, &["throughput", "req/s", "requests/s", "rps"]);
        let mean = row(table, &["average", "avg", "mean"]);
        let (Some(users), Some(rate), Some(mean)) = (users, rate, mean) else {
            continue;
        };
        for (column, run) in table.head.iter().enumerate().skip(1) {
            let of = |row: &Row, unit| {
                let mut all = figures(row.cell(column)).into_iter();
                all.next()
                    .filter(|figure: &Figure| figure.unit == unit && figure.sign.is_none())
            };
            let figures = (
                of(users, Unit::Count),
                of(rate, Unit::Count),
                of(mean, Unit::Time),
            );
            let (Some(users), Some(rate), Some(latency)) = figures else {
                continue;
            };
            let in_flight = rate.value * latency.value / 1e6;
            let finding = (in_flight > users.value * SLACK).then(|| {
                (
                    format!(
                        "{run}: {} users, {}/s, mean {}",
                        users.text, rate.text, latency.text
                    ),
                    format!(
                        "{} in flight: no {} users wait for so many responses",
                        language::mean(in_flight),
                        users.text
                    ),
                )
            });
            found.statement(mean.line, Check::Little, finding);
        }
    }
}

fn row<'a>(table: &'a Table, words: &[&str]) -> Option<&'a Row> {
    table.rows.iter().find(|row| {
        let name = row.name().to_lowercase();
        words.iter().any(|word| name.contains(word))
    })
}
