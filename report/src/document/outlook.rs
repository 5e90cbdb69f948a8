//! What changed for one action, and what remains to be done, in two sentences.

use std::fmt::Write as _;

use super::block::Said;
use super::names::Names;
use super::pointers;
use super::targets::quantile_name;
use super::words;
use crate::comparison::{
    ActionComparison, Comparison, Measured, Side, Statistic, Target, TargetRow, TargetVerdict,
    Verdict,
};
use crate::language;

/// The statistics that are judged, by what became of them; of what is certain the p95 in full.
pub(super) fn changed(row: &ActionComparison, comparison: &Comparison) -> Said {
    let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
    for one in row.statistics.iter().filter(|one| one.tolerance.is_some()) {
        let word = match one.verdict {
            Verdict::NotJudged { reason } => format!("not judged ({reason})"),
            verdict => words::verdict(verdict).text,
        };
        match groups.iter_mut().find(|(known, _)| *known == word) {
            Some((_, names)) => names.push(one.statistic.name()),
            None => groups.push((word, vec![one.statistic.name()])),
        }
    }
    let told: Vec<String> = groups
        .iter()
        .map(|(word, names)| format!("{} {word}", names.join(", ")))
        .collect();
    let mut sentence = format!("What changed: {}.", told.join("; "));
    let mut pointers = Vec::new();
    if let Some(p95) = row.statistic(Statistic::P95)
        && (p95.verdict.is_better() || p95.verdict.is_worse())
    {
        let _ = write!(sentence, " p95 {}.", words::change(row, p95));
        pointers = pointers::statistic(comparison, &row.stage, &row.action, Statistic::P95);
    }
    Said { sentence, pointers }
}

/// What B has left of its limits, or has to go to them.
pub(super) fn remains(row: &ActionComparison, comparison: &Comparison, names: &Names) -> Said {
    let mut pointers = Vec::new();
    let mut told = Vec::new();
    let mut all_met = true;
    for (i, target) in of_action(row, comparison) {
        let (Target::Latency { quantile, limit_us }, Measured::Latency(estimate)) =
            (target.target, &target.results.b.measured)
        else {
            continue;
        };
        let result = &target.results.b;
        pointers.extend(pointers::target(i, Side::B));
        pointers.push(format!("/targets/{i}/results/b/measured/value"));
        let (word, _) = words::target_verdict(result.verdict);
        all_met &= result.verdict == TargetVerdict::Met;
        let said = match result.verdict {
            TargetVerdict::NotJudged { reason } => {
                format!("target {}: {word}, {reason}", language::limit(limit_us))
            }
            _ => language::target(limit_us, word, result.ratio),
        };
        told.push(format!(
            "{} {}. {said}.",
            quantile_name(quantile),
            words::value(estimate.value)
        ));
    }
    let sentence = if told.is_empty() {
        "What remains: the plan declares no target.".to_owned()
    } else {
        let remains = if all_met { "Nothing" } else { "What" };
        format!(
            "{remains} remains for {}: {}",
            names.short(Side::B),
            told.join(" ")
        )
    };
    Said { sentence, pointers }
}

/// The limits on an action, with where they stand.
pub(super) fn of_action<'c>(
    row: &'c ActionComparison,
    comparison: &'c Comparison,
) -> impl Iterator<Item = (usize, &'c TargetRow)> {
    let targets = comparison.targets.iter().enumerate();
    targets.filter(|(_, target)| {
        target.stage == row.stage && target.action.as_ref() == Some(&row.action)
    })
}
