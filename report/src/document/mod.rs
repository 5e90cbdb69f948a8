//! What a report says, before it is Markdown, HTML or text.
//!
//! [`build`] turns a [`Comparison`] into sections of finished strings, [`sequence`] runs in a row,
//! [`knee`] the search for a knee, [`stated`] what documents state. Renderers spell them; they decide nothing and compute nothing.

mod actions;
mod arrivals;
mod block;
mod cards;
mod database;
mod failures;
mod figure;
mod figures;
mod findings;
mod knee;
mod memory;
mod names;
mod notes;
mod outlook;
mod pointers;
mod profile;
mod profiles;
mod provenance;
mod readiness;
mod recommendations;
mod resources;
mod sequence;
mod sessions;
mod shapes;
mod stated;
mod table;
mod tallies;
mod targets;
mod throughput;
mod timeline;
mod tone;
mod trend;
mod usage;
mod validity;
mod verdict;
mod words;

use std::collections::BTreeSet;

use serde::Serialize;

pub use block::{Block, Callout, Card, Said, Section};
pub use figure::Figure;
pub use knee::{
    build as knee, order as knee_order, outcome as knee_outcome, terminal as knee_for_terminal,
};
pub use profile::{build as profile, flame_graph, terminal as profile_for_terminal};
pub use sequence::build as sequence;
pub use stated::build as stated;
pub use table::{Cell, Column, ColumnKind, Table};
pub use tone::Tone;
pub use trend::build as trend;

use crate::comparison::Comparison;
use names::Names;

/// A report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Document {
    /// What kind of report it is, in a few words.
    pub kind: String,
    /// What it is about.
    pub title: String,
    /// Where its runs come from, in one line.
    pub subtitle: String,
    /// In the order of reading; the first is the verdict.
    pub sections: Vec<Section>,
    /// What its figures were computed from.
    pub sources: String,
}

impl Document {
    /// Every chart, in the order of reading.
    pub fn figures(&self) -> Vec<&Figure> {
        let mut figures = Vec::new();
        for section in &self.sections {
            collect(section, &mut figures);
        }
        figures
    }

    /// Everything that it says of the runs, with the id of the section that it stands in.
    pub fn claims(&self) -> impl Iterator<Item = (&str, &Said)> {
        let mut claims = Vec::new();
        for section in &self.sections {
            claimed(section, &mut claims);
        }
        claims.into_iter()
    }
}

fn claimed<'d>(section: &'d Section, claims: &mut Vec<(&'d str, &'d Said)>) {
    claims.extend(section.claims.iter().map(|claim| (&*section.id, claim)));
    for part in &section.sections {
        claimed(part, claims);
    }
}

fn collect<'d>(section: &'d Section, figures: &mut Vec<&'d Figure>) {
    for block in &section.blocks {
        if let Block::Figures(some) = block {
            figures.extend(some);
        }
    }
    for part in &section.sections {
        collect(part, figures);
    }
}

/// Writes the report on a comparison.
pub fn build(comparison: &Comparison) -> Document {
    let names = Names::of(&comparison.runs);
    let mut sections = vec![
        verdict::section(comparison, &names),
        validity::section(comparison, &names),
        targets::section(comparison, &names),
        actions::section(comparison, &names),
    ];
    sections.extend(sessions::section(comparison, &names));
    sections.extend([
        failures::section(comparison, &names),
        resources::section(comparison, &names),
        database::section(comparison, &names),
        profile::section(comparison, &names),
        findings::section(comparison, &names),
        recommendations::section(comparison, &names),
        readiness::section(comparison, &names),
    ]);
    sections.extend(notes::section(comparison, &names));
    sections.push(provenance::section(comparison, &names));
    number_all(&mut sections);
    Document {
        kind: "comparison report".to_owned(),
        title: verdict::title(&names),
        subtitle: verdict::subtitle(comparison),
        sections,
        sources: "the two run records".to_owned(),
    }
}

fn number_all(sections: &mut [Section]) {
    let (mut taken, mut figures) = (BTreeSet::new(), 0);
    for section in sections {
        number(section, &mut taken, &mut figures);
    }
}

/// Gives every section and chart an id of its own.
fn number(section: &mut Section, taken: &mut BTreeSet<String>, figures: &mut u32) {
    section.id = names::unique(&section.id, taken);
    for block in &mut section.blocks {
        if let Block::Figures(some) = block {
            for figure in some {
                *figures += 1;
                figure.id = format!("figure-{figures}");
            }
        }
    }
    for part in &mut section.sections {
        number(part, taken, figures);
    }
}
