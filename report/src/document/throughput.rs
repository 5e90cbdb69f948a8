//! What users of the closed model got done.

use super::names::Names;
use super::table::{Cell, Column, Table};
use super::words;
use crate::comparison::{Comparison, Side, StageComparison, Throughput};
use crate::language;

/// What response times of the closed model leave out.
pub(super) const CLOSED: &str = "Users of a closed model send the next request when the last one is answered, so a service that slows down is asked less, and the response times leave out whoever would have come meanwhile: judge it by its throughput, and limits on response times by a rate.";

/// The throughput of every judged stage that has closed streams; without rows where none has.
pub(super) fn table(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Throughput of closed streams: successes per second, with 95 % intervals",
        vec![
            Column::words("Stage"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
            Column::verdict("Verdict"),
        ],
    );
    for row in &comparison.stages {
        if let Some(throughput) = &row.throughput {
            table.rows.push(vec![
                Cell::text(&row.stage),
                value(throughput.sides.a.as_ref()),
                value(throughput.sides.b.as_ref()),
                change_cell(row),
                words::verdict(throughput.verdict),
            ]);
        }
    }
    table
}

/// `300/s` with its interval below it.
pub(super) fn value(throughput: Option<&Throughput>) -> Cell {
    let Some(throughput) = throughput else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let note = match throughput.interval {
        Some(interval) => format!(
            "{} to {}",
            language::rate(interval.low),
            language::rate(interval.high)
        ),
        None => language::FEW_SAMPLES.to_owned(),
    };
    Cell::text(language::rate(throughput.per_s)).with_note(Some(note))
}

/// `300/s -> 410/s, +36.7 %`.
pub(super) fn change(row: &StageComparison) -> String {
    let rates = rates(row);
    match percent(row) {
        Some(percent) => format!("{rates}, {percent}"),
        None => rates,
    }
}

/// `300/s -> 410/s`.
pub(super) fn rates(row: &StageComparison) -> String {
    let rate = |side| {
        let throughput = row.throughput.as_ref();
        let side = throughput.and_then(|throughput| throughput.sides.get(side).as_ref());
        side.map_or(language::NOT_MEASURED.to_owned(), |side| {
            language::rate(side.per_s)
        })
    };
    language::change_in_words(&rate(Side::A), &rate(Side::B))
}

fn change_cell(row: &StageComparison) -> Cell {
    let Some(percent) = percent(row) else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let change = row.throughput.as_ref().and_then(|t| t.change.as_ref());
    let certainty = change.and_then(|change| change.certainty.as_ref());
    Cell::text(percent).with_note(certainty.map(|certainty| {
        language::interval_of_change(
            certainty.percent_95.low / 100.0,
            certainty.percent_95.high / 100.0,
        )
    }))
}

fn percent(row: &StageComparison) -> Option<String> {
    let change = row.throughput.as_ref()?.change.as_ref()?;
    Some(language::percent_change(change.percent / 100.0))
}
