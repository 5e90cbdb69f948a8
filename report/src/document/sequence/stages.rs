//! Did every run carry the load, can its figures be trusted, and which targets did it meet?

use super::super::block::Section;
use super::super::table::{Cell, Column, Table};
use super::super::targets;
use super::super::tone::Tone;
use super::super::validity::{callout, state, told, while_due};
use super::{in_any_step, oriented, places, pointer};
use crate::comparison::{Comparison, Fact, Side, StageState};
use crate::language;
use crate::sequence::Sequence;

pub(super) fn section(sequence: &Sequence, names: &[String]) -> Section {
    let mut section = Section::new("load", "Load and targets");
    section.table(oriented(sequence, answered(sequence, names), 1));
    section.table(oriented(sequence, held(sequence, names), 1));
    for (i, ((step, side), name)) in places(sequence).zip(names).enumerate() {
        let validity = step.validity.get(side);
        section.blocks.extend(callout(validity, name));
        let claims = told(&validity.findings).into_iter();
        let claims = claims.map(|told| told.claim(side).at(&pointer(i)));
        section.claims.extend(claims);
    }
    let forbidding = |step: &&Comparison| {
        let facts = &step.verdict.facts;
        facts
            .iter()
            .any(|fact| matches!(fact, Fact::NotComparable { .. } | Fact::Forced { .. }))
    };
    if !sequence.steps.iter().any(|step| forbidding(&step)) {
        let steps = 0..sequence.steps.len();
        let judged = steps.map(|i| format!("{}/comparable/judged", pointer(i + 1)));
        section.say("All runs were given the same load.", judged.collect());
    }
    section
}

/// The answered share of every judged stage.
fn answered(sequence: &Sequence, names: &[String]) -> Table {
    let mut table = by_run("Answered of what was offered, by stage", "Stage", names);
    let stages = in_any_step(sequence, |step| {
        step.stages
            .iter()
            .map(|stage| stage.stage.clone())
            .collect()
    });
    for name in stages {
        let cell = |(step, side): (&Comparison, Side)| {
            let found = step.validity.get(side).stage(&name);
            let share = found.and_then(|stage| Some((stage, stage.answered?)));
            let Some((stage, share)) = share else {
                return Cell::faint(language::NOT_MEASURED);
            };
            let (word, tone) = match stage.state {
                StageState::Valid => (None, Tone::Plain),
                StageState::Overloaded => (Some(state(stage.state)), Tone::Bad),
                _ => (Some(state(stage.state)), Tone::Faint),
            };
            let while_due = stage.backlog.as_ref().map(while_due);
            let note: Vec<String> = word
                .map(str::to_owned)
                .into_iter()
                .chain(while_due)
                .collect();
            Cell::toned(language::share_of(share), tone)
                .with_note((!note.is_empty()).then(|| note.join(", ")))
        };
        let mut row = vec![Cell::text(&name)];
        row.extend(places(sequence).map(cell));
        table.rows.push(row);
    }
    table
}

/// How every run did at every target.
fn held<'s>(sequence: &'s Sequence, names: &[String]) -> Table {
    let mut table = by_run("Targets and how each run did", "Target", names);
    let keys = in_any_step(sequence, |step| {
        let rows = step.targets.iter();
        rows.map(|row| (row.stage.clone(), row.action.clone(), row.target))
            .collect()
    });
    for key in keys {
        let of = |step: &'s Comparison| {
            let mut targets = step.targets.iter();
            targets.find(|t| (&t.stage, &t.action, &t.target) == (&key.0, &key.1, &key.2))
        };
        let title = |step| Some(targets::name_cell(of(step)?, step));
        // The first runs may not have had it.
        let mut row: Vec<Cell> = sequence.steps.iter().find_map(title).into_iter().collect();
        row.extend(places(sequence).map(|(step, side)| {
            of(step).map_or_else(
                || Cell::faint(language::NOT_MEASURED),
                |target| targets::outcome(target.results.get(side)),
            )
        }));
        table.rows.push(row);
    }
    table
}

fn by_run(caption: &str, first: &str, names: &[String]) -> Table {
    let mut columns = vec![Column::words(first)];
    columns.extend(names.iter().map(Column::figure));
    Table::new(caption, columns)
}
