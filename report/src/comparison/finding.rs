//! What is noteworthy about a run. The text says what it means and what to do about it.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use super::answered::Answered;
use super::backlog::Backlog;
use super::exhausted::Exhausted;
use crate::language::{
    arrivals_answered, count, duration, latency, mean, percent, percent_change, plural,
};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The record is invalid: nothing is judged on it.
    Fault,
    /// The service could not carry the load: a finding about the service.
    Overload,
    /// The figures stand, and may be worse than the service is.
    Warning,
}

/// Whose doing it is that nothing can be judged on a record. It is never the service's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The generator, or the machine that it ran on, could not keep to its own plan.
    Generator,
    /// The run did not go to its end.
    CutShort,
    /// The files of the record do not agree.
    Record,
}

/// One finding about a run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "finding", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "`stage` and `action` are slugs")]
pub enum Finding {
    /// The run was killed, or goes on.
    Unfinished {
        /// Whole seconds that the record holds.
        seconds: u64,
    },
    /// Somebody stopped the run.
    Interrupted {
        /// Why, where the record says so.
        why: Option<String>,
        /// Whole seconds that the record holds.
        seconds: u64,
    },
    /// A threshold of the scenario ended the run.
    Aborted {
        /// Which one, where, and what was seen.
        why: Option<String>,
        /// Whole seconds that the record holds.
        seconds: u64,
    },
    /// The record is damaged, or its sums disagree.
    Damaged {
        /// What is wrong.
        what: String,
    },
    /// The wall clock stepped.
    ClockStep {
        /// By so many microseconds against the monotonic clock.
        by_us: i64,
    },
    /// The generator sent so late that its delay is a good part of what was measured.
    Late {
        stage: String,
        action: String,
        /// 99th percentile of dispatch lateness, microseconds.
        lateness_p99_us: u64,
        /// The quantile that is judged, 0 to 1.
        quantile: f64,
        /// Its value, microseconds.
        value_us: f64,
        /// True: invalid (above 5 ms and a quarter of the value). False: above a tenth of it.
        fault: bool,
    },
    /// The generator ran out of what it connects with.
    Exhausted {
        stage: String,
        /// What.
        of: Exhausted,
        /// Requests that failed for it, in the whole stage.
        requests: u64,
    },
    /// A judged stage never began.
    NeverRan { stage: String },
    /// The service answered too little, or its requests filled the places in flight.
    Overloaded {
        stage: String,
        /// Of the open streams; absent where they offered nothing.
        answered: Option<Answered>,
        /// What piled up while arrivals came due; absent where nothing did.
        backlog: Option<Backlog>,
        /// Streams whose bound on requests in flight was reached after the warm-up.
        saturated: Vec<String>,
    },
    /// An action did not do to the database what it declares.
    EffectUnseen {
        stage: String,
        action: String,
        table: String,
        /// Rows that each success inserts, by the declaration.
        inserts: u64,
        /// Rows that all successes of the stage insert there, by what all its actions declare.
        expected: u64,
        /// Rows that were inserted.
        seen: u64,
    },
    /// Requests in flight contradict Little's law in a stage that only closed streams send.
    Bookkeeping {
        stage: String,
        action: String,
        /// Requests in flight over the stage, from their integral: the mean.
        in_flight: f64,
        /// The mean that follows from how many settled and from their service times.
        expected: f64,
    },
    /// The machine of the generator was nearly busy.
    HostBusy {
        stage: String,
        /// Share of its cores, 0 to 1.
        busy: f64,
    },
    /// The generator and the processes under load share cores.
    SharedHost,
    /// The two halves of a stage differ: it had no steady state.
    Drift {
        stage: String,
        action: String,
        /// Change of the p95 from the first half to the second, percent.
        percent: f64,
    },
}

impl Finding {
    /// The stage whose load the service could not carry, and the share of it that was answered;
    /// nothing where this finding is another one.
    pub fn overload(&self) -> Option<(&str, Option<Answered>)> {
        match self {
            Self::Overloaded {
                stage, answered, ..
            } => Some((stage, *answered)),
            _ => None,
        }
    }

    /// How grave it is.
    pub fn severity(&self) -> Severity {
        match self {
            Self::Overloaded { .. } => Severity::Overload,
            _ if self.fault().is_some() => Severity::Fault,
            _ => Severity::Warning,
        }
    }

    /// Whose fault it is that the record is invalid; none where the finding leaves it valid.
    pub fn fault(&self) -> Option<Fault> {
        match self {
            Self::ClockStep { .. } | Self::Late { fault: true, .. } | Self::Exhausted { .. } => {
                Some(Fault::Generator)
            }
            Self::Unfinished { .. }
            | Self::Interrupted { .. }
            | Self::Aborted { .. }
            | Self::NeverRan { .. } => Some(Fault::CutShort),
            Self::Damaged { .. } => Some(Fault::Record),
            Self::Overloaded { .. }
            | Self::Late { fault: false, .. }
            | Self::Bookkeeping { .. }
            | Self::EffectUnseen { .. }
            | Self::HostBusy { .. }
            | Self::SharedHost
            | Self::Drift { .. } => None,
        }
    }
}

const NO_REASON: &str = "no reason recorded";

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unfinished { seconds } => write!(
                f,
                "The record is incomplete: the generator stopped after {seconds} s without finishing it. Run it again."
            ),
            Self::Interrupted { why, seconds } => write!(
                f,
                "The run was interrupted after {seconds} s ({}). Run it again to its end.",
                why.as_deref().unwrap_or(NO_REASON)
            ),
            Self::Aborted { why, seconds } => write!(
                f,
                "The run was aborted after {seconds} s by {}. It is cut short, so that nothing is judged on it: offer less, or see what failed or got slow before the end.",
                why.as_deref().unwrap_or(NO_REASON)
            ),
            Self::Damaged { what } => write!(
                f,
                "The record is damaged: {what}. Restore it from where it was written, or run it again."
            ),
            Self::ClockStep { by_us } => write!(
                f,
                "The wall clock moved by {} against the monotonic one during the run. Keep the clock from stepping (chrony, suspended machine) and run it again.",
                duration(by_us.unsigned_abs() as f64)
            ),
            Self::Late {
                stage,
                action,
                lateness_p99_us,
                quantile,
                value_us,
                fault,
            } => {
                let of = (&**stage, &**action);
                late(f, of, *lateness_p99_us, (*quantile, *value_us), *fault)
            }
            Self::Exhausted {
                stage,
                of,
                requests,
            } => write!(
                f,
                "Stage {stage:?}: the generator ran out of {of}: {} failed without reaching the service. {}",
                plural(*requests, "request"),
                of.remedy()
            ),
            Self::NeverRan { stage } => write!(
                f,
                "Stage {stage:?} is judged and never ran. Run the scenario to its end."
            ),
            Self::Overloaded {
                stage,
                answered,
                backlog,
                saturated,
            } => overload(f, stage, *answered, *backlog, saturated),
            Self::Bookkeeping {
                stage,
                action,
                in_flight,
                expected,
            } => write!(
                f,
                "{stage}/{action}: {} requests were in flight in the mean, and {} by their number and service times. By Little's law the two are one: counts.csv and latency.hlog do not tell of the same requests.",
                mean(*in_flight),
                mean(*expected)
            ),
            Self::EffectUnseen {
                stage,
                action,
                table,
                inserts,
                expected,
                seen,
            } => write!(
                f,
                "{stage}/{action}: it declares that each success inserts {} into {table}, {} in the stage, and the database inserted {}. It did not do what it is named after, and is not judged: look at its users and at the state of the database before the run.",
                plural(*inserts, "row"),
                count(*expected),
                count(*seen)
            ),
            Self::HostBusy { stage, busy } => write!(
                f,
                "Stage {stage:?}: the generator's machine was {} busy. Latencies may be those of waiting for a core; use a larger machine.",
                percent(*busy)
            ),
            Self::SharedHost => f.write_str(
                "The generator and the service share the machine's cores, so each slows the other. Absolute figures are those of this machine with everything on it.",
            ),
            Self::Drift {
                stage,
                action,
                percent: moved,
            } => write!(
                f,
                "{stage}/{action}: p95 moved by {} from the first half of the stage to the second. It had no steady state: lengthen the warm-up, or look for what grows.",
                percent_change(moved / 100.0)
            ),
        }
    }
}

fn late(
    f: &mut fmt::Formatter<'_>,
    (stage, action): (&str, &str),
    lateness_us: u64,
    (quantile, value_us): (f64, f64),
    fault: bool,
) -> fmt::Result {
    let lateness_us = lateness_us as f64;
    write!(
        f,
        "{stage}/{action}: the generator sent late: dispatch lateness p99 {} is {} of the p{} of {}. ",
        latency(lateness_us),
        percent(lateness_us / value_us),
        (quantile * 1e6).round() / 1e4,
        latency(value_us)
    )?;
    f.write_str(if fault {
        "The figures measure the generator. Give it cores of its own, or lower the rate."
    } else {
        "The figures hold some of the generator's own delay. Give it cores of its own for finer differences."
    })
}

fn overload(
    f: &mut fmt::Formatter<'_>,
    stage: &str,
    answered: Option<Answered>,
    backlog: Option<Backlog>,
    saturated: &[String],
) -> fmt::Result {
    let answered = answered.map(|answered| arrivals_answered(answered.share, answered.while_due));
    let piled_up = backlog.map(|backlog| {
        format!(
            "arrivals piled up ({} were open at the ends of the quarters of its judged part)",
            backlog.open.map(count).join(", ")
        )
    });
    let reached = (!saturated.is_empty()).then(|| {
        format!(
            "requests in flight reached their bound in {}",
            saturated.join(", ")
        )
    });
    let seen: Vec<String> = [answered, piled_up, reached]
        .into_iter()
        .flatten()
        .collect();
    write!(f, "Stage {stage:?} was overloaded: {}", seen.join("; "))?;
    f.write_str(". The service cannot carry this rate; its latencies depend on how long the stage lasts. Offer less to find the rate that it carries.")
}
