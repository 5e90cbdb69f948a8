//! Resources: what the generator, the service, the database and the machine used.

use super::block::{Block, Section};
use super::names::Names;
use super::table::{Cell, Column, Table};
use super::{database, memory, usage};
use crate::comparison::level::STOLEN;
use crate::comparison::{
    Change, Comparison, Cost, CostComparison, CostKind, Level, LevelComparison, LevelUnit, Side,
    Sides,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("resources", "Resources");
    section.table(generator(comparison, names));
    if !of_the_service(comparison) {
        section.paragraph(format!(
            "CPU and memory of the service: {}.",
            language::NOT_MEASURED
        ));
    }
    measured(&mut section, comparison, names);
    section
}

/// Was any process read but the generator's own?
fn of_the_service(comparison: &Comparison) -> bool {
    let sources = comparison.resources.source_names();
    let mut processes = sources
        .iter()
        .filter_map(|name| name.strip_prefix("process/"));
    processes.any(|process| process != "generator")
}

fn measured(section: &mut Section, comparison: &Comparison, names: &Names) {
    let resources = &comparison.resources;
    let cpu = resources
        .costs
        .iter()
        .filter(|row| row.cost == CostKind::Cpu);
    section.table(costs(
        "CPU time for each request that succeeded, judged span, with 95 % intervals",
        cpu,
        names,
    ));
    let levels = || {
        let levels = resources.levels.iter();
        levels.filter(|row| !database::is_database(&row.source))
    };
    section.table(in_use(
        "Cores and memory in the judged span: mean with a 95 % interval, and the highest reading",
        levels().filter(|row| is_first(row)),
        names,
    ));
    section.table(memory::growth(comparison, names).folded());
    section.table(
        in_use(
            "What else was in use in the judged span: mean with a 95 % interval, and the highest reading",
            levels().filter(|row| !is_first(row)),
            names,
        )
        .folded(),
    );
    let figures = usage::figures(comparison, names);
    if !figures.is_empty() {
        section.blocks.push(Block::Figures(figures));
    }
    section.table(usage::events(comparison, names));
    section.table(absent(comparison, names));
}

/// Is it what everybody asks for first?
fn is_first(row: &LevelComparison) -> bool {
    matches!(row.unit, LevelUnit::Cores | LevelUnit::Bytes) && row.what != STOLEN
}

/// What could not be read, and why.
fn absent(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "What could not be read",
        vec![
            Column::words("Run"),
            Column::words("Source"),
            Column::words("Problem"),
        ],
    );
    for side in Side::BOTH {
        for source in comparison.resources.sources.get(side) {
            for problem in &source.problems {
                table.rows.push(vec![
                    Cell::text(names.heading(side)),
                    Cell::text(&source.name).with_note(Some(source.what.clone())),
                    Cell::text(problem),
                ]);
            }
        }
    }
    table
}

/// A row for each cost.
pub(super) fn costs<'a>(
    caption: &str,
    rows: impl Iterator<Item = &'a CostComparison>,
    names: &Names,
) -> Table {
    let mut table = Table::new(
        caption,
        vec![
            Column::words("Stage"),
            Column::words("Source"),
            Column::words("For each request"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
        ],
    );
    table.rows = rows
        .map(|row| {
            vec![
                Cell::text(&row.stage),
                Cell::text(&row.source),
                Cell::text(name(row.cost)),
                cost(row.cost, row.sides.a.as_ref()),
                cost(row.cost, row.sides.b.as_ref()),
                change(row.change.as_ref()),
            ]
        })
        .collect();
    table
}

pub(super) fn name(cost: CostKind) -> &'static str {
    match cost {
        CostKind::Cpu => "CPU time",
        CostKind::Statements => "statements",
        CostKind::StatementTime => "time in statements",
        CostKind::Rows => "rows returned or affected",
        CostKind::RowsWritten => "rows written",
        CostKind::Commits => "transactions",
        CostKind::Wal => "write-ahead log",
        CostKind::Commands => "commands",
    }
}

fn cost(kind: CostKind, cost: Option<&Cost>) -> Cell {
    let Some(cost) = cost else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let note = match cost.interval {
        Some(interval) => format!(
            "{} to {}",
            kind.amount(interval.low),
            kind.amount(interval.high)
        ),
        None => language::FEW_SAMPLES.to_owned(),
    };
    let profiles = cost.profiles_us.map(|us| {
        let took = language::duration(us);
        format!("; without {took} in all that building profiles took")
    });
    let note = note + &profiles.unwrap_or_default();
    Cell::text(kind.amount(cost.per_request)).with_note(Some(note))
}

fn change(change: Option<&Change>) -> Cell {
    let Some(change) = change else {
        return Cell::faint(language::NOT_MEASURED);
    };
    Cell::text(language::percent_change(change.percent / 100.0)).with_note(interval(change))
}

/// The change and, where there is one, its interval.
pub(super) fn change_in_words(change: &Change) -> String {
    let percent = language::percent_change(change.percent / 100.0);
    match interval(change) {
        Some(interval) => format!("{percent} ({interval})"),
        None => percent,
    }
}

fn interval(change: &Change) -> Option<String> {
    let interval = change.certainty.as_ref()?.percent_95;
    Some(language::interval_of_change(
        interval.low / 100.0,
        interval.high / 100.0,
    ))
}

/// A row for each level.
pub(super) fn in_use<'a>(
    caption: &str,
    rows: impl Iterator<Item = &'a LevelComparison>,
    names: &Names,
) -> Table {
    let mut table = Table::new(
        caption,
        vec![
            Column::words("Stage"),
            Column::words("Source"),
            Column::words("What"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change of the mean"),
        ],
    );
    table.rows = rows
        .map(|row| {
            let means = row.sides.map(|side| side.map(|level| level.mean));
            vec![
                Cell::text(&row.stage),
                Cell::text(&row.source),
                Cell::text(&row.what),
                level(row.unit, row.sides.a.as_ref()),
                level(row.unit, row.sides.b.as_ref()),
                change_of(means, row.change.as_ref()),
            ]
        })
        .collect();
    table
}

fn level(unit: LevelUnit, level: Option<&Level>) -> Cell {
    let Some(level) = level else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let told = |value: f64| {
        let bytes = || language::bytes(value.max(0.0).round() as u64);
        match unit {
            LevelUnit::Bytes => bytes(),
            LevelUnit::BytesPerSecond => format!("{}/s", bytes()),
            LevelUnit::Share => language::percent(value.clamp(0.0, 1.0)),
            LevelUnit::PerSecond => format!("{}/s", language::amount(value)),
            LevelUnit::Cores | LevelUnit::Count => language::amount(value),
        }
    };
    let interval = level.interval.map_or_else(String::new, |interval| {
        format!("{} to {}; ", told(interval.low), told(interval.high))
    });
    let note = format!("{interval}up to {}", told(level.peak));
    Cell::text(told(level.mean)).with_note(Some(note))
}

/// The change of two amounts, of which one or both may be nothing.
pub(super) fn change_of(amounts: Sides<Option<f64>>, known: Option<&Change>) -> Cell {
    match (amounts.a, amounts.b) {
        (Some(a), Some(b)) if known.is_none() => match (a > 0.0, b > 0.0) {
            (false, true) => Cell::text("from nothing"),
            (true, false) => Cell::text("to nothing"),
            _ => Cell::text("none"),
        },
        _ => change(known),
    }
}

fn generator(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "The load generator's own use",
        vec![
            Column::words("Run"),
            Column::figure("CPU time"),
            Column::figure("Largest memory"),
        ],
    );
    for side in Side::BOTH {
        let absent = || Cell::faint(language::NOT_MEASURED);
        let health = comparison.runs.get(side).generator.as_ref();
        table.rows.push(vec![
            Cell::text(names.heading(side)),
            health
                .and_then(|health| health.cpu_us)
                .map_or_else(absent, |us| Cell::text(language::duration(us as f64))),
            health
                .and_then(|health| health.peak_memory_bytes)
                .map_or_else(absent, |bytes| Cell::text(language::bytes(bytes))),
        ]);
    }
    table
}
