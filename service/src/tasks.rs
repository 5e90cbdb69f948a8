//! What the tasks of this process are called, and how many of them there are.
//!
//! The runtime counts tasks without names; those that the service starts by itself have one.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use serde::Serialize;

static COUNTS: Mutex<BTreeMap<&'static str, Arc<Count>>> = Mutex::new(BTreeMap::new());

#[derive(Debug, Default)]
struct Count {
    begun: AtomicU64,
    ended: AtomicU64,
}

/// Tasks of one name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct TaskCount {
    pub(crate) name: &'static str,
    /// That have not ended.
    pub(crate) alive: u64,
    /// Since the process began.
    pub(crate) begun: u64,
}

/// Gives a task its name, from now to its end.
pub(crate) fn named<F: Future>(name: &'static str, task: F) -> Named<F> {
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    let count = Arc::clone(counts.entry(name).or_default());
    count.begun.fetch_add(1, Ordering::Relaxed);
    Named {
        task,
        _alive: Alive(count),
    }
}

/// How many there are, by name.
pub(crate) fn counts() -> Vec<TaskCount> {
    let counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    counts
        .iter()
        .map(|(name, count)| {
            // In this order: one that ends in between is alive still, and none less than none.
            let ended = count.ended.load(Ordering::Acquire);
            let begun = count.begun.load(Ordering::Relaxed);
            TaskCount {
                name,
                alive: begun.saturating_sub(ended),
                begun,
            }
        })
        .collect()
}

pin_project! {
    /// A task with a name.
    #[derive(Debug)]
    pub(crate) struct Named<F> {
        #[pin]
        task: F,
        _alive: Alive,
    }
}

impl<F: Future> Future for Named<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.project().task.poll(context)
    }
}

/// Ends with the task, however that ends.
#[derive(Debug)]
struct Alive(Arc<Count>);

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.ended.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(name: &str) -> Option<(u64, u64)> {
        let counts = counts();
        let of_it = counts.iter().find(|count| count.name == name);
        of_it.map(|count| (count.alive, count.begun))
    }

    #[tokio::test]
    async fn tasks_are_alive_until_they_end() {
        assert_eq!(count("a test"), None);
        let waits = tokio::spawn(named("a test", std::future::pending::<()>()));
        let ends = tokio::spawn(named("a test", async {}));
        ends.await.unwrap();
        assert_eq!(count("a test"), Some((1, 2)));
        waits.abort();
        assert!(waits.await.unwrap_err().is_cancelled());
        assert_eq!(count("a test"), Some((0, 2)));
    }
}
