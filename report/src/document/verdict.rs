//! The verdict: what an engineer would sign, generated from the tables below it.

use super::block::{Block, Callout, Said, Section};
use super::cards;
use super::names::{Names, action_id, row_name};
use super::pointers;
use super::table::{Cell, Column, Table};
use super::throughput;
use super::tone::Tone;
use super::words;
use crate::comparison::{
    Comparison, Conclusion, Difference, Fact, Fault, Finding, Side, Statistic, VerdictCounts,
};
use crate::language;

pub(super) fn title(names: &Names) -> String {
    format!("{} against {}", names.short(Side::B), names.short(Side::A))
}

pub(super) fn subtitle(comparison: &Comparison) -> String {
    let runs = &comparison.runs;
    let scenario = if runs.a.scenario.name == runs.b.scenario.name {
        format!("Scenario {}", runs.a.scenario.name)
    } else {
        format!(
            "Scenarios {} and {}",
            runs.a.scenario.name, runs.b.scenario.name
        )
    };
    format!(
        "{scenario}. A, the baseline, ran on {}; B, the candidate, on {}.",
        runs.a.started_at.strftime("%Y-%m-%d at %H:%M UTC"),
        runs.b.started_at.strftime("%Y-%m-%d at %H:%M UTC")
    )
}

pub(super) fn section(comparison: &Comparison, names: &Names) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    section.blocks.push(callout(comparison, names));
    section.claims = claims(comparison, names);
    let differences: Vec<String> = comparison
        .comparable
        .differences
        .iter()
        .filter(|difference| difference.forbids)
        .map(differing)
        .collect();
    for (i, difference) in comparison.comparable.differences.iter().enumerate() {
        if difference.forbids {
            let pointer = format!("/comparable/differences/{i}");
            section.claim(differing(difference), vec![pointer]);
        }
    }
    if !differences.is_empty() {
        section.paragraph("What differs:");
        section.blocks.push(Block::List(differences));
    }
    if judged(comparison) {
        section.cards(cards::of(comparison, names));
    }
    section.table(overview(comparison, names));
    section
}

fn differing(difference: &Difference) -> String {
    format!(
        "{}: {} in A, {} in B",
        aspect(&difference.what.to_string()),
        difference.a,
        difference.b
    )
}

/// What [`callout`] says.
pub(super) fn claims(comparison: &Comparison, names: &Names) -> Vec<Said> {
    let headline = headline(comparison.verdict.conclusion, names);
    let headline = Said::new(headline, vec![pointers::CONCLUSION.to_owned()]);
    let lines = sentences(comparison, names).into_iter().flatten();
    std::iter::once(headline).chain(lines).collect()
}

/// The headline and its sentences.
pub(super) fn callout(comparison: &Comparison, names: &Names) -> Block {
    Block::Callout(Callout {
        tone: tone(comparison.verdict.conclusion),
        title: headline(comparison.verdict.conclusion, names),
        lines: sentences(comparison, names)
            .into_iter()
            .map(|line| {
                line.into_iter()
                    .map(|said| said.sentence)
                    .collect::<Vec<_>>()
            })
            .map(|line| line.join(" "))
            .collect(),
    })
}

/// The name of what differs, without a dangling colon.
pub(super) fn aspect(what: &str) -> String {
    what.trim().trim_end_matches(':').to_owned()
}

pub(super) fn tone(conclusion: Conclusion) -> Tone {
    match conclusion {
        Conclusion::Better => Tone::Good,
        Conclusion::Worse | Conclusion::Invalid => Tone::Bad,
        Conclusion::Mixed | Conclusion::NotComparable | Conclusion::Inconclusive => Tone::Care,
        Conclusion::Unchanged => Tone::Plain,
    }
}

pub(super) fn headline(conclusion: Conclusion, names: &Names) -> String {
    let (a, b) = (names.short(Side::A), names.short(Side::B));
    match conclusion {
        Conclusion::Invalid => "No verdict: a record is invalid".to_owned(),
        Conclusion::NotComparable => "No verdict: the runs are not comparable".to_owned(),
        Conclusion::Worse => format!("{b} is worse than {a}"),
        Conclusion::Better => format!("{b} is better than {a}"),
        Conclusion::Mixed => format!("{b} is better than {a} in part, and worse in part"),
        Conclusion::Unchanged => format!("No change that matters from {a} to {b}"),
        Conclusion::Inconclusive => format!("The runs cannot tell {b} from {a}"),
    }
}

/// The sentences of the verdict in three lines: what keeps from judging or carrying the load, how
/// the p95 went, targets and success.
fn sentences(comparison: &Comparison, names: &Names) -> Vec<Vec<Said>> {
    let mut lines = [const { Vec::new() }; 3];
    if judged(comparison) {
        lines[1].push(Said {
            sentence: count_verdicts(&comparison.verdict.actions),
            pointers: vec![pointers::COUNTS.to_owned()],
        });
    }
    for (i, fact) in comparison.verdict.facts.iter().enumerate() {
        let line = match fact {
            Fact::Invalid { .. }
            | Fact::Aborted { .. }
            | Fact::NotComparable { .. }
            | Fact::Forced { .. }
            | Fact::Overloaded { .. } => 0,
            Fact::WorstChange { .. } | Fact::BestChange { .. } | Fact::Throughput { .. } => 1,
            _ => 2,
        };
        lines[line].extend(sentence(fact, comparison, names).map(|sentence| Said {
            sentence,
            pointers: pointers_of(i, fact, comparison),
        }));
    }
    lines.into_iter().filter(|line| !line.is_empty()).collect()
}

/// A fact, and what its sentence takes from elsewhere.
fn pointers_of(i: usize, fact: &Fact, comparison: &Comparison) -> Vec<String> {
    let mut pointers = vec![pointers::fact(i)];
    match fact {
        Fact::WorstChange {
            stage,
            action,
            statistic,
            ..
        }
        | Fact::BestChange {
            stage,
            action,
            statistic,
            ..
        } => pointers.extend(pointers::statistic(comparison, stage, action, *statistic)),
        Fact::Throughput { stage, .. } => {
            let at = comparison.stages.iter().position(|row| row.stage == *stage);
            pointers.extend(at.map(pointers::throughput).unwrap_or_default());
        }
        Fact::Invalid {
            side,
            fault: Fault::Generator,
        } => {
            let findings = &comparison.validity.get(*side).findings;
            pointers.extend((0..findings.len()).map(|i| pointers::finding(*side, i)));
        }
        _ => {}
    }
    pointers
}

pub(super) fn judged(comparison: &Comparison) -> bool {
    !matches!(
        comparison.verdict.conclusion,
        Conclusion::Invalid | Conclusion::NotComparable
    )
}

pub(super) fn count_verdicts(counts: &VerdictCounts) -> String {
    let all = [
        (counts.better, "improved"),
        (counts.worse, "regressed"),
        (counts.equivalent, "equivalent"),
        (counts.small_change, "changed by less than matters"),
        (counts.inconclusive, "inconclusive"),
        (counts.not_judged, "not judged"),
    ];
    let total: u64 = all.iter().map(|(n, _)| n).sum();
    let parts: Vec<String> = all
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", language::count(*n)))
        .collect();
    format!(
        "p95 of {}: {}.",
        language::plural(total, "action"),
        parts.join(", ")
    )
}

fn sentence(fact: &Fact, comparison: &Comparison, names: &Names) -> Option<String> {
    let run = |side: &Side| names.short(*side);
    let sentence = match fact {
        Fact::Invalid { side, fault } => invalid(*side, *fault, comparison, names),
        Fact::Aborted { side, why } => format!(
            "The run of {} was cut short by {}: nothing is judged on it.",
            run(side),
            why.as_deref().unwrap_or("a threshold of its scenario")
        ),
        Fact::NotComparable { forbidding } => format!(
            "The runs were not given the same load ({}), so nothing is judged.",
            language::plural(*forbidding, "difference")
        ),
        Fact::Forced { forbidding } => format!(
            "The runs were not given the same load ({}); the verdicts below were forced.",
            language::plural(*forbidding, "difference")
        ),
        Fact::Overloaded {
            side,
            stage,
            answered,
        } => format!(
            "{} could not carry the load of stage {stage}{}.",
            run(side),
            answered.map_or_else(String::new, |answered| format!(
                ": {}",
                language::arrivals_answered(answered.share, answered.while_due)
            ))
        ),
        Fact::MeetsAllTargets { side, of } => format!(
            "{} meets {}.",
            run(side),
            if *of == 1 {
                "its only target".to_owned()
            } else {
                format!("all {} targets", language::count(*of))
            }
        ),
        Fact::MissesTargets { side, missed, of } => format!(
            "{} misses {} of {}.",
            run(side),
            language::count(*missed),
            language::plural(*of, "target")
        ),
        Fact::TargetsInconclusive {
            side,
            inconclusive,
            of,
        } => format!(
            "{} misses no target for certain; {} of {} cannot be told.",
            run(side),
            language::count(*inconclusive),
            language::count(*of)
        ),
        Fact::NoTargets => "The plan declares no target.".to_owned(),
        Fact::SuccessChanged { stage, points } => format!(
            "Success in stage {stage} changed by {}.",
            language::points(points / 100.0)
        ),
        Fact::Throughput { stage, verdict, .. } => {
            let row = comparison.stages.iter().find(|row| row.stage == *stage)?;
            format!(
                "Throughput of the closed streams in stage {stage}: {} ({}).",
                throughput::change(row),
                words::verdict(*verdict).text
            )
        }
        Fact::WorstChange {
            stage,
            action,
            statistic,
            ..
        } => extreme(comparison, "Largest regression", stage, action, *statistic)?,
        Fact::BestChange {
            stage,
            action,
            statistic,
            ..
        } => extreme(comparison, "Largest improvement", stage, action, *statistic)?,
        Fact::NoiseAssumed { .. } => return None,
    };
    Some(sentence)
}

/// Whose fault it is that a record is invalid; of a generator, what it ran out of first, or where it was
/// the latest.
fn invalid(side: Side, fault: Fault, comparison: &Comparison, names: &Names) -> String {
    let run = names.short(side);
    let findings = &comparison.validity.get(side).findings;
    match fault {
        Fault::Generator => {
            let late = findings.iter().filter_map(|finding| match finding {
                Finding::Late {
                    stage,
                    action,
                    lateness_p99_us,
                    fault: true,
                    ..
                } => Some((*lateness_p99_us, stage, action)),
                _ => None,
            });
            let late = late.max_by_key(|(us, ..)| *us).map(|(us, stage, action)| {
                format!(
                    " It sent {stage}/{action} late: {} at the p99.",
                    language::latency(us as f64)
                )
            });
            let exhausted = findings.iter().find_map(|finding| match finding {
                Finding::Exhausted { stage, of, .. } => {
                    Some(format!(" It ran out of {of} in {stage}."))
                }
                _ => None,
            });
            format!(
                "The record of {run} is invalid, by the generator's fault and not by the service's: nothing is judged on it.{}",
                exhausted.or(late).unwrap_or_default()
            )
        }
        Fault::CutShort => format!(
            "The run of {run} did not go to its end, which says nothing about the service: nothing is judged on it."
        ),
        Fault::Record => format!(
            "The record of {run} is damaged, which says nothing about the service: nothing is judged on it."
        ),
    }
}

fn extreme(
    comparison: &Comparison,
    what: &str,
    stage: &str,
    action: &str,
    statistic: Statistic,
) -> Option<String> {
    let row = comparison.action(stage, action)?;
    let change = words::change(row, row.statistic(statistic)?);
    Some(format!(
        "{what}: {action} in {stage}, {statistic} {change}."
    ))
}

/// The p95 of every action of both runs, and then of every session.
pub(super) fn overview(comparison: &Comparison, names: &Names) -> Table {
    let mut table = Table::new(
        "p95 response time over offered arrivals",
        vec![
            Column::words("Stage / action"),
            Column::verdict("Verdict"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
        ],
    );
    for row in comparison.rows() {
        let Some(p95) = row.statistic(Statistic::P95) else {
            continue;
        };
        let mut change = words::change_cell(row, p95);
        // Where a value is no figure the columns beside it say so already.
        change.note = None;
        table.rows.push(vec![
            Cell::text(row_name(comparison, &row.stage, &row.action))
                .to_section(action_id(&row.stage, &row.action)),
            words::verdict(p95.verdict),
            Cell::text(words::value(p95.estimates.a.value)),
            Cell::text(words::value(p95.estimates.b.value)),
            change,
        ]);
    }
    table
}
