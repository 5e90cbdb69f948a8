//! A count against rate times duration, where all three are given of one thing.

use super::super::Check;
use super::super::document::Document;
use super::super::facts::{Group, as_count, as_rate, as_time, groups};
use super::super::range::Range;
use super::Found;
use crate::language;

/// A mean rate may leave out so much at the ends of a run.
const SLACK: f64 = 0.05;

pub(super) fn check(document: &Document, found: &mut Found) {
    for group in groups(document) {
        in_group(&group, found);
    }
}

fn in_group(group: &Group, found: &mut Found) {
    let facts = (
        group.fact(is_count, as_count),
        group.fact(is_rate, as_rate),
        group.fact(is_duration, as_time),
    );
    let (Some((counted, count)), Some((_, rate)), Some((_, microseconds))) = facts else {
        return;
    };
    let of_rate = rate.rounded().scaled(microseconds / 1e6);
    let Some(share) = count.rounded().over(of_rate) else {
        return;
    };
    let finding = (!Range::around(1.0, SLACK).meets(share)).then(|| {
        let span = language::span(microseconds as u64);
        (
            format!("{}: {}", counted.name.trim(), count.text),
            format!(
                "{} for {span} are {}",
                language::rate(rate.value),
                language::count(of_rate.middle().round() as u64)
            ),
        )
    });
    found.statement(counted.line, Check::Load, finding);
}

fn is_count(name: &str) -> bool {
    [
        "requests",
        "total requests",
        "requests sent",
        "requests made",
        "iterations",
        "events",
    ]
    .contains(&name.trim())
}

/// How long the run was, and not a request.
pub(super) fn is_duration(name: &str) -> bool {
    let plain = [
        "duration", "test", "run", "total", "time", "elapsed", "s", "sec", "seconds", "min",
    ];
    let mut words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    (name.contains("duration") || name.contains("elapsed"))
        && words.all(|word| plain.contains(&word))
}

/// The mean rate of the whole run.
fn is_rate(name: &str) -> bool {
    let other = [
        "max", "peak", "min", "p9", "error", "fail", "success", "limit",
    ];
    !other.iter().any(|word| name.contains(word))
}
