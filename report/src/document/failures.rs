//! Failures by kind and over time.

use super::block::Section;
use super::names::{Names, row_name};
use super::table::{Cell, Column, Table};
use crate::comparison::{Comparison, FailureSample, Side};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("failures", "Failures");
    for stage in &comparison.stages {
        for side in Side::BOTH {
            let success = stage.success.sides.get(side);
            if success.no_failure_observed {
                section.paragraph(format!(
                    "{} in {}: {}.",
                    names.short(side),
                    stage.stage,
                    language::no_failure(success.offered)
                ));
            }
        }
    }
    section.table(by_kind(comparison, names));
    section.table(over_time(comparison, names));
    for side in Side::BOTH {
        section.table(samples(
            comparison.failure_samples.get(side),
            names.short(side),
        ));
    }
    section
}

fn by_kind(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Failures by kind",
        vec![
            Column::words("Stage / action"),
            Column::words("Kind"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    for row in &comparison.failures {
        let offered = |side: Side| {
            let action = comparison.action(&row.stage, &row.action)?;
            action.counts.get(side).as_ref().map(|c| c.offered)
        };
        let count = |side: Side| match row.counts.get(side) {
            None => Cell::faint(language::NOT_MEASURED),
            Some(count) => Cell::text(language::count(*count)).with_note(
                offered(side)
                    .filter(|_| *count > 0)
                    .map(|offered| format!("{} of offered", language::share(*count, offered))),
            ),
        };
        table.rows.push(vec![
            Cell::text(row_name(comparison, &row.stage, &row.action)),
            Cell::code(&row.kind),
            count(Side::A),
            count(Side::B),
        ]);
    }
    table
}

/// When the failures of every action happened.
fn over_time(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "When arrivals failed or were given up, since the start of the run",
        vec![
            Column::words("Stage / action"),
            Column::words("Run"),
            Column::figure("First"),
            Column::figure("Last"),
            Column::figure("Most in"),
            Column::figure("There"),
        ],
    );
    for row in comparison.rows() {
        for side in Side::BOTH {
            let series = comparison.series.get(side);
            let points = series.of(&row.stage, &row.action).into_iter();
            let points = points.flat_map(|series| &series.points);
            let failing: Vec<_> = points
                .map(|point| (point, point.failed + point.unsent))
                .filter(|(_, failed)| *failed > 0)
                .collect();
            let (Some((first, _)), Some((last, _))) = (failing.first(), failing.last()) else {
                continue;
            };
            // The earliest of equals, whichever way `max_by_key` breaks ties.
            let Some((worst, most)) = failing.iter().rev().max_by_key(|(_, failed)| *failed) else {
                continue;
            };
            let second = |s: u64| format!("{} s", language::count(s));
            table.rows.push(vec![
                Cell::text(row_name(comparison, &row.stage, &row.action)),
                Cell::text(names.heading(side)),
                Cell::text(second(first.second)),
                Cell::text(second(last.second + last.seconds)),
                Cell::text(format!(
                    "{} to {}",
                    second(worst.second),
                    second(worst.second + worst.seconds)
                )),
                Cell::text(language::count(*most)),
            ]);
        }
    }
    table
}

fn samples(samples: &[FailureSample], run: &str) -> Table {
    let mut table = Table::new(
        format!("The first failures of every kind in {run}"),
        vec![
            Column::figure("At"),
            Column::words("Stage / action"),
            Column::words("Kind"),
            Column::words("What the client saw"),
            Column::figure("After"),
        ],
    )
    .folded();
    table.rows = samples
        .iter()
        .map(|sample| {
            vec![
                Cell::text(language::duration(sample.at_us as f64)),
                Cell::text(format!("{} / {}", sample.stage, sample.action)),
                Cell::code(&sample.kind),
                Cell::code(&sample.message),
                Cell::text(language::duration(sample.response_us as f64)),
            ]
        })
        .collect();
    table
}
