//! Claims in sentences against the two figures beside them, or against the tables on their subject.

use super::super::Check;
use super::super::change::between;
use super::super::claim::{Claim, Direction, claims};
use super::super::document::{Document, Line, Table};
use super::super::figure::{Figure, Unit, figures};
use super::super::range::Range;
use super::changes;
use super::{Found, from_an_estimate};
use crate::language;

pub(super) fn check(document: &Document, found: &mut Found) {
    for line in &document.lines {
        for claim in claims(&line.text) {
            match pair(&line.text, &claim) {
                Some((a, b)) => beside(line, &claim, [a, b], found),
                None => alone(line, &claim, document, found),
            }
        }
    }
}

fn beside(line: &Line, claim: &Claim, [a, b]: [Figure; 2], found: &mut Found) {
    let Some(holds) = claim.holds(a.rounded(), b.rounded()) else {
        return;
    };
    let said = || format!("{} ({} and {})", claim.text, a.text, b.text);
    let finding = (!holds).then(|| {
        let [older, newer] = claim.in_order(&a, &b);
        (said(), between(older, newer))
    });
    found.statement(line.number, Check::Change, finding);
    let estimate = [&a, &b].into_iter().find(|figure| figure.about);
    if let Some(estimate) = estimate.filter(|_| holds && !claim.figure.about) {
        let gives = from_an_estimate(estimate, "change");
        found.statement(line.number, Check::Estimate, Some((said(), gives)));
    }
}

/// The two figures that a claim is about: `52% faster … (893ms vs 1.7s)`, `2.7s → 0.5s (5x faster)`,
/// `by 12 % from 5s to 4.4s`.
fn pair(text: &str, claim: &Claim) -> Option<(Figure, Figure)> {
    let rest = &text[claim.end..];
    let next = claims(rest)
        .first()
        .map_or(rest.len(), |next| next.figure.at.0);
    let rest = &rest[..next];
    if let Some((before, inside)) = rest.split_once('(') {
        let inside = inside.split(')').next().unwrap_or_default();
        // Another sentence has figures of its own.
        if !before.contains(". ")
            && let Some(pair) = two(inside, claim)
        {
            return Some(pair);
        }
    }
    if let Some((_, span)) = rest.split_once("from ")
        && let Some(pair) = two(span, claim)
    {
        return Some(pair);
    }
    let before = text[..claim.figure.at.0].trim_end().strip_suffix('(')?;
    let all = figures(before);
    let last = all.len().checked_sub(2)?;
    two(&before[all[last].at.0..], claim)
}

/// Two figures of one thing with a word of comparison between them, and no third.
fn two(text: &str, claim: &Claim) -> Option<(Figure, Figure)> {
    let [a, b] = <[Figure; 2]>::try_from(figures(text)).ok()?;
    let between = text[a.at.1..b.at.0].to_lowercase();
    let compared = [
        "vs",
        "versus",
        "→",
        "->",
        "=>",
        " to ",
        "instead of",
        "down from",
        "up from",
        "against",
    ];
    let same = a.is_like(&b) && a.unit != Unit::Factor && a.is_plain() && b.is_plain();
    let joined = compared.iter().any(|word| between.contains(word));
    (same && joined && suits(claim, &a, &b)).then_some((a, b))
}

/// Is it faster by these two, and not with so many threads or bytes?
fn suits(claim: &Claim, a: &Figure, b: &Figure) -> bool {
    let speed = matches!(claim.direction, Direction::Faster | Direction::Slower);
    let unnamed = a.of.is_empty() && b.of.is_empty();
    let rate = [a, b]
        .iter()
        .any(|figure| figure.of.contains('/') || figure.of.ends_with("ps"));
    let counted = a.unit == Unit::Count && (unnamed || rate);
    !speed || a.unit == Unit::Time || counted
}

/// A percentage of a latency without figures beside it: the tables on its subject must have it.
fn alone(line: &Line, claim: &Claim, document: &Document, found: &mut Found) {
    if claim.figure.unit != Unit::Percent || !is_of_latency(&claim.text) {
        return;
    }
    let about = |table: &&Table| {
        // The first heading is that of the report, which everything is about.
        table.headings.iter().skip(1).any(|heading| {
            let mut words = line.text.split(|c: char| !c.is_alphanumeric());
            words.any(|word| names(heading, word))
        })
    };
    let given: Vec<(String, Range)> = document
        .tables
        .iter()
        .filter(about)
        .flat_map(changes::rows)
        .filter(|row| row.older.unit == Unit::Time)
        .filter_map(|row| Some((row.row.name().to_owned(), row.relative()?)))
        .collect();
    let Some((first, change)) = given.first() else {
        return;
    };
    let stated = claim.figure.loosely();
    let holds = given.iter().any(|(_, range)| stated.meets(range.size()));
    let finding = (!holds).then(|| {
        (
            claim.text.clone(),
            format!(
                "{} ({first})",
                language::percent_change(change.middle() / 100.0)
            ),
        )
    });
    found.statement(line.number, Check::Change, finding);
}

fn is_of_latency(text: &str) -> bool {
    let text = text.to_lowercase();
    ["latency", "latencies", "response time"]
        .iter()
        .any(|word| text.contains(word))
}

/// Does a heading have this word, whatever its ending? Short words are of every heading.
fn names(heading: &str, word: &str) -> bool {
    const STEM: usize = 7;
    let stem: String = word.to_lowercase().chars().take(STEM).collect();
    stem.chars().count() == STEM && heading.to_lowercase().contains(&stem)
}
