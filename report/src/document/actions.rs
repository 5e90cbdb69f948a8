//! Every action of every judged stage: first all of them in one table, then each in full.

use super::block::{Block, Section};
use super::figures;
use super::names::{Names, action_id, row_name};
use super::provenance;
use super::table::{Cell, Column, Table};
use super::throughput;
use super::{outlook, pointers, targets, words};
use crate::comparison::{
    ActionComparison, ActionCounts, Comparison, Quantiles, Side, Statistic, StatisticComparison,
    Target, Value, Verdict,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("actions", "Comparison by action");
    if comparison.actions.is_empty() {
        section.paragraph("No judged stage has an action.");
        return section;
    }
    section.paragraph(
        "Response time runs from the instant at which an arrival was due. Percentiles are over offered arrivals: a failed or unsent one ranks as slower than every success. The mean, min and max are over successes.",
    );
    let throughputs = throughput::table(comparison, names);
    if !throughputs.rows.is_empty() {
        section.paragraph(throughput::CLOSED);
        section.table(throughputs);
    }
    section.say(provenance::noise(comparison), pointers::noise(comparison));
    let title = "Every action at a glance: the change from A to B";
    section.table(overview(comparison, &comparison.actions, title));
    section.sections = comparison
        .actions
        .iter()
        .map(|row| part(row, comparison, names))
        .collect();
    section
}

/// Rows of actions, or of sessions.
pub(super) fn overview(comparison: &Comparison, rows: &[ActionComparison], title: &str) -> Table {
    let of_sessions = rows.iter().any(|row| comparison.is_session(&row.action));
    let heading = if of_sessions {
        "Stage / session"
    } else {
        "Stage / action"
    };
    let shown = [Statistic::P50, Statistic::P95, Statistic::P99];
    let mut columns = vec![Column::words(heading)];
    columns.extend(shown.map(|statistic| Column::verdict(statistic.name())));
    columns.push(Column::figure("Success"));
    let mut table = Table::new(title, columns);
    for row in rows {
        let mut cells = vec![
            Cell::text(format!("{} / {}", row.stage, row.action))
                .to_section(action_id(&row.stage, &row.action)),
        ];
        for statistic in shown {
            cells.push(row.statistic(statistic).map_or_else(
                || Cell::faint(language::NOT_MEASURED),
                |statistic| {
                    let verdict = words::verdict(statistic.verdict);
                    let change = words::change_cell(row, statistic).text;
                    Cell::toned(verdict.text, verdict.tone).with_note(Some(change))
                },
            ));
        }
        cells.push(success_change(row));
        table.rows.push(cells);
    }
    table
}

/// One of them in full.
pub(super) fn part(row: &ActionComparison, comparison: &Comparison, names: &Names) -> Section {
    let title = row_name(comparison, &row.stage, &row.action);
    let mut section = Section::new(action_id(&row.stage, &row.action), &*title);
    let counted = Side::BOTH.map(|side| {
        format!(
            "{}: {}",
            names.short(side),
            told(row.counts.get(side).as_ref())
        )
    });
    let pointers = Side::BOTH
        .iter()
        .flat_map(|side| pointers::counts(comparison, &row.stage, &row.action, *side));
    section.say(counted.join(" "), pointers.collect());
    section
        .blocks
        .push(Block::Figures(figures::of_action(row, comparison, names)));
    section.table(statistics(row, comparison, &title, names));
    let changed = outlook::changed(row, comparison);
    section.say(changed.sentence, changed.pointers);
    let remains = outlook::remains(row, comparison, names);
    section.say(remains.sentence, remains.pointers);
    section
}

fn told(counts: Option<&ActionCounts>) -> String {
    let Some(counts) = counts else {
        return format!("{}.", language::NOT_MEASURED);
    };
    let mut parts = vec![format!("{} offered", language::count(counts.offered))];
    parts.push(format!("{} ok", language::count(counts.ok)));
    parts.push(format!("{} failed", language::count(counts.failed)));
    parts.push(format!("{} unsent", language::count(counts.unsent)));
    format!("{}.", parts.join(", "))
}

fn statistics(
    row: &ActionComparison,
    comparison: &Comparison,
    title: &str,
    names: &Names,
) -> Table {
    let mut table = Table::new(
        format!("{title}: response time and success, with 95 % intervals"),
        vec![
            Column::words("Metric"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
            Column::verdict("Verdict"),
            Column::figure("Target"),
        ],
    );
    for statistic in &row.statistics {
        table.rows.push(vec![
            Cell::text(statistic.statistic.name()),
            words::estimate(&statistic.estimates.a),
            words::estimate(&statistic.estimates.b),
            words::change_cell(row, statistic),
            verdict(statistic),
            target(row, statistic.statistic, comparison),
        ]);
    }
    table.rows.push(vec![
        Cell::text("success"),
        words::success(&row.success.sides.a),
        words::success(&row.success.sides.b),
        success_change(row),
        words::verdict(row.success.verdict),
        Cell::default(),
    ]);
    if row.throughput.a.is_some() || row.throughput.b.is_some() {
        table.rows.push(vec![
            Cell::text("throughput").with_note(Some("successes per second".to_owned())),
            throughput::value(row.throughput.a.as_ref()),
            throughput::value(row.throughput.b.as_ref()),
            Cell::default(),
            Cell::default().with_note(Some("judged per stage".to_owned())),
            Cell::default(),
        ]);
    }
    table.rows.extend(service(row));
    table
}

/// The limit on a statistic, and whether B keeps it; empty where there is none.
fn target(row: &ActionComparison, statistic: Statistic, comparison: &Comparison) -> Cell {
    let quantile = statistic.quantile();
    outlook::of_action(row, comparison)
        .find_map(|(_, target)| match target.target {
            Target::Latency {
                quantile: of,
                limit_us,
            } if quantile == Some(of) => {
                let outcome = targets::outcome(&target.results.b);
                Some(Cell::text(language::limit(limit_us)).with_note(Some(outcome.text)))
            }
            _ => None,
        })
        .unwrap_or_default()
}

/// The verdict; where nothing could be told, what such a pair of runs would have shown.
fn verdict(statistic: &StatisticComparison) -> Cell {
    let cell = words::verdict(statistic.verdict);
    let certainty = statistic.change.as_ref().and_then(|c| c.certainty.as_ref());
    match (statistic.verdict, certainty) {
        (Verdict::Inconclusive, Some(certainty)) => cell.with_note(Some(format!(
            "a change of {} would show",
            language::percent(certainty.minimal_detectable_percent / 100.0)
        ))),
        _ => cell,
    }
}

fn success_change(row: &ActionComparison) -> Cell {
    row.success.difference.map_or_else(
        || Cell::faint(language::NOT_MEASURED),
        |difference| {
            Cell::text(language::points(difference.points / 100.0)).with_note(Some(
                language::interval_of_points(
                    difference.points_95.low / 100.0,
                    difference.points_95.high / 100.0,
                ),
            ))
        },
    )
}

type Pick = fn(&Quantiles) -> Value;

/// Service time, for information: it leaves out the wait before sending.
fn service(row: &ActionComparison) -> Vec<Vec<Cell>> {
    let pick: [(&str, Pick); 3] = [
        ("service p50", |q| q.p50),
        ("service p95", |q| q.p95),
        ("service p99", |q| q.p99),
    ];
    if row.service.a.is_none() && row.service.b.is_none() {
        return Vec::new();
    }
    pick.iter()
        .map(|(name, pick)| {
            let value = |side: Side| {
                row.service.get(side).as_ref().map_or_else(
                    || Cell::faint(language::NOT_MEASURED),
                    |quantiles| Cell::text(words::value(pick(quantiles))),
                )
            };
            vec![
                Cell::text(*name).with_note(Some("sent to done".to_owned())),
                value(Side::A),
                value(Side::B),
                Cell::default(),
                Cell::default().with_note(Some("for information".to_owned())),
                Cell::default(),
            ]
        })
        .collect()
}
