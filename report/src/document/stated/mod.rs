//! The report on two runs of which only documents tell.

mod actions;
mod amounts;
mod failures;
mod findings;
mod pointers;
mod provenance;
mod targets;
mod validity;
mod verdict;

use super::Document;
use super::names::Names;
use super::number_all;
use super::table::Cell;
use crate::comparison::{Side, Sides};
use crate::language;
use crate::stated::{FigureChange, StatedComparison};

/// Writes the report on what two documents state.
pub fn build(comparison: &StatedComparison) -> Document {
    let stated = &comparison.stated;
    let names = Names::called(Sides {
        a: &*stated.a.phase,
        b: &*stated.b.phase,
    });
    let mut sections = vec![
        verdict::section(comparison, &names),
        validity::section(comparison, &names),
        targets::section(comparison, &names),
        actions::section(comparison, &names),
        failures::section(comparison, &names),
        amounts::resources(comparison, &names),
        amounts::database(comparison, &names),
        amounts::profiles(),
        findings::section(comparison, &names),
        findings::recommendations(comparison, &names),
        provenance::section(comparison, &names),
    ];
    number_all(&mut sections);
    Document {
        kind: "figures of documents".to_owned(),
        title: format!(
            "{} against {}, as stated",
            names.short(Side::B),
            names.short(Side::A)
        ),
        subtitle: Side::BOTH
            .iter()
            .map(|side| {
                let label = stated.get(*side).label.as_deref();
                format!(
                    "{}: {}.",
                    names.short(*side),
                    label.unwrap_or("without a description")
                )
            })
            .collect::<Vec<_>>()
            .join(" "),
        sections,
        sources: "the figures of the documents".to_owned(),
    }
}

/// Why a figure reads as it does.
const NOT_STATED: &str = "not stated";
const AN_ESTIMATE: &str = "an estimate";

/// A figure of one document: its text, marked where the document calls it an estimate.
fn figure(text: Option<(String, bool)>) -> Cell {
    match text {
        None => Cell::faint(NOT_STATED),
        Some((text, approximate)) => {
            Cell::text(text).with_note(approximate.then(|| AN_ESTIMATE.to_owned()))
        }
    }
}

/// A change of a time or of an amount; `times` spells the ratio.
fn change(change: Option<&FigureChange>, times: impl Fn(f64) -> Option<String>) -> Cell {
    let Some(change) = change else {
        return Cell::faint(NOT_STATED);
    };
    let percent = language::percent_change(change.percent / 100.0);
    let text = match times(change.factor) {
        Some(times) => format!("{percent} ({times})"),
        None => percent,
    };
    Cell::text(text).with_note(change.approximate.then(|| "from an estimate".to_owned()))
}
