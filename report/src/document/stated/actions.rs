//! Every action: its figures in both documents, what changed, and what remains.

use brunt_record::{StatedOutcome, StatedTime};

use super::super::block::{Said, Section};
use super::super::names::{Names, action_id};
use super::super::table::{Cell, Column, Table};
use super::super::tone::Tone;
use super::{NOT_STATED, change, figure, pointers, targets};
use crate::comparison::{Side, Target};
use crate::language;
use crate::stated::{ActionFigures, FigureRow, StatedComparison, StatedTarget, StatedVerdict};

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("actions", "Comparison by action");
    section.paragraph(
        "Figures and ratios as the documents state them. Whether their percentiles hold failed requests, and whether the time before sending counts, they do not say.",
    );
    section.sections = comparison
        .actions
        .iter()
        .map(|row| part(row, comparison, names))
        .collect();
    section
}

fn part(row: &ActionFigures, comparison: &StatedComparison, names: &Names) -> Section {
    let title = format!("{} / {}", row.stage, row.action);
    let mut section = Section::new(action_id(&row.stage, &row.action), &*title);
    let mut table = Table::new(
        format!("{title}, as stated"),
        vec![
            Column::words("Metric"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
            Column::figure("Change"),
            Column::verdict("Target"),
        ],
    );
    for one in &row.rows {
        let target = one.quantile.map(|q| target_of(comparison, row, q));
        table.rows.push(vec![
            Cell::text(&one.name),
            time(one.sides.a),
            time(one.sides.b),
            change_of_time(one),
            target.unwrap_or_default(),
        ]);
    }
    table.rows.push(vec![
        Cell::text("success"),
        success(row.outcomes.a, row.success.shares.a),
        success(row.outcomes.b, row.success.shares.b),
        points(row),
        Cell::default(),
    ]);
    section.table(table);
    for said in [changed(row, comparison), remains(row, comparison, names)] {
        section.say(said.sentence, said.pointers);
    }
    section
}

pub(super) fn time(time: Option<StatedTime>) -> Cell {
    figure(time.map(|t| (language::duration(t.us as f64), t.approximate)))
}

pub(super) fn change_of_time(row: &FigureRow) -> Cell {
    let speed = |factor: f64| language::speed(1.0, factor);
    change(row.change.as_ref(), speed)
}

/// The limit on a quantile of an action, and what B has against it; empty where there is none.
pub(super) fn target_of(comparison: &StatedComparison, row: &ActionFigures, quantile: f64) -> Cell {
    of_action(comparison, row)
        .find_map(|(_, target)| match target.target {
            Target::Latency {
                quantile: q,
                limit_us,
            } if q.total_cmp(&quantile).is_eq() => {
                let outcome = targets::outcome(&target.results.b);
                Some(outcome.with_note(Some(format!("limit {}", language::limit(limit_us)))))
            }
            _ => None,
        })
        .unwrap_or_default()
}

/// The limits on an action, with their places among all.
fn of_action<'c>(
    comparison: &'c StatedComparison,
    row: &'c ActionFigures,
) -> impl Iterator<Item = (usize, &'c StatedTarget)> {
    let targets = comparison.targets.iter().enumerate();
    targets.filter(|(_, target)| {
        target.stage == row.stage && target.action.as_ref() == Some(&row.action)
    })
}

/// The share of successes, and the counts that it follows from.
pub(super) fn success(outcome: Option<StatedOutcome>, share: Option<f64>) -> Cell {
    let counts = outcome.and_then(|outcome| outcome.failed.zip(outcome.total));
    let Some(((failed, total), share)) = counts.zip(share) else {
        return Cell::faint(NOT_STATED);
    };
    let estimate = if failed.approximate || total.approximate {
        ", an estimate"
    } else {
        ""
    };
    let note = format!(
        "{} failed{estimate}",
        language::of(failed.count, total.count)
    );
    let text = if failed.count == 0 {
        language::no_failure(total.count)
    } else {
        language::share_of(share)
    };
    Cell::text(text).with_note(Some(note))
}

fn points(row: &ActionFigures) -> Cell {
    let Some(points) = row.success.points else {
        return Cell::faint(NOT_STATED);
    };
    let estimate = row.success.approximate;
    Cell::text(language::points(points / 100.0))
        .with_note(estimate.then(|| "from an estimate".to_owned()))
}

/// What changed, in one sentence a direction.
fn changed(row: &ActionFigures, comparison: &StatedComparison) -> Said {
    let (mut parts, mut rests_on) = (Vec::new(), Vec::new());
    for (word, lower) in [("Lower", true), ("Higher", false)] {
        let mut rows = Vec::new();
        for one in &row.rows {
            // What rounds to nothing did not move.
            let moved = |factor: f64| language::speed(1.0, factor).is_some();
            let change = one.change.filter(|change| moved(change.factor));
            if let Some(change) = change.filter(|change| lower == (change.factor < 1.0)) {
                let percent = language::percent_change(change.percent / 100.0);
                rows.push(format!("{} {percent}", one.name));
                rests_on.push(pointers::change(comparison, row, one));
            }
        }
        if !rows.is_empty() {
            parts.push(format!("{word}: {}.", rows.join(", ")));
        }
    }
    if parts.is_empty() {
        parts.push("No figure changed that both documents state.".to_owned());
        let rows = row.rows.iter();
        rests_on.extend(rows.map(|one| pointers::figure(comparison, row, one)));
    }
    let sentence = format!(
        "What changed, as stated. {} How much of it is noise cannot be told.",
        parts.join(" ")
    );
    Said::new(sentence, rests_on)
}

/// What B leaves to be done against its limits.
fn remains(row: &ActionFigures, comparison: &StatedComparison, names: &Names) -> Said {
    let (mut told, mut rests_on) = (Vec::new(), Vec::new());
    for (i, target) in of_action(comparison, row) {
        if let Some(sentence) = remaining(target) {
            told.push(sentence);
            rests_on.extend(pointers::target(i, Side::B));
        }
    }
    if told.is_empty() {
        return Said::new("What remains: no target is declared.", rests_on);
    }
    let sentence = format!(
        "What remains for {}: {}",
        names.short(Side::B),
        told.join(" ")
    );
    Said::new(sentence, rests_on)
}

/// What B has against one limit; none where its document does not say.
fn remaining(target: &StatedTarget) -> Option<String> {
    let Target::Latency { quantile, limit_us } = target.target else {
        return None;
    };
    let result = &target.results.b;
    let quantile = super::super::targets::quantile_name(quantile);
    let time = language::duration(result.time?.us as f64);
    let word = match result.verdict {
        StatedVerdict::Missed => "missed",
        StatedVerdict::Met => "met",
        _ => {
            return Some(format!(
                "{quantile} {time} is {} of its target of {}; whether it holds under the wanted load cannot be told.",
                language::factor(result.ratio?),
                language::limit(limit_us)
            ));
        }
    };
    let outcome = language::target(limit_us, word, result.ratio);
    Some(format!("{quantile} {time}. {outcome}."))
}

/// How a verdict on a target reads.
pub(super) fn tone(verdict: StatedVerdict) -> Tone {
    match verdict {
        StatedVerdict::Met => Tone::Good,
        StatedVerdict::Missed => Tone::Bad,
        StatedVerdict::WithinUnderAnotherLoad { .. } | StatedVerdict::Estimated => Tone::Care,
        StatedVerdict::NotStated => Tone::Faint,
    }
}
