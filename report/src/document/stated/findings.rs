//! What follows from the stated figures, and what to do before a verdict is possible.

use super::super::block::Section;
use super::super::names::{Names, action_id};
use super::super::table::{Cell, Column, Table};
use super::super::targets::quantile_name;
use super::super::tone::Tone;
use super::pointers;
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
    let mut add = |text: String, pointers: Vec<String>, tone: Tone, on: (String, String)| {
        section.claim(&*text, pointers);
        table.rows.push(vec![
            Cell::text(on.0).to_section(on.1),
            Cell::toned("computed", tone),
            Cell::text(text),
        ]);
    };
    for side in Side::BOTH {
        for (i, doubt) in comparison.doubts.get(side).iter().enumerate() {
            let on = match doubt {
                Doubt::Total { .. } => ("Failures", "failures"),
                _ => ("Validity of both documents", "validity"),
            };
            add(
                format!("{}: {doubt}", names.short(side)),
                vec![pointers::doubt(side, i)],
                Tone::Care,
                (on.0.to_owned(), on.1.to_owned()),
            );
        }
    }
    for (i, target) in comparison.targets.iter().enumerate() {
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
            pointers::target(i, Side::B),
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
    let mut add = |what: &str, evidence: String, pointers: Vec<String>| {
        section.claim(format!("{what} {evidence}"), pointers);
        table
            .rows
            .push(vec![Cell::text(what), Cell::text(evidence)]);
    };
    // Of every document, so that no value bears it out.
    add(
        "Record both phases with `brunt run` and compare the records.",
        "No distribution is stated, so that no change has an interval.".to_owned(),
        Vec::new(),
    );
    let (mut short, mut rests_on) = (Vec::new(), Vec::new());
    for side in Side::BOTH {
        for (i, row) in comparison.stages.iter().enumerate() {
            let load = row.sides.get(side).as_ref();
            let load = load.filter(|load| load.delivery == Delivery::TooLittle);
            if let Some((load, share)) = load.and_then(|load| Some((load, load.delivered?))) {
                short.push(format!(
                    "{} got {} of {} in {}",
                    names.short(side),
                    language::share_of(share),
                    language::rate(load.rate_per_s),
                    row.stage
                ));
                rests_on.push(pointers::load(i, side));
            }
        }
    }
    if !short.is_empty() {
        add(
            "Offer the load by an open model, whose arrivals do not wait for answers, or find the rate that the service carries with `brunt knee`.",
            format!("{}.", short.join("; ")),
            rests_on,
        );
    }
    let (mut miscounted, mut rests_on) = (Vec::new(), Vec::new());
    for (i, row) in comparison.stages.iter().enumerate() {
        let too_many = Side::BOTH.into_iter().filter(|side| {
            let load = row.sides.get(*side).as_ref();
            load.is_some_and(|load| load.delivery == Delivery::TooMuch)
        });
        let pointers: Vec<String> = too_many.map(|side| pointers::load(i, side)).collect();
        if !pointers.is_empty() {
            miscounted.push(row.stage.clone());
            rests_on.extend(pointers);
        }
    }
    if !miscounted.is_empty() {
        add(
            "Count the requests of every action by themselves.",
            format!(
                "More requests are stated than were wanted of {}.",
                miscounted.join(", ")
            ),
            rests_on,
        );
    }
    section.table(table);
    section.paragraph("No gain is stated: nothing here says what a change would bring.");
    section
}
