//! Work of many callers, done together: a bounded queue, and one task that takes what has gathered.
//!
//! Each caller gets the result of its own item. There is one flush at a time, so that items are
//! done in the order in which they came. What comes during a flush gathers for the next, and goes on
//! gathering for as long again as the flush took, at most for the linger: where flushes are quick nobody
//! waits long, where they are slow they become few and large. An item that comes later is flushed at once.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::background::Background;
use crate::metrics::BatchMetrics;

/// How much is gathered, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest pause between two flushes, unless the second is full; tokio's timer rounds it up to
    /// the next millisecond. Zero: none.
    pub linger: Duration,
    /// Items of one flush: bounds how long the first of them waits for the last.
    pub batch: NonZeroUsize,
    /// Items that may wait; beyond it they are refused.
    pub queue: NonZeroUsize,
}

/// Why an item was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// As many items wait as may.
    #[error("too much is waiting already")]
    Full,
    /// The batcher was closed, or its flush panicked.
    #[error("nothing is taken any more")]
    Closed,
}

/// A handle to the task. Items are `T`, each with a result `R`.
#[derive(Debug)]
pub struct Batcher<T, R> {
    queue: mpsc::Sender<Job<T, R>>,
    metrics: BatchMetrics,
    task: Background,
}

#[derive(Debug)]
struct Job<T, R> {
    item: T,
    reply: oneshot::Sender<R>,
}

/// The result of an item that was accepted. Dropping it does not take the item back.
#[derive(Debug)]
pub struct Pending<R>(oneshot::Receiver<R>);

impl<R> Pending<R> {
    /// Waits until the item's flush has ended.
    pub async fn result(self) -> Result<R, Refused> {
        self.0.await.map_err(|_| Refused::Closed)
    }
}

impl<T, R> Batcher<T, R>
where
    T: Send + 'static,
    R: Send + 'static,
{
    /// Starts the task. `flush` answers with one result an item, in their order.
    pub fn spawn<F, Flushing>(limits: Limits, metrics: BatchMetrics, flush: F) -> Self
    where
        F: FnMut(Vec<T>) -> Flushing + Send + 'static,
        Flushing: Future<Output = Vec<R>> + Send + 'static,
    {
        let (queue, jobs) = mpsc::channel(limits.queue.get());
        let task = Background::spawn("batches", |closing| {
            run(jobs, limits, metrics.clone(), closing, flush)
        });
        Self {
            queue,
            metrics,
            task,
        }
    }

    /// Puts an item into the queue, or refuses it at once.
    pub fn accept(&self, item: T) -> Result<Pending<R>, Refused> {
        let (reply, result) = oneshot::channel();
        let job = Job { item, reply };
        // Before it can be flushed: the flush takes it off again.
        self.metrics.queued.inc();
        let refused = match self.queue.try_send(job) {
            Ok(()) => return Ok(Pending(result)),
            Err(mpsc::error::TrySendError::Full(_)) => Refused::Full,
            Err(mpsc::error::TrySendError::Closed(_)) => Refused::Closed,
        };
        self.metrics.queued.dec();
        Err(refused)
    }

    /// Puts an item into the queue and waits for its result.
    pub async fn submit(&self, item: T) -> Result<R, Refused> {
        self.accept(item)?.result().await
    }

    /// Items that wait for a flush, without those of the one that goes on.
    pub fn queued(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Whether everything is refused from now on.
    pub fn has_ended(&self) -> bool {
        self.queue.is_closed()
    }

    /// Refuses what comes from now on, flushes what was accepted, and ends the task.
    pub async fn close(&self) {
        self.task.close().await;
    }
}

async fn run<T, R, F, Flushing>(
    mut jobs: mpsc::Receiver<Job<T, R>>,
    limits: Limits,
    metrics: BatchMetrics,
    closing: CancellationToken,
    mut flush: F,
) where
    F: FnMut(Vec<T>) -> Flushing,
    Flushing: Future<Output = Vec<R>>,
{
    let most = limits.batch.get();
    let mut batch = Vec::with_capacity(most);
    // When the next flush may begin.
    let mut due = Instant::now();
    loop {
        tokio::select! {
            () = closing.cancelled(), if !jobs.is_closed() => jobs.close(),
            received = jobs.recv_many(&mut batch, most) => {
                if received == 0 {
                    return;
                }
                // Even a sleep that is over already would cost a turn of the runtime.
                if batch.len() < most && due > Instant::now() {
                    // One sleep: to be woken by each item that comes would cost more than it gains.
                    tokio::select! {
                        () = closing.cancelled() => {}
                        () = tokio::time::sleep_until(due) => {}
                    }
                    while batch.len() < most && let Ok(job) = jobs.try_recv() {
                        batch.push(job);
                    }
                }
                let began = Instant::now();
                let (items, replies): (Vec<_>, Vec<_>) =
                    batch.drain(..).map(|job| (job.item, job.reply)).unzip();
                let size = items.len();
                metrics.queued.dec_by(i64::try_from(size).unwrap_or(i64::MAX));
                let span = tracing::debug_span!("batch.flush", items = size);
                let results = flush(items).instrument(span).await;
                let took = began.elapsed();
                metrics.size.observe(size as f64);
                metrics.duration.observe(took.as_secs_f64());
                due = Instant::now() + took.min(limits.linger);
                debug_assert_eq!(results.len(), replies.len(), "one result an item");
                for (reply, result) in replies.into_iter().zip(results) {
                    // The caller may have gone; its item is done all the same.
                    let _ = reply.send(result);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Semaphore;

    use super::*;

    fn limits(linger_ms: u64, batch: usize, queue: usize) -> Limits {
        Limits {
            linger: Duration::from_millis(linger_ms),
            batch: NonZeroUsize::new(batch).unwrap(),
            queue: NonZeroUsize::new(queue).unwrap(),
        }
    }

    /// Answers each item with itself and the size of its batch.
    async fn sized(items: Vec<u32>) -> Vec<(u32, usize)> {
        let size = items.len();
        items.into_iter().map(|item| (item, size)).collect()
    }

    async fn results<T: Send + 'static>(pending: Vec<Pending<T>>) -> Vec<T> {
        let mut results = Vec::new();
        for item in pending {
            results.push(item.result().await.unwrap());
        }
        results
    }

    fn slow(limits: Limits, took_ms: u64) -> (Batcher<u32, (u32, usize)>, impl Fn() -> u64) {
        let batcher = Batcher::spawn(limits, BatchMetrics::default(), move |items| async move {
            tokio::time::sleep(Duration::from_millis(took_ms)).await;
            sized(items).await
        });
        let start = Instant::now();
        (batcher, move || start.elapsed().as_millis() as u64)
    }

    #[tokio::test(start_paused = true)]
    async fn after_a_flush_items_gather_for_as_long_as_it_took() {
        let (batcher, now_ms) = slow(limits(5, 100, 100), 3);
        // Nothing was flushed just before.
        assert_eq!(batcher.submit(0).await, Ok((0, 1)));
        assert_eq!(now_ms(), 3);
        let mut pending = Vec::new();
        for item in 1..4 {
            pending.push(batcher.accept(item).unwrap());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert_eq!(results(pending).await, [(1, 3), (2, 3), (3, 3)]);
        assert_eq!(now_ms(), 9);
        // Long after the last one.
        tokio::time::sleep(Duration::from_millis(3)).await;
        assert_eq!(batcher.submit(4).await, Ok((4, 1)));
        assert_eq!(now_ms(), 15);
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_for_company_longer_than_the_linger() {
        let (batcher, now_ms) = slow(limits(5, 100, 100), 20);
        let first = batcher.accept(0).unwrap();
        tokio::time::sleep(Duration::from_millis(10)).await;
        let second = batcher.accept(1).unwrap();
        assert_eq!(results(vec![first, second]).await, [(0, 1), (1, 1)]);
        // The first flush, the pause, and the second.
        assert_eq!(now_ms(), 45);
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_batch_does_not_linger() {
        let (batcher, now_ms) = slow(limits(5_000, 2, 100), 20);
        let pending = (0..4).map(|item| batcher.accept(item).unwrap()).collect();
        assert_eq!(results(pending).await, [(0, 2), (1, 2), (2, 2), (3, 2)]);
        assert_eq!(now_ms(), 40);
    }

    #[tokio::test]
    async fn beyond_the_queue_items_are_refused_until_there_is_room() {
        let gate = Arc::new(Semaphore::new(0));
        let waiting = gate.clone();
        let batcher = Batcher::spawn(limits(0, 2, 3), BatchMetrics::default(), move |items| {
            let gate = waiting.clone();
            async move {
                gate.acquire().await.unwrap().forget();
                sized(items).await
            }
        });
        let mut pending = vec![batcher.accept(0).unwrap()];
        while batcher.queued() > 0 {
            tokio::task::yield_now().await;
        }
        pending.extend((1..4).map(|item| batcher.accept(item).unwrap()));
        assert_eq!(batcher.accept(4).unwrap_err(), Refused::Full);
        gate.add_permits(3);
        assert_eq!(results(pending).await, [(0, 1), (1, 2), (2, 2), (3, 1)]);
        gate.add_permits(1);
        assert_eq!(batcher.submit(5).await, Ok((5, 1)));
    }

    #[tokio::test(start_paused = true)]
    async fn closing_flushes_at_once_what_was_accepted_and_takes_no_more() {
        let batcher = Batcher::spawn(limits(60_000, 2, 100), BatchMetrics::default(), sized);
        let pending = (0..5).map(|item| batcher.accept(item).unwrap()).collect();
        let start = Instant::now();
        batcher.close().await;
        assert_eq!(start.elapsed(), Duration::ZERO);
        let expected = [(0, 2), (1, 2), (2, 2), (3, 2), (4, 1)];
        assert_eq!(results(pending).await, expected);
        assert_eq!(batcher.submit(9).await, Err(Refused::Closed));
    }

    #[tokio::test]
    async fn a_flush_that_panics_refuses_instead_of_hanging() {
        async fn panics(_: Vec<u32>) -> Vec<u32> {
            panic!("a flush of a test")
        }
        let batcher = Batcher::spawn(limits(0, 2, 2), BatchMetrics::default(), panics);
        assert!(!batcher.has_ended());
        assert_eq!(batcher.submit(1).await, Err(Refused::Closed));
        while !batcher.has_ended() {
            tokio::task::yield_now().await;
        }
    }
}
