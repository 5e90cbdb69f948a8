//! Findings, each with the tables that it rests on: what is computed, and what changed together.

use super::block::Section;
use super::names::{Names, action_id, row_name};
use super::pointers;
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use super::tone::Tone;
use super::{validity, words};
use crate::comparison::{
    ActionComparison, Comparison, Conclusion, Correlated, Correlation, Severity, Side, Statistic,
    Target, TargetVerdict, Verdict,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("findings", "Findings");
    let mut found = of_runs(comparison, names);
    found.extend(of_success(comparison));
    found.extend(missed_targets(comparison, names));
    found.extend(of_rows(comparison));
    if found.is_empty() {
        section.paragraph(match comparison.verdict.conclusion {
            Conclusion::Invalid | Conclusion::NotComparable => "None: nothing is judged.",
            _ => "None: no warning, and no change that is certain and matters.",
        });
    }
    let mut table = Table::new(
        "What the tables show",
        vec![
            Column::words("Rests on"),
            Column::verdict("Tag"),
            Column::words("Finding"),
        ],
    );
    let together = found.iter().any(|one| one.tag == CORRELATED);
    for one in found {
        section.claim(&*one.text, one.pointers);
        table.rows.push(vec![
            Cell::text(one.on.0)
                .to_section(one.on.1)
                .with_note(one.and_on.map(|title| format!("and {title}"))),
            Cell::toned(one.tag, one.tone),
            Cell::text(one.text),
        ]);
    }
    section.table(table);
    if together {
        section.paragraph(
            "Correlated says that two things changed in the same stage and in the same direction, and not that one is the cause of the other.",
        );
    }
    section
}

const COMPUTED: &str = "computed";
const CORRELATED: &str = "correlated";

/// One finding.
struct Found {
    text: String,
    tag: &'static str,
    tone: Tone,
    /// The title and the id of the section with its table.
    on: (String, String),
    /// The title of a second one.
    and_on: Option<String>,
    pointers: Vec<String>,
}

impl Found {
    fn computed(text: String, tone: Tone, on: (String, String), pointers: Vec<String>) -> Self {
        Self {
            text,
            tag: COMPUTED,
            tone,
            on,
            and_on: None,
            pointers,
        }
    }
}

fn named(title: &str, id: &str) -> (String, String) {
    (title.to_owned(), id.to_owned())
}

fn of_runs(comparison: &Comparison, names: &Names) -> Vec<Found> {
    let mut found = Vec::new();
    for side in Side::BOTH {
        for told in validity::told(&comparison.validity.get(side).findings) {
            let tone = match told.severity {
                Severity::Fault | Severity::Overload => Tone::Bad,
                Severity::Warning => Tone::Care,
            };
            found.push(Found::computed(
                format!("{}: {}", names.short(side), told.text),
                tone,
                named("Validity of both runs", "validity"),
                told.pointers(side),
            ));
        }
    }
    found
}

fn of_success(comparison: &Comparison) -> Vec<Found> {
    let stages = comparison.stages.iter().enumerate();
    let stages = stages.filter(|(_, stage)| matters(stage.success.verdict));
    stages
        .map(|(i, stage)| {
            let verdict = words::verdict(stage.success.verdict);
            let what = match stage.success.verdict {
                Verdict::OverloadBegan => "changed with the overload that began",
                Verdict::OverloadEnded => "changed with the overload that ended",
                _ => &*verdict.text,
            };
            let difference = stage.success.difference.map_or_else(String::new, |d| {
                format!(": {}", language::points(d.points / 100.0))
            });
            Found::computed(
                format!("Success in {} {what}{difference}.", stage.stage),
                verdict.tone,
                named("Targets", "targets"),
                vec![pointers::success(i)],
            )
        })
        .collect()
}

/// The latency targets that the candidate misses: what is left to do.
fn missed_targets(comparison: &Comparison, names: &Names) -> Vec<Found> {
    let rows = comparison.targets.iter().enumerate();
    rows.filter(|(_, row)| row.results.b.verdict == TargetVerdict::Missed)
        .filter_map(|(i, row)| {
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
            let pointers = pointers::target(i, Side::B);
            Some(Found::computed(
                text,
                tone,
                named("Targets", "targets"),
                pointers,
            ))
        })
        .collect()
}

/// The response times that changed, each with what changed with it.
fn of_rows(comparison: &Comparison) -> Vec<Found> {
    let mut found = Vec::new();
    for row in comparison.rows() {
        found.extend(of_others(comparison, row));
        let Some(p95) = row.statistic(Statistic::P95) else {
            continue;
        };
        if !matters(p95.verdict) {
            continue;
        }
        let verdict = words::verdict(p95.verdict);
        let name = row_name(comparison, &row.stage, &row.action);
        let of_p95 = pointers::statistic(comparison, &row.stage, &row.action, Statistic::P95);
        let on = || (name.clone(), action_id(&row.stage, &row.action));
        let told = format!("{name}: p95 {}, {}", verdict.text, words::change(row, p95));
        found.push(Found::computed(
            format!("{told}."),
            verdict.tone,
            on(),
            of_p95.clone(),
        ));
        let all = comparison.correlations.iter().enumerate();
        for (i, with) in all {
            if with.stage != row.stage || with.action != row.action {
                continue;
            }
            let (what, title) = together(with);
            let mut pointers = of_p95.clone();
            pointers.push(pointers::correlation(i));
            found.push(Found {
                text: format!("{told}. In the same stage: {what}."),
                tag: CORRELATED,
                tone: Tone::Plain,
                on: on(),
                and_on: Some(title),
                pointers,
            });
        }
    }
    found
}

/// The statistics of a row that changed as its p95 did not.
fn of_others(comparison: &Comparison, row: &ActionComparison) -> Option<Found> {
    let p95 = row.statistic(Statistic::P95).map(|p95| p95.verdict);
    let as_p95 = |verdict: Verdict| {
        p95.is_some_and(|p95| {
            p95.is_worse() && verdict.is_worse() || p95.is_better() && verdict.is_better()
        })
    };
    let others = row.statistics.iter();
    let others = others.filter(|one| matters(one.verdict) && !as_p95(one.verdict));
    let others: Vec<_> = others.collect();
    let told = others.iter().map(|one| {
        let verdict = words::verdict(one.verdict).text;
        format!("{} {verdict}, {}", one.statistic, words::change(row, one))
    });
    let told = told.collect::<Vec<_>>().join("; ");
    let any_worse = others.iter().any(|one| one.verdict.is_worse());
    let pointers = others
        .iter()
        .flat_map(|one| pointers::statistic(comparison, &row.stage, &row.action, one.statistic));
    let name = row_name(comparison, &row.stage, &row.action);
    (!others.is_empty()).then(|| {
        Found::computed(
            format!("{name}: {told}."),
            if any_worse { Tone::Bad } else { Tone::Good },
            (name.clone(), action_id(&row.stage, &row.action)),
            pointers.collect(),
        )
    })
}

/// What changed with it, and the section that has it.
fn together(correlation: &Correlation) -> (String, String) {
    match &correlation.with {
        Correlated::Function {
            component,
            profile,
            function,
            values,
        } => (
            format!(
                "by itself {function} took {} of CPU time for each request",
                language::change_in_words(
                    &language::cpu_time(values.a),
                    &language::cpu_time(values.b)
                )
            ),
            format!("{component}, {profile}, stage {}", correlation.stage),
        ),
        Correlated::Statement {
            source,
            text,
            us_per_request,
        } => (
            format!(
                "{} for each request in a statement of {source}: {text}",
                language::change_in_words(
                    &language::duration(us_per_request.a),
                    &language::duration(us_per_request.b)
                )
            ),
            format!("Statements of {}", correlation.stage),
        ),
        Correlated::Wait {
            source,
            event,
            connections,
        } => (
            format!(
                "{} connections of {source} waited for {event} in the mean",
                language::change_in_words(
                    &language::amount(connections.a),
                    &language::amount(connections.b)
                )
            ),
            "Waits, under Database".to_owned(),
        ),
    }
}

fn matters(verdict: Verdict) -> bool {
    verdict.is_worse() || verdict.is_better()
}
