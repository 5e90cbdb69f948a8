//! The report on a search for the knee.

mod curves;
mod method;
mod pointers;
mod steps;
mod verdict;

use super::{Document, number_all};
use crate::knee::{Knee, Order, Step};
use crate::language;

/// Writes the report on a search.
pub fn build(knee: &Knee) -> Document {
    let mut sections = vec![
        verdict::section(knee),
        curves::section(knee),
        steps::targets(knee),
        method::search(knee),
        method::validity(knee),
        method::provenance(knee),
    ];
    sections.retain(|section| !section.blocks.is_empty());
    number_all(&mut sections);
    document(knee, sections)
}

/// Its verdict and its steps, for a terminal: of what stands in two lines elsewhere, one.
pub fn terminal(knee: &Knee) -> Document {
    let mut section = verdict::sentences_only(knee);
    section.table(steps::for_terminal(knee));
    document(knee, vec![section])
}

fn document(knee: &Knee, sections: Vec<super::Section>) -> Document {
    let name = |of: fn(&crate::knee::Provenance) -> &str| knee.provenance.as_ref().map(of);
    let scenario = name(|p| &p.scenario.name).unwrap_or("scenario");
    let phase = name(|p| &p.phase).unwrap_or_default();
    let began = knee.provenance.as_ref().map_or_else(String::new, |p| {
        format!(
            " It began on {}.",
            p.started_at.strftime("%Y-%m-%d at %H:%M UTC")
        )
    });
    Document {
        kind: "knee report".to_owned(),
        title: format!(
            "What {} carries: {scenario}, stage {}",
            subject(phase),
            knee.search.stage
        ),
        subtitle: format!(
            "The highest rate at which every target is met, searched in {}.{began}",
            language::plural(knee.steps.len() as u64, "step"),
        ),
        sections,
        sources: "the run records".to_owned(),
    }
}

fn subject(phase: &str) -> &str {
    match phase {
        "" | "unnamed" => "the service",
        phase => phase,
    }
}

/// The rate of a step, as the search has it.
fn rate(step: &Step) -> String {
    language::rate(step.rate_per_s)
}

/// What a step came to, for somebody who waits for it.
pub fn outcome(step: &Step) -> String {
    format!("step {}: {}", step.number, steps::outcome_in_words(step))
}

/// What is about to be made, for somebody who waits for it.
pub fn order(number: u32, order: &Order, planned_per_s: f64) -> String {
    let why = steps::purpose(order.purpose);
    let rate = language::rate(order.scale * planned_per_s);
    format!("step {number}: {rate}, {why}")
}
