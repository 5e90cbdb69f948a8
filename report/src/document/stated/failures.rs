//! Failures by action, and whether they add up.

use super::super::block::Section;
use super::super::names::Names;
use super::super::table::{Cell, Column, Table};
use super::{NOT_STATED, actions, pointers};
use crate::comparison::Side;
use crate::language;
use crate::stated::{Doubt, StatedComparison};

pub(super) fn section(comparison: &StatedComparison, names: &Names) -> Section {
    let mut section = Section::new("failures", "Failures");
    let mut table = Table::new(
        "Failed requests, as stated",
        vec![
            Column::words("Stage / action"),
            Column::figure(names.heading(Side::A)),
            Column::figure(names.heading(Side::B)),
        ],
    );
    for row in &comparison.actions {
        let mut cells = vec![Cell::text(format!("{} / {}", row.stage, row.action))];
        for side in Side::BOTH {
            let outcome = *row.outcomes.get(side);
            let counts = outcome.and_then(|o| o.failed.zip(o.total));
            cells.push(counts.map_or_else(
                || Cell::faint(NOT_STATED),
                |(failed, total)| {
                    let share = language::share(failed.count, total.count);
                    let estimate = failed.approximate || total.approximate;
                    let estimate = if estimate { ", an estimate" } else { "" };
                    Cell::text(language::of(failed.count, total.count))
                        .with_note(Some(format!("{share}{estimate}")))
                },
            ));
        }
        table.rows.push(cells);
    }
    let total = Side::BOTH.map(|side| {
        let total = comparison.stated.get(side).total;
        let share = total.and_then(|t| Some(t.ok()? as f64 / t.total?.count as f64));
        actions::success(total, share).note
    });
    if total.iter().any(Option::is_some) {
        let mut cells = vec![Cell::text("total of the document")];
        cells.extend(total.map(|told| told.map_or_else(|| Cell::faint(NOT_STATED), Cell::text)));
        table.rows.push(cells);
    }
    section.table(table);
    for side in Side::BOTH {
        for (i, doubt) in comparison.doubts.get(side).iter().enumerate() {
            if matches!(doubt, Doubt::Total { .. }) {
                let sentence = format!("{}: {doubt}", names.short(side));
                section.say(sentence, vec![pointers::doubt(side, i)]);
            }
        }
    }
    section.paragraph("By kind and over time: not stated.");
    section
}
