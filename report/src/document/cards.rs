//! The figures at the top of a report.

use super::block::Card;
use super::names::Names;
use super::pointers;
use super::throughput;
use super::tone::Tone;
use super::verdict::tone as tone_of;
use super::words;
use crate::comparison::{
    Comparison, Side, Sides, StageComparison, TargetCounts, ThroughputComparison,
};
use crate::language;

/// The cards: p95, targets, throughput and success, each with where its values are.
pub(super) fn of(comparison: &Comparison, names: &Names) -> Vec<(Card, Vec<String>)> {
    let verdict = &comparison.verdict;
    let p95 = Card {
        label: "p95 by action".to_owned(),
        value: format!(
            "{} better, {} worse",
            language::count(verdict.actions.better),
            language::count(verdict.actions.worse)
        ),
        note: format!(
            "of {}; {} inconclusive, {} not judged",
            comparison.actions.len(),
            language::count(verdict.actions.inconclusive),
            language::count(verdict.actions.not_judged)
        ),
        tone: tone_of(verdict.conclusion),
    };
    let mut cards = vec![(p95, vec![pointers::COUNTS.to_owned()])];
    if verdict.targets.a.total() + verdict.targets.b.total() > 0 {
        let card = targets_card(&verdict.targets, names);
        cards.push((card, pointers::target_counts()));
    }
    for (i, stage) in comparison.stages.iter().enumerate() {
        if let Some(throughput) = &stage.throughput {
            let card = throughput_card(stage, throughput);
            cards.push((card, pointers::throughput(i)));
        }
        let side = |side| words::success(stage.success.sides.get(side));
        let word = words::verdict(stage.success.verdict);
        let difference = stage
            .success
            .difference
            .map(|d| language::points(d.points / 100.0));
        let card = Card {
            label: format!("Success in {}", stage.stage),
            value: difference.unwrap_or_else(|| language::NOT_MEASURED.to_owned()),
            note: format!(
                "{}: {} -> {}",
                word.text,
                side(Side::A).text,
                side(Side::B).text
            ),
            tone: word.tone,
        };
        cards.push((card, pointers::successes(i)));
    }
    cards
}

fn throughput_card(stage: &StageComparison, throughput: &ThroughputComparison) -> Card {
    let word = words::verdict(throughput.verdict);
    let change = throughput.change.as_ref();
    Card {
        label: format!("Throughput in {}", stage.stage),
        value: change.map_or_else(
            || language::NOT_MEASURED.to_owned(),
            |change| language::percent_change(change.percent / 100.0),
        ),
        note: format!("{}: {}", word.text, throughput::rates(stage)),
        tone: word.tone,
    }
}

fn targets_card(counts: &Sides<TargetCounts>, names: &Names) -> Card {
    let met = |side| {
        let counts: &TargetCounts = counts.get(side);
        language::of(counts.met, counts.total())
    };
    let notes = Side::BOTH.map(|side| {
        let counts = counts.get(side);
        let parts: Vec<String> = [
            (counts.missed, "missed"),
            (counts.inconclusive, "inconclusive"),
            (counts.not_judged, "not judged"),
        ]
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{} {word}", language::count(*n)))
        .collect();
        (!parts.is_empty()).then(|| format!("{}: {}", names.short(side), parts.join(", ")))
    });
    Card {
        label: "Targets met".to_owned(),
        value: language::change_in_words(&met(Side::A), &met(Side::B)),
        note: notes.into_iter().flatten().collect::<Vec<_>>().join("; "),
        tone: match counts.b {
            TargetCounts { missed: 1.., .. } => Tone::Bad,
            TargetCounts {
                inconclusive: 0,
                not_judged: 0,
                met: 1..,
                ..
            } => Tone::Good,
            TargetCounts { met: 0, .. } => Tone::Faint,
            TargetCounts { .. } => Tone::Care,
        },
    }
}
