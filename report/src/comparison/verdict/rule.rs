//! Rules of a gate: changes, and what resources may come to.

use super::{Situation, by_interval, surely_beyond};
use crate::comparison::change::{NotJudged, StatisticComparison, Verdict, percent};
use crate::comparison::cost::{Cost, CostComparison};
use crate::comparison::memory::Memory;
use crate::comparison::target::TargetVerdict;
use crate::comparison::value::{Side, Sides};
use crate::gate::{RuleOutcome, Why};
use crate::run::Value;
use crate::statistics::{Difference, HolmStep};

/// Whether a relative rule holds: it fails when the change is certain (by Holm's procedure over all
/// declared rules) and beyond τ, passes when its one-sided upper bound is below τ.
///
/// Passing needs no adjustment: a gate passes only if every rule does. `runs` stand on each side, and
/// by the noise floor `needed` let unchanged code pass.
pub(crate) fn relative_rule(
    difference: &Difference,
    step: HolmStep,
    alpha: f64,
    tau: f64,
    (runs, needed): (Sides<u32>, Option<u32>),
) -> (RuleOutcome, Why) {
    let upper = difference.upper_bound(1.0 - alpha);
    if step.p_adjusted <= alpha && difference.d > tau {
        (RuleOutcome::Failed, Why::Regressed)
    } else if upper < tau {
        let upper_percent = percent(upper);
        (RuleOutcome::Passed, Why::WithinTolerance { upper_percent })
    } else {
        let detectable_percent = percent(difference.minimal_detectable(tau));
        let why = Why::CannotResolve {
            detectable_percent,
            runs,
            spread: difference.spread,
            needed,
        };
        (RuleOutcome::Inconclusive, why)
    }
}

/// The same of a statistic that no interval of a change may be formed of.
pub(crate) fn statistic_without_interval(
    one: Option<&StatisticComparison>,
    tau: f64,
) -> (RuleOutcome, Why) {
    let Some(one) = one else {
        return (RuleOutcome::Inconclusive, Why::FewSamples);
    };
    let (a, b) = (one.estimates.a.value, one.estimates.b.value);
    match one.verdict {
        // Or it failed fast.
        Verdict::OverloadBegan
        | Verdict::NotJudged {
            reason: NotJudged::Overloaded { side: Side::B },
        } => (RuleOutcome::Failed, Why::OverloadBegan),
        Verdict::OverloadEnded => (RuleOutcome::Passed, Why::OverloadEnded),
        Verdict::Regressed if b == Value::Beyond && surely_beyond(a, tau) => {
            (RuleOutcome::Failed, Why::Beyond)
        }
        Verdict::Regressed if b == Value::Beyond => {
            let reason = NotJudged::Beyond;
            (RuleOutcome::Inconclusive, Why::NotJudged { reason })
        }
        Verdict::Regressed => (RuleOutcome::Failed, Why::Unbounded),
        Verdict::Improved if a == Value::Beyond => (RuleOutcome::Passed, Why::NoLongerBeyond),
        Verdict::Improved => (RuleOutcome::Passed, Why::NoLongerUnbounded),
        Verdict::NotJudged { reason } => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
        _ => (RuleOutcome::Inconclusive, Why::FewSamples),
    }
}

/// The same of a cost. That overload began or ended says nothing of what a request costs.
pub(crate) fn cost_without_interval(row: &CostComparison) -> (RuleOutcome, Why) {
    let nothing = row
        .sides
        .map(|side| side.is_some_and(|cost| cost.per_request <= 0.0));
    match row.not_judged {
        Some(reason) => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
        None if nothing.b => (RuleOutcome::Passed, Why::NothingSpent),
        None if nothing.a => (RuleOutcome::NotJudged, Why::FromNothing),
        None => {
            let reason = NotJudged::FewSamples;
            (RuleOutcome::NotJudged, Why::NotJudged { reason })
        }
    }
}

/// Why nothing may be said of how a cost changed; `measured` says in which runs it was.
pub(crate) fn cost_judgeable(situation: Situation, measured: Sides<bool>) -> Option<NotJudged> {
    let not_measured = Side::BOTH.into_iter().find(|side| !measured.get(*side));
    let overloaded = situation.overloaded;
    let overloaded = match overloaded {
        Sides { a: true, b: true } => Some(NotJudged::BothOverloaded),
        _ => Side::BOTH
            .into_iter()
            .find(|side| *overloaded.get(*side))
            .map(|side| NotJudged::Overloaded { side }),
    };
    situation
        .blocked
        .or(not_measured.map(|side| NotJudged::NotMeasured { side }))
        .or(overloaded)
}

/// Whether what a request cost in B keeps a limit; `overloaded` was the stage, or not.
pub(crate) fn cost_limit(
    blocked: Option<NotJudged>,
    overloaded: bool,
    cost: Option<&Cost>,
    at_most: f64,
) -> (RuleOutcome, Why) {
    let side = Side::B;
    let overloaded = overloaded.then_some(NotJudged::Overloaded { side });
    match (blocked.or(overloaded), cost) {
        (Some(reason), _) => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
        (None, None) => not_measured(),
        (None, Some(cost)) if cost.per_request <= 0.0 => (RuleOutcome::Passed, Why::NothingSpent),
        (None, Some(cost)) => match cost.interval {
            Some(interval) => of_interval(by_interval(interval, at_most)),
            None => (RuleOutcome::Inconclusive, Why::FewSamples),
        },
    }
}

/// Whether the highest reading of B's memory keeps a limit. It was measured, and has no interval.
pub(crate) fn memory_peak(
    blocked: Option<NotJudged>,
    memory: Option<&Memory>,
    at_most_bytes: f64,
) -> (RuleOutcome, Why) {
    match (blocked, memory) {
        (Some(reason), _) => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
        (None, None) => not_measured(),
        (None, Some(memory)) if memory.peak_bytes <= at_most_bytes => {
            (RuleOutcome::Passed, Why::PeakKeeps)
        }
        (None, Some(_)) => (RuleOutcome::Failed, Why::PeakBreaks),
    }
}

/// Whether B's memory grew by no more than `at_most`, as a share.
pub(crate) fn memory_growth(
    blocked: Option<NotJudged>,
    memory: Option<&Memory>,
    at_most: f64,
) -> (RuleOutcome, Why) {
    match (blocked, memory) {
        (Some(reason), _) => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
        (None, None) => not_measured(),
        (None, Some(memory)) => match memory.growth {
            Some(growth) => of_interval(by_interval(growth.interval, at_most)),
            None => (RuleOutcome::Inconclusive, Why::FewSamples),
        },
    }
}

/// Of what B has not measured.
pub(crate) fn not_measured() -> (RuleOutcome, Why) {
    let reason = NotJudged::NotMeasured { side: Side::B };
    (RuleOutcome::NotJudged, Why::NotJudged { reason })
}

fn of_interval(verdict: TargetVerdict) -> (RuleOutcome, Why) {
    match verdict {
        TargetVerdict::Met => (RuleOutcome::Passed, Why::Keeps),
        TargetVerdict::Missed => (RuleOutcome::Failed, Why::Breaks),
        TargetVerdict::Inconclusive => (RuleOutcome::Inconclusive, Why::Straddles),
        TargetVerdict::NotJudged { reason } => (RuleOutcome::NotJudged, Why::NotJudged { reason }),
    }
}
