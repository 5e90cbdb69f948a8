//! brunt itself, as its users run it: a scenario file and the binary.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use brunt_record::{Latency, Record};
use tempfile::TempDir;

use crate::process;

/// The built program.
pub(crate) struct Brunt {
    program: PathBuf,
    folder: TempDir,
}

/// One run of it.
pub(crate) struct Run {
    pub(crate) cpu: Duration,
    pub(crate) lateness: Latency,
    pub(crate) peak_memory_bytes: Option<u64>,
}

impl Brunt {
    /// Builds it.
    pub(crate) fn build() -> anyhow::Result<Self> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let status = Command::new(cargo)
            .args(["build", "--release", "--package", "brunt"])
            .status()
            .context("cannot run cargo")?;
        ensure!(status.success(), "brunt cannot be built");
        let program = std::env::current_exe()?.with_file_name("brunt");
        ensure!(
            program.is_file(),
            "{} is not there\nhint: run with --release",
            program.display()
        );
        Ok(Self {
            program,
            folder: tempfile::tempdir()?,
        })
    }

    /// Runs one stage with one stream, which `stream` describes in TOML.
    pub(crate) fn run(
        &self,
        target: SocketAddr,
        call: Call,
        duration: Duration,
        stream: &str,
    ) -> anyhow::Result<Run> {
        let (head, action) = match call {
            Call::Http => (
                format!("[addresses]\nhttp = \"http://{target}\""),
                "http = \"GET /\"",
            ),
            Call::Grpc => {
                let proto = Path::new(env!("CARGO_MANIFEST_DIR")).join("events.proto");
                (
                    format!(
                        "proto = \"{}\"\n[addresses]\ngrpc = \"http://{target}\"",
                        proto.display()
                    ),
                    "grpc = \"bench.v1.Events/OnMessage\"\nmessage = '{\"id\": \"${run}-${ordinal}\", \"userId\": \"user-1\", \"value\": 1.5}'",
                )
            }
        };
        let seconds = duration.as_secs();
        let text = format!(
            "format = 1\nname = \"bench\"\n{head}\n[actions.call]\n{action}\n\
             [[stages]]\nname = \"load\"\nduration = \"{seconds}s\"\n\
             [[stages.streams]]\nname = \"main\"\n{stream}\nmix = {{ call = 1 }}\n"
        );
        let file = self.folder.path().join("scenario.toml");
        std::fs::write(&file, text)?;
        let (cpu, path) = process::run(
            Command::new(&self.program)
                .arg("run")
                .arg(&file)
                .arg("--quiet")
                .arg("--out")
                .arg(self.folder.path().join("runs")),
        )?;
        let record = Record::open(Path::new(path.trim()))?;
        let problems = record.problems();
        ensure!(problems.is_empty(), "brunt's record: {problems:?}");
        let health = record.manifest.generator.context("no generator health")?;
        Ok(Run {
            cpu,
            lateness: health.lateness,
            peak_memory_bytes: health.peak_memory_bytes,
        })
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Call {
    Http,
    Grpc,
}
