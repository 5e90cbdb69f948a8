//! What the documents come to, and what they cannot.

use std::fmt::Write as _;

use super::super::block::{Block, Callout, Card, Section};
use super::super::names::{Names, action_id};
use super::super::table::{Cell, Column, Table};
use super::super::tone::Tone;
use super::actions;
use crate::comparison::Side;
use crate::language;
use crate::stated::{ActionFigures, Delivery, StatedComparison, StatedVerdict};

const JUDGED: f64 = 0.95;

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    section.blocks.push(Block::Callout(Callout {
        tone: Tone::Care,
        title: "No verdict: documents state these figures, and nobody recorded the runs".to_owned(),
        lines: [
            Some("What a document states has no distribution, so that no change has an interval and none is told from noise. The arithmetic below is that of the stated figures.".to_owned()),
            delivered(comparison, names),
            changes(comparison),
            targets(comparison, names),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }));
    section.blocks.push(Block::Cards(cards(comparison, names)));
    section.table(overview(comparison, names));
    section
}

/// What became of the load, run by run.
fn delivered(comparison: &StatedComparison, names: &Names) -> Option<String> {
    let mut sentences = Vec::new();
    for side in Side::BOTH {
        let loads = comparison.stages.iter();
        let loads = loads.filter_map(|row| Some((&row.stage, row.sides.get(side).as_ref()?)));
        let short: Vec<String> = loads
            .filter(|(_, load)| load.delivery == Delivery::TooLittle)
            .filter_map(|(stage, load)| {
                let share = language::share_of(load.delivered?);
                let estimate = load.made.is_some_and(|made| made.approximate);
                let estimate = if estimate { " (an estimate)" } else { "" };
                Some(format!("{share} of the load of {stage}{estimate}"))
            })
            .collect();
        if !short.is_empty() {
            sentences.push(format!("{} was given {}.", names.short(side), join(&short)));
        }
    }
    (!sentences.is_empty()).then(|| sentences.join(" "))
}

fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [parts @ .., last] => format!("{} and {last}", parts.join(", ")),
    }
}

/// How the p95 went, by the stated figures.
fn changes(comparison: &StatedComparison) -> Option<String> {
    let changed: Vec<(&ActionFigures, f64)> = comparison
        .actions
        .iter()
        .filter_map(|row| Some((row, row.quantile(JUDGED)?.change?.factor)))
        .collect();
    let lowest = changed.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
    let highest = changed.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let lower = changed.iter().filter(|(_, factor)| *factor < 1.0).count() as u64;
    let higher = changed.iter().filter(|(_, factor)| *factor > 1.0).count() as u64;
    let told = |(row, _): &(&ActionFigures, f64)| {
        let p95 = row.quantile(JUDGED)?;
        let (a, b) = p95.sides.a.zip(p95.sides.b)?;
        Some(format!(
            "{} {}",
            row.action,
            language::change(a.us as f64, b.us as f64)
        ))
    };
    let mut sentence = format!(
        "As stated, the p95 of {}: {} lower, {} higher.",
        language::plural(changed.len() as u64, "action"),
        language::count(lower),
        language::count(higher)
    );
    if lower > 0 {
        let _ = write!(sentence, " Largest decrease: {}.", told(lowest)?);
    }
    if higher > 0 {
        let _ = write!(sentence, " Largest increase: {}.", told(highest)?);
    }
    Some(sentence)
}

fn targets(comparison: &StatedComparison, names: &Names) -> Option<String> {
    if comparison.targets.is_empty() {
        return None;
    }
    let of = comparison.targets.len() as u64;
    let sentences = Side::BOTH.map(|side| {
        let (missed, met) = counted(comparison, side);
        format!(
            "{} misses {} of {} and meets {}.",
            names.short(side),
            language::count(missed),
            language::plural(of, "target"),
            language::count(met)
        )
    });
    Some(format!(
        "{} The others cannot be told: the load was not the wanted one, or the value is an estimate.",
        sentences.join(" ")
    ))
}

/// Targets missed and met by what one document states.
pub(super) fn counted(comparison: &StatedComparison, side: Side) -> (u64, u64) {
    let count = |wanted: StatedVerdict| {
        let rows = comparison.targets.iter();
        rows.filter(|row| row.results.get(side).verdict == wanted)
            .count() as u64
    };
    (count(StatedVerdict::Missed), count(StatedVerdict::Met))
}

fn cards(comparison: &StatedComparison, names: &Names) -> Vec<Card> {
    let mut cards: Vec<Card> = Vec::new();
    for stage in &comparison.stages {
        let told = |side: Side| {
            let load = stage.sides.get(side).as_ref();
            let share = load.and_then(|load| load.delivered);
            share.map_or_else(|| super::NOT_STATED.to_owned(), language::share_of)
        };
        let whole = [&stage.sides.a, &stage.sides.b].into_iter().flatten();
        let whole = whole
            .into_iter()
            .all(|load| load.delivery == Delivery::Whole);
        cards.push(Card {
            label: format!("Load delivered in {}", stage.stage),
            value: language::change_in_words(&told(Side::A), &told(Side::B)),
            note: format!("{}, then {}", names.short(Side::A), names.short(Side::B)),
            tone: if whole { Tone::Good } else { Tone::Bad },
        });
    }
    cards
}

/// The p95 of every action.
fn overview(comparison: &StatedComparison, names: &Names) -> Table {
    let mut table = Table::new(
        "p95 response time, as stated",
        vec![
            Column::words("Stage / action"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
            Column::verdict("Target"),
        ],
    );
    for row in &comparison.actions {
        let Some(p95) = row.quantile(JUDGED) else {
            continue;
        };
        table.rows.push(vec![
            Cell::text(format!("{} / {}", row.stage, row.action))
                .to_section(action_id(&row.stage, &row.action)),
            actions::time(p95.sides.a),
            actions::time(p95.sides.b),
            actions::change_of_time(p95),
            actions::target_of(comparison, row, JUDGED),
        ]);
    }
    table
}
