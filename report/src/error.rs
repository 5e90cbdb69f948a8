//! What can go wrong between a record and its report.

use std::path::PathBuf;

use brunt_record::RecordError;

/// A record could not be digested.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The record could not be read.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The HTML template and the document disagree: a fault of brunt.
    #[error("the report could not be rendered as HTML")]
    Html(#[from] tera::Error),
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
