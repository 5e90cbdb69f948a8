//! How a rule is read.

mod amount;
mod resource;

use super::rule::{Condition, Scope};
use crate::comparison::Statistic;

/// What is wrong, and what to write instead.
pub(super) type Wrong = (String, &'static str);

const FORMS: &str = "write \"p95 < 50ms\", \"p95 +10%\", \"success >= 99.95%\" or \"service.cpu +10%\", after \"STAGE/ACTION: \" if need be";

/// `stage/action`, `stage/*` or `action`.
pub(super) fn scope(text: &str) -> Result<Scope, Wrong> {
    let slug = |part: &str| -> Result<Option<String>, Wrong> {
        let part = part.trim();
        let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        match part {
            "*" => Ok(None),
            "" => Err((
                "an empty name in the scope".to_owned(),
                "write \"stage/action\", \"stage/*\" or \"action\"",
            )),
            _ if part.chars().all(valid) => Ok(Some(part.to_owned())),
            _ => Err((
                format!("{part:?} is no name of a stage or action"),
                "names hold a-z, 0-9 and \"-\"",
            )),
        }
    };
    match text.split_once('/') {
        Some((stage, action)) => Ok(Scope {
            stage: slug(stage)?,
            action: slug(action)?,
        }),
        None => Ok(Scope {
            stage: None,
            action: slug(text)?,
        }),
    }
}

/// What must hold in `scope`.
pub(super) fn condition(text: &str, scope: &Scope) -> Result<Condition, Wrong> {
    let end = text
        .find(|c: char| c.is_whitespace() || "<>=+".contains(c))
        .unwrap_or(text.len());
    let (subject, rest) = (&text[..end], text[end..].trim());
    if subject == "success" {
        return success(rest);
    }
    if let Some((source, what)) = of_source(subject) {
        let rule = resource::read(source, what, rest)?;
        if let Some(action) = &scope.action {
            return Err((
                format!("{subject} is measured in a whole stage, not for {action:?} alone"),
                "write the stage and \"/*\": \"gameplay/*: service.cpu +10%\"",
            ));
        }
        return Ok(Condition::Resource(rule));
    }
    let statistic = statistic(subject)?;
    if let Some(percent) = rest.strip_prefix('+') {
        let example = "write the smallest change that matters: \"p95 +10%\"";
        return Ok(Condition::Relative {
            statistic,
            tolerance: amount::tolerance(percent, example)?,
        });
    }
    let limit = strip(rest, &["<=", "<"]).ok_or_else(|| {
        (
            format!("{rest:?} is neither a limit nor a tolerance"),
            FORMS,
        )
    })?;
    Ok(Condition::Absolute {
        statistic,
        limit_us: amount::time(limit)?,
    })
}

/// `service.cpu` in its parts; none of `p99.9`.
fn of_source(subject: &str) -> Option<(&str, &str)> {
    let (source, what) = subject.rsplit_once('.')?;
    let number = what.starts_with(|c: char| c.is_ascii_digit());
    (!number).then_some((source, what))
}

fn success(rest: &str) -> Result<Condition, Wrong> {
    let share = strip(rest, &[">=", ">"]).ok_or_else(|| {
        (
            format!("{rest:?} does not say how much must succeed"),
            "write \"success >= 99.95%\"",
        )
    })?;
    let percent = amount::percent(share)?;
    if percent > 100.0 {
        return Err((
            format!("{percent} % is more than all"),
            "write \"success >= 99.95%\"",
        ));
    }
    Ok(Condition::Success {
        at_least: percent / 100.0,
    })
}

fn statistic(name: &str) -> Result<Statistic, Wrong> {
    match Statistic::ALL.into_iter().find(|s| s.name() == name) {
        Some(Statistic::Min | Statistic::Max) => Err((
            format!("{name} is one request, and is never judged"),
            "judge p99 or p99.9",
        )),
        Some(statistic) => Ok(statistic),
        None if name.is_empty() => Err(("nothing to judge".to_owned(), FORMS)),
        None => Err((
            format!("{name:?} is no statistic"),
            "one of p50, p90, p95, p99, p99.9, mean, success; of a source SOURCE.cpu, SOURCE.memory and so on",
        )),
    }
}

fn strip<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let mut found = prefixes.iter().filter_map(|p| text.strip_prefix(p));
    found.next().map(str::trim)
}
