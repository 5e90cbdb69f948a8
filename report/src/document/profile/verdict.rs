//! What profiles come to, in sentences.

use super::words;
use crate::document::block::{Block, Callout, Card, Said, Section};
use crate::document::tone::Tone;
use crate::document::words::capital;
use crate::language;
use crate::profile::{
    ACCOUNTED_WITHIN, ALPHA, Basis, CAPPED_ABOVE, FEWEST_OBSERVATIONS, FEWEST_WINDOWS, LEAST_SHARE,
    ProfileReport, ProfileSide, Whole,
};

/// The first section of a report on profiles alone.
pub(super) fn section(report: &ProfileReport) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    add_callout(&mut section, report);
    section.cards(cards(report));
    add_cautions(&mut section, report);
    section
}

/// The whole and the functions that moved, with where their values are in the JSON of `report`.
pub(super) fn add_callout(section: &mut Section, report: &ProfileReport) {
    section.call_out(Tone::Plain, headline(report), lines(report));
}

/// What must be known before any figure is believed.
pub(super) fn add_cautions(section: &mut Section, report: &ProfileReport) {
    for caution in cautions(report) {
        let said = std::iter::once(&caution.title).chain(&caution.lines);
        for sentence in said {
            section.claim(&**sentence, of_windows(report, &["capped", "unaccounted"]));
        }
        section.blocks.push(Block::Callout(caution));
    }
}

/// The whole of the profile, or of both sides with what changed.
pub(super) fn headline(report: &ProfileReport) -> Said {
    let subject = words::subject(report);
    let (told, pointers) = match &report.whole {
        None => (
            format!("{subject}: {}", words::whole(report, &report.new)),
            of_side("/new"),
        ),
        Some(whole) => {
            let write = |value| match report.basis {
                Basis::PerRequest => words::amount(report, value),
                Basis::Amount | Basis::Share => words::total(report, value),
            };
            let per = match report.basis {
                Basis::PerRequest => " per request",
                Basis::Amount | Basis::Share => "",
            };
            let change = whole.percent.map_or_else(String::new, |percent| {
                format!(", {}", language::percent_change(percent / 100.0))
            });
            let (from, to) = (write(whole.values.a), write(whole.values.b));
            let pointers = ["values", "percent"].map(|value| format!("/whole/{value}"));
            (
                format!("{subject}: {from} -> {to}{per}{change}"),
                pointers.into(),
            )
        }
    };
    Said::new(capital(&told), pointers)
}

/// What there is most of, or what moved.
pub(super) fn lines(report: &ProfileReport) -> Vec<Said> {
    let Some(whole) = &report.whole else {
        let largest = report.top.rows.first().map(|row| {
            let share = crate::profile::percentage(row.flat, report.top.total);
            Said::new(
                format!("Most of it in one function: {share} in {}.", row.function),
                vec!["/functions/0".to_owned(), "/new/total".to_owned()],
            )
        });
        return largest.into_iter().collect();
    };
    let mut lines = moved(report, whole);
    lines.push(Said::new(
        basis(report),
        [
            vec!["/basis".to_owned()],
            of_windows(report, &["no_requests"]),
        ]
        .concat(),
    ));
    lines
}

/// Which functions moved, in at most two sentences.
fn moved(report: &ProfileReport, whole: &Whole) -> Vec<Said> {
    let counts = ["more", "less"].map(|value| format!("/whole/{value}"));
    if whole.more + whole.less == 0 {
        let none = "No function moved by more than noise.";
        return vec![Said::new(none, counts.into())];
    }
    let mut lines = vec![Said::new(
        format!(
            "By more than noise: {} up, {} down, each without what it calls.",
            language::plural(whole.more, "function"),
            language::count(whole.less),
        ),
        counts.into(),
    )];
    // Findings come first, and the farthest of them before the others.
    lines.extend(report.findings().next().map(|m| {
        let said = format!(
            "Farthest: {}, {}{}.",
            m.function,
            words::difference(report, m.difference),
            words::per(report)
        );
        Said::new(
            said,
            ["function", "difference"]
                .map(|value| format!("/moves/0/{value}"))
                .into(),
        )
    }));
    lines
}

/// Where the figures of a side stand.
fn of_side(side: &str) -> Vec<String> {
    ["total", "took_s", "per_request", "observations"]
        .map(|value| format!("{side}/{value}"))
        .into()
}

/// Where such values of every window of both sides stand.
fn of_windows(report: &ProfileReport, values: &[&str]) -> Vec<String> {
    let base = report.base.iter().map(|side| ("/base", side));
    let sides = base.chain(std::iter::once(("/new", &report.new)));
    let windows = sides.flat_map(|(at, side)| (0..side.windows.len()).map(move |i| (at, i)));
    windows
        .flat_map(|(at, i)| {
            let values = values.iter();
            values.map(move |value| format!("{at}/windows/{i}/{value}"))
        })
        .collect()
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

fn cards(report: &ProfileReport) -> Vec<(Card, Vec<String>)> {
    let base = report.base.iter().map(|side| ("/base", side));
    let sides = base.chain(std::iter::once(("/new", &report.new)));
    sides
        .map(|(at, side)| {
            let seen = side.observations.map(|n| n.round() as u64);
            let card = Card {
                label: side.name.clone(),
                value: words::whole(report, side),
                note: seen.map_or_else(
                    || "the profile does not count its samples".to_owned(),
                    |n| language::plural(n, "sample"),
                ),
                tone: Tone::Plain,
            };
            (card, of_side(at))
        })
        .collect()
}

/// The same as callouts.
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
