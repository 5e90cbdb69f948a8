//! Charts of a search, each with its data table.

use super::super::block::{Block, Section};
use super::super::figure::Figure;
use super::super::table::{Cell, Column, Table};
use super::super::words;
use super::rate;
use super::steps::{by_rate, is_invalid};
use crate::chart::{AnsweredChart, AnsweredPoint, KneeChart, KneeSpan, PercentileLine, TargetMark};
use crate::comparison::Target;
use crate::knee::{Knee, Percentiles, Step};
use crate::language;

pub(super) fn section(knee: &Knee) -> Section {
    let mut section = Section::new("curves", "Curves");
    let steps: Vec<&Step> = by_rate(knee);
    let steps: Vec<&Step> = steps.into_iter().filter(|step| !is_invalid(step)).collect();
    let Some(first) = steps.first() else {
        return section;
    };
    section.paragraph(
        "Every step that could be judged is a dot, the band is the interval of the knee. A tick at the upper edge is a percentile that failed and unsent arrivals make unbounded. All axes are logarithmic.",
    );
    let mut figures = vec![answered(knee, &steps)];
    for action in &first.actions {
        let percentiles = |step: &&Step| {
            let mut actions = step.actions.iter();
            let found = actions.find(|a| a.action == action.action)?;
            Some(found.percentiles.clone())
        };
        let points = steps.iter().filter_map(|s| Some((*s, percentiles(s)?)));
        figures.push(latency(knee, &action.action, &points.collect::<Vec<_>>()));
    }
    section.blocks.push(Block::Figures(figures));
    section
}

fn span(knee: &Knee) -> KneeSpan {
    KneeSpan {
        low: knee.rates.low_per_s,
        high: knee.rates.high_per_s,
    }
}

fn answered(knee: &Knee, steps: &[&Step]) -> Figure {
    let mut data = Table::new(
        "Offered and answered per second, all streams together",
        ["Rate", "Offered", "Answered"]
            .into_iter()
            .map(Column::figure)
            .collect(),
    );
    let mut points = Vec::new();
    for step in steps {
        let answered = match step.answered_per_s {
            Some(answered) => {
                points.push(AnsweredPoint {
                    rate: step.rate_per_s,
                    offered: step.offered_per_s,
                    answered,
                });
                Cell::text(language::rate(answered))
            }
            None => Cell::faint(language::NOT_MEASURED),
        };
        let offered = Cell::text(language::rate(step.offered_per_s));
        data.rows
            .push(vec![Cell::text(rate(step)), offered, answered]);
    }
    let chart = AnsweredChart {
        points,
        knee: span(knee),
    };
    Figure {
        id: String::new(),
        title: "Answered against offered, by the rate that was searched".to_owned(),
        description: "Requests that succeeded per second while arrivals were due, and arrivals due per second, of all streams. Every point is in the table below the chart.".to_owned(),
        drawing: chart.draw(),
        data,
    }
}

fn latency(knee: &Knee, action: &str, steps: &[(&Step, Percentiles)]) -> Figure {
    let line = |index: usize, label: &str| PercentileLine {
        label: label.to_owned(),
        points: steps
            .iter()
            .filter_map(|(step, percentiles)| {
                let value = percentiles.named()[index].1.value;
                Some((step.rate_per_s, value.least_us()?))
            })
            .collect(),
    };
    let targets = knee.steps.first().map_or(&[][..], |step| &step.targets);
    let targets = targets
        .iter()
        .filter(|t| t.action.as_deref() == Some(action));
    let chart = KneeChart {
        lines: [line(0, "p50"), line(1, "p95"), line(2, "p99")],
        targets: targets
            .filter_map(|target| match target.target {
                Target::Latency { quantile, limit_us } => Some(TargetMark { quantile, limit_us }),
                Target::Success { .. } => None,
            })
            .collect(),
        knee: span(knee),
    };
    let mut data = Table::new(
        format!("Response time by rate, {action}"),
        ["Rate", "p50", "p95", "p99"]
            .into_iter()
            .map(Column::figure)
            .collect(),
    );
    data.rows = steps
        .iter()
        .map(|(step, percentiles)| {
            let values = percentiles
                .named()
                .map(|(_, e)| Cell::text(words::value(e.value)));
            std::iter::once(Cell::text(rate(step)))
                .chain(values)
                .collect()
        })
        .collect();
    Figure {
        id: String::new(),
        title: format!("Response time against rate, {action}"),
        description: "Percentiles over offered arrivals by the rate that was searched, with the targets and the interval of the knee. Every point is in the table below the chart.".to_owned(),
        drawing: chart.draw(),
        data,
    }
}
