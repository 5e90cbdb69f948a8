//! Mistakes in a scenario file, told with their place and what to do.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A scenario cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// The file could not be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file has mistakes: all of them.
    #[error("{}", listing(path, mistakes))]
    Mistakes {
        /// The file.
        path: PathBuf,
        /// In the order of their lines; never empty.
        mistakes: Vec<Mistake>,
    },
}

fn listing(path: &std::path::Path, mistakes: &[Mistake]) -> String {
    use fmt::Write as _;
    let mut text = String::new();
    for mistake in mistakes {
        let _ = writeln!(
            text,
            "{}:{}: {}",
            path.display(),
            mistake.line,
            mistake.what
        );
        if let Some(hint) = &mistake.hint {
            let _ = writeln!(text, "  hint: {hint}");
        }
    }
    let plural = if mistakes.len() == 1 { "" } else { "s" };
    let _ = write!(text, "{} mistake{plural} in the scenario", mistakes.len());
    text
}

/// Collects mistakes by the byte ranges in which they were found.
pub(super) struct Mistakes<'a> {
    text: &'a str,
    found: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.push(span, what.into(), None);
    }

    pub(super) fn add_with_hint(
        &mut self,
        span: &Range<usize>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.push(span, what.into(), Some(hint.into()));
    }

    fn push(&mut self, span: &Range<usize>, what: String, hint: Option<String>) {
        let start = span.start.min(self.text.len());
        self.found.push(Mistake {
            line: self.text.as_bytes()[..start].split(|b| *b == b'\n').count(),
            what,
            hint,
        });
    }

    pub(super) fn into_sorted(mut self) -> Vec<Mistake> {
        self.found.sort_by_key(|m| m.line);
        self.found
    }
}
