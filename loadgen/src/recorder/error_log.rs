//! The first few failures of every kind.

use std::collections::HashMap;

use brunt_record::ErrorSample;

/// How many failures of a kind are kept, per stage and action.
const KEPT: usize = 5;

#[derive(Default)]
pub(super) struct ErrorLog {
    seen: HashMap<(String, String, String), usize>,
    waiting: Vec<ErrorSample>,
}

impl ErrorLog {
    /// Keeps the sample that `describe` makes, if few of its kind are there.
    pub(super) fn add(
        &mut self,
        stage: &str,
        action: &str,
        kind: &str,
        describe: impl FnOnce() -> ErrorSample,
    ) {
        let key = (stage.to_owned(), action.to_owned(), kind.to_owned());
        let seen = self.seen.entry(key).or_default();
        if *seen < KEPT {
            *seen += 1;
            self.waiting.push(describe());
        }
    }

    /// What was kept since the last call.
    pub(super) fn take(&mut self) -> Vec<ErrorSample> {
        std::mem::take(&mut self.waiting)
    }
}
