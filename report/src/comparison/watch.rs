//! What to watch in production.

use schemars::JsonSchema;
use serde::Serialize;

use super::target::{Measured, Target};
use super::{Comparison, verdict};

/// One thing to watch in production.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Watch {
    /// What.
    pub what: Watched,
    /// What B measured.
    pub measured: f64,
    /// The share of the limit that B has left; none or negative where it is passed.
    pub headroom: f64,
    /// When half of what is left has gone; absent where nothing is.
    pub warn_at: Option<f64>,
    /// At the limit.
    pub alert_at: f64,
}

/// What is watched, and in what it is measured.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[allow(missing_docs, reason = "`stage` and `action` are slugs")]
pub enum Watched {
    /// A quantile of a response time, microseconds.
    Latency {
        stage: String,
        action: String,
        /// 0 to 1.
        quantile: f64,
    },
    /// A share of successes, 0 to 1; lower is worse.
    Success { stage: String },
    /// Cores that are busy of those of the machine.
    Cores {
        stage: String,
        /// Cores of the machine.
        of: u32,
    },
}

/// From the targets of the plan, and from what B has left of them and of the cores of its machine.
pub(super) fn watches(comparison: &Comparison) -> Vec<Watch> {
    let cores = comparison.runs.b.host.cores;
    let targets = comparison.targets.iter().filter_map(|row| {
        let result = &row.results.b;
        match (row.target, &result.measured, &row.action) {
            (Target::Latency { quantile, limit_us }, Measured::Latency(estimate), Some(action)) => {
                let limit = limit_us as f64;
                let measured = estimate.value.us()?;
                Some(Watch {
                    what: Watched::Latency {
                        stage: row.stage.clone(),
                        action: action.clone(),
                        quantile,
                    },
                    measured,
                    headroom: 1.0 - measured / limit,
                    warn_at: verdict::halfway(measured, limit),
                    alert_at: limit,
                })
            }
            (Target::Success { at_least }, Measured::Success(success), _) => {
                let measured = success.share?;
                let allowed = 1.0 - at_least;
                // Of failures less is better.
                let failures = 1.0 - measured;
                Some(Watch {
                    what: Watched::Success {
                        stage: row.stage.clone(),
                    },
                    measured,
                    headroom: 1.0 - failures / allowed,
                    warn_at: verdict::halfway(failures, allowed).map(|half| 1.0 - half),
                    alert_at: at_least,
                })
            }
            _ => None,
        }
    });
    // The figure that validity has, so that the report has one.
    let busy = comparison.validity.b.stages.iter().filter_map(|stage| {
        let (busy, of) = (stage.host_busy.filter(|_| stage.judged)?, cores?);
        let limit = verdict::BUSY * f64::from(of);
        let measured = busy * f64::from(of);
        Some(Watch {
            what: Watched::Cores {
                stage: stage.stage.clone(),
                of,
            },
            measured,
            headroom: 1.0 - measured / limit,
            warn_at: verdict::halfway(measured, limit),
            alert_at: limit,
        })
    });
    targets
        .chain(busy)
        .filter(|watch| watch.headroom.is_finite())
        .collect()
}
