//! `stated.json`: what a document states of a run that nobody recorded.
//!
//! It takes the place of a record where there is none. It holds what the document gives and nothing
//! else: no distribution, no course over time, no instant. A figure that the document leaves out is
//! absent, and one that it calls an estimate says so.

use std::fs;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::RecordError;
use crate::manifest::{Build, LatencyTarget};

/// The one file of such a directory.
pub const STATED: &str = "stated.json";

/// The version of the format that this crate writes and reads.
pub const STATED_VERSION: u32 = 1;

/// What a document states of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stated {
    /// Version of this form.
    pub schema: u32,
    /// Name of the directory.
    pub id: String,
    /// The milestone of the service under test, for example `phase9`.
    pub phase: String,
    /// What the document calls it, in a few words; absent where it does not.
    pub label: Option<String>,
    /// What imported it.
    pub build: Build,
    /// The table of figures that it was imported from.
    pub source: StatedSource,
    /// The load that was wanted, stage by stage, and what the document gives of its actions.
    pub stages: Vec<StatedStage>,
    /// Least share of successes, for example 0.9995; absent where the document names none.
    pub success_target: Option<f64>,
    /// What the document gives as the sum of all actions; absent where it gives none.
    pub total: Option<StatedOutcome>,
    /// What processes used.
    pub resources: Vec<StatedResource>,
    /// What else is counted of the run: goal rows for each user.
    pub quantities: Vec<StatedQuantity>,
}

/// The table of figures that a record of this kind was imported from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatedSource {
    /// Its name, without folders.
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What it says of itself; absent where it does not.
    pub about: Option<String>,
}

/// A stage of the load that was wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedStage {
    /// Its name.
    pub name: String,
    /// Arrivals per second, of all its actions together.
    pub rate_per_s: f64,
    /// How long arrivals were wanted.
    pub duration_us: u64,
    /// What the document gives of its actions.
    pub actions: Vec<StatedAction>,
}

impl StatedStage {
    /// Arrivals that were wanted in all.
    pub fn planned(&self) -> u64 {
        (self.rate_per_s * self.duration_us as f64 / 1e6).round() as u64
    }
}

/// What a document gives of one action.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedAction {
    /// Its name.
    pub name: String,
    /// Quantiles of its response time, ascending. Of what, all requests or successes, a document
    /// seldom says.
    pub quantiles: Vec<StatedQuantile>,
    /// Arithmetic mean.
    pub mean: Option<StatedTime>,
    /// Fastest.
    pub min: Option<StatedTime>,
    /// Slowest.
    pub max: Option<StatedTime>,
    /// What became of its requests.
    pub outcome: StatedOutcome,
    /// Limits on its response time.
    pub targets: Vec<LatencyTarget>,
}

/// A quantile that a document gives.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedQuantile {
    /// 0 to 1.
    pub quantile: f64,
    /// Its value.
    pub time: StatedTime,
}

/// A duration that a document gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatedTime {
    /// Microseconds.
    pub us: u64,
    /// Does the document call it an estimate?
    pub approximate: bool,
}

/// How many requests were made and how many failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatedOutcome {
    /// Requests that failed.
    pub failed: Option<StatedCount>,
    /// All requests.
    pub total: Option<StatedCount>,
}

impl StatedOutcome {
    /// Requests that succeeded; absent where the document leaves out what it follows from.
    pub fn ok(&self) -> Option<u64> {
        self.total?.count.checked_sub(self.failed?.count)
    }

    /// Is one of the two an estimate?
    pub fn is_approximate(&self) -> bool {
        [self.failed, self.total]
            .iter()
            .flatten()
            .any(|count| count.approximate)
    }
}

/// A count that a document gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StatedCount {
    /// How many.
    pub count: u64,
    /// Does the document call it an estimate?
    pub approximate: bool,
}

/// What a process used, as one figure of which nobody says whether it is a mean or a peak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedResource {
    /// Whose.
    pub source: String,
    /// What: `cpu`, `memory`, `goroutines`.
    pub what: String,
    /// In what it is given.
    pub unit: StatedUnit,
    /// How much, in that unit.
    pub value: f64,
    /// Does the document call it an estimate?
    pub approximate: bool,
}

/// In what a document gives a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StatedUnit {
    /// Percent; of what, a document seldom says.
    Percent,
    /// Megabytes.
    Megabytes,
    /// Things.
    Count,
}

/// A quantity of a whole run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StatedQuantity {
    /// What: `goals per user`.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Does the document call it an estimate?
    pub approximate: bool,
}

impl Stated {
    /// Does `dir` hold what a document states?
    pub fn is_in(dir: &Path) -> bool {
        dir.join(STATED).is_file()
    }

    /// Reads what is in `dir`.
    pub fn open(dir: &Path) -> Result<Self, RecordError> {
        let path = dir.join(STATED);
        let text = fs::read_to_string(&path).map_err(RecordError::io(&path))?;
        let wrong =
            |e: serde_json::Error| RecordError::format(&path, e.line() as u64, e.to_string());
        let value: serde_json::Value = serde_json::from_str(&text).map_err(wrong)?;
        let found = value["schema"].as_u64().unwrap_or(0) as u32;
        if found != STATED_VERSION {
            return Err(RecordError::Schema {
                path,
                found,
                supported: STATED_VERSION,
            });
        }
        serde_json::from_str(&text).map_err(wrong)
    }

    /// Writes it into `dir`, which it makes; never over a record that is there.
    pub fn write(&self, dir: &Path) -> Result<(), RecordError> {
        if dir.exists() {
            return Err(RecordError::Exists {
                path: dir.to_owned(),
            });
        }
        fs::create_dir_all(dir).map_err(RecordError::io(dir))?;
        let path = dir.join(STATED);
        let mut text = serde_json::to_string_pretty(self)
            .map_err(|e| RecordError::format(&path, 0, e.to_string()))?;
        text.push('\n');
        fs::write(&path, text).map_err(RecordError::io(&path))
    }
}
