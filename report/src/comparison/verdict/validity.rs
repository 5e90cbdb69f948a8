//! Whether the figures of a run can be trusted, and whether the service carried its load.

use crate::comparison::finding::{Finding, Severity};
use crate::comparison::validity::{RunState, StageState};

/// Least share of arrivals that a service answers which is not overloaded.
const ANSWERED: f64 = 0.99;
/// A backlog that grows by less than this many standard deviations of a Poisson count is chance.
const BACKLOG_DEVIATIONS: f64 = 3.0;
/// Dispatch lateness (p99) up to this is never a fault, microseconds.
const LATE_US: f64 = 5_000.0;
/// Lateness above this share of the judged quantile is a fault.
const LATE_FAULT: f64 = 0.25;
/// Lateness above this share of the judged quantile is a warning.
const LATE_WARNING: f64 = 0.10;
/// A wall clock that moved by more than this has stepped, microseconds.
const CLOCK_STEP_US: u64 = 100_000;
/// A machine above this share of its cores is nearly busy.
pub(crate) const BUSY: f64 = 0.9;
/// Requests in flight may differ from rate times service time by this share.
const LITTLE: f64 = 0.10;
/// A database that has seen less than this share of the declared rows has not seen them: its counters
/// may trail its work by a second.
const SEEN: f64 = 0.75;

/// Was a stage overloaded that answered this share of its planned arrivals, had `saturated` streams,
/// and fell `behind` or not?
pub(crate) fn overloaded(answered: Option<f64>, saturated: usize, behind: bool) -> bool {
    saturated > 0 || behind || answered.is_some_and(too_little_answered)
}

/// Is this less than a service answers that is not overloaded?
pub(crate) fn too_little_answered(share: f64) -> bool {
    share < ANSWERED
}

/// Did arrivals pile up, of which so many were `open` at the ends of the quarters of a stage without its
/// warm-up, in which `offered` were due?
///
/// They did where the backlog grew in every quarter, and after the first one by more than what a
/// service that is not overloaded may leave unanswered, and than chance. Requests that merely take
/// long are as many at the end of every quarter, and a stall raises one of them.
pub(crate) fn fell_behind(open: [u64; 4], offered: u64) -> bool {
    let growth = open[3].saturating_sub(open[0]) as f64;
    let chance = BACKLOG_DEVIATIONS * ((open[0] + open[3]) as f64).sqrt();
    open.is_sorted_by(|a, b| a < b) && growth > chance && growth > (1.0 - ANSWERED) * offered as f64
}

/// Whether the generator's lateness (p99) spoils a judged value: `Some(true)` is a fault,
/// `Some(false)` a warning.
pub(crate) fn late(lateness_p99_us: f64, value_us: f64) -> Option<bool> {
    if lateness_p99_us > LATE_US && lateness_p99_us > LATE_FAULT * value_us {
        Some(true)
    } else if lateness_p99_us > LATE_WARNING * value_us {
        Some(false)
    } else {
        None
    }
}

/// Did the wall clock step?
pub(crate) fn clock_stepped(by_us: i64) -> bool {
    by_us.unsigned_abs() > CLOCK_STEP_US
}

/// Was the machine nearly busy?
pub(crate) fn host_busy(share: f64) -> bool {
    share > BUSY
}

/// Did the generator run out of what it connects with, by what was found in a stage?
pub(crate) fn ran_out(found: &[Finding]) -> bool {
    let mut found = found.iter();
    found.any(|finding| matches!(finding, Finding::Exhausted { .. }))
}

/// A stage in one word, from what was found in it.
pub(crate) fn stage_state(ran: bool, cut_short: bool, found: &[Finding]) -> StageState {
    let any = |is: fn(&Finding) -> bool| found.iter().any(is);
    if !ran {
        StageState::NeverRan
    } else if cut_short {
        StageState::CutShort
    } else if ran_out(found) || any(|f| matches!(f, Finding::Late { fault: true, .. })) {
        StageState::Invalid
    } else if any(|f| matches!(f, Finding::Overloaded { .. })) {
        StageState::Overloaded
    } else {
        StageState::Valid
    }
}

/// A run in one word: its gravest finding.
pub(crate) fn run_state(findings: &[Finding]) -> RunState {
    match findings.iter().map(Finding::severity).min() {
        Some(Severity::Fault) => RunState::Invalid,
        Some(Severity::Overload) => RunState::Overloaded,
        Some(Severity::Warning) | None => RunState::Valid,
    }
}

/// Do requests in flight contradict rate times service time (Little's law)? Both are integrated
/// over a stage, in request-microseconds.
pub(crate) fn contradicts_little(in_flight_us: f64, service_sum_us: f64) -> bool {
    (in_flight_us - service_sum_us).abs() > LITTLE * service_sum_us
}

/// Do the rows that a database inserted contradict those that actions declare?
pub(crate) fn effect_unseen(seen: f64, declared: f64) -> bool {
    seen < SEEN * declared
}
