//! Mistakes in the settings, told with their place and what to do.

use std::fmt;
use std::path::PathBuf;

use super::layers::Entry;
use super::table::Key;

/// Where a value was given, in the order in which mistakes are told.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A whole file.
    File(PathBuf),
    /// A line of a file, from 1; a preset is named like a file.
    Line(PathBuf, usize),
    /// A variable of the environment.
    Variable(String),
    /// A flag of the command line.
    Flag(String),
    /// Nowhere: it is built in.
    #[default]
    Default,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("settings"),
            Self::Line(path, line) => write!(f, "{}:{line}", path.display()),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Variable(name) | Self::Flag(name) => f.write_str(name),
        }
    }
}

/// One mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub place: Place,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Mistake {
    pub(crate) fn new(place: &Place, what: impl Into<String>) -> Self {
        Self {
            place: place.clone(),
            what: what.into(),
            hint: None,
        }
    }

    /// A key that is none of those that are `known`.
    pub(crate) fn unknown(entry: &Entry, known: &[&Key]) -> Self {
        let known: Vec<_> = known.iter().map(|key| key.name).collect();
        Self::new(&entry.place, format!("unknown key {}", entry.key))
            .hint(format!("keys are {}", known.join(", ")))
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// The settings cannot be used: all mistakes in them, never none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", listing(.0))]
pub struct SettingsError(pub Vec<Mistake>);

fn listing(mistakes: &[Mistake]) -> String {
    use fmt::Write as _;
    let mut text = String::new();
    for Mistake { place, what, hint } in mistakes {
        let _ = writeln!(text, "{place}: {what}");
        if let Some(hint) = hint {
            let _ = writeln!(text, "  hint: {hint}");
        }
    }
    let plural = if mistakes.len() == 1 { "" } else { "s" };
    let _ = write!(text, "{} mistake{plural} in the settings", mistakes.len());
    text
}
