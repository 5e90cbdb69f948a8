//! What the steps changed, in words and in one table.

use super::super::block::{Block, Callout, Said, Section};
use super::super::names::{Names, row_name};
use super::super::pointers;
use super::super::table::{Cell, Column, Table};
use super::super::tone::Tone;
use super::super::verdict as pair;
use super::super::words;
use super::{in_any_step, oriented, places};
use crate::comparison::{Comparison, Conclusion, Side, Statistic};
use crate::language;
use crate::sequence::{Against, Sequence};

pub(super) fn section(sequence: &Sequence, names: &[String]) -> Section {
    let mut section = Section::new("verdict", "Verdict");
    let whole = &sequence.whole;
    let conclusion = whole.verdict.conclusion;
    let (tone, title) = match sequence.against {
        Against::Previous => (
            pair::tone(conclusion),
            Said::new(
                pair::headline(conclusion, &Names::of(&whole.runs)),
                vec![format!("/whole{}", pointers::CONCLUSION)],
            ),
        ),
        Against::First => (Tone::Plain, counted(sequence)),
    };
    let steps = sequence.steps.iter().enumerate();
    let lines: Vec<Said> = steps
        .map(|(i, step)| in_a_sentence(step).at(&pointers::step(i)))
        .collect();
    section.blocks.push(Block::Callout(Callout {
        tone,
        title: title.sentence.clone(),
        lines: lines.iter().map(|line| line.sentence.clone()).collect(),
    }));
    section.claims = std::iter::once(title).chain(lines).collect();
    section.table(oriented(sequence, p95(sequence, names), 1));
    section
}

/// `Against phase9: 2 better, 1 no change that matters`
fn counted(sequence: &Sequence) -> Said {
    let all = [
        (Conclusion::Better, "better"),
        (Conclusion::Worse, "worse"),
        (Conclusion::Mixed, "better in part and worse in part"),
        (Conclusion::Unchanged, "without a change that matters"),
        (Conclusion::Inconclusive, "not told apart"),
        (Conclusion::Invalid, "invalid"),
        (Conclusion::NotComparable, "not comparable"),
    ];
    let counts = all.iter().filter_map(|(conclusion, words)| {
        let steps = sequence.steps.iter();
        let n = steps.filter(|step| step.verdict.conclusion == *conclusion);
        let n = n.count() as u64;
        (n > 0).then(|| format!("{} {words}", language::count(n)))
    });
    let counts: Vec<String> = counts.collect();
    let names = Names::of(&sequence.whole.runs);
    let steps = 0..sequence.steps.len();
    Said::new(
        format!("Against {}: {}", names.short(Side::A), counts.join(", ")),
        steps
            .map(|i| format!("{}{}", pointers::step(i), pointers::CONCLUSION))
            .collect(),
    )
}

/// `phase9 is better than phase8: p95 of 7 actions: 7 improved.`
fn in_a_sentence(step: &Comparison) -> Said {
    let names = Names::of(&step.runs);
    let headline = pair::headline(step.verdict.conclusion, &names);
    let conclusion = pointers::CONCLUSION.to_owned();
    if pair::judged(step) {
        let counts = pair::count_verdicts(&step.verdict.actions);
        let pointers = vec![conclusion, pointers::COUNTS.to_owned()];
        Said::new(format!("{headline}: {counts}"), pointers)
    } else {
        let sentence = format!("{headline} ({}).", pair::title(&names));
        Said::new(sentence, vec![conclusion])
    }
}

/// The p95 of every action in every run, with the verdict on what became of it.
fn p95(sequence: &Sequence, names: &[String]) -> Table {
    let mut columns = vec![Column::words("Stage / action")];
    columns.extend(names.iter().map(Column::figure));
    let mut table = Table::new(
        "p95 response time over offered arrivals, and what changed",
        columns,
    );
    let keys = in_any_step(sequence, |step| {
        let rows = step.rows();
        let name_of = |stage: &str, action: &str| row_name(step, stage, action);
        rows.map(|row| {
            (
                row.stage.clone(),
                row.action.clone(),
                name_of(&row.stage, &row.action),
            )
        })
        .collect()
    });
    for (stage, action, name) in keys {
        let mut cells = vec![Cell::text(name)];
        cells.extend(places(sequence).map(|(step, side)| cell(step, side, &stage, &action)));
        table.rows.push(cells);
    }
    table
}

/// The value of one run; where it has a run before it, toned by the verdict, with the change.
fn cell(step: &Comparison, side: Side, stage: &str, action: &str) -> Cell {
    let row = step.action(stage, action);
    let Some((row, p95)) = row.and_then(|row| Some((row, row.statistic(Statistic::P95)?))) else {
        return Cell::faint(language::NOT_MEASURED);
    };
    let value = words::value(p95.estimates.get(side).value);
    let overload = row.overloaded.get(side);
    let overload = overload.map(|one| language::overloaded(one.share, one.while_due));
    match side {
        Side::A => Cell::text(value).with_note(overload),
        Side::B => {
            let verdict = words::verdict(p95.verdict);
            let change = words::relative_change(row, p95);
            let judged = std::iter::once(verdict.text).chain(change);
            let note = overload.unwrap_or_else(|| judged.collect::<Vec<_>>().join(", "));
            Cell::toned(value, verdict.tone).with_note(Some(note))
        }
    }
}
