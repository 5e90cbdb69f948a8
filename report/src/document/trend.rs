//! The report on many runs of one load.

use super::block::{Block, Said, Section};
use super::figure::Figure;
use super::names::action_id;
use super::table::{Cell, Column, Table};
use super::tone::Tone;
use super::{Document, number_all, words};
use crate::chart::{PercentileLine, RunsChart};
use crate::comparison::{RunState, Statistic, Value};
use crate::language::{self, plural};
use crate::statistics::FEWEST_VALUES;
use crate::trend::{SHOWN, Trend, TrendChange, TrendRow};

/// Names below a chart that have room beside each other.
const NAMED_RUNS: usize = 12;

/// Writes the report on a trend.
pub fn build(trend: &Trend) -> Document {
    let mut sections = vec![verdict(trend), runs(trend), actions(trend), methods()];
    number_all(&mut sections);
    let first = &trend.first;
    Document {
        kind: "trend report".to_owned(),
        title: format!("Trend of {}", first.scenario.name),
        subtitle: format!(
            "{}. The first began on {}.",
            plural(trend.runs.len() as u64, "run"),
            first.started_at.strftime("%Y-%m-%d at %H:%M UTC")
        ),
        sections,
        sources: "the run records".to_owned(),
    }
}

fn verdict(trend: &Trend) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    let changes = || {
        trend
            .rows
            .iter()
            .flat_map(|row| row.changes.iter().map(move |c| (row, c)))
    };
    let levels = &trend.levels;
    let (tone, title) = match (levels.rose, levels.fell) {
        _ if levels.too_few => (
            Tone::Care,
            format!(
                "No verdict: change points take {} runs or more",
                language::count(levels.fewest)
            ),
        ),
        (0, 0) => (Tone::Plain, "No p95 changed its level".to_owned()),
        (0, _) => (Tone::Good, "Levels of the p95 fell".to_owned()),
        (_, 0) => (Tone::Bad, "Levels of the p95 rose".to_owned()),
        _ => (Tone::Care, "Levels of the p95 rose and fell".to_owned()),
    };
    let line = format!(
        "p95 of {}: {} that rose, {} that fell.",
        plural(levels.actions, "action"),
        plural(levels.rose, "level"),
        plural(levels.fell, "level")
    );
    let said = |sentence: String| Said::new(sentence, vec!["/levels".to_owned()]);
    section.call_out(tone, said(title), vec![said(line)]);
    let mut table = Table::new(
        "Where a statistic changed its level",
        vec![
            Column::words("Stage / action"),
            Column::words("Statistic"),
            Column::words("From run"),
            Column::figure("Before"),
            Column::figure("After"),
            Column::figure("Change"),
            Column::figure("p"),
        ],
    );
    for (row, change) in changes() {
        table.rows.push(vec![
            Cell::text(name(row)).to_section(action_id(&row.stage, &row.action)),
            Cell::text(row.statistic.name()),
            Cell::text(run_name(trend, change.run as usize)),
            Cell::text(language::duration(change.before_us)),
            Cell::text(language::duration(change.after_us)),
            Cell::toned(
                language::relative_change(change.before_us, change.after_us),
                tone_of(change),
            ),
            Cell::text(format!("{:.3}", change.p)),
        ]);
    }
    section.table(table);
    section
}

fn tone_of(change: &TrendChange) -> Tone {
    if change.percent > 0.0 {
        Tone::Bad
    } else {
        Tone::Good
    }
}

fn name(row: &TrendRow) -> String {
    format!("{} / {}", row.stage, row.action)
}

/// `3: phase9`, as charts and tables have it.
fn run_name(trend: &Trend, index: usize) -> String {
    let phase = trend.runs.get(index).map_or("", |run| run.phase.trim());
    format!("{}: {phase}", index + 1)
}

fn runs(trend: &Trend) -> Section {
    let mut section = Section::new("runs", "The runs");
    let mut table = Table::new(
        "The runs in their order; those that are left out say nothing about a change",
        vec![
            Column::words("Run"),
            Column::words("Record"),
            Column::words("Began"),
            Column::verdict("State"),
            Column::words("Counts"),
        ],
    );
    for (index, run) in trend.runs.iter().enumerate() {
        let (state, tone) = match run.state {
            RunState::Valid => ("valid", Tone::Good),
            RunState::Overloaded => ("overloaded", Tone::Bad),
            RunState::Invalid => ("invalid", Tone::Bad),
        };
        let counts = match &run.left_out {
            None => Cell::text("yes"),
            Some(why) => Cell::toned("left out", Tone::Care).with_note(Some(why.clone())),
        };
        table.rows.push(vec![
            Cell::text(run_name(trend, index)),
            Cell::code(&run.id),
            Cell::text(run.started_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            Cell::toned(state, tone),
            counts,
        ]);
    }
    section.table(table);
    section
}

/// Every action, once.
fn actions_of(trend: &Trend) -> Vec<(&str, &str)> {
    let mut actions: Vec<(&str, &str)> = Vec::new();
    for row in &trend.rows {
        let action = (&*row.stage, &*row.action);
        if !actions.contains(&action) {
            actions.push(action);
        }
    }
    actions
}

fn actions(trend: &Trend) -> Section {
    let mut section = Section::new("actions", "Action by action");
    section.paragraph(
        "A vertical line is where a percentile changed its level. The axis of response times is logarithmic.",
    );
    for (stage, action) in actions_of(trend) {
        let rows = trend.rows.iter();
        let rows: Vec<&TrendRow> = rows
            .filter(|row| row.stage == stage && row.action == action)
            .collect();
        let mut part = Section::new(action_id(stage, action), format!("{stage} / {action}"));
        part.blocks.push(Block::Figures(vec![figure(trend, &rows)]));
        let too_few = rows.iter().find(|row| row.too_few);
        if let Some(row) = too_few {
            let said = format!(
                "{} with a value that counts: too few to tell a change point from chance, which takes {}.",
                plural(u64::from(row.counted), "run"),
                language::count(trend.levels.fewest)
            );
            let place = trend
                .rows
                .iter()
                .position(|known| std::ptr::eq(known, *row));
            let counted = place.map(|i| format!("/rows/{i}/counted"));
            let fewest = "/levels/fewest".to_owned();
            part.say(said, counted.into_iter().chain([fewest]).collect());
        }
        section.sections.push(part);
    }
    section
}

fn figure(trend: &Trend, rows: &[&TrendRow]) -> Figure {
    let of = |statistic: Statistic| rows.iter().find(|row| row.statistic == statistic);
    let line = |statistic: Statistic| PercentileLine {
        label: statistic.name().to_owned(),
        points: of(statistic)
            .into_iter()
            .flat_map(|row| row.points.iter().enumerate())
            .filter_map(|(index, point)| Some((index as f64, point.value.least_us()?)))
            .collect(),
    };
    let percentiles = [Statistic::P50, Statistic::P95, Statistic::P99];
    let mut changes: Vec<(usize, String)> = Vec::new();
    for statistic in percentiles {
        for change in of(statistic).into_iter().flat_map(|row| &row.changes) {
            let at = change.run as usize;
            match changes.iter_mut().find(|(run, _)| *run == at) {
                Some((_, words)) => *words = format!("{words}, {statistic}"),
                None => changes.push((at, statistic.name().to_owned())),
            }
        }
    }
    changes.sort_by_key(|(run, _)| *run);
    let chart = RunsChart {
        names: chart_names(trend),
        lines: percentiles.map(line),
        targets: Vec::new(),
        changes,
    };
    let title = rows.first().map(|row| name(row)).unwrap_or_default();
    Figure {
        id: String::new(),
        description: "Percentiles over offered arrivals, run by run, with the places at which they changed their level. Every point is in the table below the chart.".to_owned(),
        drawing: chart.draw(),
        data: values(trend, rows, &title),
        title,
    }
}

/// Phases where they have room, else every so many numbers.
fn chart_names(trend: &Trend) -> Vec<String> {
    let every = trend.runs.len().div_ceil(NAMED_RUNS);
    let runs = trend.runs.iter().enumerate();
    runs.map(|(index, run)| match index % every {
        _ if every == 1 => run.phase.clone(),
        0 => (index + 1).to_string(),
        _ => String::new(),
    })
    .collect()
}

/// Every value, with its interval, and the change where a level begins.
fn values(trend: &Trend, rows: &[&TrendRow], title: &str) -> Table {
    let mut columns = vec![Column::words("Run")];
    columns.extend(SHOWN.map(|statistic| Column::figure(statistic.name())));
    let mut table = Table::new(format!("Response time by run, {title}"), columns);
    for index in 0..trend.runs.len() {
        let cells = rows.iter().map(|row| {
            let point = &row.points[index];
            let changed = row
                .changes
                .iter()
                .find(|change| change.run as usize == index);
            let interval = point.interval.map(|i| language::interval(i.low, i.high));
            let cell = match point.value {
                Value::NotMeasured => Cell::faint(language::NOT_MEASURED),
                value => Cell::toned(words::value(value), changed.map_or(Tone::Plain, tone_of)),
            };
            let level = changed.map(|change| {
                let change = language::relative_change(change.before_us, change.after_us);
                format!("level {change}")
            });
            cell.with_note(level.or(interval))
        });
        let name = Cell::text(run_name(trend, index));
        table
            .rows
            .push(std::iter::once(name).chain(cells).collect());
    }
    table
}

fn methods() -> Section {
    let mut section = Section::new("methods", "Methods");
    section.blocks.push(Block::List(vec![
        "Values: over offered arrivals, response time counted from when an arrival was due; failed and unsent arrivals rank above every success. The mean is over successes. An interval is that within the run, and holds no difference from run to run.".to_owned(),
        format!("Change points: E-divisive (Matteson & James, JASA 109, 2014; as for performance in CI by Daly et al., ICPE 2020, 10.1145/3358960.3375791) on the logarithms, with 499 permutations and a level of 5 % for each; {FEWEST_VALUES} runs or more, at least two on either side. A level is the geometric mean between two change points."),
        "Left out are invalid runs, runs that were given another load than the first, and values that are not finite.".to_owned(),
        "What is the baseline does not move with the runs: the first record is what the others are held to, and brunt baseline moves it in a commit.".to_owned(),
    ]));
    section
}
