//! Production readiness, by the rules that the text declares.

use super::block::Section;
use super::names::{Names, row_name};
use super::pointers;
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use super::tone::Tone;
use crate::comparison::{
    Comparison, CriterionKind, Ground, Held, Side, Standing, TargetVerdict, Watch, Watched,
};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("readiness", "Production readiness");
    section.table(criteria(comparison, names));
    section.paragraph(
        "Functional: no answer failed a check of the scenario or had a status that is a failure. Targets: every target is met. Stability: every success target is met, and of no action the p95 is seen to drift within the run. Scalability: every judged stage was carried, on a machine with cores to spare. A service is ready where all four pass, and not ready where one fails; nothing passes that was not measured.",
    );
    for side in Side::BOTH {
        for (i, criterion) in comparison.readiness.criteria.iter().enumerate() {
            let held = criterion.sides.get(side);
            let said = format!(
                "{}, {}: {}. {}",
                names.short(side),
                name(criterion.what),
                word(held.standing).0,
                grounds(held, comparison)
            );
            section.claim(said, vec![pointers::criterion(i, side)]);
        }
    }
    let mut table = Table::new(
        format!("What to watch where {} is deployed", names.short(Side::B)),
        vec![
            Column::words("Watch"),
            Column::figure("Measured"),
            Column::figure("Left"),
            Column::figure("Warn"),
            Column::figure("Alert"),
        ],
    );
    let watches = comparison.readiness.watches.iter();
    table.rows = watches.map(|watch| row(watch, comparison)).collect();
    if table.rows.is_empty() {
        section.paragraph(format!(
            "What to watch: {}, for want of targets with a value.",
            language::NOT_MEASURED
        ));
        return section;
    }
    section.table(table);
    section.paragraph(
        "Alerts stand at the limits. A warning stands where half of what was measured to be left is gone; where nothing is left there is only the alert, and it would fire under this load.",
    );
    section
}

fn criteria(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "Criteria, each with what it rests on",
        vec![
            Column::words("Criterion"),
            Column::verdict(names.heading(Side::A)),
            Column::verdict(names.heading(Side::B)),
        ],
    );
    let readiness = &comparison.readiness;
    for criterion in &readiness.criteria {
        let cell = |held: &Held| {
            let (word, tone) = word(held.standing);
            Cell::toned(word, tone).with_note(Some(grounds(held, comparison)))
        };
        table.rows.push(vec![
            Cell::text(capital(name(criterion.what))),
            cell(&criterion.sides.a),
            cell(&criterion.sides.b),
        ]);
    }
    let overall = |standing: Standing| {
        let (_, tone) = word(standing);
        let text = match standing {
            Standing::Passed => "ready",
            Standing::Failed => "not ready",
            Standing::Undecided => "cannot be told",
            Standing::NotMeasured => language::NOT_MEASURED,
        };
        Cell::toned(text, tone)
    };
    table.rows.push(vec![
        Cell::text("Overall"),
        overall(readiness.overall.a),
        overall(readiness.overall.b),
    ]);
    table
}

fn name(what: CriterionKind) -> &'static str {
    match what {
        CriterionKind::Functional => "functional",
        CriterionKind::Targets => "targets",
        CriterionKind::Stability => "stability",
        CriterionKind::Scalability => "scalability",
    }
}

fn capital(text: &str) -> String {
    let (first, rest) = text.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

fn word(standing: Standing) -> (&'static str, Tone) {
    match standing {
        Standing::Passed => ("pass", Tone::Good),
        Standing::Failed => ("fail", Tone::Bad),
        Standing::Undecided => ("cannot be told", Tone::Care),
        Standing::NotMeasured => (language::NOT_MEASURED, Tone::Faint),
    }
}

fn grounds(held: &Held, comparison: &Comparison) -> String {
    let told: Vec<String> = held.grounds.iter().map(|g| ground(g, comparison)).collect();
    told.join(" ")
}

fn ground(ground: &Ground, comparison: &Comparison) -> String {
    match ground {
        Ground::Invalid => "The record is invalid.".to_owned(),
        Ground::NothingArrived => "Nothing was answered in a judged stage.".to_owned(),
        Ground::NoWrongAnswer { of } => {
            format!(
                "None of {} failed a check.",
                language::plural(*of, "answer")
            )
        }
        Ground::FailureStatus { count, of } => format!(
            "{} answers had a status that is a failure.",
            language::of(*count, *of)
        ),
        Ground::WrongAnswers {
            stage,
            action,
            kind,
            count,
        } => format!(
            "{}: {} failed with `{kind}`.",
            row_name(comparison, stage, action),
            language::plural(*count, "answer")
        ),
        Ground::NoTarget => "The plan declares no target.".to_owned(),
        Ground::Targets { counts } => {
            let parts = [
                (counts.met, "met"),
                (counts.missed, "missed"),
                (counts.inconclusive, "inconclusive"),
                (counts.not_judged, "not judged"),
            ];
            let parts: Vec<String> = parts
                .iter()
                .filter(|(n, _)| *n > 0)
                .map(|(n, word)| format!("{} {word}", language::count(*n)))
                .collect();
            format!(
                "Of {}: {}.",
                language::plural(counts.total(), "target"),
                parts.join(", ")
            )
        }
        Ground::NoSuccessTarget => "The plan declares no success rate.".to_owned(),
        Ground::Success {
            stage,
            share,
            verdict,
        } => {
            let word = match verdict {
                TargetVerdict::Met => "met",
                TargetVerdict::Missed => "missed",
                TargetVerdict::Inconclusive => "inconclusive",
                TargetVerdict::NotJudged { .. } => "not judged",
            };
            let share = share.map_or(language::NOT_MEASURED.to_owned(), language::success);
            format!("Success in {stage}: {share}, {word}.")
        }
        Ground::Drift {
            stage,
            action,
            percent,
        } => format!(
            "{}: p95 moved by {} within the run.",
            row_name(comparison, stage, action),
            language::percent_change(percent / 100.0)
        ),
        Ground::DriftUnknown { stage, actions } => format!(
            "{stage}: whether the p95 drifts cannot be told of {}.",
            actions.join(", ")
        ),
        Ground::Overloaded { stage, answered } => match answered {
            Some(answered) => format!(
                "{stage} was not carried: {}.",
                language::arrivals_answered(answered.share, answered.while_due)
            ),
            None => format!("{stage} was not carried: every place in flight was taken."),
        },
        Ground::Carried { stage, rate_per_s } => {
            format!("{stage} was carried at {}.", language::rate(*rate_per_s))
        }
        Ground::HostBusy { stage, busy } => format!(
            "The machine was {} busy in {stage}.",
            language::percent(*busy)
        ),
    }
}

fn row(watch: &Watch, comparison: &Comparison) -> Vec<Cell> {
    let (name, what, written): (String, String, fn(f64) -> String) = match &watch.what {
        Watched::Latency {
            stage,
            action,
            quantile,
        } => (
            row_name(comparison, stage, action),
            quantile_name(*quantile),
            language::duration,
        ),
        Watched::Success { stage } => (stage.clone(), "success".to_owned(), language::success),
        Watched::Cores { stage, of } => (
            stage.clone(),
            format!("cores busy of {}", language::count(u64::from(*of))),
            language::amount,
        ),
    };
    vec![
        Cell::text(name).with_note(Some(what)),
        Cell::text(written(watch.measured)),
        Cell::text(language::headroom(watch.headroom)),
        watch
            .warn_at
            .map_or_else(|| Cell::faint("none left"), |at| Cell::text(written(at))),
        Cell::text(written(watch.alert_at)),
    ]
}
