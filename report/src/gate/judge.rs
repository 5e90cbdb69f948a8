//! Holds rules against a comparison.

use super::evidence::Evidence;
use super::outcome::{GateOutcome, RuleOutcome, RuleRow, Why};
use super::relative::{ALPHA, Changed, Relative};
use super::resource;
use super::rule::{Condition, Rule, Scope};
use crate::comparison::{
    ActionComparison, Comparison, Measured, NoInterval, NotJudged, RunState, Side, Statistic,
    Success, Target, TargetRow, TargetVerdict, Value,
    verdict::{self, LatencyLimit},
};
use crate::language::{limit, share_target};
use crate::statistics::{Difference, HolmStep, holm};

/// The rule beside the plan's targets where none is declared.
const DEFAULT_RULE: &str = "p95 +10%";

/// Holds `rules` against `comparison`; without rules the plan's own targets on B, and that no p95
/// grew by 10 %.
pub fn gate(rules: &[Rule], comparison: &Comparison) -> GateOutcome {
    let declared = declare(rules, comparison);
    let ps: Vec<f64> = declared.iter().filter_map(Declared::p).collect();
    let mut steps = holm(&ps, ALPHA).into_iter();
    let rows: Vec<RuleRow> = declared
        .into_iter()
        .map(|one| match one {
            Declared::Judged(row) => row,
            Declared::Relative(relative) => {
                // One step per relative rule, in their order.
                let step = steps.next().unwrap_or(HolmStep {
                    p_adjusted: 1.0,
                    level: 1.0 - ALPHA,
                });
                relative.judge(step)
            }
        })
        .collect();
    GateOutcome::of(rows, comparison.floor.clone())
}

/// Every rule on everything that it holds for.
pub(super) fn declare<'a>(rules: &[Rule], comparison: &'a Comparison) -> Vec<Declared<'a>> {
    let mut declared = Vec::new();
    if rules.is_empty() {
        let targets = comparison.targets.iter().map(of_target);
        declared.extend(targets.map(Declared::Judged));
        let default = Rule {
            text: DEFAULT_RULE.to_owned(),
            scope: Scope::default(),
            condition: Condition::Relative {
                statistic: Statistic::P95,
                tolerance: 0.1,
            },
        };
        expand(&default, comparison, &mut declared);
    }
    for rule in rules {
        expand(rule, comparison, &mut declared);
    }
    declared
}

/// A rule on one action or stage.
pub(super) enum Declared<'a> {
    /// Judged already: it needs no other rule.
    Judged(RuleRow),
    /// To be judged together with the other relative rules.
    Relative(Relative<'a>),
}

impl Declared<'_> {
    /// p of a relative rule; 1 where it could not be tested, which still counts.
    fn p(&self) -> Option<f64> {
        match self {
            Self::Judged(_) => None,
            Self::Relative(relative) => {
                Some(relative.difference().as_ref().map_or(1.0, Difference::p))
            }
        }
    }
}

fn expand<'a>(rule: &Rule, comparison: &'a Comparison, declared: &mut Vec<Declared<'a>>) {
    let before = declared.len();
    // A session is judged where a rule names it: its requests stand for it elsewhere.
    let unnamed = rule.scope.action.is_none();
    let sessions = comparison.sessions.iter().filter(|_| !unnamed);
    let rows = comparison.actions.iter().chain(sessions);
    let actions = rows.filter(|row| rule.scope.covers(&row.stage, &row.action));
    match rule.condition {
        Condition::Resource(ref of) => resource::expand(rule, of, comparison, declared),
        Condition::Absolute {
            statistic,
            limit_us,
        } => declared.extend(
            actions
                .map(|row| Declared::Judged(absolute(rule, comparison, row, statistic, limit_us))),
        ),
        Condition::Relative {
            statistic,
            tolerance,
        } => declared.extend(actions.map(|row| {
            Declared::Relative(Relative {
                rule: rule.text.clone(),
                stage: &row.stage,
                changed: Changed::Statistic {
                    action: &row.action,
                    statistic,
                    one: row.statistic(statistic),
                },
                tolerance,
            })
        })),
        Condition::Success { at_least } if rule.scope.action.is_some() => {
            declared.extend(actions.map(|row| {
                let success = &row.success.sides.b;
                let place = (row.stage.clone(), Some(row.action.clone()));
                Declared::Judged(succeeded(rule, comparison, place, success, at_least))
            }));
        }
        Condition::Success { at_least } => {
            let stages = comparison.stages.iter();
            let covered = stages.filter(|row| rule.scope.covers_stage(&row.stage));
            declared.extend(covered.map(|row| {
                let success = &row.success.sides.b;
                let place = (row.stage.clone(), None);
                Declared::Judged(succeeded(rule, comparison, place, success, at_least))
            }));
        }
    }
    if declared.len() == before {
        declared.push(Declared::Judged(RuleRow {
            rule: rule.text.clone(),
            stage: rule.scope.stage.clone(),
            action: rule.scope.action.clone(),
            source: None,
            evidence: Evidence::Nothing,
            outcome: RuleOutcome::NotJudged,
            why: Why::NoMatch,
        }));
    }
}

/// Absolute rules need only B to be valid.
pub(super) fn blocked(comparison: &Comparison) -> Option<NotJudged> {
    let invalid = comparison.validity.b.state == RunState::Invalid;
    invalid.then_some(NotJudged::Invalid { side: Side::B })
}

/// Share of B's arrivals within a limit: counted where the plan has the same limit.
fn within(comparison: &Comparison, row: &ActionComparison, limit_us: f64) -> Option<Success> {
    let of_action = |target: &&TargetRow| {
        target.stage == row.stage && target.action.as_deref() == Some(&row.action)
    };
    let mut targets = comparison.targets.iter().filter(of_action);
    let same = targets.find(|target| {
        matches!(target.target, Target::Latency { limit_us: us, .. } if us == limit_us as u64)
    })?;
    same.results.b.within
}

fn absolute(
    rule: &Rule,
    comparison: &Comparison,
    row: &ActionComparison,
    statistic: Statistic,
    limit_us: f64,
) -> RuleRow {
    let found = row.statistic(statistic).map(|one| &one.estimates.b);
    let (evidence, kept) = match found {
        Some(estimate) => (
            Evidence::Absolute {
                quantity: statistic.name().to_owned(),
                estimate: estimate.clone(),
            },
            verdict::latency_target(
                blocked(comparison).or_else(|| comparison.effect_unseen(Side::B, row)),
                Side::B,
                estimate,
                LatencyLimit {
                    us: limit_us,
                    quantile: statistic.quantile().unwrap_or(1.0),
                    // No share of the requests says whether a mean keeps a limit.
                    within: statistic
                        .quantile()
                        .and_then(|_| within(comparison, row, limit_us)),
                },
            ),
        ),
        None => (
            Evidence::Nothing,
            TargetVerdict::NotJudged {
                reason: NotJudged::NotMeasured { side: Side::B },
            },
        ),
    };
    let (outcome, why) = of_verdict(kept, &evidence);
    RuleRow {
        rule: rule.text.clone(),
        stage: Some(row.stage.clone()),
        action: Some(row.action.clone()),
        source: None,
        evidence,
        outcome,
        why,
    }
}

fn succeeded(
    rule: &Rule,
    comparison: &Comparison,
    (stage, action): (String, Option<String>),
    success: &Success,
    at_least: f64,
) -> RuleRow {
    let kept = verdict::success_target(blocked(comparison), Side::B, success, at_least);
    let evidence = Evidence::Success { success: *success };
    let (outcome, why) = of_verdict(kept, &evidence);
    RuleRow {
        rule: rule.text.clone(),
        stage: Some(stage),
        action,
        source: None,
        evidence,
        outcome,
        why,
    }
}

/// A target of the plan as a rule.
fn of_target(row: &TargetRow) -> RuleRow {
    let (rule, quantity) = match row.target {
        Target::Latency { quantile, limit_us } => {
            let quantity = format!("p{}", (quantile * 1e6).round() / 1e4);
            (format!("{quantity} <= {}", limit(limit_us)), quantity)
        }
        Target::Success { at_least } => (
            format!("success >= {}", share_target(at_least)),
            String::new(),
        ),
    };
    let result = &row.results.b;
    let evidence = match &result.measured {
        Measured::Latency(estimate) => Evidence::Absolute {
            quantity,
            estimate: estimate.clone(),
        },
        Measured::Success(success) => Evidence::Success { success: *success },
        Measured::Nothing => Evidence::Nothing,
    };
    let (outcome, why) = of_verdict(result.verdict, &evidence);
    RuleRow {
        rule,
        stage: Some(row.stage.clone()),
        action: row.action.clone(),
        source: None,
        evidence,
        outcome,
        why,
    }
}

/// The verdict on a limit, as the outcome of a rule.
fn of_verdict(verdict: TargetVerdict, evidence: &Evidence) -> (RuleOutcome, Why) {
    let no_interval = matches!(
        evidence,
        Evidence::Absolute { estimate, .. } if estimate.interval.is_none()
    );
    let is = |value: Value| {
        matches!(
            evidence,
            Evidence::Absolute { estimate, .. } if estimate.value == value
        )
    };
    match verdict {
        TargetVerdict::Met if no_interval => (RuleOutcome::Passed, Why::EnoughWithin),
        TargetVerdict::Met => (RuleOutcome::Passed, Why::Keeps),
        TargetVerdict::Missed if is(Value::Unbounded) => (RuleOutcome::Failed, Why::Unbounded),
        TargetVerdict::Missed if is(Value::Beyond) => (RuleOutcome::Failed, Why::Beyond),
        TargetVerdict::Missed if no_interval => (RuleOutcome::Failed, Why::TooFewWithin),
        TargetVerdict::Missed => (RuleOutcome::Failed, Why::Breaks),
        TargetVerdict::Inconclusive if no_interval => {
            (RuleOutcome::Inconclusive, no_interval_why(evidence))
        }
        TargetVerdict::Inconclusive => (RuleOutcome::Inconclusive, Why::Straddles),
        TargetVerdict::NotJudged { reason } => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
    }
}

fn no_interval_why(evidence: &Evidence) -> Why {
    let Evidence::Absolute { estimate, .. } = evidence else {
        return Why::FewSamples;
    };
    let reason = match estimate.no_interval {
        Some(NoInterval::UnboundedInAWindow) => NotJudged::UnboundedInAWindow,
        Some(NoInterval::Beyond) => NotJudged::Beyond,
        _ => return Why::FewSamples,
    };
    Why::NotJudged { reason }
}
