//! Rules on what was used: what a request cost, and memory. They hold in a whole stage.

use super::evidence::Evidence;
use super::judge::{Declared, blocked};
use super::outcome::{RuleOutcome, RuleRow, Why};
use super::relative::{Changed, Relative};
use super::rule::Rule;
use crate::comparison::{
    Comparison, CostComparison, CostKind, Memory, MemoryComparison, Side, StageComparison, verdict,
};

/// What the load generator itself uses: none of it is the service's.
const GENERATOR: &str = "process/generator";

/// What a source of gauges may use.
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceRule {
    /// Its name, with its kind or without: `process/service` or `service`. Absent for every one but
    /// the load generator.
    pub source: Option<String>,
    /// How much.
    pub limit: ResourceLimit,
}

/// How much a source may use.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ResourceLimit {
    /// What a request costs in B is at most this.
    Cost {
        /// What.
        cost: CostKind,
        /// Microseconds of what is a time, bytes of a log, else a number.
        at_most: f64,
    },
    /// What a request costs in B is no more than this above what it costs in A.
    CostChange {
        /// What.
        cost: CostKind,
        /// As a share: 0.1 is 10 %.
        tolerance: f64,
    },
    /// The highest reading of B's memory is at most this.
    MemoryPeak {
        /// Bytes.
        bytes: f64,
    },
    /// B's memory grows by at most this over the judged span of the stage.
    MemoryGrowth {
        /// As a share of where it begins.
        share: f64,
    },
}

impl ResourceRule {
    /// Does it hold for this source?
    fn covers(&self, source: &str) -> bool {
        match &self.source {
            None => source != GENERATOR,
            Some(name) => {
                let short = source.split_once('/').map(|(_, short)| short);
                name == source || Some(name.as_str()) == short
            }
        }
    }
}

/// Adds `of`, which `rule` says, for every source that it holds for, in every stage that it holds in.
pub(super) fn expand<'a>(
    rule: &Rule,
    of: &ResourceRule,
    comparison: &'a Comparison,
    declared: &mut Vec<Declared<'a>>,
) {
    let stages = comparison.stages.iter();
    for stage in stages.filter(|row| rule.scope.covers_stage(&row.stage)) {
        let before = declared.len();
        match of.limit {
            ResourceLimit::Cost { cost, at_most } => {
                let rows = costs(comparison, stage, of, cost);
                declared.extend(rows.map(|row| {
                    let judged = cost_limit(comparison, stage, row, at_most);
                    Declared::Judged(judged.on(rule, stage, &row.source))
                }));
            }
            ResourceLimit::CostChange { cost, tolerance } => {
                let rows = costs(comparison, stage, of, cost);
                declared.extend(rows.map(|row| {
                    Declared::Relative(Relative {
                        rule: rule.text.clone(),
                        stage: &stage.stage,
                        changed: Changed::Cost(row),
                        tolerance,
                    })
                }));
            }
            ResourceLimit::MemoryPeak { bytes } => {
                let rows = memory(comparison, stage, of);
                declared.extend(rows.map(|row| {
                    let judged = memory_peak(comparison, row, bytes);
                    Declared::Judged(judged.on(rule, stage, &row.source))
                }));
            }
            ResourceLimit::MemoryGrowth { share } => {
                let rows = memory(comparison, stage, of);
                declared.extend(rows.map(|row| {
                    let judged = memory_growth(comparison, row, share);
                    Declared::Judged(judged.on(rule, stage, &row.source))
                }));
            }
        }
        if declared.len() == before {
            declared.push(Declared::Judged(nothing(rule, of, comparison, stage)));
        }
    }
}

/// What a rule comes to, and by what.
struct Judged {
    evidence: Evidence,
    outcome: RuleOutcome,
    why: Why,
}

impl Judged {
    fn new(evidence: Evidence, (outcome, why): (RuleOutcome, Why)) -> Self {
        Self {
            evidence,
            outcome,
            why,
        }
    }

    fn on(self, rule: &Rule, stage: &StageComparison, source: &str) -> RuleRow {
        RuleRow {
            rule: rule.text.clone(),
            stage: Some(stage.stage.clone()),
            action: None,
            source: Some(source.to_owned()),
            evidence: self.evidence,
            outcome: self.outcome,
            why: self.why,
        }
    }
}

fn costs<'a>(
    comparison: &'a Comparison,
    stage: &StageComparison,
    of: &ResourceRule,
    cost: CostKind,
) -> impl Iterator<Item = &'a CostComparison> {
    let rows = comparison.resources.costs.iter();
    rows.filter(move |row| row.stage == stage.stage && row.cost == cost && of.covers(&row.source))
}

fn cost_limit(
    comparison: &Comparison,
    stage: &StageComparison,
    row: &CostComparison,
    at_most: f64,
) -> Judged {
    let cost = row.sides.b;
    let evidence = cost.map_or(Evidence::Nothing, |measured| Evidence::Cost {
        cost: row.cost,
        measured,
    });
    let overloaded = stage.overloaded.contains(&Side::B);
    let outcome = verdict::cost_limit(blocked(comparison), overloaded, cost.as_ref(), at_most);
    Judged::new(evidence, outcome)
}

fn memory<'a>(
    comparison: &'a Comparison,
    stage: &StageComparison,
    of: &ResourceRule,
) -> impl Iterator<Item = &'a MemoryComparison> {
    let rows = comparison.resources.memory.iter();
    rows.filter(move |row| row.stage == stage.stage && of.covers(&row.source))
}

fn memory_peak(comparison: &Comparison, row: &MemoryComparison, at_most_bytes: f64) -> Judged {
    let memory = row.sides.b.as_ref();
    let outcome = verdict::memory_peak(blocked(comparison), memory, at_most_bytes);
    Judged::new(peak(memory), outcome)
}

fn memory_growth(comparison: &Comparison, row: &MemoryComparison, at_most: f64) -> Judged {
    let memory = row.sides.b.as_ref();
    let growth = memory.and_then(|memory| memory.growth);
    let evidence = growth.map_or_else(|| peak(memory), |growth| Evidence::MemoryGrowth { growth });
    let outcome = verdict::memory_growth(blocked(comparison), memory, at_most);
    Judged::new(evidence, outcome)
}

fn peak(memory: Option<&Memory>) -> Evidence {
    memory.map_or(Evidence::Nothing, |memory| Evidence::MemoryPeak {
        bytes: memory.peak_bytes,
    })
}

/// What is said of a stage in which nothing was measured that the rule holds for.
fn nothing(
    rule: &Rule,
    of: &ResourceRule,
    comparison: &Comparison,
    stage: &StageComparison,
) -> RuleRow {
    let listed = &comparison.resources.sources;
    let mut listed = listed.a.iter().chain(&listed.b);
    let known = of.source.is_none() || listed.any(|source| of.covers(&source.name));
    let outcome = if known {
        verdict::not_measured()
    } else {
        (RuleOutcome::NotJudged, Why::NoSource)
    };
    RuleRow {
        source: None,
        ..Judged::new(Evidence::Nothing, outcome).on(rule, stage, "")
    }
}
