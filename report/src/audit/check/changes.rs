//! The column of changes of a table against the two columns before it.

use super::super::Check;
use super::super::claim::{Claim, claims, trimmed};
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::Found;
use crate::language;

const CHANGE: [&str; 7] = [
    "change",
    "reduction",
    "improvement",
    "diff",
    "delta",
    "Δ",
    "increase",
];

pub(super) fn check(document: &Document, found: &mut Found) {
    for table in &document.tables {
        for row in rows(table) {
            row.percent(found);
            row.claims(found);
            row.estimated(found);
        }
    }
}

/// A row with two figures and what is said of their change.
pub(super) struct Changed<'a> {
    pub(super) row: &'a Row,
    pub(super) older: Figure,
    pub(super) newer: Figure,
    said: &'a str,
}

/// The rows of `table` that have two comparable figures before a column of changes.
pub(super) fn rows(table: &Table) -> impl Iterator<Item = Changed<'_>> {
    let columns = table.column(&CHANGE).filter(|change| *change >= 3);
    columns.into_iter().flat_map(move |change| {
        table.rows.iter().filter_map(move |row| {
            let first = |column| figures(row.cell(column)).into_iter().next();
            let (older, newer) = (first(change - 2)?, first(change - 1)?);
            let comparable = older.unit == newer.unit && !older.bound && !newer.bound;
            comparable.then(|| Changed {
                row,
                older,
                newer,
                said: row.cell(change),
            })
        })
    })
}

impl Changed<'_> {
    /// newer / older − 1 in percent; none where the older one may be 0.
    pub(super) fn relative(&self) -> Option<Range> {
        let ratio = self.newer.rounded().over(self.older.rounded())?;
        Some(ratio.minus(Range::exact(1.0)).scaled(100.0))
    }

    /// The percentage of the column of changes: the first one that has a sign, or no word before it.
    fn stated(&self) -> Option<Figure> {
        let is_change = |figure: &Figure| {
            let before = &self.said[..figure.at.0];
            figure.sign.is_some() || !before.contains(char::is_alphabetic)
        };
        figures(self.said)
            .into_iter()
            .find(|figure| figure.unit == Unit::Percent && is_change(figure))
    }

    fn percent(&self, found: &mut Found) {
        let Some(stated) = self.stated() else { return };
        let Some(relative) = self.relative() else {
            return;
        };
        let states = format!("{}: {}", self.row.name(), self.said);
        let shares = self.older.unit == Unit::Percent;
        let points = self.newer.rounded().minus(self.older.rounded());
        let agrees = |range: Range| match stated.sign {
            Some(sign) => stated.loosely().meets(range.scaled(sign)),
            None => stated.loosely().meets(range.size()),
        };
        if shares && !agrees(relative) && agrees(points) {
            let gives = language::points(points.middle() / 100.0);
            found.statement(self.row.line, Check::Points, Some((states, gives)));
            return;
        }
        let wrong = !agrees(relative) && !(shares && agrees(points));
        let gives = || {
            let percent = language::percent_change(relative.middle() / 100.0);
            format!("{} -> {}: {percent}", self.older.text, self.newer.text)
        };
        let finding = wrong.then(|| (states, gives()));
        found.statement(self.row.line, Check::Change, finding);
    }

    /// What is said in words beside the percentage: `(471x faster)`.
    fn claims(&self, found: &mut Found) {
        let (a, b) = (self.older.rounded(), self.newer.rounded());
        let words = |claim: &Claim| claim.figure.unit == Unit::Factor;
        for claim in claims(self.said).into_iter().filter(words) {
            if let Some(holds) = claim.holds(a, b) {
                let finding = (!holds).then(|| (claim.text.clone(), claim.instead(a, b)));
                found.statement(self.row.line, Check::Change, finding);
            }
        }
    }

    /// A change that was computed from a figure that nobody measured.
    fn estimated(&self, found: &mut Found) {
        let Some(stated) = self.stated().filter(|stated| stated.value > 0.0) else {
            return;
        };
        let estimates = [&self.older, &self.newer];
        let estimate = estimates.into_iter().find(|figure| figure.about);
        let finding = estimate.map(|estimate| {
            let change = stated.sign.unwrap_or(1.0) * stated.value;
            (
                format!("{}: {}", self.row.name(), self.said),
                format!(
                    "about {} is an estimate: no change of {} % was measured",
                    estimate.text,
                    trimmed(change)
                ),
            )
        });
        found.statement(self.row.line, Check::Estimate, finding);
    }
}
