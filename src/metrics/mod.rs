//! Prometheus metrics of a run while it goes on: what the recorder has counted, once a second.

mod collector;
mod endpoint;

use std::sync::{Mutex, PoisonError};

use brunt_loadgen::{Progress, Update};

pub(crate) use endpoint::Endpoint;

/// The last second that the recorder has told.
#[derive(Debug, Default)]
pub(crate) struct Book {
    last: Mutex<Option<Progress>>,
}

impl Book {
    pub(crate) fn update(&self, update: &Update) {
        if let Update::Second(progress) = update {
            *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress.clone());
        }
    }

    fn last(&self) -> Option<Progress> {
        self.last
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
