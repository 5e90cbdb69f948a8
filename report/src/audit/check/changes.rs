//! The column of changes of a table against the columns before it.

use super::super::Check;
use super::super::change::between;
use super::super::claim::{Claim, Direction, claims};
use super::super::document::{Document, Row, Table};
use super::super::figure::{Figure, Unit, figures, leading};
use super::super::range::Range;
use super::{Found, from_an_estimate};

const CHANGE: [&str; 8] = [
    "change",
    "reduction",
    "improvement",
    "diff",
    "delta",
    "increase",
    "speedup",
    "savings",
];
/// Of these more is better, whichever way the value went.
const GAIN: [&str; 4] = ["improvement", "reduction", "speedup", "savings"];
/// Neither of the two values.
const NO_VALUE: [&str; 11] = [
    "target",
    "goal",
    "limit",
    "slo",
    "budget",
    "threshold",
    "status",
    "note",
    "samples",
    "need",
    "weight",
];

pub(super) fn check(document: &Document, found: &mut Found) {
    for table in &document.tables {
        for row in rows(table) {
            row.percent(found);
            row.factors(found);
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
    /// Does the column call it a gain?
    gain: bool,
    /// Other pairs that the change may be between.
    others: Vec<(Figure, Figure)>,
}

/// The rows of `table` that have two comparable figures before a column of changes.
pub(super) fn rows(table: &Table) -> impl Iterator<Item = Changed<'_>> {
    let columns = columns(table);
    table.rows.iter().filter_map(move |row| {
        let Columns {
            values,
            change,
            gain,
        } = columns.as_ref()?;
        let said = row.cell(*change);
        let values: Vec<Figure> = values
            .iter()
            .filter_map(|column| leading(row.cell(*column)))
            .filter(Figure::is_plain)
            .collect();
        // The last column is the newer one, beside the one that it can be held against.
        let mut pairs = (1..values.len()).rev().flat_map(|newer| {
            let older = (0..newer).rev().map(move |older| (older, newer));
            older.filter(|(older, newer)| values[*older].is_like(&values[*newer]))
        });
        let (older, newer) = pairs.next()?;
        let others = pairs
            .map(|(older, newer)| (values[older].clone(), values[newer].clone()))
            .collect();
        Some(Changed {
            row,
            older: values[older].clone(),
            newer: values[newer].clone(),
            said,
            gain: *gain,
            others,
        })
    })
}

/// Where a table has its values and what is said of their change.
struct Columns {
    values: Vec<usize>,
    change: usize,
    gain: bool,
}

/// None where the change is one against another row, or the columns before it are of several things.
fn columns(table: &Table) -> Option<Columns> {
    let titles: Vec<String> = table
        .head
        .iter()
        .map(|title| title.to_lowercase())
        .collect();
    let has =
        |column: usize, words: &[&str]| words.iter().any(|word| titles[column].contains(word));
    let change = (1..titles.len()).find(|column| has(*column, &CHANGE))?;
    let of_rows = table
        .rows
        .iter()
        .any(|row| row.cell(change).to_lowercase().contains("baseline"));
    if of_rows || has(change, &NO_VALUE) || has(change, &["vs"]) {
        return None;
    }
    let mut values: Vec<usize> = (1..change)
        .filter(|column| !has(*column, &NO_VALUE))
        .collect();
    let measured = measures(&titles[*values.last()?]);
    values.retain(|column| measures(&titles[*column]) == measured);
    (values.len() >= 2).then(|| Columns {
        gain: has(change, &GAIN),
        values,
        change,
    })
}

/// What a title says that its column measures: that of "p95 before" is that of "p95 after".
fn measures(title: &str) -> Vec<&str> {
    const MEASURES: [&str; 30] = [
        "p50",
        "p75",
        "p90",
        "p95",
        "p99",
        "median",
        "mean",
        "avg",
        "average",
        "min",
        "max",
        "latency",
        "throughput",
        "memory",
        "cpu",
        "rps",
        "qps",
        "tps",
        "ops",
        "requests",
        "errors",
        "size",
        "time",
        "duration",
        "users",
        "count",
        "runs",
        "std",
        "rate",
        "cost",
    ];
    let words = title.split(|c: char| !c.is_alphanumeric());
    words.filter(|word| MEASURES.contains(word)).collect()
}

fn relative(older: &Figure, newer: &Figure) -> Option<Range> {
    let ratio = of_a_table(newer).over(of_a_table(older))?;
    Some(ratio.minus(Range::exact(1.0)).scaled(100.0))
}

/// A whole number in a table may be one of milliseconds, which was rounded.
fn of_a_table(figure: &Figure) -> Range {
    match figure.unit {
        Unit::Count => {
            let range = Range::around(figure.value, figure.last_digit / 2.0);
            Range {
                low: range.low.max(0.0),
                high: range.high,
            }
        }
        _ => figure.rounded(),
    }
}

impl Changed<'_> {
    /// newer / older − 1 in percent; none where the older one may be 0.
    pub(super) fn relative(&self) -> Option<Range> {
        relative(&self.older, &self.newer)
    }

    /// The percentage of the column of changes: the first one that has a sign, or no word before it.
    fn stated(&self) -> Option<Figure> {
        let is_change = |figure: &Figure| {
            let before = &self.said[..figure.at.0];
            figure.sign.is_some() || !before.contains(char::is_alphabetic)
        };
        let in_points = |figure: &Figure| {
            let after = self.said[figure.at.1..].trim_start().to_lowercase();
            after.starts_with('p')
        };
        figures(self.said)
            .into_iter()
            .find(|figure| figure.unit == Unit::Percent && is_change(figure))
            .filter(|figure| !figure.bound && !in_points(figure))
    }

    /// Can the change be from `older` to `newer`? None where they cannot tell.
    fn agrees(&self, stated: &Figure, older: &Figure, newer: &Figure) -> Option<bool> {
        let relative = relative(older, newer)?;
        let is = stated.loosely();
        let claim = claims(self.said)
            .into_iter()
            .find(|claim| claim.figure.at == stated.at);
        let better = claim
            .as_ref()
            .is_some_and(|claim| matches!(claim.direction, Direction::Faster | Direction::Better));
        let signed = match stated.sign {
            Some(sign) if !self.gain && claim.is_none() => is.meets(relative.scaled(sign)),
            _ => is.meets(relative.size()),
        };
        // A gain may be one of speed, which no share is.
        let speed = ((self.gain || better) && older.unit != Unit::Percent)
            .then(|| of_a_table(older).over(of_a_table(newer)))
            .flatten()
            .map(|ratio| ratio.minus(Range::exact(1.0)).scaled(100.0).size());
        Some(signed || speed.is_some_and(|speed| is.meets(speed)))
    }

    fn percent(&self, found: &mut Found) {
        let Some(stated) = self.stated() else { return };
        let Some(agrees) = self.agrees(&stated, &self.older, &self.newer) else {
            return;
        };
        let of_another = || {
            let mut others = self.others.iter();
            others.any(|(older, newer)| self.agrees(&stated, older, newer) != Some(false))
        };
        let said = || format!("{}: {}", self.row.name(), self.said);
        let gives = || between(&self.older, &self.newer);
        let points = self.newer.rounded().minus(self.older.rounded());
        let in_points = match stated.sign {
            Some(sign) if !self.gain => points.scaled(sign),
            _ => points.size(),
        };
        if self.older.unit == Unit::Percent && !agrees && stated.loosely().meets(in_points) {
            let finding = Some((said(), gives()));
            found.statement(self.row.line, Check::Points, finding);
            return;
        }
        let finding = (!agrees && !of_another()).then(|| (said(), gives()));
        found.statement(self.row.line, Check::Change, finding);
    }

    /// What is said in factors: `(471x faster)`, and `4.7x` in a column of gains.
    fn factors(&self, found: &mut Found) {
        let mut factors = claims(self.said);
        factors.retain(|claim| claim.figure.unit == Unit::Factor);
        if factors.is_empty() && self.gain {
            let bare = leading(self.said).filter(|figure| figure.unit == Unit::Factor);
            factors.extend(bare.filter(Figure::is_plain).map(Claim::of_a_gain));
        }
        let holds = |claim: &Claim, older: &Figure, newer: &Figure| {
            claim.holds(of_a_table(older), of_a_table(newer))
        };
        for claim in factors {
            let Some(agrees) = holds(&claim, &self.older, &self.newer) else {
                continue;
            };
            let mut others = self.others.iter();
            let of_another = others.any(|(a, b)| holds(&claim, a, b) != Some(false));
            let gives = || between(&self.older, &self.newer);
            let finding = (!agrees && !of_another).then(|| (claim.text.clone(), gives()));
            found.statement(self.row.line, Check::Change, finding);
        }
    }

    /// A change that was computed from a figure that nobody measured, as if it were known.
    fn estimated(&self, found: &mut Found) {
        let known = |stated: &Figure| stated.value > 0.0 && !stated.about;
        // Of whatever was there nothing is left.
        let all_gone = self.newer.value <= 0.0 && !self.newer.about;
        if all_gone || !self.stated().as_ref().is_some_and(known) {
            return;
        }
        let estimates = [&self.older, &self.newer];
        // "~900 lines" were counted and rounded.
        let measured = |figure: &&Figure| figure.unit != Unit::Count || figure.of.contains('/');
        let mut estimates = estimates.into_iter().filter(measured);
        let estimate = estimates.find(|figure| figure.about);
        let finding = estimate.map(|estimate| {
            (
                format!("{}: {}", self.row.name(), self.said),
                from_an_estimate(estimate, "change"),
            )
        });
        found.statement(self.row.line, Check::Estimate, finding);
    }
}
