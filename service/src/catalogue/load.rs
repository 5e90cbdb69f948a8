//! Reads a catalogue and reports everything that is wrong with it at once.

use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::mistakes::{Found, Mistakes};
use super::table::Table;
use super::{Catalogue, Challenge, check, read};

const BUILT_IN: &str = include_str!("../../catalogue.toml");

/// Why a catalogue could not be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The file could not be read.
    #[error("catalogue {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is no catalogue, or contradicts itself.
    #[error("catalogue {}: {mistakes}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Everything that was found.
        mistakes: Mistakes,
    },
}

impl Catalogue {
    /// The catalogue that is compiled in.
    pub fn built_in() -> Result<Self, CatalogueError> {
        Self::parse(Path::new("(built in)"), BUILT_IN)
    }

    /// The catalogue in a TOML file.
    pub fn load(path: &Path) -> Result<Self, CatalogueError> {
        let text = std::fs::read_to_string(path).map_err(|source| CatalogueError::Read {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(path, &text)
    }

    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, CatalogueError> {
        let mut found = Found::new(path, text);
        let read = parse(text, &mut found);
        found
            .into_result()
            .map_err(|mistakes| CatalogueError::Invalid {
                path: path.to_owned(),
                mistakes,
            })?;
        let (namespace, challenges) = read;
        Ok(Self::index(namespace, challenges))
    }
}

/// What could be read; whole where nothing was found to be wrong.
fn parse(text: &str, found: &mut Found<'_>) -> (String, Vec<Challenge>) {
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let what = error.message().replace('\n', ", ");
        found.add(&error.span().unwrap_or(0..0), format!("not TOML: {what}"));
    }
    if !errors.is_empty() {
        // What a broken line hides would be reported as missing.
        return Default::default();
    }
    let table = Table::new("the catalogue", 0..0, root.get_ref());
    let (namespace, challenges) = read::file(table, found);
    check::check(&challenges, found);
    let challenges = challenges
        .into_iter()
        .filter_map(|read| {
            let goals = read
                .goals
                .into_iter()
                .filter_map(|read| read.goal)
                .collect();
            Some(Challenge {
                goals,
                ..read.challenge?
            })
        })
        .collect();
    (namespace.unwrap_or_default(), challenges)
}

#[cfg(test)]
mod tests;
