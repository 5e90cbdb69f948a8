//! Who says when a request is sent: a rate, or users who wait for each response.

use brunt_record::{Plan, StagePlan, StreamPlan};
use schemars::JsonSchema;
use serde::Serialize;

/// Who says when the requests of a stage are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadModel {
    /// Rates, whatever the service does.
    Open,
    /// Users who wait for each response.
    Closed,
    /// Streams of both kinds, side by side.
    Mixed,
}

impl LoadModel {
    /// The model of a stage.
    pub fn of(stage: &StagePlan) -> Self {
        let closed = stage.streams.iter().filter(|stream| closed(stream)).count();
        if closed == 0 {
            Self::Open
        } else if closed == stage.streams.len() {
            Self::Closed
        } else {
            Self::Mixed
        }
    }
}

/// Do only closed streams of the stage send the action, or begin the session? What both kinds send counts as open: its
/// record does not tell them apart.
pub(super) fn is_closed(plan: &Plan, stage: &str, action: &str) -> bool {
    let stages = plan.stages.iter().filter(|planned| planned.name == stage);
    let mut streams = stages
        .flat_map(|planned| &planned.streams)
        .filter(|stream| plan.stream_sends(stream, action))
        .peekable();
    streams.peek().is_some() && streams.all(closed)
}

/// A source without due times has no rate.
fn closed(stream: &StreamPlan) -> bool {
    stream.rate_per_s.is_none()
}
