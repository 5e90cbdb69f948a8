//! Figures that somebody took out of a document, as records of what it states.

mod fields;
mod form;
mod stages;

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use brunt_record::{Build, Stated, StatedSource, sha256_hex};

/// Reads the table of figures in `path`: one of what a document states for each of its phases. All
/// mistakes are told at once.
pub(crate) fn figures(path: &Path, build: &Build) -> anyhow::Result<Vec<Stated>> {
    let name = path.display().to_string();
    let bytes = std::fs::read(path).with_context(|| name.clone())?;
    let table: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| {
        anyhow::anyhow!(
            "{name}:{}: {error}\nhint: docs/figures.md has the form of the file",
            error.line()
        )
    })?;
    let source = StatedSource {
        file: path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
        sha256: sha256_hex(&bytes),
        about: None,
    };
    match form::read(&table, source, build) {
        Ok(phases) => Ok(phases),
        Err(mistakes) => {
            let mut text = String::new();
            for mistake in mistakes {
                let _ = writeln!(text, "{name}: {mistake}");
            }
            bail!("{text}hint: docs/figures.md has the form of the file")
        }
    }
}
