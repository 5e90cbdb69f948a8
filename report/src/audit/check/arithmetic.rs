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
        let finding = (!stated.loosely().meets(is))
            .then(|| (line.text.trim().to_owned(), in_words(unit, is.middle())));
        found.statement(line.number, Check::Arithmetic, finding);
    }
}

fn in_words(unit: Unit, value: f64) -> String {
    match unit {
        Unit::Time if value >= 1.0 => language::limit(value.round() as u64),
        Unit::Time => language::cpu_time(value * 1e3),
        Unit::Bytes => language::bytes(value.round() as u64),
        _ => language::plain(value),
    }
}

/// The value of `A × B / C`, with words among the figures; none where it is no such thing.
fn product(text: &str) -> Option<(Unit, Range)> {
    let parts = figures(text);
    let (first, rest) = parts.split_first().filter(|(_, rest)| !rest.is_empty())?;
    // "4 + 10 × 2" is no product, and "4 - 10" is a range to whoever reads figures.
    let lead = text[..first.at.0].rsplit(": ").next().unwrap_or_default();
    if lead.contains(|c: char| c.is_ascii_digit() || "+×*/÷=<>".contains(c)) {
        return None;
    }
    let mut unit = first.unit;
    let mut value = first.rounded();
    let (mut end, mut previous) = (first.at.1, first);
    for part in rest {
        let gap = &text[end..part.at.0];
        if gap.contains(|c: char| c.is_ascii_digit() || "+=".contains(c)) || gap.contains(" - ") {
            return None;
        }
        let times = gap.matches(['×', '*', '·']).count() + gap.matches(" x ").count();
        let over = gap.matches('/').count() + gap.matches('÷').count();
        let rate = is_rate(previous) || is_rate(part);
        (value, unit) = match (times, over) {
            // "300 req/s × 60 s" are requests.
            (1, _) if rate => {
                let product = value.times(part.rounded());
                match (unit, part.unit) {
                    (Unit::Count, Unit::Time) | (Unit::Time, Unit::Count) => {
                        (product.scaled(1e-6), Unit::Count)
                    }
                    _ => return None,
                }
            }
            (1, 0) => (value.times(part.rounded()), joined(unit, part)?),
            (0, 1) => (value.over(part.rounded())?, divided(unit, part)?),
            _ => return None,
        };
        (end, previous) = (part.at.1, part);
    }
    // A sum, or another equation, after the last figure.
    let rest = text[end..].replace("/s", "");
    (!rest.contains(['+', '×', '*', '/', '-'])).then_some((unit, value))
}

fn is_rate(figure: &Figure) -> bool {
    figure.unit == Unit::Count && (figure.of.ends_with("/s") || figure.of == "rps")
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
