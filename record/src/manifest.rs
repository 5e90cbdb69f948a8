//! `run.json`: what was run, where, and how it ended.
//!
//! Absent values are absent (`null`), never zero and never estimated.

use std::collections::BTreeMap;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the record format that this crate writes and reads.
pub const SCHEMA_VERSION: u32 = 1;

/// The manifest of a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    /// Version of the record format.
    pub schema: u32,
    /// Name of the record's directory: start time and phase.
    pub id: String,
    /// The milestone of the service under test, for example `phase9`.
    pub phase: String,
    /// When the first stage began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// When the last arrival had settled; absent while the run goes on.
    #[schemars(with = "Option<String>")]
    pub ended_at: Option<Timestamp>,
    /// What wrote the record.
    pub build: Build,
    /// What was asked for.
    pub scenario: ScenarioRef,
    /// What the command line changed of the scenario, as it was written there; empty for a scenario
    /// that ran as its file has it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overrides: Vec<String>,
    /// Seed of every draw.
    pub seed: u64,
    /// Free labels, for example the database.
    pub labels: BTreeMap<String, String>,
    /// Addresses under load by name (`http`, `grpc`), without credentials.
    pub addresses: BTreeMap<String, String>,
    /// What was offered.
    pub plan: Plan,
    /// Where the generator ran.
    pub host: Host,
    /// How many generators shared the plan.
    pub shards: u32,
    /// How well the generator kept up; absent while the run goes on.
    pub generator: Option<GeneratorHealth>,
    /// How the run ended.
    pub completeness: Completeness,
    /// What became of the arrivals: the sums of `counts.csv`.
    pub totals: Vec<ActionTotals>,
    /// What became of the sessions: the sums of `sessions.csv`. Their requests stand in `totals`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub session_totals: Vec<ActionTotals>,
    /// Profiles that were asked for, taken or not.
    pub captures: Vec<Capture>,
    /// What `gauges.csv` was read from; empty in records from before it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gauges: Vec<GaugeSource>,
    /// SHA-256 of every other file, by its path inside the record.
    pub files: BTreeMap<String, String>,
}

/// What wrote the record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Build {
    /// Version of brunt.
    pub version: String,
    /// Its commit, where the build knew it.
    pub commit: Option<String>,
}

/// The scenario file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScenarioRef {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The files that it includes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<IncludedFile>,
    /// The files that its requests are made of; absent in records from before they were noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<Vec<DataFile>>,
}

/// A file that requests are made of. It may hold tokens, so that the record has no copy of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DataFile {
    /// What it is for.
    pub kind: DataKind,
    /// Slug of the data set, or of the action whose body it is; of definitions the file's name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DataKind {
    /// Rows that requests take their values from.
    DataSet,
    /// The body of the requests of an action.
    Body,
    /// Definitions of gRPC services that the scenario names, without those that they import.
    Proto,
}

/// A file that a scenario includes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IncludedFile {
    /// As the scenario names it.
    pub name: String,
    /// Path inside the record.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The load that was offered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Plan {
    /// Stages in their order.
    pub stages: Vec<StagePlan>,
    /// Every action that a stage uses.
    pub actions: Vec<ActionPlan>,
    /// Every session that a stage uses; empty without sessions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<SessionPlan>,
    /// Least share of successes in every judged stage, for example 0.9995.
    pub success_target: Option<f64>,
    /// How many users the requests come from; absent where no action names a user, and in records
    /// from before it was kept.
    #[serde(default)]
    pub users: Option<u64>,
}

impl StreamPlan {
    /// Requests in all, if the stage runs to its end, in the mean where chance decides; absent in a
    /// closed model.
    pub fn requests(&self) -> Option<f64> {
        let arrivals = self.arrivals? as f64;
        let expected = self.expected.iter().map(|expected| expected.requests);
        Some(expected.reduce(|sum, more| sum + more).unwrap_or(arrivals))
    }
}

impl Plan {
    /// Does a stream of `stage` send `action`, by itself or in a session?
    pub fn sends(&self, stage: &StagePlan, action: &str) -> bool {
        let mut streams = stage.streams.iter();
        streams.any(|stream| self.stream_sends(stream, action))
    }

    /// Does `stream` send `action`, by itself or in a session, or is it the name of such a session?
    pub fn stream_sends(&self, stream: &StreamPlan, action: &str) -> bool {
        stream.mix.iter().any(|share| {
            let mut sessions = self.sessions.iter();
            let session = sessions.find(|session| session.name == share.action);
            share.action == action
                || session.is_some_and(|s| s.actions.iter().any(|a| a.action == action))
        })
    }
}

/// One stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StagePlan {
    /// Slug.
    pub name: String,
    /// Is the stage part of what is judged? Preparation is not.
    pub judged: bool,
    /// How long arrivals were due.
    pub duration_us: u64,
    /// How much of its beginning is not judged.
    pub warmup_us: u64,
    /// How long after its end an arrival may still be sent.
    pub grace_us: u64,
    /// When it began, since the start of the run; absent if it never did.
    pub started_us: Option<u64>,
    /// When it was over, where that was before its duration was: its users had done all of their
    /// iterations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_us: Option<u64>,
    /// When its last arrival had settled or its grace was over; absent if it never was.
    pub drained_us: Option<u64>,
    /// Share of the host's cores that was busy during the stage, 0 to 1.
    pub host_busy: Option<f64>,
    /// Sources of requests, side by side.
    pub streams: Vec<StreamPlan>,
}

/// One source of requests in a stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StreamPlan {
    /// Slug.
    pub name: String,
    /// The arrival process with its parameters, for example `constant` or
    /// `ramp 0/s at 0s, 600/s at 30s`, or the users of a closed model.
    pub process: String,
    /// Arrivals per second; where they change or are drawn, their mean over the stage. Absent in a
    /// closed model.
    pub rate_per_s: Option<f64>,
    /// How the planned rate goes, to be joined by straight lines; empty where it stays the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rates: Vec<RatePoint>,
    /// Arrivals in all, if the stage runs to its end; absent in a closed model.
    pub arrivals: Option<u64>,
    /// Most requests, or sessions under way, at once.
    pub max_in_flight: u64,
    /// Actions and sessions, and their weights.
    pub mix: Vec<MixShare>,
    /// Requests of each action that the arrivals come to, where some of them are sessions; empty
    /// else, and in a closed model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expected: Vec<ExpectedRequests>,
}

/// Requests of one action that a stream comes to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ExpectedRequests {
    /// Slug of the action.
    pub action: String,
    /// How many; their mean where chance decides.
    pub requests: f64,
    /// Does every session send the action equally often, so that the number is exact?
    pub certain: bool,
}

/// The planned rate at one instant of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RatePoint {
    /// Since the start of the stage.
    pub at_us: u64,
    /// Arrivals per second.
    pub rate_per_s: f64,
}

/// The share of an action or a session in a stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MixShare {
    /// Slug of the action, or of the session.
    pub action: String,
    /// Its weight among those of the stream.
    pub weight: u64,
}

/// One kind of request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ActionPlan {
    /// Slug.
    pub name: String,
    /// `http`, `grpc`, or `code` of a function of the program that ran the scenario.
    pub protocol: String,
    /// What is called: `POST /challenge/v1/…`, `package.Service/Method` or `function NAME`, not yet
    /// filled in.
    pub call: String,
    /// After how long a request that was sent has failed.
    pub timeout_us: u64,
    /// Limits on its response time.
    pub targets: Vec<LatencyTarget>,
    /// What each success does to a database; absent where the scenario does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What each success of an action does to a database, by its declaration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Effect {
    /// Name of a table, as the database has it.
    pub table: String,
    /// Rows that it inserts there, at least.
    pub inserts: u64,
}

/// A way through several actions, which one user goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionPlan {
    /// Slug; no action has the same.
    pub name: String,
    /// Its actions, in the order in which they come first.
    pub actions: Vec<SessionAction>,
    /// Its pauses together, in the mean.
    pub mean_pause_us: u64,
    /// Limits on its response time, which is that of its requests together without the pauses.
    pub targets: Vec<LatencyTarget>,
}

/// An action of a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SessionAction {
    /// Slug of the action.
    pub action: String,
    /// Requests in one session, in the mean.
    pub mean: f64,
    /// Most requests in one session.
    pub most: u64,
}

/// A limit on a quantile of the response time over offered arrivals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatencyTarget {
    /// The quantile, for example 0.95.
    pub quantile: f64,
    /// The longest that it may be, inclusive.
    pub limit_us: u64,
}

/// The machine of the generator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    /// Model of the processor.
    pub cpu: Option<String>,
    /// Cores that the generator may use.
    pub cores: Option<u32>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Operating system and kernel version.
    pub kernel: Option<String>,
    /// Frequency governor of the first core.
    pub governor: Option<String>,
    /// Median time of an fsync beside the record, taken before the run.
    pub fsync_us: Option<u64>,
    /// How late a bare thread woke from a sleep of 1 ms, 99th percentile of 200, taken before the
    /// run: the generator's dispatch lateness cannot be expected to be less.
    #[serde(default)]
    pub timer_late_p99_us: Option<u64>,
    /// Do the processes under load run on the generator's own machine? By their addresses.
    pub shared_with_target: bool,
}

/// How well the generator kept up with its own plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct GeneratorHealth {
    /// CPU time of the generator over the run, user and system.
    pub cpu_us: Option<u64>,
    /// Largest resident size.
    pub peak_memory_bytes: Option<u64>,
    /// How far the wall clock moved against the monotonic one over the run (a step, or slewing).
    pub clock_step_us: i64,
    /// Dispatch lateness over all stages.
    pub lateness: Latency,
    /// Streams that had every place in flight taken at some instant, as `stage/stream`.
    pub saturated: Vec<String>,
    /// When that was; empty in records from before it was kept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub saturations: Vec<Saturation>,
}

/// When the arrivals of a stream found every place in flight taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Saturation {
    /// As `stage/stream`.
    pub stream: String,
    /// When the first of them was due, since the start of the run.
    pub first_us: u64,
    /// When the last of them was due.
    pub last_us: u64,
}

/// A distribution in a few figures; the whole one is in `latency.hlog`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Latency {
    /// Median.
    pub p50_us: u64,
    /// 99th percentile.
    pub p99_us: u64,
    /// Largest.
    pub max_us: u64,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Completeness {
    /// In one word.
    pub ending: Ending,
    /// Why, where it did not run to its end.
    pub reason: Option<String>,
    /// Seconds that the record holds.
    pub seconds: u64,
}

/// How a run ended, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Every stage ran to its end.
    Complete,
    /// Somebody stopped it.
    Interrupted,
    /// A threshold of its scenario was crossed.
    Aborted,
    /// The generator was killed, or is still at it.
    Running,
}

/// What became of the arrivals of one action, or of one kind of session, in one stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ActionTotals {
    /// Slug of the stage.
    pub stage: String,
    /// Slug of the action, or of the session.
    pub action: String,
    /// Arrivals that were due.
    pub offered: u64,
    /// Requests that succeeded.
    pub ok: u64,
    /// Requests that failed.
    pub failed: u64,
    /// Arrivals that were given up without sending.
    pub unsent: u64,
    /// The failed ones by kind.
    pub failures: BTreeMap<String, u64>,
}

/// A profile that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Capture {
    /// Which process.
    pub component: String,
    /// `cpu`, `heap`, `tasks` or `contention`.
    pub kind: String,
    /// Slug of the stage.
    pub stage: String,
    /// When it was begun, since the start of the run; absent where it never was, and in records from
    /// before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_us: Option<u64>,
    /// How long it was to look on; absent for those that show one instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length_us: Option<u64>,
    /// Path inside the record; absent where it could not be taken.
    pub file: Option<String>,
    /// Why it could not be taken.
    pub problem: Option<String>,
}

/// What gauges were read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GaugeSource {
    /// As `gauges.csv` names it: `process/service`, `host`.
    pub name: String,
    /// What it is, without credentials: `who listens on port 8000`, `PostgreSQL 15.4 at 127.0.0.1:5432`.
    pub what: String,
    /// What could not be read, and why; empty where everything was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<String>,
}
