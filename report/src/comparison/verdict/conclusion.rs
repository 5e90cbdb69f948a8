//! What all verdicts of a comparison come to.

use crate::comparison::change::Verdict;
use crate::comparison::overall::{Conclusion, VerdictCounts};
use crate::comparison::value::Side;

/// Adds one verdict to a tally.
pub(crate) fn tally(counts: &mut VerdictCounts, verdict: Verdict) {
    *match verdict {
        Verdict::Regressed | Verdict::OverloadBegan => &mut counts.worse,
        Verdict::Improved | Verdict::OverloadEnded => &mut counts.better,
        Verdict::Equivalent => &mut counts.equivalent,
        Verdict::SmallChange => &mut counts.small_change,
        Verdict::Inconclusive => &mut counts.inconclusive,
        Verdict::NotJudged { .. } => &mut counts.not_judged,
    } += 1;
}

/// The verdict on a stage that was overloaded in these runs; none where both or neither were.
pub(crate) fn stage_overload(overloaded: &[Side]) -> Option<Verdict> {
    match overloaded {
        [Side::A] => Some(Verdict::OverloadEnded),
        [Side::B] => Some(Verdict::OverloadBegan),
        _ => None,
    }
}

/// What a comparison is concluded from.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weighed {
    /// Every verdict on a statistic, a success rate, a throughput and on what a stage carried.
    pub(crate) all: VerdictCounts,
    /// Those that have to be known before nothing changed: the p95 of actions and sessions, success
    /// rates and throughputs.
    pub(crate) headline: VerdictCounts,
    /// Was a service slower where it was not overloaded than where it was?
    pub(crate) contrary: bool,
}

/// The comparison in one word.
pub(crate) fn conclusion(invalid: bool, comparable: bool, weighed: &Weighed) -> Conclusion {
    let Weighed {
        all,
        headline,
        contrary,
    } = weighed;
    let open = headline.inconclusive + headline.not_judged;
    if invalid {
        Conclusion::Invalid
    } else if !comparable {
        Conclusion::NotComparable
    } else if all.worse > 0 && all.better > 0 {
        Conclusion::Mixed
    } else if all.worse > 0 {
        Conclusion::Worse
    } else if all.better > 0 && !contrary {
        Conclusion::Better
    } else if open == 0 && headline.equivalent + headline.small_change > 0 && all.better == 0 {
        Conclusion::Unchanged
    } else {
        Conclusion::Inconclusive
    }
}
