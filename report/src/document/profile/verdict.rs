//! What profiles come to, in sentences.

use super::words;
use crate::document::block::{Block, Callout, Card, Section};
use crate::document::tone::Tone;
use crate::language;
use crate::profile::{
    ACCOUNTED_WITHIN, ALPHA, Basis, CAPPED_ABOVE, FEWEST_OBSERVATIONS, FEWEST_WINDOWS, LEAST_SHARE,
    MoveVerdict, ProfileReport, ProfileSide,
};

/// The first section of a report on profiles alone.
pub(super) fn section(report: &ProfileReport) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    section.blocks.push(Block::Callout(callout(report)));
    section.blocks.push(Block::Cards(cards(report)));
    section.blocks.extend(cautions(report).map(Block::Callout));
    section
}

/// The whole and the functions that moved.
pub(super) fn callout(report: &ProfileReport) -> Callout {
    let mut lines = Vec::new();
    let title = match &report.base {
        None => {
            let largest = report.top.rows.first();
            lines.extend(largest.map(|row| {
                let share = crate::profile::percentage(row.flat, report.top.total);
                format!("Most of it in one function: {share} in {}.", row.function)
            }));
            let subject = words::subject(report);
            format!("{subject}: {}", words::whole(report, &report.new))
        }
        Some(base) => {
            lines.extend(moved(report));
            lines.push(basis(report));
            let (from, to) = whole_change(report, base);
            format!("{}: {from} -> {to}", words::subject(report))
        }
    };
    Callout {
        tone: Tone::Plain,
        title: capitalised(&title),
        lines,
    }
}

/// Both wholes by what they are held against each other by, the second with the change.
fn whole_change(report: &ProfileReport, base: &ProfileSide) -> (String, String) {
    let whole = |side: &ProfileSide| match report.basis {
        Basis::PerRequest => side.per_request.unwrap_or(0.0),
        // Means, where there are several.
        Basis::Amount => side.total / side.windows.len() as f64,
        Basis::Share => side.total,
    };
    let per = match report.basis {
        Basis::PerRequest => " per request",
        Basis::Amount | Basis::Share => "",
    };
    let (from, to) = (whole(base), whole(&report.new));
    let change = match from {
        0.0 => String::new(),
        from => format!(", {}", language::percent_change(to / from - 1.0)),
    };
    let write = |value| match report.basis {
        Basis::PerRequest => words::amount(report, value),
        Basis::Amount | Basis::Share => words::total(report, value),
    };
    (write(from), format!("{}{per}{change}", write(to)))
}

/// Which functions moved, in at most three sentences.
fn moved(report: &ProfileReport) -> Vec<String> {
    let found: Vec<_> = report.findings().collect();
    if found.is_empty() {
        return vec!["No function moved by more than noise.".to_owned()];
    }
    let counted = |verdict| found.iter().filter(|m| m.verdict == verdict).count() as u64;
    let (more, less) = (counted(MoveVerdict::Grew), counted(MoveVerdict::Shrank));
    let mut lines = vec![format!(
        "By more than noise: {} up, {} down, each without what it calls.",
        language::plural(more, "function"),
        language::count(less),
    )];
    let largest = found.first().map(|m| {
        format!(
            "Farthest: {}, {}{}.",
            m.function,
            words::difference(report, m.difference),
            words::per(report)
        )
    });
    lines.extend(largest);
    lines
}

/// What the sides are held against each other by, and why.
fn basis(report: &ProfileReport) -> String {
    let refused = || {
        let mut sides = report.base.iter().chain(Some(&report.new));
        sides.find_map(ProfileSide::refused)
    };
    match (report.basis, refused()) {
        (Basis::PerRequest, _) => "Compared by what a request cost.".to_owned(),
        (Basis::Amount, _) => "Compared by what there was at the moment of the profile.".to_owned(),
        (Basis::Share, Some(reason)) => {
            format!("Compared by the share of the samples, not by the cost per request: {reason}.")
        }
        (Basis::Share, None) => "Compared by the share of the samples.".to_owned(),
    }
}

fn cards(report: &ProfileReport) -> Vec<Card> {
    let sides = report.base.iter().chain(Some(&report.new));
    sides
        .map(|side| {
            let seen = side.observations.map(|n| n.round() as u64);
            Card {
                label: side.name.clone(),
                value: words::whole(report, side),
                note: seen.map_or_else(
                    || "the profile does not count its samples".to_owned(),
                    |n| language::plural(n, "sample"),
                ),
                tone: Tone::Plain,
            }
        })
        .collect()
}

/// What must be known before any figure is believed.
pub(super) fn cautions(report: &ProfileReport) -> impl Iterator<Item = Callout> {
    let sides = || report.base.iter().chain(Some(&report.new));
    let names = |of: fn(&crate::profile::ProfileWindow) -> bool| -> Vec<&str> {
        let named = sides().filter(|side| side.windows.iter().any(of));
        named.map(|side| &*side.name).collect()
    };
    let caution = |sides: Vec<&str>, title: &str, line: String| {
        (!sides.is_empty()).then(|| Callout {
            tone: Tone::Care,
            title: format!("{title}: {}", sides.join(" and ")),
            lines: vec![line],
        })
    };
    let capped = caution(
        names(|window| window.capped),
        "Capped",
        format!(
            "The process used more than {} of the cores that it is allowed. What a request cost is then what it was given: with more cores it might have cost more.",
            language::percent(CAPPED_ABOVE)
        ),
    );
    let unaccounted = caution(
        names(|window| window.unaccounted),
        "The samples do not account for the CPU time",
        "The samples of the profile and the CPU time of the process are more than 5 % apart: shares may be right, amounts are not.".to_owned(),
    );
    let unattributed = caution(
        names(|window| window.unattributed),
        "A part of the CPU time has no stack",
        format!(
            "Of more than {} of it the profiler does not know where it went, as of what threads use between two ticks of the kernel's clock. The whole is right; what functions cost is too low by that together.",
            language::percent(ACCOUNTED_WITHIN)
        ),
    );
    [capped, unaccounted, unattributed].into_iter().flatten()
}

/// How a move is told from noise.
pub(super) fn method() -> String {
    format!(
        "A function has moved where its change is more than the noise: that of counting samples (understated, since the samples of one request go together), from {FEWEST_WINDOWS} windows of a side on also that between them, and 5 % from run to run, assumed as for latencies. Of the moves that are told at most {} are none (Benjamini-Hochberg over all functions). Fewer than {FEWEST_OBSERVATIONS} samples on both sides together tell nothing, and a move by less than {} of the whole is small.",
        language::percent(ALPHA),
        language::percent(LEAST_SHARE)
    )
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
