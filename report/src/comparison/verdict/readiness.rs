//! Criteria of readiness, and what is worth a recommendation.

use super::super::readiness::{Ground, Standing};
use super::super::target::TargetVerdict;

/// What a criterion comes to by its grounds: the gravest decides, and a fault above all.
pub(crate) fn standing(grounds: &[Ground]) -> Standing {
    let of = |ground: &Ground| match ground {
        Ground::Invalid | Ground::NothingArrived | Ground::NoTarget => Standing::NotMeasured,
        Ground::NoWrongAnswer { .. } | Ground::Carried { .. } => Standing::Passed,
        Ground::WrongAnswers { .. } | Ground::Overloaded { .. } => Standing::Failed,
        Ground::Targets { counts } if counts.missed > 0 => Standing::Failed,
        Ground::Targets { counts } if counts.met == counts.total() => Standing::Passed,
        Ground::Targets { .. }
        | Ground::FailureStatus { .. }
        | Ground::NoSuccessTarget
        | Ground::Drift { .. }
        | Ground::DriftUnknown { .. }
        | Ground::HostBusy { .. } => Standing::Undecided,
        Ground::Success { verdict, .. } => match verdict {
            TargetVerdict::Met => Standing::Passed,
            TargetVerdict::Missed => Standing::Failed,
            TargetVerdict::Inconclusive => Standing::Undecided,
            TargetVerdict::NotJudged { .. } => Standing::NotMeasured,
        },
    };
    let any = |wanted: Standing| grounds.iter().any(|ground| of(ground) == wanted);
    if any(Standing::Failed) {
        Standing::Failed
    } else if any(Standing::Undecided) {
        Standing::Undecided
    } else if any(Standing::NotMeasured) || grounds.is_empty() {
        Standing::NotMeasured
    } else {
        Standing::Passed
    }
}

/// What all criteria come to: ready where each passes, not ready where one fails.
pub(crate) fn readiness(criteria: [Standing; 4]) -> Standing {
    let all = |wanted: Standing| criteria.iter().all(|one| *one == wanted);
    if criteria.contains(&Standing::Failed) {
        Standing::Failed
    } else if all(Standing::Passed) {
        Standing::Passed
    } else if all(Standing::NotMeasured) {
        Standing::NotMeasured
    } else {
        Standing::Undecided
    }
}

/// Halfway from a value to a limit that it keeps.
pub(crate) fn halfway(value: f64, limit: f64) -> Option<f64> {
    (value < limit).then(|| value + (limit - value) / 2.0)
}

/// Does most of a response time pass before the request is sent?
pub(crate) fn mostly_waits(response_us: f64, service_us: f64) -> bool {
    service_us < response_us / 2.0
}

/// Is an event waited for by so many connections, in the mean, that it is worth looking at?
pub(crate) fn is_long_wait(connections: f64) -> bool {
    connections >= 1.0
}
