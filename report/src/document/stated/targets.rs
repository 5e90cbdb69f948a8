//! The limits of the table of figures, and what the documents have against them.

use super::super::block::Section;
use super::super::names::Names;
use super::super::table::{Cell, Column, Table};
use super::super::targets::in_words;
use super::{AN_ESTIMATE, NOT_STATED, actions};
use crate::comparison::Side;
use crate::language;
use crate::stated::{Delivery, StatedComparison, StatedTargetResult, StatedVerdict};

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("targets", "Targets");
    if comparison.targets.is_empty() {
        section.paragraph("The figures name no target.");
        return section;
    }
    section.paragraph(
        "By the stated value alone, which has no interval. A value above its limit misses it, for a lighter load than the wanted one only flatters; a value within its limit meets it only where the whole load was delivered. The ratio is value / limit.",
    );
    let mut columns = vec![Column::words("Target"), Column::figure("Limit")];
    for side in Side::BOTH {
        columns.push(Column::figure(names.heading(side)));
        columns.push(Column::verdict(format!("{side}: outcome")));
    }
    let mut table = Table::new("Targets and what is stated", columns);
    for row in &comparison.targets {
        let (what, limit) = in_words(row.target);
        let name = match &row.action {
            Some(action) => format!("{} / {action}", row.stage),
            None => row.stage.clone(),
        };
        let mut cells = vec![Cell::text(name).with_note(Some(what)), Cell::text(limit)];
        for side in Side::BOTH {
            let result = row.results.get(side);
            cells.push(value(result));
            cells.push(outcome(result));
        }
        table.rows.push(cells);
    }
    section.table(table);
    section
}

fn value(result: &StatedTargetResult) -> Cell {
    match (result.time, result.success) {
        (Some(time), _) => actions::time(Some(time)),
        (None, Some(share)) => Cell::text(language::share_of(share)),
        (None, None) => Cell::faint(NOT_STATED),
    }
}

/// The verdict with the ratio, and why there is none.
pub(super) fn outcome(result: &StatedTargetResult) -> Cell {
    let ratio = result.ratio.map_or_else(String::new, |ratio| {
        format!(", {}", language::factor(ratio))
    });
    let (word, why) = match result.verdict {
        StatedVerdict::Met => ("met", None),
        StatedVerdict::Missed => ("missed", None),
        StatedVerdict::WithinUnderAnotherLoad { delivery } => (
            "not judged",
            Some(match delivery {
                Delivery::TooLittle => "within the limit, under less than the wanted load",
                Delivery::TooMuch => "within the limit, under a load that its counts contradict",
                Delivery::Unknown | Delivery::Whole => "within the limit, under an unknown load",
            }),
        ),
        StatedVerdict::Estimated => ("not judged", Some(AN_ESTIMATE)),
        StatedVerdict::NotStated => ("not judged", Some(NOT_STATED)),
    };
    let left = result.headroom.filter(|left| *left > 0.0);
    let left = left.map(|left| format!("headroom {}", language::headroom(left)));
    let notes: Vec<String> = why.map(str::to_owned).into_iter().chain(left).collect();
    Cell::toned(format!("{word}{ratio}"), actions::tone(result.verdict))
        .with_note((!notes.is_empty()).then(|| notes.join("; ")))
}
