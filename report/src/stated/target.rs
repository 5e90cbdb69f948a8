//! Limits, held against what documents state.

use brunt_record::{LatencyTarget, StatedTime};
use schemars::JsonSchema;
use serde::Serialize;

use super::load::{Delivery, Load};
use crate::comparison::{Sides, Target, verdict};

/// One limit and both documents.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatedTarget {
    /// Name of the stage.
    pub stage: String,
    /// Name of the action; absent where the limit is the stage's success rate.
    pub action: Option<String>,
    /// The limit.
    pub target: Target,
    /// What each document has.
    pub results: Sides<StatedTargetResult>,
}

/// What one document has against one limit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatedTargetResult {
    /// Response time, of a limit on one; absent where the document does not say.
    pub time: Option<StatedTime>,
    /// Share of successes, of a limit on that; absent likewise.
    pub success: Option<f64>,
    /// value / limit of a response time.
    pub ratio: Option<f64>,
    /// The share of the limit that is left, 1 − ratio.
    pub headroom: Option<f64>,
    /// What follows.
    pub verdict: StatedVerdict,
}

/// Whether a stated value keeps a limit. Decided in `comparison/verdict.rs` only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "verdict", rename_all = "kebab-case")]
pub enum StatedVerdict {
    /// As stated it is kept, under the load that was wanted.
    Met,
    /// As stated it is not kept, and a lighter load than the wanted one only flatters.
    Missed,
    /// The value is within the limit, under a load that is not the wanted one, or not known.
    WithinUnderAnotherLoad {
        /// What became of the load.
        delivery: Delivery,
    },
    /// The value rests on an estimate.
    Estimated,
    /// The document does not say.
    NotStated,
}

impl StatedTargetResult {
    pub(super) fn of_time(
        limit: &LatencyTarget,
        time: Option<StatedTime>,
        load: Option<&Load>,
    ) -> Self {
        let ratio = time.map(|time| time.us as f64 / limit.limit_us as f64);
        Self {
            time,
            success: None,
            ratio,
            headroom: ratio.map(|ratio| 1.0 - ratio),
            verdict: verdict::stated_target(
                time.map(|time| (time.us <= limit.limit_us, time.approximate)),
                load.map_or(Delivery::Unknown, |load| load.delivery),
            ),
        }
    }

    pub(super) fn of_success(
        at_least: f64,
        success: Option<(f64, bool)>,
        load: Option<&Load>,
    ) -> Self {
        Self {
            time: None,
            success: success.map(|(share, _)| share),
            ratio: None,
            headroom: None,
            verdict: verdict::stated_target(
                success.map(|(share, approximate)| (share >= at_least, approximate)),
                load.map_or(Delivery::Unknown, |load| load.delivery),
            ),
        }
    }
}
