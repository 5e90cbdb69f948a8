//! Findings, each with the table that it rests on. Only what is computed stands here.

use super::block::Section;
use super::names::{Names, action_id, row_name};
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use super::tone::Tone;
use super::{validity, words};
use crate::comparison::{
    Comparison, Conclusion, Severity, Side, Statistic, Target, TargetVerdict, Verdict,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("findings", "Findings");
    let mut table = Table::new(
        "What the tables show",
        vec![
            Column::words("Rests on"),
            Column::verdict("Tag"),
            Column::words("Finding"),
        ],
    );
    let mut add = |text: String, tone: Tone, (title, id): (String, String)| {
        table.rows.push(vec![
            Cell::text(title).to_section(id),
            Cell::toned("computed", tone),
            Cell::text(text),
        ]);
    };
    for side in Side::BOTH {
        for (severity, finding) in validity::told(&comparison.validity.get(side).findings) {
            let tone = match severity {
                Severity::Fault | Severity::Overload => Tone::Bad,
                Severity::Warning => Tone::Care,
            };
            add(
                format!("{}: {finding}", names.short(side)),
                tone,
                ("Validity of both runs".to_owned(), "validity".to_owned()),
            );
        }
    }
    for stage in &comparison.stages {
        let verdict = words::verdict(stage.success.verdict);
        if !matters(stage.success.verdict) {
            continue;
        }
        let difference = stage.success.difference.map_or_else(String::new, |d| {
            format!(", {}", language::points(d.points / 100.0))
        });
        add(
            format!("Success in {}: {}{difference}.", stage.stage, verdict.text),
            verdict.tone,
            ("Targets".to_owned(), "targets".to_owned()),
        );
    }
    for (text, tone) in missed_targets(comparison, names) {
        add(text, tone, ("Targets".to_owned(), "targets".to_owned()));
    }
    for row in comparison.rows() {
        let Some(p95) = row.statistic(Statistic::P95) else {
            continue;
        };
        if !matters(p95.verdict) {
            continue;
        }
        let verdict = words::verdict(p95.verdict);
        let name = row_name(comparison, &row.stage, &row.action);
        add(
            format!("{name}: p95 {}, {}.", verdict.text, words::change(row, p95)),
            verdict.tone,
            (name, action_id(&row.stage, &row.action)),
        );
    }
    if table.rows.is_empty() {
        section.paragraph(match comparison.verdict.conclusion {
            Conclusion::Invalid | Conclusion::NotComparable => "None: nothing is judged.",
            _ => "None: no warning, and no change that is certain and matters.",
        });
    }
    section.table(table);
    section
}

/// The latency targets that the candidate misses: what is left to do.
fn missed_targets(comparison: &Comparison, names: &Names) -> Vec<(String, Tone)> {
    let rows = comparison.targets.iter();
    rows.filter(|row| row.results.b.verdict == TargetVerdict::Missed)
        .filter_map(|row| {
            let (Target::Latency { quantile, limit_us }, Some(action)) = (row.target, &row.action)
            else {
                return None;
            };
            let (word, tone) = words::target_verdict(row.results.b.verdict);
            let said = language::target(limit_us, word, row.results.b.ratio);
            let text = format!(
                "{}: {}, {}. {said}.",
                names.short(Side::B),
                row_name(comparison, &row.stage, action),
                quantile_name(quantile)
            );
            Some((text, tone))
        })
        .collect()
}

fn matters(verdict: Verdict) -> bool {
    matches!(
        verdict,
        Verdict::Regressed | Verdict::Improved | Verdict::OverloadBegan | Verdict::OverloadEnded
    )
}
