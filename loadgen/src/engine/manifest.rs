//! The manifest of a run: what is known before it, and what its end adds.

use std::collections::BTreeMap;
use std::path::PathBuf;

use brunt_record::{
    Completeness, Ending, GeneratorHealth, IncludedFile, Latency, Manifest, Plan as RecordPlan,
    RecordWriter, SCHEMA_VERSION, Saturation, ScenarioRef, sha256_hex,
};
use jiff::Timestamp;

use super::data_files::data_files;
use super::error::RunError;
use super::run::RunOptions;
use crate::clock::Clock;
use crate::machine;
use crate::plan::{Plan, record_actions, record_sessions, record_stages};
use crate::recorder::Recorded;
use crate::scenario::{Scenario, is_loopback};

/// What is known before the run.
pub(super) fn draft(
    scenario: &Scenario,
    text: &str,
    plan: &Plan,
    options: &RunOptions,
    id: &str,
) -> Manifest {
    let addresses = &scenario.addresses;
    let addresses: BTreeMap<String, String> = addresses
        .named()
        .map(|(name, address)| (name.to_owned(), address.to_owned()))
        .collect();
    Manifest {
        schema: SCHEMA_VERSION,
        id: id.to_owned(),
        phase: options.phase.clone(),
        started_at: Timestamp::UNIX_EPOCH,
        ended_at: None,
        build: options.build.clone(),
        scenario: ScenarioRef {
            name: scenario.name.clone(),
            sha256: sha256_hex(text.as_bytes()),
            includes: included(scenario),
            data: Some(data_files(scenario)),
        },
        overrides: options.overrides.clone(),
        seed: scenario.seed,
        labels: options.labels.clone(),
        plan: RecordPlan {
            stages: record_stages(plan, scenario),
            actions: record_actions(scenario),
            sessions: record_sessions(scenario),
            success_target: scenario.success_target,
            users: scenario.users.as_ref().map(|users| users.count),
        },
        host: machine::describe(&options.results, addresses.values().any(|a| is_loopback(a))),
        addresses,
        shards: 1,
        generator: None,
        completeness: Completeness {
            ending: Ending::Running,
            reason: None,
            seconds: 0,
        },
        totals: Vec::new(),
        session_totals: Vec::new(),
        captures: Vec::new(),
        gauges: Vec::new(),
        files: BTreeMap::new(),
    }
}

/// The included files, with the paths that they have in the record.
fn included(scenario: &Scenario) -> Vec<IncludedFile> {
    let numbered = scenario.includes.iter().enumerate();
    numbered
        .map(|(index, include)| IncludedFile {
            name: include.name.clone(),
            file: RecordWriter::include_path(index, &include.name),
            sha256: sha256_hex(include.text.as_bytes()),
        })
        .collect()
}

/// How well the generator kept up, now that all is settled.
pub(super) fn health(
    cpu_before_us: Option<u64>,
    clock: Clock,
    lateness: Latency,
    saturations: Vec<Saturation>,
) -> GeneratorHealth {
    let cpu_us = machine::process_cpu_us().zip(cpu_before_us);
    GeneratorHealth {
        cpu_us: cpu_us.map(|(now, before)| now - before),
        peak_memory_bytes: machine::peak_memory_bytes(),
        clock_step_us: clock.wall_step_us(),
        lateness,
        saturated: saturations.iter().map(|s| s.stream.clone()).collect(),
        saturations,
    }
}

/// Adds the end of the run and closes the record.
pub(super) fn finish(
    mut manifest: Manifest,
    recorded: Recorded,
    ending: Ending,
    reason: Option<String>,
) -> Result<PathBuf, RunError> {
    manifest.ended_at = Some(Timestamp::now());
    manifest.completeness = Completeness {
        ending,
        reason,
        seconds: recorded.seconds,
    };
    manifest.totals = recorded.totals;
    manifest.session_totals = recorded.session_totals;
    Ok(recorded.writer.finish(manifest)?)
}
