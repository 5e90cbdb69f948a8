//! Little's law: so many are in flight as arrive while one waits for its answer (Little, *A proof for
//! the queuing formula L = λW*, 1961).

use super::super::Check;
use super::super::document::Document;
use super::super::facts::{Group, Shape, as_count, as_rate, as_time, groups};
use super::super::figure::{Figure, Unit, figures};
use super::super::plan::Stream;
use super::Found;
use crate::language;

/// So much more than the users may be in flight, for rounding.
const SLACK: f64 = 1.05;
/// So near to the number of users is all of them.
const NEAR: f64 = 0.1;

pub(super) fn check(document: &Document, found: &mut Found) {
    // One connection carries several requests.
    let several = ["pipelin", "multiplex", "http/2", "h2load", "streams"];
    let text = |line: &str| line.to_lowercase();
    let told = |line: &str| several.iter().any(|word| text(line).contains(word));
    if document.lines.iter().any(|line| told(&line.text)) {
        return;
    }
    for group in groups(document) {
        in_group(&group, found);
    }
}

/// Users, rate and mean latency of one run.
fn in_group(group: &Group, found: &mut Found) {
    let facts = (
        group.fact(is_users, as_count),
        group.fact(is_throughput, as_rate),
        group.fact(is_mean, as_time),
    );
    let (Some((_, users)), Some((_, rate)), Some((mean, latency))) = facts else {
        return;
    };
    let in_flight = rate.value * latency / 1e6;
    let of = match group.shape {
        Shape::Row | Shape::Column => format!("{}: ", group.of),
        Shape::List => String::new(),
    };
    let finding = (in_flight > users.value * SLACK).then(|| {
        (
            format!(
                "{of}{} users, {}, mean {}",
                language::plain(users.value),
                language::rate(rate.value),
                language::duration(latency)
            ),
            format!(
                "{} in flight: no {} users wait for so many responses",
                language::pieces(in_flight),
                language::plain(users.value)
            ),
        )
    });
    found.statement(mean.line, Check::Little, finding);
}

/// Where less was sent than planned: how many were in flight, and does that show a bound? The mean
/// latency is that of the column or list which has the same count.
pub(super) fn waited(document: &Document, stream: &Stream, sent: f64, found: &mut Found) {
    // A smaller count stands in many tables.
    const TELLING: f64 = 100.0;
    if sent < TELLING {
        return;
    }
    let is_sent = |figure: &Figure| {
        figure.unit == Unit::Count && !figure.about && (figure.value - sent).abs() < 0.5
    };
    for group in groups(document) {
        let whole = group
            .facts
            .iter()
            .any(|fact| figures(fact.text).last().is_some_and(is_sent));
        let (true, Some((mean, latency))) = (whole, group.fact(is_mean, as_time)) else {
            continue;
        };
        let per_second = sent / stream.seconds;
        let in_flight = per_second * latency / 1e6;
        let planned = stream.per_second * latency / 1e6;
        let bound = users_near(document, in_flight);
        let bound =
            bound.map(|users| format!(": near its {} users, so that the load waited", users.text));
        let finding = (
            format!(
                "{}: mean {} of {} in {}",
                group.of,
                language::duration(latency),
                language::plain(sent),
                language::span((stream.seconds * 1e6) as u64)
            ),
            format!(
                "{} in flight, where {} would keep {}{}",
                language::pieces(in_flight),
                language::rate(stream.per_second),
                language::pieces(planned),
                bound.unwrap_or_default()
            ),
        );
        found.statement(mean.line, Check::Little, Some(finding));
    }
}

/// A number of users in a sentence or an equation which is about `in_flight`.
fn users_near(document: &Document, in_flight: f64) -> Option<Figure> {
    let all = document.lines.iter().flat_map(|line| figures(&line.text));
    let mut users =
        all.filter(|figure| ["user", "vus", "vu", "client"].contains(&figure.of.as_str()));
    users.find(|users| (users.value / in_flight - 1.0).abs() < NEAR)
}

fn is_users(name: &str) -> bool {
    let other = ["db", "pool", "database", "created", "per ", "registered"];
    let users = ["users", "vus", "concurren", "connections", "clients"];
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    has(&users) && !has(&other)
}

fn is_throughput(name: &str) -> bool {
    let other = [
        "max", "peak", "target", "planned", "offered", "error", "fail", "limit",
    ];
    !other.iter().any(|word| name.contains(word))
}

/// The mean of a latency and of nothing else.
fn is_mean(name: &str) -> bool {
    let other = [
        "cpu",
        "memory",
        "size",
        "throughput",
        "queue",
        "wait",
        "db",
        "query",
        "connect",
    ];
    let mean = ["average", "avg", "mean"]
        .iter()
        .any(|word| name.contains(word));
    mean && !other.iter().any(|word| name.contains(word))
}
