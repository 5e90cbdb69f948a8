//! One rule, and how it is written.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::comparison::Statistic;

/// A rule of a gate.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// As its author wrote it.
    pub text: String,
    /// Where it holds.
    pub scope: Scope,
    /// What must hold.
    pub condition: Condition,
}

/// Where a rule holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Scope {
    /// Slug of the stage; absent for every judged one.
    pub stage: Option<String>,
    /// Slug of the action; absent for every one.
    pub action: Option<String>,
}

impl Scope {
    /// Does the rule hold for this action?
    pub fn covers(&self, stage: &str, action: &str) -> bool {
        self.covers_stage(stage) && self.action.as_deref().is_none_or(|a| a == action)
    }

    /// Does the rule hold in this stage?
    pub fn covers_stage(&self, stage: &str) -> bool {
        self.stage.as_deref().is_none_or(|s| s == stage)
    }
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// The statistic of B is at most this.
    Absolute {
        /// Which.
        statistic: Statistic,
        /// Microseconds.
        limit_us: f64,
    },
    /// The statistic of B is no more than this above that of A.
    Relative {
        /// Which.
        statistic: Statistic,
        /// As a share: 0.1 is 10 %.
        tolerance: f64,
    },
    /// At least this share of B's arrivals succeeded.
    Success {
        /// 0 to 1.
        at_least: f64,
    },
}

/// A rule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("rule {text:?}: {reason}\nhint: {hint}")]
pub struct RuleError {
    /// The rule as it was written.
    pub text: String,
    /// What is wrong.
    pub reason: String,
    /// What to write instead.
    pub hint: &'static str,
}

const FORMS: &str = "write \"p95 < 50ms\", \"p95 +10%\" or \"success >= 99.95%\", after \"STAGE/ACTION: \" if need be";

impl Rule {
    /// Reads one rule: `[SCOPE:] STATISTIC < TIME`, `[SCOPE:] STATISTIC +N%` or
    /// `[SCOPE:] success >= N%`; a scope is `stage/action`, `stage/*` or `action`.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let wrong = |(reason, hint): (String, &'static str)| RuleError {
            text: text.trim().to_owned(),
            reason,
            hint,
        };
        let (scope, condition) = match text.rsplit_once(':') {
            Some((scope, rest)) => (parse_scope(scope).map_err(wrong)?, rest),
            None => (Scope::default(), text),
        };
        Ok(Self {
            text: text.trim().to_owned(),
            scope,
            condition: parse_condition(condition.trim()).map_err(wrong)?,
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

type Wrong = (String, &'static str);

fn parse_scope(text: &str) -> Result<Scope, Wrong> {
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

fn parse_condition(text: &str) -> Result<Condition, Wrong> {
    let end = text
        .find(|c: char| c.is_whitespace() || "<>=+".contains(c))
        .unwrap_or(text.len());
    let (subject, rest) = (&text[..end], text[end..].trim());
    if subject == "success" {
        let share = strip(rest, &[">=", ">"]).ok_or_else(|| {
            (
                format!("{rest:?} does not say how much must succeed"),
                "write \"success >= 99.95%\"",
            )
        })?;
        let percent = parse_percent(share)?;
        if percent > 100.0 {
            return Err((
                format!("{percent} % is more than all"),
                "write \"success >= 99.95%\"",
            ));
        }
        return Ok(Condition::Success {
            at_least: percent / 100.0,
        });
    }
    let statistic = parse_statistic(subject)?;
    if let Some(percent) = rest.strip_prefix('+') {
        let tolerance = parse_percent(percent)? / 100.0;
        if tolerance <= 0.0 {
            return Err((
                "a tolerance of 0 % fails on noise alone".to_owned(),
                "write the smallest change that matters: \"p95 +10%\"",
            ));
        }
        return Ok(Condition::Relative {
            statistic,
            tolerance,
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
        limit_us: parse_time(limit)?,
    })
}

fn parse_statistic(name: &str) -> Result<Statistic, Wrong> {
    match Statistic::ALL.into_iter().find(|s| s.name() == name) {
        Some(Statistic::Min | Statistic::Max) => Err((
            format!("{name} is one request, and is never judged"),
            "judge p99 or p99.9",
        )),
        Some(statistic) => Ok(statistic),
        None if name.is_empty() => Err(("nothing to judge".to_owned(), FORMS)),
        None => Err((
            format!("{name:?} is no statistic"),
            "one of p50, p90, p95, p99, p99.9, mean, success",
        )),
    }
}

fn strip<'a>(text: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let mut found = prefixes.iter().filter_map(|p| text.strip_prefix(p));
    found.next().map(str::trim)
}

fn parse_percent(text: &str) -> Result<f64, Wrong> {
    let hint = "write a percentage: \"10%\"";
    let number = text
        .trim()
        .strip_suffix('%')
        .ok_or_else(|| (format!("{:?} has no \"%\"", text.trim()), hint))?;
    parse_number(number).ok_or_else(|| (format!("{number:?} is no number"), hint))
}

/// Microseconds.
fn parse_time(text: &str) -> Result<f64, Wrong> {
    const UNITS: [(&str, f64); 5] = [
        ("µs", 1.0),
        ("us", 1.0),
        ("ms", 1e3),
        ("min", 60e6),
        ("s", 1e6),
    ];
    let hint = "write a time with its unit: \"50ms\", \"1.5s\", \"800us\"";
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, us)| Some((text.strip_suffix(unit)?, *us)))
        .ok_or_else(|| (format!("time {text:?} has no unit"), hint))?;
    match parse_number(number) {
        Some(number) if number > 0.0 => Ok(number * unit),
        _ => Err((format!("{text:?} is no time"), hint)),
    }
}

fn parse_number(text: &str) -> Option<f64> {
    let number: f64 = text.trim().parse().ok()?;
    (number.is_finite() && number >= 0.0).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, stage: Option<&str>, action: Option<&str>, condition: Condition) {
        let rule = Rule::parse(text).unwrap();
        assert_eq!(rule.scope.stage.as_deref(), stage, "{text}");
        assert_eq!(rule.scope.action.as_deref(), action, "{text}");
        assert_eq!(rule.condition, condition, "{text}");
    }

    #[test]
    fn rules_are_read() {
        let p95_50 = Condition::Absolute {
            statistic: Statistic::P95,
            limit_us: 50_000.0,
        };
        check("p95 < 50ms", None, None, p95_50);
        check(" p95<=0.05 s ", None, None, p95_50);
        check(
            "init/initialize-new: p95 < 50ms",
            Some("init"),
            Some("initialize-new"),
            p95_50,
        );
        check(
            "initialize-new: p95 < 50ms",
            None,
            Some("initialize-new"),
            p95_50,
        );
        check("events/*: p95 < 50ms", Some("events"), None, p95_50);
        let relative = |statistic, tolerance| Condition::Relative {
            statistic,
            tolerance,
        };
        check("p95 +10%", None, None, relative(Statistic::P95, 0.1));
        check("p99.9 + 20 %", None, None, relative(Statistic::P999, 0.2));
        check("mean +5%", None, None, relative(Statistic::Mean, 0.05));
        let success = Condition::Success { at_least: 0.9995 };
        check("success >= 99.95%", None, None, success);
        check("init/*: success>=99.95 %", Some("init"), None, success);
    }

    #[test]
    fn mistakes_say_what_to_write() {
        let all: Vec<String> = [
            "",
            "p95",
            "p95 50ms",
            "p95 < 50",
            "p95 < -1ms",
            "p97 < 50ms",
            "max < 1s",
            "p95 +10",
            "p95 +0%",
            "success 99%",
            "success >= 101%",
            "Init/*: p95 < 1s",
            "/x: p95 < 1s",
        ]
        .into_iter()
        .map(|text| Rule::parse(text).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
