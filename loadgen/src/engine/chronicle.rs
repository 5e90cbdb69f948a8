//! What the engine tells of a run while it goes on: marks for the record, the ends of stages for the
//! sampler.

use std::path::Path;

use brunt_record::{Mark, MarkKind, MarkWriter, RecordError};
use tokio::sync::watch;

/// Told by the conductor and by those who take profiles.
pub(super) struct Chronicle {
    marks: MarkWriter,
    /// Stages that are over.
    edges: watch::Sender<u32>,
}

impl Chronicle {
    /// For the record in `dir`.
    pub(super) fn open(dir: &Path, edges: watch::Sender<u32>) -> Result<Self, RecordError> {
        Ok(Self {
            marks: MarkWriter::open(dir)?,
            edges,
        })
    }

    pub(super) fn mark(&self, at_us: u64, kind: MarkKind, text: impl Into<String>) {
        let mark = Mark {
            at_us,
            kind,
            text: text.into(),
        };
        if let Err(error) = self.marks.append(&mark) {
            // What is measured is worth more than where it happened.
            tracing::warn!(%error, "a mark was not recorded");
        }
    }

    /// Everything of a stage has settled, or was given up.
    pub(super) fn stage_over(&self) {
        self.edges.send_modify(|stages| *stages += 1);
    }
}
