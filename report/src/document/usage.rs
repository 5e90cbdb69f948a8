//! Charts of what processes used over the time of the runs.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::names::Names;
use super::table::{Cell, Column, Table};
use super::timeline::{self, Timeline};
use super::words::capital;
use crate::chart::{UsageChart, UsageLine, UsageUnit};
use crate::comparison::level::{CORES, MEMORY, charted};
use crate::comparison::{Comparison, Side};
use crate::language;

/// Cores and memory of every process, of the host its cores.
pub(super) fn figures(comparison: &Comparison, names: &Names) -> Vec<Figure> {
    let timeline = Timeline::of(&comparison.series, names);
    let marks = timeline.marks(comparison, names);
    let mut figures = Vec::new();
    for source in comparison.resources.source_names() {
        for (what, unit) in [(CORES, UsageUnit::Cores), (MEMORY, UsageUnit::Bytes)] {
            let line = |side: Side| {
                let width_s = comparison.series.get(side).width_s.max(1);
                let course = charted(comparison.resources.evidence.get(side), &source, what);
                let course = course.into_iter();
                let placed = course.map(|(at, v)| (timeline.at(side, at as f64 / 1e6), v));
                UsageLine {
                    label: names.heading(side).to_owned(),
                    points: merged(placed, width_s),
                }
            };
            let chart = UsageChart {
                unit,
                a: line(Side::A),
                b: line(Side::B),
                marks: marks.clone(),
            };
            let title = format!("{}, {source}", capital(what));
            figures.extend(figure(&chart, title, names));
        }
    }
    figures
}

/// None of what neither run has.
fn figure(chart: &UsageChart, title: String, names: &Names) -> Option<Figure> {
    if chart.a.points.is_empty() && chart.b.points.is_empty() {
        return None;
    }
    Some(Figure {
        id: String::new(),
        description: format!(
            "{title} over the time of both runs; a stage begins at one place in both. Every point is in the table below the chart.{}",
            timeline::in_words(&chart.marks)
        ),
        data: data(chart, &title, names),
        drawing: chart.draw(),
        title,
    })
}

/// The means of so many seconds each: a line has no more points than the others of the run.
fn merged(course: impl Iterator<Item = (f64, f64)>, width_s: u64) -> Vec<(f64, f64)> {
    let mut sums: BTreeMap<u64, (f64, f64)> = BTreeMap::new();
    for (second, value) in course {
        let sum = sums.entry(second as u64 / width_s).or_default();
        sum.0 += value;
        sum.1 += 1.0;
    }
    let middle = |bucket: u64| (bucket * width_s) as f64 + width_s as f64 / 2.0;
    let points = sums.into_iter();
    points
        .map(|(bucket, (sum, count))| (middle(bucket), sum / count))
        .collect()
}

/// What happened, in the seconds of each run: a chart names what it has room for.
pub(super) fn events(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "What happened beside the load",
        vec![
            Column::figure("Second"),
            Column::words("Run"),
            Column::words("What"),
        ],
    );
    for side in Side::BOTH {
        for (second, text) in timeline::events(comparison, side) {
            table.rows.push(vec![
                Cell::text(language::seconds(second)),
                Cell::text(names.heading(side)),
                Cell::text(text),
            ]);
        }
    }
    table
}

fn data(chart: &UsageChart, title: &str, names: &Names) -> Table {
    let mut rows: BTreeMap<u64, [Option<f64>; 2]> = BTreeMap::new();
    for (side, line) in [&chart.a, &chart.b].into_iter().enumerate() {
        for (second, value) in &line.points {
            rows.entry(*second as u64).or_default()[side] = Some(*value);
        }
    }
    let mut table = Table::new(
        title,
        vec![
            Column::figure("Second"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    let cell = |value: Option<f64>| match (value, chart.unit) {
        (None, _) => Cell::faint(language::NOT_MEASURED),
        (Some(cores), UsageUnit::Cores) => Cell::text(language::amount(cores)),
        (Some(bytes), UsageUnit::Bytes) => Cell::text(language::bytes(bytes as u64)),
    };
    for (second, [a, b]) in rows {
        table
            .rows
            .push(vec![Cell::text(language::count(second)), cell(a), cell(b)]);
    }
    table
}
