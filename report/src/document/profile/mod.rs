//! Profiles: a section of the report on two runs, and a report of their own.

mod flames;
mod tables;
mod terminal;
mod verdict;
mod words;

pub use terminal::build as terminal;

use super::block::{Block, Section};
use super::figure::Figure;
use super::names::Names;
use super::table::{Cell, Column, Table};
use super::{Document, number_all, pointers, profiles};
use crate::comparison::Comparison;
use crate::language;
use crate::profile::{Part, ProfileReport};

/// Functions in a table of a report on two runs.
const MOST_ROWS: usize = 15;
/// Calls in one flame graph.
const MOST_CALLS: usize = 2_500;
/// Calls in all flame graphs of a report: about 2 MB.
const MOST_CALLS_IN_ALL: usize = 8_000;

/// The section of the report on two runs.
pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("profiles", "Profiles");
    section.table(damaged(comparison, names));
    if comparison.profiles.is_empty() {
        section.paragraph(format!(
            "Functions by share and by CPU time for each request: {}.",
            language::NOT_MEASURED
        ));
    } else {
        section.paragraph(verdict::method());
    }
    profiles::add(&mut section, comparison, names);
    let calls = MOST_CALLS_IN_ALL / comparison.profiles.len().max(1) / 2;
    let reports = comparison.profiles.iter().enumerate();
    let parts = reports.map(|(i, report)| {
        let mut part = part(report, calls.min(MOST_CALLS));
        let claims = part.claims.into_iter();
        part.claims = claims.map(|said| said.at(&pointers::profile(i))).collect();
        part
    });
    section.sections = parts.collect();
    section
}

fn part(report: &ProfileReport, calls: usize) -> Section {
    let title = title(report);
    let mut part = Section::new(super::names::slug(&format!("profile-{title}")), title);
    verdict::add_cautions(&mut part, report);
    verdict::add_callout(&mut part, report);
    part.table(tables::moves(report, Part::Own, MOST_ROWS));
    part.table(tables::moves(report, Part::WithCallees, MOST_ROWS));
    add(&mut part, figures(report, calls));
    part.table(tables::windows(report).folded());
    part
}

/// `service, cpu, stage gameplay`.
fn title(report: &ProfileReport) -> String {
    match &report.subject {
        Some(subject) => format!(
            "{}, {}, stage {}",
            subject.component, subject.kind, subject.stage
        ),
        None => words::subject(report),
    }
}

fn damaged(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Profiles that cannot be used",
        vec![
            Column::words("Run"),
            Column::words("File"),
            Column::words("Reason"),
        ],
    );
    for damaged in &comparison.damaged_profiles {
        table.rows.push(vec![
            damaged.side.map_or_else(
                || Cell::text("both"),
                |side| Cell::text(names.heading(side)),
            ),
            Cell::code(&damaged.file),
            Cell::text(&damaged.reason),
        ]);
    }
    table
}

/// The report on profiles alone, with `most` functions in every table.
pub fn build(report: &ProfileReport, most: usize) -> Document {
    let mut sections = vec![verdict::section(report)];
    let mut flames = Section::new("flames", "Flame graphs");
    add(&mut flames, figures(report, MOST_CALLS));
    if report.base.is_some() {
        let mut moves = Section::new("moves", "What moved");
        moves.table(tables::moves(report, Part::Own, most));
        moves.table(tables::moves(report, Part::WithCallees, most));
        moves.paragraph(verdict::method());
        sections.push(moves);
    }
    sections.push(flames);
    let mut functions = Section::new("functions", "Functions");
    functions.table(tables::functions(report, most));
    sections.push(functions);
    let mut provenance = Section::new("provenance", "Provenance");
    provenance.table(tables::windows(report));
    sections.push(provenance);
    sections.retain(|section| !section.blocks.is_empty());
    number_all(&mut sections);
    let against = report.base.as_ref();
    let against = against.map(|base| format!(" against {}", base.name));
    Document {
        kind: "profile report".to_owned(),
        title: format!("{}{}", report.new.name, against.unwrap_or_default()),
        subtitle: title(report),
        sections,
        sources: "the profiles".to_owned(),
    }
}

/// The flame graph of a file of its own: what changed, or where nothing is compared what there is.
pub fn flame_graph(report: &ProfileReport) -> Option<Figure> {
    figures(report, MOST_CALLS).into_iter().next()
}

fn figures(report: &ProfileReport, calls: usize) -> Vec<Figure> {
    let new = &report.new.name;
    let difference = report.base.as_ref().and_then(|base| {
        let title = format!("What changed from {} to {new}", base.name);
        flames::difference(report, &title, calls)
    });
    let title = format!("Where the {} of {new} goes", words::subject(report));
    difference
        .into_iter()
        .chain(flames::of_new(report, &title, calls))
        .collect()
}

fn add(section: &mut Section, figures: Vec<Figure>) {
    if !figures.is_empty() {
        section.blocks.push(Block::Figures(figures));
    }
}
