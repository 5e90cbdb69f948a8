//! What can go wrong with a record.

use std::io;
use std::path::{Path, PathBuf};

/// A record could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The operating system refused a file operation.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The directory is there already; a record is never overwritten.
    #[error("{}: exists already\nhint: choose another --out, or remove it", path.display())]
    Exists {
        /// The directory.
        path: PathBuf,
    },
    /// There is no record in the directory.
    #[error("{}: not a run record (neither run.json nor run.partial.json in it)", path.display())]
    NotARecord {
        /// The directory.
        path: PathBuf,
    },
    /// The directory holds what a document states of a run, and no record of it.
    #[error("{}: holds the figures of a document, not the record of a run\nhint: two of its kind can be compared by `brunt compare`, and nothing else", path.display())]
    Stated {
        /// The directory.
        path: PathBuf,
    },
    /// The record was written by a later brunt.
    #[error("{}: record schema {found}, this brunt reads {supported}\nhint: use a newer brunt", path.display())]
    Schema {
        /// The manifest.
        path: PathBuf,
        /// Version in the file.
        found: u32,
        /// Version that this build reads.
        supported: u32,
    },
    /// A file of the record does not follow its format.
    #[error("{}:{line}: {reason}", path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}

impl RecordError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        move |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn format(path: &Path, line: u64, reason: impl Into<String>) -> Self {
        Self::Format {
            path: path.to_owned(),
            line,
            reason: reason.into(),
        }
    }
}
