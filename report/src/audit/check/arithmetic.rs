//! Equations: `600 users × 500 goals × 5 ms = 12.72 s`.

use super::super::Check;
use super::super::document::Document;
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::Found;
use crate::language;

pub(super) fn check(document: &Document, found: &mut Found) {
    for line in &document.lines {
        let Some((left, right)) = line.text.split_once(" = ") else {
            continue;
        };
        let Some((unit, is)) = product(left) else {
            continue;
        };
        let Some(stated) = figures(right).into_iter().next() else {
            continue;
        };
        // The figure must be what the equation says, and not a word further on.
        let leads = right[..stated.at.0]
            .trim_matches([' ', '~', '≈', '*'])
            .is_empty();
        if !leads || stated.unit != unit {
            continue;
        }
        let finding = (!stated.loosely().meets(is)).then(|| {
            let gives = match unit {
                Unit::Time => language::duration(is.middle()),
                _ => language::mean(is.middle()),
            };
            (line.text.trim().to_owned(), gives)
        });
        found.statement(line.number, Check::Arithmetic, finding);
    }
}

/// The value of `A × B / C`, with words among the figures; none where it is no such thing.
fn product(text: &str) -> Option<(Unit, Range)> {
    let parts = figures(text);
    let (first, rest) = parts.split_first().filter(|(_, rest)| !rest.is_empty())?;
    let mut unit = first.unit;
    let mut value = first.rounded();
    let mut end = first.at.1;
    for part in rest {
        let gap = &text[end..part.at.0];
        let times = gap.matches(['×', '*', '·']).count() + gap.matches(" x ").count();
        let over = gap.matches('/').count() + gap.matches('÷').count();
        (value, unit) = match (times, over) {
            (1, 0) => (value.times(part.rounded()), joined(unit, part)?),
            (0, 1) => (value.over(part.rounded())?, divided(unit, part)?),
            _ => return None,
        };
        end = part.at.1;
    }
    // A sum, or another equation, after the last figure.
    (!text[end..].contains(['+', '×', '*', '/', '-'])).then_some((unit, value))
}

/// Of two figures that are multiplied one has a unit.
fn joined(unit: Unit, part: &Figure) -> Option<Unit> {
    match (unit, part.unit) {
        (Unit::Count, other) | (other, Unit::Count) if other != Unit::Percent => Some(other),
        _ => None,
    }
}

fn divided(unit: Unit, part: &Figure) -> Option<Unit> {
    match (unit, part.unit) {
        (one, other) if one == other && one != Unit::Percent => Some(Unit::Count),
        (one, Unit::Count) => Some(one),
        _ => None,
    }
}
