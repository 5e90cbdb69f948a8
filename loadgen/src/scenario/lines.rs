//! Where in its files something of a scenario is written.

use std::fmt;
use std::path::PathBuf;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// The scenario, or a file that it includes.
    pub file: PathBuf,
    /// From 1.
    pub line: usize,
}

/// Where an action is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionLines {
    /// Its name.
    pub name: SourceLine,
    /// Its settings, by their names.
    pub settings: Vec<(String, SourceLine)>,
}

impl ActionLines {
    /// The line of `setting`; that of the name where it has none of its own.
    pub(crate) fn of(&self, setting: &str) -> &SourceLine {
        let mut settings = self.settings.iter();
        let found = settings.find(|(name, _)| *name == setting);
        found.map_or(&self.name, |(_, line)| line)
    }
}

/// `FILE:LINE`.
impl fmt::Display for SourceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}
