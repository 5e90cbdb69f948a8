//! Profiles of the processes under load, fetched while they are under load.

use std::path::{Path, PathBuf};
use std::time::Duration;

use brunt_record::{Capture, ProfileName, RecordWriter};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use crate::clock::Clock;
use crate::scenario::{CaptureSpec, Scenario};

/// A CPU profile takes this much longer than asked for, to be built and sent.
const ALLOWANCE: Duration = Duration::from_secs(20);
const FREQUENCY_HZ: u32 = 99;

/// One profile to take.
pub(super) struct PlannedCapture {
    spec: CaptureSpec,
    admin: Option<String>,
    /// Into the stage, so that the profile is centred on its middle.
    pub(super) offset: Duration,
}

impl PlannedCapture {
    /// The captures in the stage `stage` of the scenario.
    pub(super) fn of_stage(scenario: &Scenario, stage: &str, length: Duration) -> Vec<Self> {
        scenario
            .captures
            .iter()
            .filter(|spec| spec.stage == stage)
            .map(|spec| Self {
                spec: spec.clone(),
                admin: scenario.addresses.admin.clone(),
                offset: length.saturating_sub(spec.duration) / 2,
            })
            .collect()
    }

    /// What the record says where the profile was never started.
    pub(super) fn missed(&self, problem: &str) -> Capture {
        Capture {
            component: self.spec.component.clone(),
            kind: "cpu".to_owned(),
            stage: self.spec.stage.clone(),
            file: None,
            problem: Some(problem.to_owned()),
        }
    }

    /// Takes the profile now and stores it in the record.
    pub(super) async fn take(self, record: PathBuf, clock: Clock) -> Capture {
        let second = clock.now_us() / 1_000_000;
        match self.fetch(&record, second).await {
            Ok(file) => Capture {
                file: Some(file),
                problem: None,
                ..self.missed("")
            },
            Err(problem) => self.missed(&problem),
        }
    }

    async fn fetch(&self, record: &Path, second: u64) -> Result<String, String> {
        let admin = self
            .admin
            .as_deref()
            .ok_or("the scenario has no admin address")?;
        let seconds = self.spec.duration.as_secs().max(1);
        let url = format!(
            "{}/debug/pprof/profile?seconds={seconds}&frequency={FREQUENCY_HZ}",
            admin.trim_end_matches('/')
        );
        let uri: http::Uri = url.parse().map_err(|e| format!("{url}: {e}"))?;
        let client: Client<HttpConnector, Empty<Bytes>> =
            Client::builder(TokioExecutor::new()).build_http();
        let body = async {
            let response = client.get(uri).await.map_err(|e| e.to_string())?;
            let status = response.status();
            if !status.is_success() {
                return Err(format!("HTTP {status}"));
            }
            let body = response
                .into_body()
                .collect()
                .await
                .map_err(|e| e.to_string())?;
            Ok(body.to_bytes())
        };
        let bytes = tokio::time::timeout(self.spec.duration + ALLOWANCE, body)
            .await
            .map_err(|_| {
                format!(
                    "{admin}: no profile within {:?}",
                    self.spec.duration + ALLOWANCE
                )
            })?
            .map_err(|problem| format!("{admin}: {problem}"))?;
        let name = ProfileName {
            component: self.spec.component.clone(),
            kind: "cpu".to_owned(),
            stage: self.spec.stage.clone(),
            second,
        };
        RecordWriter::add_profile(record, &name, &bytes).map_err(|e| e.to_string())
    }
}
