//! Profiles: what the records hold of them.

use super::block::{Block, Section};
use super::names::Names;
use super::table::{Cell, Column, Table};
use crate::comparison::{Comparison, Side};

pub(super) fn add(section: &mut Section, comparison: &Comparison, names: &Names) {
    let mut table = Table::new(
        "Profiles in the records",
        vec![
            Column::words("Run"),
            Column::words("Component"),
            Column::words("Kind"),
            Column::words("Stage"),
            Column::words("File"),
        ],
    );
    let mut first = None;
    for side in Side::BOTH {
        let run = comparison.runs.get(side);
        for capture in &run.captures {
            let file = match (&capture.file, &capture.problem) {
                (Some(file), _) => {
                    first.get_or_insert_with(|| path(&run.label, file));
                    Cell::code(file)
                }
                (None, Some(problem)) => Cell::faint("not taken").with_note(Some(problem.clone())),
                (None, None) => Cell::faint("not taken"),
            };
            table.rows.push(vec![
                Cell::text(names.heading(side)),
                Cell::text(&capture.component),
                Cell::text(&capture.kind),
                Cell::text(&capture.stage),
                file,
            ]);
        }
    }
    if table.rows.is_empty() {
        section.paragraph("No profile was asked for.");
        return;
    }
    if comparison.profiles.is_empty() {
        section
            .paragraph("No profile of the same process, kind and stage can be used of both runs.");
    }
    section.table(table.folded());
    if let Some(path) = first {
        section.paragraph(
            "The files are pprof protobuf inside the record's directory. To print the heaviest functions, or to open a file in a browser:",
        );
        section.blocks.push(Block::Code(format!(
            "brunt profile {path}\ngo tool pprof -http=: {path}"
        )));
    }
}

/// The path of a file of a record, as a shell takes it.
fn path(record: &str, file: &str) -> String {
    let path = format!("{}/{file}", record.trim_end_matches('/'));
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.' | ':');
    if path.chars().all(plain) {
        return path;
    }
    let quoted = path.replace('\'', "'\\''");
    format!("'{}'", quoted.replace(char::is_control, "?"))
}
