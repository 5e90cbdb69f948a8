//! The on-disk record of one load run, version 1: write, read, validate.
//!
//! A record is a directory. A producer opens a [`RecordWriter`], appends one [`Second`] after the
//! other, and finishes it with the [`Manifest`], which is written last and by rename: a record
//! without `run.json` was cut short, and [`Record::open`] reads what there is and says so.
//!
//! | file | content | type |
//! |---|---|---|
//! | `run.json` | what was run, where, how it ended, digests of the other files | [`Manifest`] |
//! | `scenario.toml` | the scenario, byte for byte | |
//! | `includes/` | the files that the scenario includes, byte for byte | [`IncludedFile`] |
//! | `replays/` | the files of arrivals that streams replay, byte for byte | |
//! | `latency.hlog` | HdrHistogram interval log, a histogram per second and [`LatencyTag`] | [`Record::latencies`] |
//! | `counts.csv` | per second, stage and action: what became of the arrivals | [`CountsRow`] |
//! | `sessions.csv`, `sessions.hlog` | the same of sessions, which are counted apart from their requests | [`Record::sessions`] |
//! | `errors.ndjson` | the first few failures of every kind | [`ErrorSample`] |
//! | `gauges.csv` | once a second: cpu, memory and the like of processes, host and databases | [`GaugeRow`] |
//! | `statements.csv` | the statements of a database before and after each stage | [`StatementRow`] |
//! | `marks.ndjson` | what happened when: stages, profiles, deployments | [`Mark`] |
//! | `profiles/` | pprof protobuf, gzip | [`ProfileName`] |
//!
//! Seconds are counted from the start of the run. Durations are microseconds.
//!
//! A directory with [`Stated`] in it is not the record of a run: it holds what a document states of one.

#![forbid(unsafe_code)]

mod counts;
mod digest;
mod error;
mod error_sample;
mod evidence_writer;
mod failure_kind;
mod gauge;
mod histogram;
mod latency;
mod manifest;
mod mark;
mod profile_name;
mod reader;
mod rows;
mod stated;
mod statement;
mod tag;
mod validate;
mod writer;

pub use counts::{CountsRow, FailureCounts};
pub use digest::sha256_hex;
pub use error::RecordError;
pub use error_sample::ErrorSample;
pub use evidence_writer::{GaugeWriter, MarkWriter};
pub use failure_kind::{GENERATOR_FILES, GENERATOR_PORTS};
pub use gauge::{GaugeRow, GaugeSeries};
pub use histogram::{LONGEST_LATENCY_US, new_histogram};
pub use latency::{LatencyInterval, LatencyLog};
pub use manifest::{
    ActionPlan, ActionTotals, Build, Capture, Completeness, DataFile, DataKind, Effect, Ending,
    ExpectedRequests, GaugeSource, GeneratorHealth, Host, IncludedFile, Latency, LatencyTarget,
    Manifest, MixShare, Plan, RatePoint, SCHEMA_VERSION, Saturation, ScenarioRef, SessionAction,
    SessionPlan, StagePlan, StreamPlan,
};
pub use mark::{Mark, MarkError, MarkKind, is_running, mark};
pub use profile_name::ProfileName;
pub use reader::Record;
pub use stated::{
    STATED, STATED_VERSION, Stated, StatedAction, StatedCount, StatedOutcome, StatedQuantile,
    StatedQuantity, StatedResource, StatedSource, StatedStage, StatedTime, StatedUnit,
};
pub use statement::StatementRow;
pub use tag::{LatencyTag, Measure, Outcome};
pub use validate::Problem;
pub use writer::{RecordWriter, Second};
