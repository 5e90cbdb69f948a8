//! The percentiles of every action from run to run.

use super::super::block::{Block, Section};
use super::super::figure::Figure;
use super::super::names::row_name;
use super::super::table::{Cell, Column, Table};
use super::super::words;
use super::{in_any_step, places};
use crate::chart::{PercentileLine, RunsChart, TargetMark};
use crate::comparison::{Statistic, Target};
use crate::language;
use crate::sequence::Sequence;

const SHOWN: [Statistic; 3] = [Statistic::P50, Statistic::P95, Statistic::P99];

pub(super) fn section(sequence: &Sequence, names: &[String]) -> Section {
    let mut section = Section::new("curves", "From run to run");
    section.paragraph(
        "A tick at the upper edge is a percentile that failed and unsent arrivals make unbounded. The axis of response times is logarithmic.",
    );
    let keys = in_any_step(sequence, |step| {
        let rows = step.rows();
        rows.map(|row| (row.stage.clone(), row.action.clone()))
            .collect()
    });
    let figures = keys.iter().map(|key| figure(sequence, names, key));
    section.blocks.push(Block::Figures(figures.collect()));
    section
}

fn figure(sequence: &Sequence, names: &[String], (stage, action): &(String, String)) -> Figure {
    let value = |index: usize, statistic| {
        let (step, side) = places(sequence).nth(index)?;
        let estimates = &step.action(stage, action)?.statistic(statistic)?.estimates;
        Some(estimates.get(side).value)
    };
    let line = |statistic: Statistic| PercentileLine {
        label: statistic.name().to_owned(),
        points: (0..names.len())
            .filter_map(|index| Some((index as f64, value(index, statistic)?.least_us()?)))
            .collect(),
    };
    let chart = RunsChart {
        names: names.to_vec(),
        lines: SHOWN.map(line),
        targets: targets(sequence, stage, action),
        changes: Vec::new(),
    };
    let name = row_name(&sequence.whole, stage, action);
    let mut columns = vec![Column::words("Run")];
    columns.extend(SHOWN.map(|statistic| Column::figure(statistic.name())));
    let mut data = Table::new(format!("Response time by run, {name}"), columns);
    data.rows = names
        .iter()
        .enumerate()
        .map(|(index, run)| {
            let values = SHOWN.map(|statistic| {
                value(index, statistic).map_or_else(
                    || Cell::faint(language::NOT_MEASURED),
                    |value| Cell::text(words::value(value)),
                )
            });
            std::iter::once(Cell::text(run)).chain(values).collect()
        })
        .collect();
    Figure {
        id: String::new(),
        title: name,
        description: "Percentiles over offered arrivals, run by run, with the targets. Every point is in the table below the chart.".to_owned(),
        drawing: chart.draw(),
        data,
    }
}

fn targets(sequence: &Sequence, stage: &str, action: &str) -> Vec<TargetMark> {
    let rows = sequence.whole.targets.iter();
    let here = rows.filter(|row| row.stage == stage && row.action.as_deref() == Some(action));
    here.filter_map(|row| match row.target {
        Target::Latency { quantile, limit_us } => Some(TargetMark { quantile, limit_us }),
        Target::Success { .. } => None,
    })
    .collect()
}
