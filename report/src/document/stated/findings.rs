//! What follows from the stated figures, and what to do before a verdict is possible.

use super::super::block::Section;
use super::super::names::{Names, action_id};
use super::super::table::{Cell, Column, Table};
use super::super::targets::quantile_name;
use super::super::tone::Tone;
use crate::comparison::{Side, Target};
use crate::language;
use crate::stated::{Delivery, Doubt, StatedComparison, StatedVerdict};

/// Each with the table that it rests on.
pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("findings", "Findings");
    let mut table = Table::new(
        "What the tables show",
        vec![
            Column::words("Rests on"),
            Column::verdict("Tag"),
            Column::words("Finding"),
        ],
    );
    let mut add = |text: String, tone: Tone, on: (String, String)| {
        table.rows.push(vec![
            Cell::text(on.0).to_section(on.1),
            Cell::toned("computed", tone),
            Cell::text(text),
        ]);
    };
    for side in Side::BOTH {
        for doubt in comparison.doubts.get(side) {
            let on = match doubt {
                Doubt::Total { .. } => ("Failures", "failures"),
                _ => ("Validity of both documents", "validity"),
            };
            add(
                format!("{}: {doubt}", names.short(side)),
                Tone::Care,
                (on.0.to_owned(), on.1.to_owned()),
            );
        }
    }
    for target in &comparison.targets {
        let (Target::Latency { quantile, limit_us }, Some(action)) =
            (target.target, &target.action)
        else {
            continue;
        };
        let result = &target.results.b;
        if result.verdict != StatedVerdict::Missed {
            continue;
        }
        add(
            format!(
                "{}: {} / {action}, {}. {}.",
                names.short(Side::B),
                target.stage,
                quantile_name(quantile),
                language::target(limit_us, "missed", result.ratio)
            ),
            Tone::Bad,
            (
                format!("{} / {action}", target.stage),
                action_id(&target.stage, action),
            ),
        );
    }
    if table.rows.is_empty() {
        section.paragraph("None: the figures agree with each other and miss no target.");
    }
    section.table(table);
    section
}

/// What would have to be measured, by what is missing.
pub(super) fn recommendations(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("recommendations", "Recommendations");
    let mut table = Table::new(
        "What to do, and what speaks for it",
        vec![Column::words("Do"), Column::words("Evidence")],
    );
    let mut add = |what: &str, evidence: String| {
        table
            .rows
            .push(vec![Cell::text(what), Cell::text(evidence)]);
    };
    add(
        "Record both phases with `brunt run` and compare the records.",
        "No distribution is stated, so that no change has an interval.".to_owned(),
    );
    let short: Vec<String> = Side::BOTH
        .into_iter()
        .flat_map(|side| {
            let rows = comparison.stages.iter();
            rows.filter_map(move |row| {
                let load = row.sides.get(side).as_ref()?;
                let share = load
                    .delivered
                    .filter(|_| load.delivery == Delivery::TooLittle)?;
                Some(format!(
                    "{} got {} of {} in {}",
                    names.short(side),
                    language::share_of(share),
                    language::rate(load.rate_per_s),
                    row.stage
                ))
            })
        })
        .collect();
    if !short.is_empty() {
        add(
            "Offer the load by an open model, whose arrivals do not wait for answers, or find the rate that the service carries with `brunt knee`.",
            format!("{}.", short.join("; ")),
        );
    }
    let miscounted: Vec<String> = comparison
        .stages
        .iter()
        .filter(|row| {
            let sides = [&row.sides.a, &row.sides.b];
            let mut loads = sides.into_iter().flatten();
            loads.any(|load| load.delivery == Delivery::TooMuch)
        })
        .map(|row| row.stage.clone())
        .collect();
    if !miscounted.is_empty() {
        add(
            "Count the requests of every action by themselves.",
            format!(
                "More requests are stated than were wanted of {}.",
                miscounted.join(", ")
            ),
        );
    }
    section.table(table);
    section.paragraph("No gain is stated: nothing here says what a change would bring.");
    section
}
