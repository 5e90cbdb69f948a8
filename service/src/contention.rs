//! Who waits for a connection or a lock, where, and how long.
//!
//! Whoever need not wait pays for one look: no clock is read and nothing is written down. Who waits has
//! the stack taken that waits, as in the block profile of Go.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, TryLockError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use pin_project_lite::pin_project;

#[cfg(thread_timers)]
use crate::native::here;

/// Most different stacks; what comes then is counted under the name of what it waits for.
const MOST_STACKS: usize = 4096;

static WAITS: LazyLock<Mutex<HashMap<Waiter, Waits>>> = LazyLock::new(Mutex::default);

/// Who waits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Waiter {
    /// For what.
    pub(crate) what: &'static str,
    /// The addresses to which its calls return, the innermost first; empty where that is not known.
    pub(crate) stack: Box<[usize]>,
}

/// What one waiter waited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Waits {
    /// How often.
    pub(crate) count: u64,
    /// How long, all together.
    pub(crate) delay: Duration,
}

/// Waits for `future`, and notes it if that has to be waited for.
pub(crate) fn waiting<F: Future>(what: &'static str, future: F) -> Waiting<F> {
    Waiting {
        future,
        wait: Wait { what, began: None },
    }
}

/// Locks, whether or not somebody panicked with the lock; notes it if that takes a wait.
pub(crate) fn lock<'a, T>(what: &'static str, mutex: &'a Mutex<T>) -> MutexGuard<'a, T> {
    match mutex.try_lock() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => {
            let _wait = Wait::begun(what);
            mutex.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

/// The same for a reader.
pub(crate) fn read<'a, T>(what: &'static str, lock: &'a RwLock<T>) -> RwLockReadGuard<'a, T> {
    match lock.try_read() {
        Ok(guard) => guard,
        Err(TryLockError::Poisoned(error)) => error.into_inner(),
        Err(TryLockError::WouldBlock) => {
            let _wait = Wait::begun(what);
            lock.read().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

/// All waits since the process began.
pub(crate) fn waits() -> HashMap<Waiter, Waits> {
    WAITS.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pin_project! {
    /// A future that may have to be waited for.
    #[derive(Debug)]
    pub(crate) struct Waiting<F> {
        #[pin]
        future: F,
        wait: Wait,
    }
}

impl<F: Future> Future for Waiting<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let output = this.future.poll(context);
        if output.is_pending() {
            this.wait.begin();
        } else {
            this.wait.end();
        }
        output
    }
}

/// Ends when it is dropped at the latest: who gave up has waited too.
#[derive(Debug)]
pub(crate) struct Wait {
    what: &'static str,
    began: Option<(Instant, Box<[usize]>)>,
}

impl Wait {
    /// Whoever calls waits from now on, until this is dropped.
    pub(crate) fn begun(what: &'static str) -> Self {
        let mut wait = Self { what, began: None };
        wait.begin();
        wait
    }

    fn begin(&mut self) {
        if self.began.is_none() {
            self.began = Some((Instant::now(), here()));
        }
    }

    fn end(&mut self) {
        let Some((began, stack)) = self.began.take() else {
            return;
        };
        let delay = began.elapsed();
        let mut waits = WAITS.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiter = Waiter {
            what: self.what,
            stack,
        };
        if waits.len() >= MOST_STACKS && !waits.contains_key(&waiter) {
            waiter.stack = Box::default();
        }
        let waits = waits.entry(waiter).or_default();
        waits.count += 1;
        waits.delay += delay;
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        self.end();
    }
}

/// Nobody knows.
#[cfg(not(thread_timers))]
fn here() -> Box<[usize]> {
    Box::default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use tokio::sync::Semaphore;

    use super::*;

    /// What was waited for `what`, by how many waiters.
    fn total(what: &str) -> (usize, Waits) {
        let all = waits();
        let of_it = all.iter().filter(|(waiter, _)| waiter.what == what);
        of_it.fold((0, Waits::default()), |(waiters, sum), (_, waits)| {
            let sum = Waits {
                count: sum.count + waits.count,
                delay: sum.delay + waits.delay,
            };
            (waiters + 1, sum)
        })
    }

    #[tokio::test]
    async fn only_who_waits_is_noted() {
        let places = Arc::new(Semaphore::new(1));
        let take = |what| waiting(what, places.clone().acquire_owned());
        drop(take("nobody").await.unwrap());
        assert_eq!(total("nobody"), (0, Waits::default()));

        let held = places.clone().acquire_owned().await.unwrap();
        let release = async {
            tokio::time::sleep(Duration::from_millis(30)).await;
            drop(held);
        };
        let (place, ()) = tokio::join!(take("somebody"), release);
        drop(place.unwrap());
        let (waiters, waits) = total("somebody");
        assert_eq!((waiters, waits.count), (1, 1));
        assert!(waits.delay >= Duration::from_millis(30), "{waits:?}");
    }

    #[tokio::test]
    async fn who_gives_up_has_waited() {
        let places = Semaphore::new(0);
        let patience = Duration::from_millis(20);
        let place = waiting("in vain", places.acquire());
        assert!(tokio::time::timeout(patience, place).await.is_err());
        let (_, waits) = total("in vain");
        assert_eq!(waits.count, 1);
        assert!(waits.delay >= patience, "{waits:?}");
    }

    #[test]
    fn locks_are_waited_for_by_threads() {
        let mutex = Mutex::new(0);
        let held = lock("a mutex", &mutex);
        thread::scope(|scope| {
            let waiter = scope.spawn(|| *lock("a mutex", &mutex) += 1);
            thread::sleep(Duration::from_millis(30));
            drop(held);
            waiter.join().unwrap();
        });
        *lock("a mutex", &mutex) += 1;
        assert_eq!(*lock("a mutex", &mutex), 2);
        assert_eq!(total("a mutex").1.count, 1);
    }
}
