//! Failures by kind and over time.

use std::collections::BTreeMap;

use super::block::{Block, Section};
use super::figure::Figure;
use super::names::{Names, row_name};
use super::pointers;
use super::table::{Cell, Column, Table};
use super::timeline::{self, Timeline};
use crate::chart::{FailingChart, UsageLine};
use crate::comparison::{Comparison, FailureSample, Side};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("failures", "Failures");
    for (i, stage) in comparison.stages.iter().enumerate() {
        for side in Side::BOTH {
            let success = stage.success.sides.get(side);
            if success.no_failure_observed {
                let said = format!(
                    "{} in {}: {}.",
                    names.short(side),
                    stage.stage,
                    language::no_failure(success.offered)
                );
                section.say(said, vec![pointers::offered(i, side)]);
            }
        }
    }
    section.table(by_kind(comparison, names));
    section.table(over_time(comparison, names));
    if let Some(figure) = failing(comparison, names) {
        section.blocks.push(Block::Figures(vec![figure]));
    }
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

/// Failures per second of both runs, all actions together; none where nothing failed.
fn failing(comparison: &Comparison, names: &Names) -> Option<Figure> {
    let timeline = Timeline::of(&comparison.series, names);
    let line = |side: Side| {
        let mut sums: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
        let series = &comparison.series.get(side).actions;
        for point in series.iter().flat_map(|action| &action.points) {
            let sum = sums.entry(point.second).or_default();
            sum.0 += point.failed + point.unsent;
            sum.1 = sum.1.max(point.seconds);
        }
        let points = sums.into_iter().filter(|(_, (_, seconds))| *seconds > 0);
        UsageLine {
            label: names.heading(side).to_owned(),
            points: points
                .map(|(second, (failed, seconds))| {
                    let middle = second as f64 + seconds as f64 / 2.0;
                    (timeline.at(side, middle), failed as f64 / seconds as f64)
                })
                .collect(),
        }
    };
    let chart = FailingChart {
        a: line(Side::A),
        b: line(Side::B),
        marks: timeline.marks(comparison, names),
    };
    let any = |line: &UsageLine| line.points.iter().any(|(_, rate)| *rate > 0.0);
    if !any(&chart.a) && !any(&chart.b) {
        return None;
    }
    let mut rows: BTreeMap<u64, [Option<f64>; 2]> = BTreeMap::new();
    for (side, line) in [&chart.a, &chart.b].into_iter().enumerate() {
        for (second, rate) in &line.points {
            rows.entry(*second as u64).or_default()[side] = Some(*rate);
        }
    }
    let mut data = Table::new(
        "Arrivals per second that failed or were given up",
        vec![
            Column::figure("Second"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    let cell = |rate: Option<f64>| match rate {
        Some(rate) => Cell::text(language::rate(rate)),
        None => Cell::faint(""),
    };
    for (second, [a, b]) in rows {
        let second = Cell::text(language::count(second));
        data.rows.push(vec![second, cell(a), cell(b)]);
    }
    Some(Figure {
        id: String::new(),
        title: "Failures over time".to_owned(),
        description: format!(
            "Arrivals per second that failed or were given up, over the time of both runs; a stage begins at one place in both. Every point is in the table below the chart.{}",
            timeline::in_words(&chart.marks)
        ),
        drawing: chart.draw(),
        data,
    })
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
