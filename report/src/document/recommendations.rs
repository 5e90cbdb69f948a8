//! What to do next: by rule, each with the evidence that fired it. No gain is stated that nobody
//! measured.

use super::block::Section;
use super::names::{Names, action_id, row_name};
use super::pointers;
use super::table::{Cell, Column, Table};
use super::targets::quantile_name;
use crate::comparison::{Comparison, Fault, NoiseSource, Recommendation, Side, Spread};
use crate::language;

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("recommendations", "Recommendations");
    if comparison.recommendations.is_empty() {
        section.paragraph("None: no rule fired.");
        return section;
    }
    let mut table = Table::new(
        "What to do, and what speaks for it",
        vec![
            Column::words("Rests on"),
            Column::words("Do"),
            Column::words("Evidence"),
        ],
    );
    for (i, recommendation) in comparison.recommendations.iter().enumerate() {
        let Told { act, evidence, on } = told(recommendation, comparison, names);
        section.claim(
            format!("{act} {evidence}"),
            vec![pointers::recommendation(i)],
        );
        table.rows.push(vec![
            Cell::text(on.0).to_section(on.1),
            Cell::text(act),
            Cell::text(evidence),
        ]);
    }
    section.table(table);
    section.paragraph(
        "What any of it would gain is not stated: nothing in two records says what a third one would be.",
    );
    section
}

struct Told {
    act: String,
    evidence: String,
    /// The title of a section, and its id.
    on: (String, String),
}

#[expect(clippy::too_many_lines, reason = "one arm a rule")]
fn told(recommendation: &Recommendation, comparison: &Comparison, names: &Names) -> Told {
    let validity = || ("Validity of both runs".to_owned(), "validity".to_owned());
    let action = |stage: &str, action: &str| {
        (
            row_name(comparison, stage, action),
            action_id(stage, action),
        )
    };
    let b = names.short(Side::B);
    let (act, evidence, on) = match recommendation {
        Recommendation::RunAgain { side, fault } => (
            format!("Run {} again.", names.short(*side)),
            match fault {
                Fault::Generator => "The generator could not keep to its own plan.",
                Fault::CutShort => "The run did not go to its end.",
                Fault::Record => "The files of its record do not agree.",
            }
            .to_owned(),
            validity(),
        ),
        Recommendation::SameLoad { forbidding } => (
            "Run both phases with the same plan, mix, rates, durations and data.".to_owned(),
            format!(
                "{} between the runs forbid a comparison.",
                language::plural(*forbidding, "difference")
            ),
            validity(),
        ),
        Recommendation::FindCarriedRate { stage, answered } => (
            format!(
                "Find the rate of {stage} that the service carries: `brunt knee` with `--stage {stage}`."
            ),
            match answered {
                Some(answered) => format!(
                    "{b} was overloaded in {stage}: {}.",
                    language::arrivals_answered(answered.share, answered.while_due)
                ),
                None => format!("{b} was overloaded in {stage}: every place in flight was taken."),
            },
            validity(),
        ),
        Recommendation::ExplainRegression {
            stage,
            action: name,
            statistic,
            percent,
        } => (
            format!("Find out what made {name} slower before {b} ships."),
            match percent {
                Some(percent) => format!(
                    "Its {statistic} changed by {}, for certain and by more than matters.",
                    language::percent_change(percent / 100.0)
                ),
                None => format!("Its {statistic} got worse, by no figure that could be told."),
            },
            action(stage, name),
        ),
        Recommendation::MeetTarget {
            stage,
            action: name,
            quantile,
            limit_us,
            ratio,
            waiting,
        } => {
            let what = quantile_name(*quantile);
            let said = language::target(*limit_us, "missed", *ratio);
            let wait = waiting.map_or_else(String::new, |waiting| {
                format!(
                    " Most of the time passes before the request is sent: p95 is {} from due to done, and {} from sent to done.",
                    language::duration(waiting.response_us),
                    language::duration(waiting.service_us)
                )
            });
            let act = if waiting.is_some() {
                format!("Let more requests of {name} be answered at once: they queue.")
            } else {
                format!("Bring the {what} of {name} within its limit.")
            };
            (act, format!("{what}: {said}.{wait}"), action(stage, name))
        }
        Recommendation::RemoveFailures {
            stage,
            action: name,
            kind,
            count,
            of,
        } => (
            format!("Find out why {name} fails with `{kind}`."),
            format!(
                "{} arrivals of {b}, the most of any kind.",
                language::of(*count, *of)
            ),
            {
                let (title, _) = action(stage, name);
                (title, "failures".to_owned())
            },
        ),
        Recommendation::ShortenWait {
            stage,
            source,
            event,
            connections,
        } => (
            format!("Look into what connections of {source} wait for: `{event}`."),
            format!(
                "In {stage} {} connections waited for it in the mean.",
                language::amount(*connections)
            ),
            ("Database".to_owned(), "database".to_owned()),
        ),
        Recommendation::FindSteadyState {
            stage,
            action: name,
            percent,
        } => (
            format!("Lengthen the warm-up of {stage}, or look for what grows in it."),
            format!(
                "{name}: p95 moved by {} from the first half to the second.",
                language::percent_change(percent / 100.0)
            ),
            validity(),
        ),
        Recommendation::RunMore {
            stage,
            action: name,
            detectable_percent,
            spread,
            noise,
        } => {
            let (act, hidden) = more(*spread, *noise);
            (
                format!("{act} to tell how {name} changed."),
                format!(
                    "Its p95 is inconclusive: {hidden} such runs show changes from {} on.",
                    language::percent(detectable_percent / 100.0)
                ),
                action(stage, name),
            )
        }
        Recommendation::Calibrate { s_aa } => (
            "Measure by how much runs of the same thing differ, and use it as the noise floor."
                .to_owned(),
            format!("It is assumed to be {}.", language::share_target(*s_aa)),
            ("Methods".to_owned(), "methods".to_owned()),
        ),
        Recommendation::OwnMachine => (
            "Give the generator a machine of its own before absolute figures are quoted."
                .to_owned(),
            format!("Generator and service of {b} share the machine's cores."),
            validity(),
        ),
    };
    Told { act, evidence, on }
}

/// What shows a smaller change, and what hides it.
fn more(spread: Spread, noise: NoiseSource) -> (&'static str, &'static str) {
    match (spread, noise) {
        (Spread::WithinRuns, _) => ("Run longer", "for what varies within them,"),
        (Spread::NoiseFloor, NoiseSource::Assumed) => (
            "Calibrate the noise floor, make more runs of each side or use `brunt duet`",
            "by the noise floor, which is assumed,",
        ),
        (Spread::NoiseFloor, _) => (
            "Make more runs of each side or use `brunt duet`",
            "by the noise floor",
        ),
        (Spread::BetweenRuns, _) => (
            "Make more runs of each side or use `brunt duet`",
            "by how the runs of a side differ,",
        ),
        (Spread::Pairs, _) => ("Make more pairs", "by how the pairs differ,"),
    }
}
