//! A phase: which of the recorded optimisations are switched on.
//!
//! Presets are files in `service/phases/`, built in; any other file with the same keys will do.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// The switches of one phase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phase {
    /// What the log and the metrics call it: the stem of its file.
    pub name: String,
    /// The switches themselves.
    pub switches: Switches,
}

/// The content of a phase file. A key that is not listed here is an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Connections to the database; for SQLite the upper bound of its readers.
    pub pool: std::num::NonZeroU32,
    /// Which rows a new user gets.
    pub materialisation: Materialisation,
    /// How an event reaches the database.
    pub events: Events,
    /// How a goal is switched on or off.
    pub set_active: SetActive,
    /// How the response with all goals is made.
    pub catalogue_body: CatalogueBody,
    /// When a claimed reward is granted.
    pub rewards: Rewards,
}

/// Which rows a new user gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Materialisation {
    /// A row for every goal of the catalogue; those assigned by default are active.
    Eager,
    /// A row for every goal assigned by default; others on first use.
    Lazy,
}

/// How an event reaches the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Events {
    /// One statement per event.
    Direct,
}

/// How a goal is switched on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetActive {
    /// The row is written whatever it held.
    RowUpdate,
}

/// How the response with all goals is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CatalogueBody {
    /// Serialised from scratch for every request.
    Serde,
}

/// When a claimed reward is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rewards {
    /// While the player waits for the answer to the claim.
    Inline,
    /// Afterwards: the claim notes that the reward is owed, and a worker gets it granted.
    Outbox,
}

/// Why a phase could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum PhaseError {
    /// Neither a preset nor a file.
    #[error(
        "phase \"{name}\" is no preset and no file can be read there: {source}\nhint: presets are {}",
        preset_names()
    )]
    NotFound {
        /// What was asked for.
        name: String,
        /// Why the file could not be read.
        source: std::io::Error,
    },
    /// The file does not parse.
    #[error("phase file {}: {source}", path.display())]
    Syntax {
        /// The file, or the name of the preset.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

const PRESETS: [(&str, &str); 5] = [
    ("phase8", include_str!("../phases/phase8.toml")),
    ("phase9", include_str!("../phases/phase9.toml")),
    ("phase10", include_str!("../phases/phase10.toml")),
    ("phase11", include_str!("../phases/phase11.toml")),
    ("phase12", include_str!("../phases/phase12.toml")),
];

fn preset_names() -> String {
    PRESETS.map(|(name, _)| name).join(", ")
}

impl Phase {
    /// The preset called `name`, or else the phase in the file of that path.
    pub fn load(name: &str) -> Result<Self, PhaseError> {
        if let Some((_, text)) = PRESETS.iter().find(|(preset, _)| *preset == name) {
            return Self::parse(Path::new(name), text);
        }
        let text = std::fs::read_to_string(name).map_err(|source| PhaseError::NotFound {
            name: name.to_owned(),
            source,
        })?;
        Self::parse(Path::new(name), &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, PhaseError> {
        let switches = toml::from_str(text).map_err(|source| PhaseError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let name = path
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        Ok(Self { name, switches })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_differ_in_materialisation_only() {
        let eager = Phase::load("phase8").unwrap().switches;
        let lazy = Phase::load("phase9").unwrap().switches;
        assert_eq!(eager.materialisation, Materialisation::Eager);
        assert_eq!(lazy.materialisation, Materialisation::Lazy);
        assert_eq!(
            Switches {
                materialisation: Materialisation::Lazy,
                ..eager
            },
            lazy
        );
    }

    #[test]
    fn rewards_go_through_the_outbox_from_phase_11_on() {
        let rewards = PRESETS.map(|(name, _)| Phase::load(name).unwrap().switches.rewards);
        let [inline, outbox] = [Rewards::Inline, Rewards::Outbox];
        assert_eq!(rewards, [inline, inline, inline, outbox, outbox]);
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let text = format!("{}\nfaster = true\n", PRESETS[1].1);
        let error = Phase::parse(Path::new("mine.toml"), &text).unwrap_err();
        assert!(error.to_string().contains("faster"), "{error}");
        assert!(error.to_string().contains("mine.toml"), "{error}");
    }

    #[test]
    fn a_name_that_is_neither_preset_nor_file_lists_the_presets() {
        let error = Phase::load("phase7").unwrap_err().to_string();
        assert!(error.contains("phase8, phase9, phase10"), "{error}");
    }
}
