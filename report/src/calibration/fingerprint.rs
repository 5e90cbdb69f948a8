//! Which runs a calibration is good for.

use brunt_record::{DataKind, Manifest};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::language;

/// What noise depends on: the load, the machine, the generator. Not the version of the service, for
/// two of which it is calibrated. Nor the kernel's: updates in between are what the expiry is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fingerprint {
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of its file, then of those that it includes, then of its data sets and bodies.
    pub digests: Vec<String>,
    /// What the command line changed of it.
    pub overrides: Vec<String>,
    /// The label `database`, where there is one.
    pub database: Option<String>,
    /// The machine of the generator.
    pub host: HostPrint,
    /// Version of brunt.
    pub brunt: String,
}

/// A machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostPrint {
    /// Model of the processor.
    pub cpu: Option<String>,
    /// Cores that the generator may use.
    pub cores: Option<u32>,
    /// Memory in bytes.
    pub memory_bytes: Option<u64>,
    /// Frequency governor of the first core.
    pub governor: Option<String>,
    /// Do the processes under load run on it too?
    pub shared_with_target: bool,
}

/// One thing in which a run differs from the runs of a calibration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Mismatch {
    /// What: `processor`.
    pub what: String,
    /// Of the calibration.
    pub calibrated: String,
    /// Of the run.
    pub run: String,
}

impl Fingerprint {
    /// That of one run.
    pub fn of(run: &Manifest) -> Self {
        let scenario = &run.scenario;
        let includes = scenario.includes.iter().map(|file| file.sha256.clone());
        let data = scenario.data.iter().flatten();
        let data = data.filter(|file| file.kind != DataKind::Proto);
        let data = data.map(|file| file.sha256.clone());
        let host = &run.host;
        Self {
            scenario: scenario.name.clone(),
            digests: std::iter::once(scenario.sha256.clone())
                .chain(includes)
                .chain(data)
                .collect(),
            overrides: run.overrides.clone(),
            database: run.labels.get("database").cloned(),
            host: HostPrint {
                cpu: host.cpu.clone(),
                cores: host.cores,
                memory_bytes: host.memory_bytes,
                governor: host.governor.clone(),
                shared_with_target: host.shared_with_target,
            },
            brunt: run.build.version.clone(),
        }
    }

    /// Everything in which `run` differs.
    pub fn mismatches(&self, run: &Self) -> Vec<Mismatch> {
        let pairs = self.facts().into_iter().zip(run.facts());
        pairs
            .filter(|((_, calibrated), (_, run))| calibrated != run)
            .map(|((what, calibrated), (_, run))| Mismatch {
                what: what.to_owned(),
                calibrated,
                run,
            })
            .collect()
    }

    fn facts(&self) -> [(&'static str, String); 10] {
        let known = |value: Option<String>| value.unwrap_or_else(|| "not recorded".to_owned());
        let host = &self.host;
        let short = |digest: &String| digest.get(..12).unwrap_or(digest).to_owned();
        let digests: Vec<String> = self.digests.iter().map(short).collect();
        let shared = if host.shared_with_target { "yes" } else { "no" };
        [
            ("scenario", self.scenario.clone()),
            ("scenario's files", digests.join(" ")),
            (
                "changes to it",
                match &self.overrides[..] {
                    [] => "none".to_owned(),
                    changes => changes.join(" "),
                },
            ),
            (
                "database",
                self.database
                    .clone()
                    .unwrap_or_else(|| "no label".to_owned()),
            ),
            ("processor", known(host.cpu.clone())),
            ("cores", known(host.cores.map(|cores| cores.to_string()))),
            ("memory", known(host.memory_bytes.map(language::bytes))),
            ("governor", known(host.governor.clone())),
            ("machine shared with the service", shared.to_owned()),
            ("brunt", self.brunt.clone()),
        ]
    }
}
