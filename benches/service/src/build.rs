//! The programs, built as this one is.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, ensure};

/// The service and the generator.
pub(crate) struct Programs {
    pub(crate) service: PathBuf,
    pub(crate) brunt: PathBuf,
}

impl Programs {
    pub(crate) fn build() -> anyhow::Result<Self> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.args([
            "build",
            "--package",
            "brunt",
            "--package",
            "challenge-service",
            "--bins",
        ]);
        if cfg!(debug_assertions) {
            eprintln!("built without --release: good for a try, its figures mean nothing");
        } else {
            command.arg("--release");
        }
        let status = command.status().context("cannot run cargo")?;
        ensure!(
            status.success(),
            "brunt and challenge-service cannot be built"
        );
        let beside = |name| -> anyhow::Result<PathBuf> {
            let program = std::env::current_exe()?.with_file_name(name);
            ensure!(program.is_file(), "{} is not there", program.display());
            Ok(program)
        };
        Ok(Self {
            service: beside("challenge-service")?,
            brunt: beside("brunt")?,
        })
    }
}
