//! Mistakes in a catalogue file, each with its place.

use std::fmt;
use std::ops::Range;
use std::path::Path;

/// All mistakes of one catalogue, one a line, in the order of the file.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistakes(Vec<String>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} mistake{plural}", self.0.len())?;
        for mistake in &self.0 {
            write!(f, "\n  {mistake}")?;
        }
        Ok(())
    }
}

/// Collects mistakes by the byte ranges in which they were found.
pub(super) struct Found<'a> {
    path: &'a Path,
    text: &'a str,
    mistakes: Vec<(usize, String)>,
}

impl<'a> Found<'a> {
    /// For `text`, which stands in the file `path`.
    pub(super) fn new(path: &'a Path, text: &'a str) -> Self {
        Self {
            path,
            text,
            mistakes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, span: &Range<usize>, what: impl Into<String>) {
        self.mistakes.push((span.start, what.into()));
    }

    /// `LINE:COLUMN`, both from 1, of a byte of the file.
    pub(super) fn place(&self, position: usize) -> String {
        let end = self.text.floor_char_boundary(position);
        let before = &self.text[..end];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let line = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        format!("{line}:{column}")
    }

    /// Nothing, or every mistake as `FILE:LINE:COLUMN: what`.
    pub(super) fn into_result(mut self) -> Result<(), Mistakes> {
        if self.mistakes.is_empty() {
            return Ok(());
        }
        self.mistakes.sort_by_key(|(position, _)| *position);
        let told = self.mistakes.iter().map(|(position, what)| {
            let place = self.place(*position);
            format!("{}:{place}: {what}", self.path.display())
        });
        Err(Mistakes(told.collect()))
    }
}
