//! The report on runs in a row.

mod costs;
mod curves;
mod provenance;
mod stages;
mod verdict;

use super::names::{Names, slug};
use super::verdict as pair;
use super::{Document, Section, Table, number_all, pointers};
use crate::comparison::{Comparison, Side};
use crate::language;
use crate::sequence::{Against, Sequence};

/// Writes the report on a sequence.
pub fn build(sequence: &Sequence) -> Document {
    let names = names(sequence);
    let mut sections = vec![
        verdict::section(sequence, &names),
        stages::section(sequence, &names),
        curves::section(sequence, &names),
        costs::section(sequence, &names),
        steps(sequence),
        provenance::section(sequence, &names),
    ];
    number_all(&mut sections);
    let whole = Names::of(&sequence.whole.runs);
    Document {
        kind: "sequence report".to_owned(),
        title: match sequence.against {
            Against::Previous => format!("{} to {}", whole.short(Side::A), whole.short(Side::B)),
            Against::First => format!("{} and what else was tried", whole.short(Side::A)),
        },
        subtitle: format!(
            "Scenario {}. {} in a row, each against {}. The first began on {}.",
            sequence.whole.runs.a.scenario.name,
            language::plural(sequence.runs.len() as u64, "run"),
            match sequence.against {
                Against::Previous => "the one before it",
                Against::First => "the first",
            },
            sequence
                .whole
                .runs
                .a
                .started_at
                .strftime("%Y-%m-%d at %H:%M UTC")
        ),
        sections,
        sources: "the run records".to_owned(),
    }
}

/// What each run is called: its phase, with its place where another run has the same.
fn names(sequence: &Sequence) -> Vec<String> {
    let phases: Vec<&str> = sequence.runs.iter().map(|run| run.phase.trim()).collect();
    let called = |(i, phase): (usize, &&str)| match *phase {
        "" => format!("run {}", i + 1),
        phase if phases.iter().filter(|other| **other == phase).count() > 1 => {
            format!("{phase} ({})", i + 1)
        }
        phase => phase.to_owned(),
    };
    phases.iter().enumerate().map(called).collect()
}

/// Run `i` as a side of a comparison: of the first step the baseline, of the others the candidate.
fn place(sequence: &Sequence, i: usize) -> Option<(&Comparison, Side)> {
    match i.checked_sub(1) {
        None => sequence.steps.first().map(|step| (step, Side::A)),
        Some(step) => sequence.steps.get(step).map(|step| (step, Side::B)),
    }
}

/// Where the values of a comparison stand that has run `i`.
fn pointer(i: usize) -> String {
    pointers::step(i.saturating_sub(1))
}

/// Every run, in order.
fn places(sequence: &Sequence) -> impl Iterator<Item = (&Comparison, Side)> {
    (0..sequence.runs.len()).filter_map(|i| place(sequence, i))
}

/// A table with a column a run after its first `named_by`: where many runs are held against one, turned
/// round, because a page has room for many rows.
fn oriented(sequence: &Sequence, table: Table, named_by: usize) -> Table {
    match sequence.against {
        Against::Previous => table,
        Against::First => table.turned("Run", named_by),
    }
}

/// The keys of all steps, each once, in the order of the first step that has it.
fn in_any_step<K: PartialEq>(sequence: &Sequence, keys: impl Fn(&Comparison) -> Vec<K>) -> Vec<K> {
    let mut all = Vec::new();
    for key in sequence.steps.iter().flat_map(keys) {
        if !all.contains(&key) {
            all.push(key);
        }
    }
    all
}

/// One part a step: its verdict, and the p95 of every action.
fn steps(sequence: &Sequence) -> Section {
    let title = match sequence.against {
        Against::Previous => "Step by step",
        Against::First => "Run by run",
    };
    let mut section = Section::new("steps", title);
    section.paragraph(
        "The full report on one of them is that of its two records: `brunt compare A B --html FILE`.",
    );
    for (i, step) in sequence.steps.iter().enumerate() {
        let names = Names::of(&step.runs);
        let mut part = Section::new(
            slug(&format!("step-{}", step.runs.b.phase)),
            pair::title(&names),
        );
        part.blocks.push(pair::callout(step, &names));
        let claims = pair::claims(step, &names).into_iter();
        part.claims = claims.map(|said| said.at(&pointers::step(i))).collect();
        part.table(without_links(pair::overview(step, &names)));
        section.sections.push(part);
    }
    section
}

/// The sections of single actions are in the report on a step, and not in this one.
fn without_links(mut table: Table) -> Table {
    for cell in table.rows.iter_mut().flatten() {
        cell.section = None;
    }
    table
}
