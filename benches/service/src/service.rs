//! The service under measurement, in a process of its own.

use std::fs::File;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use serde_json::Value;

use crate::cpu::Processes;

const START_PATIENCE: Duration = Duration::from_mins(1);

/// A running service; it stops when this is dropped.
pub(crate) struct Service {
    child: Child,
    pub(crate) http: String,
    pub(crate) grpc: String,
    pub(crate) admin: String,
}

impl Service {
    /// Starts it on free ports. Nobody listens at the address of its reward platform.
    pub(crate) fn start(
        program: &Path,
        phase: &str,
        database: &str,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        Self::start_with(program, phase, database, folder, &[])
    }

    /// The same with variables of the environment.
    pub(crate) fn start_with(
        program: &Path,
        phase: &str,
        database: &str,
        folder: &Path,
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Self> {
        let log = folder.join("service.log");
        let child = Command::new(program)
            .args([
                "--phase",
                phase,
                "--allow-mock-user",
                "--log-format",
                "json",
            ])
            .args([
                "--http",
                "127.0.0.1:0",
                "--grpc",
                "127.0.0.1:0",
                "--admin",
                "127.0.0.1:0",
            ])
            .args(["--reward-url", "http://127.0.0.1:1"])
            // Arguments can be read by everybody on the machine.
            .env("CHALLENGE_DATABASE", database)
            .envs(environment.iter().copied())
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stderr(File::create(&log)?)
            .spawn()
            .context("cannot start the service")?;
        let mut service = Self {
            child,
            http: String::new(),
            grpc: String::new(),
            admin: String::new(),
        };
        let started = Instant::now();
        while started.elapsed() < START_PATIENCE {
            let said = std::fs::read_to_string(&log)?;
            let mut lines = said
                .lines()
                .filter_map(|line| serde_json::from_str::<Value>(line).ok());
            if let Some(ready) = lines.find(|line| line["http"].is_string()) {
                let address = |name: &str| ready[name].as_str().unwrap_or_default().to_owned();
                (service.http, service.grpc) = (address("http"), address("grpc"));
                service.admin = address("admin");
                return Ok(service);
            }
            if let Some(status) = service.child.try_wait()? {
                bail!("the service ended with {status}:\n{said}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        bail!("the service was not ready within {START_PATIENCE:?}")
    }

    pub(crate) fn processes(&self) -> Processes {
        Processes {
            pid: self.child.id().cast_signed(),
            with_children: false,
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // Nothing of it is wanted any more.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
