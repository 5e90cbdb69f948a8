//! Tasks that go on beside requests until they are told to end.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::tasks::named;

/// A handle to a task; clones share it. Dropping it does not end the task.
#[derive(Debug, Clone)]
pub(crate) struct Background {
    closing: CancellationToken,
    task: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Background {
    /// Starts a task of that name, which has to end when the token is cancelled.
    pub(crate) fn spawn<F>(name: &'static str, task: impl FnOnce(CancellationToken) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let closing = CancellationToken::new();
        let task = tokio::spawn(named(name, task(closing.clone())));
        Self {
            closing,
            task: Arc::new(Mutex::new(Some(task))),
        }
    }

    /// Tells the task to end when this is dropped, for owners who may not have closed it.
    pub(crate) fn guard(&self) -> DropGuard {
        self.closing.clone().drop_guard()
    }

    /// Tells the task to end, and waits until it has.
    pub(crate) async fn close(&self) {
        self.closing.cancel();
        if let Some(task) = self.task.lock().await.take() {
            // Fails only if the task panicked, which was printed.
            let _ = task.await;
        }
    }
}
