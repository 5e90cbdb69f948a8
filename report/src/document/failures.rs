//! Failures by kind and over time.

use std::collections::BTreeMap;

use super::arrivals;
use super::block::{Block, Section};
use super::figure::Figure;
use super::names::{Names, row_name};
use super::table::{Cell, Column, Table};
use super::timeline::{self, Timeline};
use crate::chart::{FailingChart, UsageLine};
use crate::comparison::{Comparison, FailureRow, FailureSample, Side};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("failures", "Failures");
    arrivals::say(&mut section, comparison, names);
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
    let cell = |count: Option<u64>, offered: Option<u64>| match count {
        None => Cell::faint(language::NOT_MEASURED),
        Some(count) => Cell::text(language::count(count)).with_note(
            offered
                .filter(|_| count > 0)
                .map(|offered| format!("{} of offered", language::share(count, offered))),
        ),
    };
    for stage in &comparison.stages {
        let rows: Vec<&FailureRow> = comparison
            .failures
            .iter()
            .filter(|row| row.stage == stage.stage)
            .collect();
        for row in &rows {
            let action = comparison.action(&row.stage, &row.action);
            let of = |side: Side| {
                let offered = action.and_then(|action| action.counts.get(side).as_ref());
                cell(*row.counts.get(side), offered.map(|counts| counts.offered))
            };
            table.rows.push(vec![
                Cell::text(row_name(comparison, &row.stage, &row.action)),
                Cell::code(&row.kind),
                of(Side::A),
                of(Side::B),
            ]);
        }
        // The requests of sessions are among those of actions.
        let of_actions = rows
            .iter()
            .filter(|row| !comparison.is_session(&row.action));
        if of_actions.clone().next().is_none() {
            continue;
        }
        let all = |side: Side| {
            let counted = of_actions.clone().filter_map(|row| *row.counts.get(side));
            let counted: Vec<u64> = counted.collect();
            let sum = (!counted.is_empty()).then(|| counted.iter().sum());
            let offered = stage.counts.get(side).as_ref();
            cell(sum, offered.map(|counts| counts.offered))
        };
        table.rows.push(vec![
            Cell::text(format!("{} / all actions", stage.stage)),
            Cell::text("failed and unsent"),
            all(Side::A),
            all(Side::B),
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
