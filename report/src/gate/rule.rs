//! One rule, and how it is written.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::read;
use super::resource::{ResourceLimit, ResourceRule};
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
#[derive(Clone, Debug, PartialEq)]
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
    /// What was used in a stage keeps its limit.
    Resource(ResourceRule),
}

impl Condition {
    /// Is it one on a change from A to B?
    pub(super) fn is_relative(&self) -> bool {
        let of_cost = |rule: &ResourceRule| matches!(rule.limit, ResourceLimit::CostChange { .. });
        match self {
            Self::Relative { .. } => true,
            Self::Resource(rule) => of_cost(rule),
            Self::Absolute { .. } | Self::Success { .. } => false,
        }
    }
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

impl Rule {
    /// Reads one rule: `[SCOPE:] STATISTIC < TIME`, `[SCOPE:] STATISTIC +N%` or
    /// `[SCOPE:] success >= N%`; a scope is `stage/action`, `stage/*` or `action`. Of a source of gauges
    /// `[STAGE/*:] SOURCE.COST < LIMIT`, `[STAGE/*:] SOURCE.COST +N%`, `[STAGE/*:] SOURCE.memory < SIZE`
    /// or `[STAGE/*:] SOURCE.memory-growth < N%`.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let wrong = |(reason, hint): (String, &'static str)| RuleError {
            text: text.trim().to_owned(),
            reason,
            hint,
        };
        let (scope, condition) = match text.rsplit_once(':') {
            Some((scope, rest)) => (read::scope(scope).map_err(wrong)?, rest),
            None => (Scope::default(), text),
        };
        Ok(Self {
            text: text.trim().to_owned(),
            condition: read::condition(condition.trim(), &scope).map_err(wrong)?,
            scope,
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::comparison::CostKind;

    fn check(text: &str, stage: Option<&str>, action: Option<&str>, condition: &Condition) {
        let rule = Rule::parse(text).unwrap();
        assert_eq!(rule.scope.stage.as_deref(), stage, "{text}");
        assert_eq!(rule.scope.action.as_deref(), action, "{text}");
        assert_eq!(rule.condition, *condition, "{text}");
    }

    #[test]
    fn rules_are_read() {
        let p95_50 = Condition::Absolute {
            statistic: Statistic::P95,
            limit_us: 50_000.0,
        };
        check("p95 < 50ms", None, None, &p95_50);
        check(" p95<=0.05 s ", None, None, &p95_50);
        check(
            "init/initialize-new: p95 < 50ms",
            Some("init"),
            Some("initialize-new"),
            &p95_50,
        );
        check(
            "initialize-new: p95 < 50ms",
            None,
            Some("initialize-new"),
            &p95_50,
        );
        check("events/*: p95 < 50ms", Some("events"), None, &p95_50);
        let relative = |statistic, tolerance| Condition::Relative {
            statistic,
            tolerance,
        };
        check("p95 +10%", None, None, &relative(Statistic::P95, 0.1));
        check("p99.9 + 20 %", None, None, &relative(Statistic::P999, 0.2));
        check("mean +5%", None, None, &relative(Statistic::Mean, 0.05));
        let success = Condition::Success { at_least: 0.9995 };
        check("success >= 99.95%", None, None, &success);
        check("init/*: success>=99.95 %", Some("init"), None, &success);
    }

    #[test]
    fn rules_of_resources_are_read() {
        let check = |text: &str, stage: Option<&str>, source: Option<&str>, limit| {
            let source = source.map(str::to_owned);
            let rule = Condition::Resource(ResourceRule { source, limit });
            check(text, stage, None, &rule);
        };
        let cost = |cost, at_most| ResourceLimit::Cost { cost, at_most };
        let change = |cost, tolerance| ResourceLimit::CostChange { cost, tolerance };
        let peak = |bytes| ResourceLimit::MemoryPeak { bytes };
        let (service, main) = (Some("service"), Some("main"));
        for (text, source, limit) in [
            ("service.cpu +10%", service, change(CostKind::Cpu, 0.1)),
            (
                "main.rows-written + 5 %",
                main,
                change(CostKind::RowsWritten, 0.05),
            ),
            ("*.wal +20%", None, change(CostKind::Wal, 0.2)),
            ("service.cpu < 200us", service, cost(CostKind::Cpu, 200.0)),
            (
                "main.statement-time<=1.5ms",
                main,
                cost(CostKind::StatementTime, 1_500.0),
            ),
            ("main.wal < 2KB", main, cost(CostKind::Wal, 2_000.0)),
            ("main.wal < 2 KiB", main, cost(CostKind::Wal, 2_048.0)),
            (
                "main.statements < 2.5",
                main,
                cost(CostKind::Statements, 2.5),
            ),
            ("main.commits < 1", main, cost(CostKind::Commits, 1.0)),
            ("main.rows < 12", main, cost(CostKind::Rows, 12.0)),
            (
                "cache.commands < 3",
                Some("cache"),
                cost(CostKind::Commands, 3.0),
            ),
            (
                "process/service.memory < 500MB",
                Some("process/service"),
                peak(5e8),
            ),
            ("*.memory < 1GiB", None, peak(1_073_741_824.0)),
            (
                "service.memory-growth < 10%",
                service,
                ResourceLimit::MemoryGrowth { share: 0.1 },
            ),
        ] {
            check(text, None, source, limit);
            check(
                &format!("gameplay/*: {text}"),
                Some("gameplay"),
                source,
                limit,
            );
            check(&format!("*: {text}"), None, source, limit);
        }
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
            "service.cpu",
            "service.cpu 200us",
            "service.cpu < 200",
            "service.cpu +0%",
            "service.heat < 1s",
            "main.statements < 2ms",
            "main.wal < 2",
            "service.memory +10%",
            "service.memory < 500",
            "service.memory-growth < 10",
            "service.memory-growth +10%",
            ".cpu +10%",
            "Service.cpu +10%",
            "claim: service.cpu +10%",
            "gameplay/claim: main.rows < 2",
        ]
        .into_iter()
        .map(|text| Rule::parse(text).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
