//! What the documents come to, and what they cannot.

use std::fmt::Write as _;

use super::super::block::{Block, Callout, Card, Said, Section};
use super::super::names::{Names, action_id};
use super::super::table::{Cell, Column, Table};
use super::super::tone::Tone;
use super::{actions, pointers};
use crate::comparison::Side;
use crate::language;
use crate::stated::{ActionFigures, Delivery, FigureRow, StatedComparison, StatedVerdict};

const JUDGED: f64 = 0.95;

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    let said = [
        delivered(comparison, names),
        changes(comparison),
        targets(comparison, names),
    ];
    section.claims = said.into_iter().flatten().collect();
    // Of documents in general, which no value of these two bears out.
    let in_general = "What a document states has no distribution, so that no change has an interval and none is told from noise. The arithmetic below is that of the stated figures.".to_owned();
    let lines = section.claims.iter().map(|said| said.sentence.clone());
    section.blocks.push(Block::Callout(Callout {
        tone: Tone::Care,
        title: "No verdict: documents state these figures, and nobody recorded the runs".to_owned(),
        lines: std::iter::once(in_general).chain(lines).collect(),
    }));
    section.cards(cards(comparison, names));
    section.table(overview(comparison, names));
    section
}

/// What became of the load, run by run.
fn delivered(comparison: &StatedComparison, names: &Names) -> Option<Said> {
    let mut sentences = Vec::new();
    let mut rests_on = Vec::new();
    for side in Side::BOTH {
        let mut short = Vec::new();
        for (i, row) in comparison.stages.iter().enumerate() {
            let load = row.sides.get(side).as_ref();
            let load = load.filter(|load| load.delivery == Delivery::TooLittle);
            let Some((load, delivered)) = load.and_then(|load| Some((load, load.delivered?)))
            else {
                continue;
            };
            let share = language::share_of(delivered);
            let estimate = load.made.is_some_and(|made| made.approximate);
            let estimate = if estimate { " (an estimate)" } else { "" };
            short.push(format!("{share} of the load of {}{estimate}", row.stage));
            rests_on.push(pointers::load(i, side));
        }
        if !short.is_empty() {
            sentences.push(format!("{} was given {}.", names.short(side), join(&short)));
        }
    }
    (!sentences.is_empty()).then(|| Said::new(sentences.join(" "), rests_on))
}

fn join(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [parts @ .., last] => format!("{} and {last}", parts.join(", ")),
    }
}

/// How the p95 went, by the stated figures.
fn changes(comparison: &StatedComparison) -> Option<Said> {
    let changed: Vec<(&ActionFigures, &FigureRow, f64)> = comparison
        .actions
        .iter()
        .filter_map(|of| {
            let p95 = of.quantile(JUDGED)?;
            Some((of, p95, p95.change?.factor))
        })
        .collect();
    let lowest = changed.iter().min_by(|a, b| a.2.total_cmp(&b.2))?;
    let highest = changed.iter().max_by(|a, b| a.2.total_cmp(&b.2))?;
    let lower = changed.iter().filter(|(.., factor)| *factor < 1.0).count() as u64;
    let higher = changed.iter().filter(|(.., factor)| *factor > 1.0).count() as u64;
    let told = |(of, p95, _): &(&ActionFigures, &FigureRow, f64)| {
        let (a, b) = p95.sides.a.zip(p95.sides.b)?;
        let change = language::change(a.us as f64, b.us as f64);
        Some(format!("{} {change}", of.action))
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
    let all = changed.iter();
    let all = all.map(|(of, p95, _)| pointers::change(comparison, of, p95));
    let extremes = [lowest, highest].map(|(of, p95, _)| pointers::figure(comparison, of, p95));
    Some(Said::new(sentence, all.chain(extremes).collect()))
}

fn targets(comparison: &StatedComparison, names: &Names) -> Option<Said> {
    if comparison.targets.is_empty() {
        return None;
    }
    let of = comparison.targets.len();
    let sentences = Side::BOTH.map(|side| {
        let (missed, met) = counted(comparison, side);
        format!(
            "{} misses {} of {} and meets {}.",
            names.short(side),
            language::count(missed),
            language::plural(of as u64, "target"),
            language::count(met)
        )
    });
    let verdicts = Side::BOTH.into_iter().flat_map(|side| {
        let results = (0..of).map(move |i| pointers::result(i, side));
        results.map(|result| format!("{result}/verdict"))
    });
    Some(Said::new(
        format!(
            "{} The others cannot be told: the load was not the wanted one, or the value is an estimate.",
            sentences.join(" ")
        ),
        verdicts.collect(),
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

fn cards(comparison: &StatedComparison, names: &Names) -> Vec<(Card, Vec<String>)> {
    let mut cards = Vec::new();
    for (i, stage) in comparison.stages.iter().enumerate() {
        let told = |side: Side| {
            let load = stage.sides.get(side).as_ref();
            let share = load.and_then(|load| load.delivered);
            share.map_or_else(|| super::NOT_STATED.to_owned(), language::share_of)
        };
        let whole = [&stage.sides.a, &stage.sides.b].into_iter().flatten();
        let whole = whole
            .into_iter()
            .all(|load| load.delivery == Delivery::Whole);
        let card = Card {
            label: format!("Load delivered in {}", stage.stage),
            value: language::change_in_words(&told(Side::A), &told(Side::B)),
            note: format!("{}, then {}", names.short(Side::A), names.short(Side::B)),
            tone: if whole { Tone::Good } else { Tone::Bad },
        };
        let delivered = Side::BOTH.map(|side| format!("{}/delivered", pointers::load(i, side)));
        cards.push((card, delivered.into()));
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
