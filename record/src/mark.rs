//! `marks.ndjson`: what happened when, for charts to show.
//!
//! **Merging** takes the marks of all records in the order of time, equal ones once.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::Path;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::RecordError;
use crate::reader::read_manifest;
use crate::rows::{read_lines, read_text};
use crate::writer::{MANIFEST, MARKS, PARTIAL_MANIFEST};

/// An event of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Mark {
    /// When, microseconds since the start of the run.
    pub at_us: u64,
    /// What kind of event.
    pub kind: MarkKind,
    /// In words: the stage, the component and kind of the profile, why the run was aborted, or what
    /// somebody noted.
    pub text: String,
}

/// What kind of event a mark is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum MarkKind {
    /// A stage began.
    Stage,
    /// The last arrival of a stage could be due.
    StageEnd,
    /// A profile was begun.
    Profile,
    /// A threshold or a signal ended the run.
    Abort,
    /// Somebody noted something: a deployment, a failover.
    Note,
}

/// Why a mark cannot be set.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// The record cannot be read or written.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The run is over.
    #[error(
        "{dir}: the run has ended\nhint: notes on a finished run go to notes.md beside its record"
    )]
    Ended {
        /// The record.
        dir: String,
    },
}

/// Notes `text` in the record in `dir`, whose run goes on, as of now.
///
/// A finished record, or one whose generator is gone, is left as it is.
pub fn mark(dir: &Path, text: &str) -> Result<Mark, MarkError> {
    let ended = || MarkError::Ended {
        dir: dir.display().to_string(),
    };
    if !is_running(dir)? {
        return Err(ended());
    }
    let manifest = read_manifest(&dir.join(PARTIAL_MANIFEST))?;
    let path = dir.join(MARKS);
    let file = append_to(&path)?;
    // Whoever finishes the record takes the digest of this file under the same lock.
    file.lock().map_err(RecordError::io(&path))?;
    if dir.join(MANIFEST).exists() {
        return Err(ended());
    }
    let since = Timestamp::now().duration_since(manifest.started_at);
    let mark = Mark {
        at_us: u64::try_from(since.as_micros()).unwrap_or(0),
        kind: MarkKind::Note,
        text: text.to_owned(),
    };
    write(&file, &path, &mark)?;
    Ok(mark)
}

/// Does the generator that writes the record in `dir` still run?
pub fn is_running(dir: &Path) -> Result<bool, RecordError> {
    if dir.join(MANIFEST).is_file() {
        return Ok(false);
    }
    let path = dir.join(PARTIAL_MANIFEST);
    let not_a_record = || RecordError::NotARecord {
        path: dir.to_owned(),
    };
    let file = File::open(&path).map_err(|_| not_a_record())?;
    // Its writer holds the lock for as long as it lives.
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(source)) => Err(RecordError::Io { path, source }),
    }
}

pub(crate) fn append_to(path: &Path) -> Result<File, RecordError> {
    OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(RecordError::io(path))
}

/// Appends one line, in one write: two writers never mix theirs.
pub(crate) fn write(mut file: &File, path: &Path, mark: &Mark) -> Result<(), RecordError> {
    let mut line = serde_json::to_vec(mark).expect("a mark serializes");
    line.push(b'\n');
    file.write_all(&line).map_err(RecordError::io(path))
}

/// All marks, in the order of time.
pub(crate) fn read(path: &Path, torn: bool) -> Result<Vec<Mark>, RecordError> {
    let mut marks: Vec<Mark> = read_lines(path, &read_text(path, torn)?)?;
    marks.sort_by_key(|mark| mark.at_us);
    Ok(marks)
}
