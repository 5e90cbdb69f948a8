//! What happened second by second, merged to few enough points for a chart.

use schemars::JsonSchema;
use serde::Serialize;

use super::heat::HeatColumn;
use super::value::Value;

/// Most points of one line.
pub const MOST_POINTS: u64 = 120;

/// The series of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Series {
    /// Seconds that a point spans (the last one may span fewer: see [`Point::seconds`]).
    pub width_s: u64,
    /// The stages that ran, in order.
    pub stages: Vec<StageSpan>,
    /// One per stage × action with arrivals, in the order of the plan; preparation included.
    pub actions: Vec<ActionSeries>,
    /// One per stage × session, likewise; their requests are in `actions`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<ActionSeries>,
}

impl Series {
    /// The course of one action, or of one kind of session.
    pub fn of(&self, stage: &str, name: &str) -> Option<&ActionSeries> {
        let mut all = self.actions.iter().chain(&self.sessions);
        all.find(|series| series.stage == stage && series.action == name)
    }
}

impl Series {
    /// When one of the stages was; none where it never began.
    pub fn stage(&self, name: &str) -> Option<&StageSpan> {
        self.stages.iter().find(|span| span.stage == name)
    }
}

/// When a stage was, in seconds since the start of the run.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StageSpan {
    /// Slug.
    pub stage: String,
    /// Is it part of what is judged?
    pub judged: bool,
    /// When the first arrival could be due.
    pub started_s: f64,
    /// When its warm-up was over.
    pub judged_from_s: f64,
    /// When the last arrival could be due.
    pub ended_s: f64,
    /// When the last arrival had settled; absent if it never was.
    pub drained_s: Option<f64>,
    /// How the planned rate of its streams together went; empty where it stayed the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub planned: Vec<PlannedPoint>,
}

/// The planned rate at one instant; between two of them it is a straight line.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlannedPoint {
    /// Seconds since the start of the run.
    pub second: f64,
    /// Arrivals per second.
    pub rate_per_s: f64,
}

/// One action, or one kind of session, of one stage over time.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ActionSeries {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action.
    pub action: String,
    /// In the order of time; spans in which nothing happened have no point.
    pub points: Vec<Point>,
    /// How long successes took, point by point; not part of the JSON form.
    #[serde(skip)]
    pub heat: Vec<HeatColumn>,
    /// The quantiles of the judged span over offered arrivals, up to where they are unbounded.
    pub spectrum: Vec<SpectrumPoint>,
}

/// A span of time of one action.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// Its first second, from 0.
    pub second: u64,
    /// Seconds that it spans: divide the counts by it for rates.
    pub seconds: u64,
    /// Arrivals that were due in it.
    pub offered: u64,
    /// Requests that were sent in it.
    pub sent: u64,
    /// Requests that succeeded in it.
    pub ok: u64,
    /// Requests that failed in it.
    pub failed: u64,
    /// Arrivals that were given up in it.
    pub unsent: u64,
    /// Arrivals not settled at its end.
    pub open: u64,
    /// Requests in flight, the mean over it.
    pub in_flight: f64,
    /// Median response time of the arrivals that settled in it; unbounded where failures reach
    /// into it, not measured where nothing settled.
    pub p50: Value,
    /// 95th percentile, likewise.
    pub p95: Value,
    /// 99th percentile, likewise.
    pub p99: Value,
}

/// A point of the quantile function.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SpectrumPoint {
    /// 0 to 1.
    pub quantile: f64,
    /// Response time, microseconds; 120,000,000 stands for all that is longer.
    pub us: f64,
}
