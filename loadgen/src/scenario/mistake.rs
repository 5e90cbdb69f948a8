//! Mistakes in a scenario file, told with their place and what to do.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::lines::SourceLine;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The file: the scenario, or one that it includes.
    pub file: PathBuf,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: String,
}

impl Mistake {
    pub(crate) fn at(line: &SourceLine, what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            file: line.file.clone(),
            line: line.line,
            what: what.into(),
            hint: hint.into(),
        }
    }
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
    /// The file has mistakes: all of them, in the order of the files and their lines; never none.
    #[error("{}", listing(.0))]
    Mistakes(Vec<Mistake>),
}

impl ScenarioError {
    /// Mistakes that were found after the file was read, in whatever order.
    pub(crate) fn of(mut mistakes: Vec<Mistake>) -> Self {
        mistakes.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Self::Mistakes(mistakes)
    }
}

fn listing(mistakes: &[Mistake]) -> String {
    use fmt::Write as _;
    let mut text = String::new();
    for mistake in mistakes {
        let _ = writeln!(
            text,
            "{}:{}: {}",
            mistake.file.display(),
            mistake.line,
            mistake.what
        );
        let _ = writeln!(text, "  hint: {}", mistake.hint);
    }
    let plural = if mistakes.len() == 1 { "" } else { "s" };
    let _ = write!(text, "{} mistake{plural} in the scenario", mistakes.len());
    text
}

/// Collects mistakes by the byte ranges in which they were found.
///
/// The files of a scenario lie one after the other: a position names a file and a place in it.
pub(super) struct Mistakes<'a> {
    sources: Vec<Source<'a>>,
    /// With the position at which each was found.
    found: Vec<(usize, Mistake)>,
}

struct Source<'a> {
    path: PathBuf,
    text: Cow<'a, str>,
    start: usize,
}

impl<'a> Mistakes<'a> {
    /// For the scenario `text`, which stands in the file `path`.
    pub(super) fn new(path: &Path, text: &'a str) -> Self {
        Self {
            sources: vec![Source {
                path: path.to_owned(),
                text: Cow::Borrowed(text),
                start: 0,
            }],
            found: Vec::new(),
        }
    }

    /// Adds another file, and returns the position of its first byte.
    pub(super) fn add_source(&mut self, path: PathBuf, text: String) -> usize {
        let last = self.sources.last();
        // A position at the very end of a file still belongs to it.
        let start = last.map_or(0, |last| last.start + last.text.len() + 1);
        self.sources.push(Source {
            path,
            text: Cow::Owned(text),
            start,
        });
        start
    }

    /// Notes what is wrong at `span`, and what to do about it.
    pub(super) fn add(
        &mut self,
        span: &Range<usize>,
        what: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let mistake = Mistake::at(&self.line(span), what, hint);
        self.found.push((span.start, mistake));
    }

    pub(super) fn add_broken_toml(&mut self, span: &Range<usize>, error: &toml::de::Error) {
        self.add(
            span,
            format!("not TOML: {}", error.message().replace('\n', ", ")),
            "write lines of key = value below a [table], with texts in quotes",
        );
    }

    /// The line in which a range begins.
    pub(super) fn line(&self, span: &Range<usize>) -> SourceLine {
        let (file, line) = self.locate(span);
        SourceLine {
            file: file.to_owned(),
            line,
        }
    }

    fn locate(&self, span: &Range<usize>) -> (&Path, usize) {
        let source = self.sources.iter().rev().find(|s| s.start <= span.start);
        let source = source.unwrap_or(&self.sources[0]);
        let end = (span.start - source.start).min(source.text.len());
        let before = &source.text.as_bytes()[..end];
        (&source.path, before.split(|b| *b == b'\n').count())
    }

    /// All of them, file by file and line by line.
    pub(super) fn into_sorted(mut self) -> Vec<Mistake> {
        let starts: Vec<usize> = self.sources.iter().map(|source| source.start).collect();
        self.found.sort_by_key(|(position, mistake)| {
            let file = starts.iter().filter(|start| *start <= position).count();
            (file, mistake.line)
        });
        self.found.into_iter().map(|(_, mistake)| mistake).collect()
    }
}
