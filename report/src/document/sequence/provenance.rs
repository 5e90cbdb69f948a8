//! Where the figures come from: one row a run.

use super::super::block::{Said, Section};
use super::super::pointers;
use super::super::provenance::{noise, pairs};
use super::super::table::{Cell, Column, Table};
use crate::language;
use crate::sequence::Sequence;

pub(super) fn section(sequence: &Sequence, names: &[String]) -> Section {
    let mut section = Section::new("provenance", "Provenance");
    let whole = &sequence.whole;
    let said = Said::new(noise(whole), pointers::noise(whole)).at("/whole");
    section.paragraph(&*said.sentence);
    section.claims.push(said);
    let mut table = Table::new(
        "The runs in their order",
        [
            "Run",
            "Record",
            "Began",
            "Written by",
            "Labels",
            "Changed",
            "Processor",
            "fsync",
        ]
        .map(Column::words)
        .into(),
    );
    let absent = || Cell::faint(language::NOT_MEASURED);
    table.rows = sequence
        .runs
        .iter()
        .zip(names)
        .map(|(run, name)| {
            let host = &run.host;
            let cores = host
                .cores
                .map(|cores| language::plural(cores.into(), "core"));
            let changed = match &run.overrides[..] {
                [] => Cell::text("nothing"),
                overrides => Cell::code(overrides.join(" ")),
            };
            vec![
                Cell::text(name),
                Cell::code(&run.id),
                Cell::text(run.started_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
                Cell::text(format!("brunt {}", run.build.version))
                    .with_note(run.build.commit.clone()),
                Cell::text(pairs(&run.labels)),
                changed,
                host.cpu
                    .as_ref()
                    .map_or_else(absent, Cell::text)
                    .with_note(cores),
                host.fsync_us
                    .map_or_else(absent, |us| Cell::text(language::duration(us as f64))),
            ]
        })
        .collect();
    section.table(table);
    section
}
