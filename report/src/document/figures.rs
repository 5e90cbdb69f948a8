//! Charts from the series of a comparison, each with its data table.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::names::{Names, row_name};
use super::shapes;
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use super::timeline::{self, Event};
use crate::chart::{
    OfferedChart, OverTimeChart, RatePoint, SpectrumChart, SpectrumSeries, TargetMark, TimePoint,
    TimeSeries,
};
use crate::comparison::{ActionComparison, Comparison, Side, Sides, Target};
use crate::language;
use crate::run::{ActionSeries, Series};

/// Offered against answered, one chart a run on the same axes.
pub(super) fn offered(comparison: &Comparison, names: &Names) -> Vec<Figure> {
    let points = Sides {
        a: rates(&comparison.series.a),
        b: rates(&comparison.series.b),
    };
    let both = || points.a.iter().chain(&points.b);
    let planned = Sides {
        a: planned(&comparison.series.a),
        b: planned(&comparison.series.b),
    };
    let wanted = || planned.a.iter().chain(&planned.b).flatten();
    let most = both()
        .map(|p| p.offered.max(p.answered))
        .chain(wanted().map(|(_, rate)| *rate))
        .fold(0.0, f64::max);
    let until = both()
        .map(|p| p.second)
        .chain(wanted().map(|(second, _)| *second))
        .fold(0.0, f64::max);
    Side::BOTH
        .into_iter()
        .filter(|side| !points.get(*side).is_empty())
        .map(|side| {
            let series = comparison.series.get(side);
            let name = names.heading(side);
            let stages = series.stages.iter();
            let stages = stages.map(|span| (span.started_s, span.stage.clone()));
            let chart = OfferedChart {
                label: name.to_owned(),
                candidate: side == Side::B,
                points: points.get(side).clone(),
                marks: timeline::in_order(
                    stages.collect(),
                    timeline::events(comparison, side),
                ),
                planned: planned.get(side).clone(),
                most,
                until,
            };
            let mut data = Table::new(
                format!("Offered and answered per second, {name}"),
                vec![
                    Column::figure("Second"),
                    Column::figure("Offered"),
                    Column::figure("Answered"),
                ],
            );
            data.rows = points
                .get(side)
                .iter()
                .map(|point| {
                    vec![
                        Cell::text(language::seconds(point.second)),
                        Cell::text(language::rate(point.offered)),
                        Cell::text(language::rate(point.answered)),
                    ]
                })
                .collect();
            Figure {
                id: String::new(),
                title: format!("Offered against answered, {name}"),
                description: format!(
                    "Arrivals that were due and requests that succeeded, per second, over the time of the run. Every point is in the table below the chart.{}",
                    timeline::in_words(&chart.marks)
                ),
                drawing: chart.draw(),
                data,
            }
        })
        .collect()
}

/// The planned rates of the stages in which they change.
fn planned(series: &Series) -> Vec<Vec<(f64, f64)>> {
    let stages = series.stages.iter().filter(|span| !span.planned.is_empty());
    stages
        .map(|span| {
            let points = span.planned.iter();
            points.map(|p| (p.second, p.rate_per_s)).collect()
        })
        .collect()
}

fn rates(series: &Series) -> Vec<RatePoint> {
    let mut sums: BTreeMap<u64, (u64, u64, u64)> = BTreeMap::new();
    for point in series.actions.iter().flat_map(|action| &action.points) {
        let sum = sums.entry(point.second).or_default();
        sum.0 += point.offered;
        sum.1 += point.ok;
        sum.2 = sum.2.max(point.seconds);
    }
    sums.into_iter()
        .filter(|(_, (_, _, seconds))| *seconds > 0)
        .map(|(second, (offered, ok, seconds))| RatePoint {
            second: second as f64 + seconds as f64 / 2.0,
            offered: offered as f64 / seconds as f64,
            answered: ok as f64 / seconds as f64,
        })
        .collect()
}

/// The spectrum and the course over time of one action.
pub(super) fn of_action(
    row: &ActionComparison,
    comparison: &Comparison,
    names: &Names,
) -> Vec<Figure> {
    let find = |series: &Series| series.of(&row.stage, &row.action).cloned();
    let series = Sides {
        a: find(&comparison.series.a),
        b: find(&comparison.series.b),
    };
    if series.a.is_none() && series.b.is_none() {
        return Vec::new();
    }
    let title = titled(row, comparison);
    let lines = Sides {
        a: line(row, comparison, &series, names, Side::A),
        b: line(row, comparison, &series, names, Side::B),
    };
    let mut figures = vec![spectrum(row, comparison, &lines, names)];
    let functions = comparison.quantiles_of(&row.stage, &row.action);
    figures.extend(functions.and_then(|functions| shapes::shift(functions, &title)));
    figures.extend(shapes::ecdf(&lines, &title, names));
    let events = Sides {
        a: in_stage(comparison, Side::A, &row.stage),
        b: in_stage(comparison, Side::B, &row.stage),
    };
    figures.push(over_time(row, comparison, &series, &events, names));
    let spans = comparison
        .series
        .as_ref()
        .map(|series| series.stage(&row.stage));
    figures.extend(shapes::heat(&series, spans, &events, &title, names));
    figures
}

/// What happened beside the load of a run while a stage lasted, in seconds since that began.
fn in_stage(comparison: &Comparison, side: Side, stage: &str) -> Vec<Event> {
    let Some(span) = comparison.series.get(side).stage(stage) else {
        return Vec::new();
    };
    let lasted = span.started_s..=span.drained_s.unwrap_or(span.ended_s);
    let events = timeline::events(comparison, side).into_iter();
    events
        .filter(|(second, _)| lasted.contains(second))
        .map(|(second, text)| (second - span.started_s, text))
        .collect()
}

/// The quantile function of one run, with the intervals that it has.
fn line(
    row: &ActionComparison,
    comparison: &Comparison,
    series: &Sides<Option<ActionSeries>>,
    names: &Names,
    side: Side,
) -> SpectrumSeries {
    let functions = comparison.quantiles_of(&row.stage, &row.action);
    let points = functions
        .into_iter()
        .flat_map(|functions| &functions.points);
    SpectrumSeries {
        label: names.heading(side).to_owned(),
        points: series.get(side).as_ref().map_or_else(Vec::new, |series| {
            let points = series.spectrum.iter();
            points.map(|p| (p.quantile, p.us)).collect()
        }),
        band: points
            .filter_map(|point| {
                let interval = (*point.intervals.get(side))?;
                Some((point.quantile, interval.low, interval.high))
            })
            .collect(),
        unbounded_beyond: {
            let success = row.success.sides.get(side);
            success.ok < success.offered
        },
    }
}

fn titled(row: &ActionComparison, comparison: &Comparison) -> String {
    row_name(comparison, &row.stage, &row.action)
}

fn spectrum(
    row: &ActionComparison,
    comparison: &Comparison,
    lines: &Sides<SpectrumSeries>,
    names: &Names,
) -> Figure {
    let targets = comparison.targets.iter().filter_map(|target| {
        let here = target.stage == row.stage && target.action.as_ref() == Some(&row.action);
        match target.target {
            Target::Latency { quantile, limit_us } if here => {
                Some(TargetMark { quantile, limit_us })
            }
            _ => None,
        }
    });
    let chart = SpectrumChart {
        a: lines.a.clone(),
        b: lines.b.clone(),
        targets: targets.collect(),
    };
    Figure {
        id: String::new(),
        title: format!("Response time by percentile, {}", titled(row, comparison)),
        description: "Both axes are logarithmic; the bands are 95 % intervals. A curve that ends with a ring is unbounded beyond it, because failed and unsent arrivals take the rest.".to_owned(),
        data: spectrum_data(&chart, names),
        drawing: chart.draw(),
    }
}

fn spectrum_data(chart: &SpectrumChart, names: &Names) -> Table {
    let mut table = Table::new(
        "Response time by percentile",
        vec![
            Column::figure("Percentile"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    for quantile in [
        0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99995, 0.99999,
    ] {
        let at = |series: &SpectrumSeries| {
            let here = |(q, _): &&(f64, f64)| (q - quantile).abs() < 1e-9;
            match (
                series.points.iter().find(here),
                series.points.is_empty(),
                series.unbounded_beyond,
            ) {
                (Some((_, us)), ..) => Cell::text(language::latency(*us)),
                (None, false, true) => Cell::text(language::UNBOUNDED),
                (None, false, false) => Cell::faint(language::FEW_SAMPLES),
                (None, true, _) => Cell::faint(language::NOT_MEASURED),
            }
        };
        table.rows.push(vec![
            Cell::text(quantile_name(quantile)),
            at(&chart.a),
            at(&chart.b),
        ]);
    }
    table
}

fn over_time(
    row: &ActionComparison,
    comparison: &Comparison,
    series: &Sides<Option<ActionSeries>>,
    events: &Sides<Vec<Event>>,
    names: &Names,
) -> Figure {
    let span = |side: Side| {
        let mut stages = comparison.series.get(side).stages.iter();
        stages.find(|span| span.stage == row.stage)
    };
    let line = |side: Side| TimeSeries {
        label: names.heading(side).to_owned(),
        points: match (series.get(side), span(side)) {
            (Some(series), Some(span)) => {
                let points = series.points.iter();
                points
                    .map(|point| TimePoint {
                        second: (point.second as f64 + point.seconds as f64 / 2.0 - span.started_s)
                            .max(0.0),
                        us: point.p95.least_us(),
                    })
                    .collect()
            }
            _ => Vec::new(),
        },
    };
    let mut marks = Vec::new();
    if let Some(span) = span(Side::A).or_else(|| span(Side::B)) {
        if span.judged_from_s > span.started_s {
            marks.push((
                span.judged_from_s - span.started_s,
                "warm-up over".to_owned(),
            ));
        }
        marks.push((span.ended_s - span.started_s, format!("{} ends", row.stage)));
    }
    let chart = OverTimeChart {
        a: line(Side::A),
        b: line(Side::B),
        marks: timeline::in_order(marks, timeline::of_both(events.clone(), names)),
    };
    Figure {
        id: String::new(),
        title: format!("p95 over the stage, {}", titled(row, comparison)),
        description: format!(
            "Seconds since the stage began; the response time is on a logarithmic axis. A tick at the upper edge is a moment whose p95 is unbounded.{}",
            timeline::in_words(&chart.marks)
        ),
        data: over_time_data(&chart, names),
        drawing: chart.draw(),
    }
}

fn over_time_data(chart: &OverTimeChart, names: &Names) -> Table {
    let mut rows: BTreeMap<u64, [Option<Cell>; 2]> = BTreeMap::new();
    for (side, series) in [&chart.a, &chart.b].into_iter().enumerate() {
        for point in &series.points {
            let cell = match point.us {
                None => Cell::faint(language::NOT_MEASURED),
                Some(us) => Cell::text(language::latency(us)),
            };
            rows.entry(point.second as u64).or_default()[side].get_or_insert(cell);
        }
    }
    let mut table = Table::new(
        "p95 over the stage",
        vec![
            Column::figure("Second of the stage"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    for (second, cells) in rows {
        let [a, b] = cells.map(|cell| cell.unwrap_or_else(|| Cell::faint("")));
        table
            .rows
            .push(vec![Cell::text(language::count(second)), a, b]);
    }
    table
}
