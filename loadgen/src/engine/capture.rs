//! Profiles of the processes under load, fetched while they are under load.

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use brunt_record::{Capture, MarkKind, ProfileName, RecordWriter};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::chronicle::Chronicle;
use crate::clock::Clock;
use crate::fetch::Fetcher;
use crate::scenario::{PlannedProfile, ProfileKind, Scenario, Stage};

/// A profile takes this much longer than it looks on, to be built and sent.
const ALLOWANCE: Duration = Duration::from_secs(20);
const FREQUENCY_HZ: u32 = 99;
/// A profile that is larger is none.
const MOST_BYTES: usize = 64 << 20;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// One profile to take.
pub(super) struct PlannedCapture {
    component: String,
    stage: String,
    profile: PlannedProfile,
    /// Whose it is, which messages name; the error says why there is nobody to ask.
    base: Result<String, String>,
    /// Where it is to be had there.
    path_and_query: String,
}

impl PlannedCapture {
    /// The captures in the stage `stage` of the scenario.
    pub(super) fn of_stage(scenario: &Scenario, stage: &Stage) -> Vec<Self> {
        let mut captures = Vec::new();
        for spec in &scenario.captures {
            let base = spec.base(&scenario.addresses).map(str::to_owned);
            for profile in spec.of_stage(stage) {
                captures.push(Self {
                    component: spec.component.clone(),
                    stage: stage.name.clone(),
                    profile,
                    base: base.clone(),
                    path_and_query: path_and_query(spec.path(profile.kind), profile.length),
                });
            }
        }
        captures
    }

    /// Into the stage.
    pub(super) fn offset(&self) -> Duration {
        self.profile.offset
    }

    fn kind(&self) -> ProfileKind {
        self.profile.kind
    }

    /// What the record says where the profile was never started.
    pub(super) fn missed(&self, problem: &str) -> Capture {
        Capture {
            component: self.component.clone(),
            kind: self.kind().slug().to_owned(),
            stage: self.stage.clone(),
            started_us: None,
            length_us: None,
            file: None,
            problem: Some(problem.to_owned()),
        }
    }

    /// Takes the profile now and stores it in the record in `dir`.
    pub(super) async fn take(self, dir: &Path, clock: Clock, chronicle: &Chronicle) -> Capture {
        let started_us = clock.now_us();
        let text = format!("{} profile of {}", self.kind(), self.component);
        chronicle.mark(started_us, MarkKind::Profile, text);
        let (file, problem) = match self.fetch(dir, started_us / 1_000_000).await {
            Ok(file) => (Some(file), None),
            Err(problem) => (None, Some(problem)),
        };
        let length_us = self.profile.length.map(|length| length.as_micros() as u64);
        Capture {
            started_us: Some(started_us),
            length_us,
            file,
            problem,
            ..self.missed("")
        }
    }

    async fn fetch(&self, dir: &Path, second: u64) -> Result<String, String> {
        let base = self.base.as_ref().map_err(Clone::clone)?;
        let request = http::Request::get(format!("{base}{}", self.path_and_query));
        let fetcher = Fetcher::new();
        let body = fetcher.body(request, MOST_BYTES);
        let patience = self.profile.length.unwrap_or_default() + ALLOWANCE;
        let bytes = tokio::time::timeout(patience, body)
            .await
            .map_err(|_| format!("{base}: no profile within {patience:?}"))?
            .map_err(|problem| format!("{base}: {problem}"))?;
        let name = ProfileName {
            component: self.component.clone(),
            kind: self.kind().slug().to_owned(),
            stage: self.stage.clone(),
            second,
        };
        let bytes = compressed(&bytes).map_err(|e| e.to_string())?;
        RecordWriter::add_profile(dir, &name, &bytes).map_err(|e| e.to_string())
    }
}

fn path_and_query(path: &str, length: Option<Duration>) -> String {
    let Some(length) = length else {
        return path.to_owned();
    };
    let seconds = length.as_secs().max(1);
    let and = if path.contains('?') { '&' } else { '?' };
    format!("{path}{and}seconds={seconds}&frequency={FREQUENCY_HZ}")
}

/// The files of a record are gzip, which not every endpoint sends.
fn compressed(bytes: &Bytes) -> std::io::Result<Bytes> {
    if bytes.starts_with(&GZIP) {
        return Ok(bytes.clone());
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.into())
}
