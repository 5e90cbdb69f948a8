//! A temporary folder with what a demo needs: the plan, the database, logs.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use brunt_loadgen::Scenario;
use clap::ValueEnum;
use tempfile::TempDir;

const SHORT: &str = include_str!("../../scenarios/m3-short.toml");
const FULL: &str = include_str!("../../scenarios/m3.toml");
const PROTO: &str = include_str!("../../service/proto/brunt/events/v1/events.proto");
/// Where the scenarios expect the proto, from the root of the repository.
const PROTO_PATH: &str = "service/proto/brunt/events/v1/events.proto";

/// Which plan a demo runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PlanLength {
    /// A minute a phase: 10 s of init at 600/s, 50 s of gameplay at 300/s beside 500/s
    Short,
    /// The recorded plan, 31 minutes a phase
    Full,
    /// A few seconds a phase at low rates, to see that everything is there
    Smoke,
}

/// The folder; it goes when this is dropped.
pub(crate) struct Workspace {
    folder: TempDir,
}

impl Workspace {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("brunt-demo-")
            .tempdir()
            .context("cannot make a temporary folder")?;
        let workspace = Self { folder };
        workspace.put(PROTO_PATH, PROTO)?;
        Ok(workspace)
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The plan, ready to be run, and its text.
    pub(crate) fn scenario(&self, length: PlanLength) -> anyhow::Result<(Scenario, String)> {
        let (name, text) = match length {
            PlanLength::Short => ("m3-short", SHORT),
            PlanLength::Full => ("m3", FULL),
            PlanLength::Smoke => ("smoke", include_str!("../../scenarios/smoke.toml")),
        };
        let path = self.put(&format!("scenarios/{name}.toml"), text)?;
        Ok(Scenario::read(&path)?)
    }

    fn put(&self, name: &str, text: &str) -> anyhow::Result<PathBuf> {
        let path = self.path().join(name);
        let folder = path.parent().unwrap_or(self.path());
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&path, text))
            .with_context(|| path.display().to_string())?;
        Ok(path)
    }
}
