//! Where a run comes from.

use std::collections::BTreeMap;

use brunt_record::{Build, Capture, Completeness, GeneratorHealth, Host, Plan, ScenarioRef};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::run::Run;

/// The provenance of one run, from its manifest.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RunSummary {
    /// Name of the record.
    pub id: String,
    /// Where it was loaded from, as the caller spelled it.
    pub label: String,
    /// The milestone of the service under test.
    pub phase: String,
    /// When the first stage began.
    #[schemars(with = "String")]
    pub started_at: Timestamp,
    /// When the last arrival had settled; absent where the run did not end.
    #[schemars(with = "Option<String>")]
    pub ended_at: Option<Timestamp>,
    /// What wrote the record.
    pub build: Build,
    /// The scenario and its digest.
    pub scenario: ScenarioRef,
    /// What the command line changed of the scenario, as it was written there.
    pub overrides: Vec<String>,
    /// Seed of every draw.
    pub seed: u64,
    /// Free labels.
    pub labels: BTreeMap<String, String>,
    /// Addresses under load by name.
    pub addresses: BTreeMap<String, String>,
    /// What was offered.
    pub plan: Plan,
    /// Where the generator ran.
    pub host: Host,
    /// How many generators shared the plan.
    pub shards: u32,
    /// How well the generator kept up; absent where the run did not end.
    pub generator: Option<GeneratorHealth>,
    /// How the run ended.
    pub completeness: Completeness,
    /// Profiles that were asked for, taken or not.
    pub captures: Vec<Capture>,
    /// SHA-256 of every file but the manifest, by its path inside the record.
    pub files: BTreeMap<String, String>,
}

impl RunSummary {
    /// From the manifest of `run`.
    pub fn of(run: &Run) -> Self {
        let m = &run.manifest;
        Self {
            id: m.id.clone(),
            label: run.label.clone(),
            phase: m.phase.clone(),
            started_at: m.started_at,
            ended_at: m.ended_at,
            build: m.build.clone(),
            scenario: m.scenario.clone(),
            overrides: m.overrides.clone(),
            seed: m.seed,
            labels: m.labels.clone(),
            addresses: m.addresses.clone(),
            plan: m.plan.clone(),
            host: m.host.clone(),
            shards: m.shards,
            generator: m.generator.clone(),
            completeness: m.completeness.clone(),
            captures: m.captures.clone(),
            files: m.files.clone(),
        }
    }
}
