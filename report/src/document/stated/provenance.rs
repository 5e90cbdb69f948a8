//! Where the figures were read.

use super::super::block::{Block, Section};
use super::super::names::Names;
use super::super::table::{Cell, Column, Table};
use super::NOT_STATED;
use crate::comparison::Side;
use crate::language;
use crate::stated::StatedComparison;

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("provenance", "Provenance");
    let mut table = Table::new(
        "Both documents",
        vec![
            Column::words("What"),
            Column::words(names.heading(Side::A)),
            Column::words(names.heading(Side::B)),
        ],
    );
    let stated = &comparison.stated;
    let mut add = |what: &str, cell: &dyn Fn(Side) -> Cell| {
        table
            .rows
            .push(vec![Cell::text(what), cell(Side::A), cell(Side::B)]);
    };
    add("Figures", &|side| Cell::code(&stated.get(side).id));
    add("Taken from", &|side| {
        let source = &stated.get(side).source;
        Cell::code(&source.file).with_note(Some(source.sha256.clone()))
    });
    add("Imported by", &|side| {
        Cell::text(format!("brunt {}", stated.get(side).build.version))
    });
    add("Began, ended, machine, seed, commit", &|_| {
        Cell::faint(NOT_STATED)
    });
    for stage in &comparison.stages {
        let name = format!("Wanted in {}", stage.stage);
        add(&name, &|side| {
            let found = stated.get(side).stages.iter();
            let found = found.clone().find(|s| s.name == stage.stage);
            found.map_or_else(
                || Cell::faint("absent"),
                |found| {
                    let actions: Vec<&str> = found.actions.iter().map(|a| &*a.name).collect();
                    Cell::text(format!(
                        "{} for {}",
                        language::rate(found.rate_per_s),
                        language::span(found.duration_us)
                    ))
                    .with_note(Some(actions.join(", ")))
                },
            )
        });
    }
    section.table(table);
    if let Some(about) = &stated.a.source.about {
        section.paragraph("The table of figures says of itself:");
        section.blocks.push(Block::Code(about.clone()));
    }
    section
}
