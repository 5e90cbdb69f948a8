//! Every decision: a change, a target, the validity of a stage and a run, the whole comparison.
//!
//! Nothing else in this crate compares a measured figure with a limit. Swapping the runs mirrors
//! every verdict on a change.

use brunt_record::LONGEST_LATENCY_US;

use super::change::{NotJudged, Verdict};
use super::estimate::{Estimate, NoInterval};
use super::success::{Success, SuccessDifference};
use super::target::TargetVerdict;
use super::value::{Interval, Side, Sides};
use crate::run::Value;
use crate::statistics::Difference;
pub(crate) use conclusion::{Weighed, conclusion, stage_overload, tally};
pub(crate) use readiness::{halfway, is_long_wait, mostly_waits, readiness, standing};
pub(crate) use rule::{
    cost_judgeable, cost_limit, cost_without_interval, memory_growth, memory_peak, not_measured,
    relative_rule, statistic_without_interval,
};
pub(crate) use stated::{delivery, stated_target};
pub(crate) use validity::{
    BUSY, clock_stepped, contradicts_little, effect_unseen, fell_behind, host_busy, late,
    overloaded, ran_out, run_state, stage_state, too_little_answered,
};

/// A drift of less than this share is no drift.
const DRIFT: f64 = 0.10;
/// A statement whose time moved by no more than this share did not move.
const STATEMENT: f64 = 0.10;
/// False discovery rate.
const FALSE_DISCOVERIES: f64 = 0.05;

/// What bears on every comparison within one stage.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Situation {
    /// Why nothing may be judged.
    pub(crate) blocked: Option<NotJudged>,
    /// Was the stage overloaded?
    pub(crate) overloaded: Sides<bool>,
}

impl Situation {
    /// The same, where nothing is said against it, with what else is.
    pub(crate) fn or_blocked(self, reason: impl FnOnce() -> Option<NotJudged>) -> Self {
        Self {
            blocked: self.blocked.or_else(reason),
            ..self
        }
    }

    /// The verdict that overload alone gives, where just one side was overloaded.
    fn overload(self) -> Option<Verdict> {
        match self.overloaded {
            Sides { a: false, b: true } => Some(Verdict::OverloadBegan),
            Sides { a: true, b: false } => Some(Verdict::OverloadEnded),
            _ => None,
        }
    }

    /// Does neither a fault, nor another load, nor overload forbid an interval?
    pub(crate) fn is_plain(self) -> bool {
        self.blocked.is_none() && !self.overloaded.a && !self.overloaded.b
    }

    fn both_overloaded(self) -> bool {
        self.overloaded.a && self.overloaded.b
    }
}

fn not_judged(reason: NotJudged) -> Verdict {
    Verdict::NotJudged { reason }
}

/// The verdict on a change of which no interval may be formed; none where [`change`] decides.
/// τ is the logarithm of the smallest change that matters.
pub(crate) fn judgeable(
    situation: Situation,
    tau: Option<f64>,
    estimates: &Sides<Estimate>,
) -> Option<Verdict> {
    if let Some(reason) = situation.blocked {
        return Some(not_judged(reason));
    }
    let Some(tau) = tau else {
        return Some(not_judged(NotJudged::Extreme));
    };
    for side in Side::BOTH {
        if estimates.get(side).value == Value::NotMeasured {
            return Some(not_judged(NotJudged::NotMeasured { side }));
        }
    }
    let values = estimates.as_ref().map(|estimate| estimate.value);
    if let Some(verdict) = situation.overload() {
        return Some(of_overload(verdict, values, tau));
    }
    match (values.a, values.b) {
        (Value::Unbounded, Value::Unbounded) => return Some(not_judged(NotJudged::BothUnbounded)),
        (_, Value::Unbounded) => return Some(Verdict::Regressed),
        (Value::Unbounded, _) => return Some(Verdict::Improved),
        (a, Value::Beyond) if surely_beyond(a, tau) => return Some(Verdict::Regressed),
        (Value::Beyond, b) if surely_beyond(b, tau) => return Some(Verdict::Improved),
        (_, Value::Beyond) | (Value::Beyond, _) => return Some(not_judged(NotJudged::Beyond)),
        _ => {}
    }
    if situation.both_overloaded() {
        return Some(not_judged(NotJudged::BothOverloaded));
    }
    let missing = estimates.a.no_interval.or(estimates.b.no_interval)?;
    Some(not_judged(match missing {
        NoInterval::UnboundedInAWindow => NotJudged::UnboundedInAWindow,
        NoInterval::Beyond => NotJudged::Beyond,
        _ => NotJudged::FewSamples,
    }))
}

/// Overload that began or ended, unless the values say the contrary: a service that fails fast is
/// overloaded, and one that answers everything late is not.
fn of_overload(verdict: Verdict, values: Sides<Value>, tau: f64) -> Verdict {
    let (overloaded, with, without) = match verdict {
        Verdict::OverloadBegan => (Side::B, values.b, values.a),
        _ => (Side::A, values.a, values.b),
    };
    let contrary = NotJudged::Overloaded { side: overloaded };
    match (with, without) {
        (Value::Unbounded, Value::Unbounded) => not_judged(NotJudged::BothUnbounded),
        (_, Value::Unbounded) if overloaded == Side::A => Verdict::Regressed,
        (_, Value::Unbounded) => Verdict::Improved,
        (Value::Finite { us: with }, Value::Finite { us: without })
            if (without / with.max(1.0)).ln() > tau =>
        {
            not_judged(contrary)
        }
        (with, Value::Beyond) if surely_beyond(with, tau) => not_judged(contrary),
        _ => verdict,
    }
}

/// The verdict on a change that is certain by itself, among all that were judged: at 5 % each, some of
/// many would be certain by chance.
pub(crate) fn among_all(verdict: Verdict, stands_out: bool) -> Verdict {
    match verdict {
        Verdict::Regressed | Verdict::Improved | Verdict::SmallChange if !stands_out => {
            Verdict::Inconclusive
        }
        verdict => verdict,
    }
}

/// Is what is longer than records tell apart surely longer than `value`, by more than τ?
pub(crate) fn surely_beyond(value: Value, tau: f64) -> bool {
    let longest_us = LONGEST_LATENCY_US as f64;
    value
        .us()
        .is_some_and(|us| (longest_us / us.max(1.0)).ln() > tau)
}

/// The verdict on a change `d`, positive being worse, from its intervals and τ.
pub(crate) fn change(d: f64, ci95: (f64, f64), ci90: (f64, f64), tau: f64) -> Verdict {
    let excludes_zero = ci95.0 > 0.0 || ci95.1 < 0.0;
    if ci95.0 > 0.0 && d > tau {
        Verdict::Regressed
    } else if ci95.1 < 0.0 && d < -tau {
        Verdict::Improved
    } else if ci90.0 > -tau && ci90.1 < tau {
        Verdict::Equivalent
    } else if excludes_zero && d.abs() <= tau {
        Verdict::SmallChange
    } else {
        Verdict::Inconclusive
    }
}

/// The verdict on two success rates; the second of `difference` is its 90 % interval in points.
pub(crate) fn success(
    situation: Situation,
    difference: Option<(&SuccessDifference, (f64, f64))>,
    tolerance_points: Option<f64>,
) -> Verdict {
    if let Some(reason) = situation.blocked {
        return not_judged(reason);
    }
    let Some(tau) = tolerance_points else {
        return not_judged(NotJudged::PerStageOnly);
    };
    let Some((difference, ci90)) = difference else {
        return not_judged(NotJudged::FewSamples);
    };
    if situation.both_overloaded() {
        return not_judged(NotJudged::BothOverloaded);
    }
    // Fewer successes are worse: turn the sign. Arrivals are counted under overload as ever.
    let Interval { low, high } = difference.points_95;
    change(-difference.points, (-high, -low), (-ci90.1, -ci90.0), tau)
}

/// The verdict on the throughput of closed streams, from d = ln B − ln A and τ; `measured` says of
/// which runs it is known.
pub(crate) fn throughput(
    situation: Situation,
    measured: Sides<bool>,
    difference: Option<Difference>,
    tau: f64,
) -> Verdict {
    if let Some(reason) = situation.blocked {
        return not_judged(reason);
    }
    if let Some(side) = Side::BOTH.into_iter().find(|side| !measured.get(*side)) {
        return not_judged(NotJudged::NotMeasured { side });
    }
    if let Some(verdict) = situation.overload() {
        return verdict;
    }
    if situation.both_overloaded() {
        return not_judged(NotJudged::BothOverloaded);
    }
    let Some(difference) = difference else {
        return not_judged(NotJudged::FewSamples);
    };
    // Less is worse: turn the sign.
    let turned = |level| {
        let (low, high) = difference.interval(level);
        (-high, -low)
    };
    change(-difference.d, turned(0.95), turned(0.9), tau)
}

/// Does a change stand out among all that were judged?
pub(crate) fn stands_out(p_adjusted: f64) -> bool {
    p_adjusted <= FALSE_DISCOVERIES
}

/// Did a statistic move within a run, its change d having the interval `ci95`?
pub(crate) fn drifted(d: f64, ci95: (f64, f64)) -> bool {
    (ci95.0 > 0.0 || ci95.1 < 0.0) && d.abs() > DRIFT.ln_1p()
}

/// A limit on a quantile of the response time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LatencyLimit {
    /// Microseconds, inclusive.
    pub(crate) us: f64,
    /// 0 to 1.
    pub(crate) quantile: f64,
    /// The share of arrivals within the limit, where it was counted.
    pub(crate) within: Option<Success>,
}

/// Whether a response time keeps a limit.
///
/// By the interval of the quantile; without one by that of the share within the limit, which must
/// reach the quantile: both say the same thing, and the second needs fewer requests.
pub(crate) fn latency_target(
    blocked: Option<NotJudged>,
    side: Side,
    estimate: &Estimate,
    limit: LatencyLimit,
) -> TargetVerdict {
    if let Some(reason) = blocked {
        return TargetVerdict::NotJudged { reason };
    }
    match (estimate.value, estimate.interval) {
        (Value::NotMeasured, _) => TargetVerdict::NotJudged {
            reason: NotJudged::NotMeasured { side },
        },
        (Value::Unbounded, _) => TargetVerdict::Missed,
        (Value::Beyond, _) if limit.us < LONGEST_LATENCY_US as f64 => TargetVerdict::Missed,
        (Value::Beyond, _) => TargetVerdict::Inconclusive,
        (Value::Finite { .. }, Some(interval)) => by_interval(interval, limit.us),
        (Value::Finite { .. }, None) => match limit.within.and_then(|share| share.interval) {
            Some(share) if share.low >= limit.quantile => TargetVerdict::Met,
            Some(share) if share.high < limit.quantile => TargetVerdict::Missed,
            _ => TargetVerdict::Inconclusive,
        },
    }
}

/// Whether what has this interval is at most `limit`.
fn by_interval(interval: Interval, limit: f64) -> TargetVerdict {
    if interval.high <= limit {
        TargetVerdict::Met
    } else if interval.low > limit {
        TargetVerdict::Missed
    } else {
        TargetVerdict::Inconclusive
    }
}

/// Whether a success rate reaches `at_least`.
pub(crate) fn success_target(
    blocked: Option<NotJudged>,
    side: Side,
    success: &Success,
    at_least: f64,
) -> TargetVerdict {
    match (blocked, success.interval) {
        (Some(reason), _) => TargetVerdict::NotJudged { reason },
        (None, None) => TargetVerdict::NotJudged {
            reason: NotJudged::NotMeasured { side },
        },
        (None, Some(interval)) if interval.low >= at_least => TargetVerdict::Met,
        (None, Some(interval)) if interval.high < at_least => TargetVerdict::Missed,
        (None, Some(_)) => TargetVerdict::Inconclusive,
    }
}

/// Did the time of a statement for each request move by more than a tenth?
pub(crate) fn statement_moved(us: Sides<f64>) -> bool {
    (us.b - us.a).abs() > STATEMENT * us.a.max(us.b)
}

mod conclusion;
mod readiness;
mod rule;
mod stated;
#[cfg(test)]
mod tests;
mod validity;
