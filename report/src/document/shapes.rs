//! Charts of whole distributions: the share answered within a time, the shift, heat maps.

use super::figure::Figure;
use super::names::Names;
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use super::timeline::{self, Event};
use crate::chart::{
    EcdfChart, HeatCell, HeatChart, HeatKind, ShiftChart, ShiftPoint, SpectrumSeries,
};
use crate::comparison::{QuantileFunctions, QuantilePoint, Side, Sides};
use crate::language;
use crate::run::{ActionSeries, HeatColumn, StageSpan, class_begin_us};

/// Columns of a heat map.
const COLUMNS: u64 = 40;

/// The shift function; none where no quantile has a change.
pub(super) fn shift(functions: &QuantileFunctions, title: &str) -> Option<Figure> {
    let moved = |point: &QuantilePoint| {
        Some(ShiftPoint {
            quantile: point.quantile,
            percent: point.percent?,
            interval: point.percent_95.map(|of| (of.low, of.high)),
        })
    };
    let points: Vec<ShiftPoint> = functions.points.iter().filter_map(moved).collect();
    if points.is_empty() {
        return None;
    }
    let mut data = Table::new(
        "Change by percentile",
        vec![
            Column::figure("Percentile"),
            Column::figure("Change"),
            Column::figure("95 % interval"),
        ],
    );
    data.rows = points
        .iter()
        .map(|point| {
            vec![
                Cell::text(quantile_name(point.quantile)),
                Cell::text(language::percent_change(point.percent / 100.0)),
                match point.interval {
                    Some((low, high)) => {
                        Cell::text(language::interval_of_change(low / 100.0, high / 100.0))
                    }
                    None => Cell::faint(language::FEW_SAMPLES),
                },
            ]
        })
        .collect();
    Some(Figure {
        id: String::new(),
        title: format!("Shift by percentile, {title}"),
        description: "By how much each percentile moved from A to B, in percent, with its 95 % interval. Below 0 is faster.".to_owned(),
        drawing: ShiftChart { points }.draw(),
        data,
    })
}

/// The distribution functions; none where neither run has one.
pub(super) fn ecdf(lines: &Sides<SpectrumSeries>, title: &str, names: &Names) -> Option<Figure> {
    if lines.a.points.is_empty() && lines.b.points.is_empty() {
        return None;
    }
    let mut data = Table::new(
        "Share of offered arrivals answered within a time",
        vec![
            Column::figure("Within"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    let all = [&lines.a, &lines.b];
    let times = all.iter().flat_map(|line| &line.points).map(|(_, us)| *us);
    let (low, high) = times.fold((f64::INFINITY, 0.0_f64), |(low, high), us| {
        (low.min(us), high.max(us))
    });
    let limits = (0..=24).flat_map(|n| [1.0, 2.0, 5.0].map(|step| step * 10_f64.powi(n)));
    for us in limits.filter(|us| *us >= low && *us <= 10.0 * high && *us < 1e9) {
        let share = |line: &SpectrumSeries| match line.points.iter().rev().find(|p| p.1 <= us) {
            Some((share, _)) => Cell::text(language::percent(*share)),
            None if line.points.is_empty() => Cell::faint(language::NOT_MEASURED),
            None => Cell::text(language::percent(0.0)),
        };
        data.rows.push(vec![
            Cell::text(language::limit(us as u64)),
            share(&lines.a),
            share(&lines.b),
        ]);
        if us > high {
            break;
        }
    }
    let chart = EcdfChart {
        a: lines.a.clone(),
        b: lines.b.clone(),
    };
    Some(Figure {
        id: String::new(),
        title: format!("Share answered within a time, {title}"),
        description: "The share of offered arrivals that were answered within a time, on a logarithmic axis; a curve further left is faster. One that ends below 100 % leaves arrivals unanswered.".to_owned(),
        drawing: chart.draw(),
        data,
    })
}

/// Shares by column and class of one run.
type Shares = Vec<Vec<f64>>;

/// The heat maps of both runs and their difference; of what one run has only that one's.
pub(super) fn heat(
    series: &Sides<Option<ActionSeries>>,
    spans: Sides<Option<&StageSpan>>,
    events: &Sides<Vec<Event>>,
    title: &str,
    names: &Names,
) -> Vec<Figure> {
    let columns = Sides {
        a: of_stage(series.a.as_ref(), spans.a),
        b: of_stage(series.b.as_ref(), spans.b),
    };
    let all = || columns.a.iter().chain(&columns.b);
    let classes = || all().flat_map(|column| column.1.counts.keys().copied());
    let (Some(first), Some(last)) = (classes().min(), classes().max()) else {
        return Vec::new();
    };
    let until = all().map(|(second, column)| second + column.seconds as f64);
    let until = until.fold(1.0, f64::max);
    let grid = Grid {
        width_s: (until / COLUMNS as f64).ceil().max(1.0),
        until,
        first,
        last,
    };
    let shares = columns.as_ref().map(|columns| grid.shares(columns));
    let mut figures = Vec::new();
    for (side, what) in [(Side::A, HeatKind::A), (Side::B, HeatKind::B)] {
        if !columns.get(side).is_empty() {
            let name = names.heading(side);
            figures.push(grid.figure(
                what,
                shares.get(side),
                events.get(side).clone(),
                format!("Response times over the stage, {title}, {name}"),
                "Every column is a span of time; the darker a cell, the larger the share of its successes that took so long.",
            ));
        }
    }
    if figures.len() == 2 {
        let moved: Shares = shares
            .a
            .iter()
            .zip(&shares.b)
            .map(|(a, b)| a.iter().zip(b).map(|(a, b)| b - a).collect())
            .collect();
        figures.push(grid.figure(
            HeatKind::Difference,
            &moved,
            timeline::in_order(timeline::of_both(events.clone(), names), Vec::new()),
            format!("What B has more and less, {title}"),
            "The share of B's successes less the share of A's, cell by cell: where one run has more than the other.",
        ));
    }
    figures
}

/// The columns of a stage's arrivals, each with its second since the stage began.
fn of_stage<'s>(
    series: Option<&'s ActionSeries>,
    span: Option<&StageSpan>,
) -> Vec<(f64, &'s HeatColumn)> {
    let (Some(series), Some(span)) = (series, span) else {
        return Vec::new();
    };
    let began = span.started_s.floor();
    let columns = series
        .heat
        .iter()
        .filter(|column| !column.counts.is_empty());
    columns
        .map(|column| ((column.second as f64 - began).max(0.0), column))
        .collect()
}

/// What both maps are laid out by.
struct Grid {
    width_s: f64,
    until: f64,
    /// The lowest and the highest class that has a request.
    first: u16,
    last: u16,
}

impl Grid {
    fn shares(&self, columns: &[(f64, &HeatColumn)]) -> Shares {
        let classes = usize::from(self.last - self.first) + 1;
        let count = (self.until / self.width_s).ceil() as usize;
        let mut counts = vec![vec![0_u64; classes]; count];
        for (second, column) in columns {
            let at = ((second / self.width_s) as usize).min(count - 1);
            for (class, n) in &column.counts {
                counts[at][usize::from(class - self.first)] += n;
            }
        }
        let share = |counts: Vec<u64>| -> Vec<f64> {
            let all = counts.iter().sum::<u64>().max(1) as f64;
            counts.into_iter().map(|n| n as f64 / all).collect()
        };
        counts.into_iter().map(share).collect()
    }

    fn figure(
        &self,
        what: HeatKind,
        shares: &Shares,
        marks: Vec<Event>,
        title: String,
        description: &str,
    ) -> Figure {
        let begin = |class: usize| class_begin_us(self.first + class as u16);
        let span = |column: usize| {
            let from = column as f64 * self.width_s;
            (from, (from + self.width_s).min(self.until))
        };
        let cells = shares.iter().enumerate().flat_map(|(column, shares)| {
            let shares = shares.iter().enumerate();
            shares
                .filter(|(_, share)| **share != 0.0)
                .map(move |(class, share)| HeatCell {
                    seconds: span(column),
                    us: (begin(class), begin(class + 1)),
                    share: *share,
                })
        });
        let chart = HeatChart {
            what,
            cells: cells.collect(),
            until: self.until,
            range_us: (class_begin_us(self.first), class_begin_us(self.last + 1)),
            marks,
        };
        let classes = usize::from(self.last - self.first) + 1;
        let mut columns = vec![Column::figure("From second")];
        columns.extend((0..classes).map(|class| Column::figure(language::duration(begin(class)))));
        let mut data = Table::new(format!("{title}: by the begin of each class"), columns);
        for (column, shares) in shares.iter().enumerate() {
            let mut cells = vec![Cell::text(language::seconds(span(column).0))];
            cells.extend(shares.iter().map(|share| match what {
                _ if *share == 0.0 => Cell::default(),
                HeatKind::Difference => Cell::text(language::points(*share)),
                HeatKind::A | HeatKind::B => Cell::text(language::percent(*share)),
            }));
            data.rows.push(cells);
        }
        Figure {
            id: String::new(),
            title,
            description: format!("{description}{}", timeline::in_words(&chart.marks)),
            drawing: chart.draw(),
            data,
        }
    }
}
