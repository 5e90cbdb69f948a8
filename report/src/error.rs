//! What can go wrong between a record and its report.

use std::path::PathBuf;

use brunt_record::RecordError;

/// A record could not be digested.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The record could not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// What a document states cannot be held against a record.
    #[error("{}: holds the figures of a document, and {} the record of a run\nhint: compare two of one kind; what a document states has no distribution to hold a record against", stated.display(), recorded.display())]
    StatedAndRecorded {
        /// A directory of the one kind.
        stated: PathBuf,
        /// A directory of the other.
        recorded: PathBuf,
    },
    /// Other than two documents.
    #[error(
        "figures of {found} documents: two are compared at a time\nhint: brunt compare A B, and brunt compare B C"
    )]
    StatedMore {
        /// How many.
        found: usize,
    },
    /// A template cannot be used.
    #[error("{place}: {what}")]
    Template {
        /// Its path, with the line where that is known.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// The gate could not be written as JUnit XML.
    #[error("the gate could not be written as JUnit XML: {0}")]
    Junit(String),
    /// The latency log goes back in time.
    #[error("{}: latency.hlog is not in the order of time: second {second} comes late\nhint: brunt writes its records in order; this one was changed since", dir.display())]
    Unordered {
        /// The record.
        dir: PathBuf,
        /// The first second that is out of order.
        second: u64,
    },
}
