//! Writing what is not the generator's own: gauges, statements and marks.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::RecordError;
use crate::gauge::{GaugeRow, Numbers};
use crate::mark::{self, Mark};
use crate::rows::write_rows;
use crate::statement::StatementRow;
use crate::writer::{GAUGES, MARKS, STATEMENTS, append, create};

/// Appends readings to a record that is being written.
///
/// As with [`RecordWriter`](crate::RecordWriter) everything reaches the files before a call returns.
/// It must be done before the record is finished.
pub struct GaugeWriter {
    dir: PathBuf,
    gauges: File,
    numbers: Numbers,
    /// Created with the first snapshot.
    statements: Option<File>,
}

impl GaugeWriter {
    /// Creates `gauges.csv` in the record in `dir`.
    pub fn create(dir: &Path) -> Result<Self, RecordError> {
        Ok(Self {
            dir: dir.to_owned(),
            gauges: create(dir, GAUGES, &Numbers::header())?,
            numbers: Numbers::default(),
            statements: None,
        })
    }

    /// Appends what was read at one instant or at several.
    pub fn append(&mut self, rows: &[GaugeRow]) -> Result<(), RecordError> {
        let lines = self.numbers.lines(rows);
        append(&self.dir, GAUGES, &mut self.gauges, &lines)
    }

    /// Appends a snapshot of statements.
    pub fn append_statements(&mut self, rows: &[StatementRow]) -> Result<(), RecordError> {
        let mut lines = Vec::new();
        let header = self.statements.is_none();
        write_rows(&mut lines, rows, header).expect("rows serialize into memory");
        match &mut self.statements {
            Some(file) => append(&self.dir, STATEMENTS, file, &lines)?,
            None => self.statements = Some(create(&self.dir, STATEMENTS, &lines)?),
        }
        Ok(())
    }

    /// Makes all of it durable.
    pub fn finish(self) -> Result<(), RecordError> {
        for file in std::iter::once(&self.gauges).chain(&self.statements) {
            file.sync_all().map_err(RecordError::io(&self.dir))?;
        }
        Ok(())
    }
}

/// Appends marks to a record that is being written; others may do so at the same time, from other
/// threads and processes.
pub struct MarkWriter {
    path: PathBuf,
    file: File,
}

impl MarkWriter {
    /// For the record in `dir`.
    pub fn open(dir: &Path) -> Result<Self, RecordError> {
        let path = dir.join(MARKS);
        let file = mark::append_to(&path)?;
        Ok(Self { path, file })
    }

    /// Appends one mark.
    pub fn append(&self, mark: &Mark) -> Result<(), RecordError> {
        mark::write(&self.file, &self.path, mark)
    }
}
