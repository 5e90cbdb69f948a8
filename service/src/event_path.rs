//! The way of an event into the database: by itself, in a group, or after it was acknowledged.

use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::batch::{Batcher, Limits, Refused};
use crate::metrics::{EventFlushMetrics, Metrics};
use crate::phase::{Events, Switches};
use crate::store::{DatabaseKind, Effect, Store, StoreError};

/// Events that were acknowledged before they are written are tried so often.
const TRIES: u32 = 5;

/// The pause before the second try; each of the others is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// Takes events; one for the whole process.
#[derive(Debug)]
pub struct EventPath {
    store: Store,
    window: Duration,
    way: Way,
}

#[derive(Debug)]
enum Way {
    /// One statement an event.
    Direct,
    /// As direct, because the writer of SQLite groups all writes by itself: a group before its
    /// queue would only make events linger twice.
    SqliteWriter {
        /// So many writes may wait.
        queue: usize,
    },
    /// Acknowledged when the commit of its group has returned.
    Grouped(Batcher<Effect, Result<(), StoreError>>),
    /// Acknowledged when it is in the queue.
    Behind {
        batcher: Batcher<Effect, ()>,
        /// Acknowledged, and neither written nor given up yet.
        owed: Arc<AtomicUsize>,
    },
}

impl EventPath {
    /// The way that the phase asks for, and the task that it needs: must be called on a runtime.
    pub fn new(store: &Store, switches: &Switches, metrics: &Metrics) -> Self {
        let limits = Limits {
            linger: switches.event_linger.span(),
            batch: count(switches.event_batch),
            queue: count(switches.event_queue),
        };
        let flusher = || Flusher {
            store: store.clone(),
            window: switches.event_window,
            metrics: metrics.group(),
        };
        let way = match (switches.events, store.kind()) {
            (Events::Direct, _) => Way::Direct,
            (Events::GroupCommit, DatabaseKind::Sqlite) => Way::SqliteWriter {
                queue: limits.queue.get(),
            },
            (Events::GroupCommit, DatabaseKind::Postgres) => {
                let flusher = flusher();
                let metrics = flusher.metrics.batches.clone();
                let flush = move |effects| flusher.clone().write_group(effects);
                Way::Grouped(Batcher::spawn(limits, metrics, flush))
            }
            (Events::WriteBehind, _) => {
                let flusher = flusher();
                let metrics = flusher.metrics.batches.clone();
                let owed = Arc::<AtomicUsize>::default();
                let written = owed.clone();
                let flush = move |effects: Vec<Effect>| {
                    let (flusher, written) = (flusher.clone(), written.clone());
                    async move {
                        let acknowledged = vec![(); effects.len()];
                        flusher.write_behind(effects).await;
                        written.fetch_sub(acknowledged.len(), Ordering::Relaxed);
                        acknowledged
                    }
                };
                Way::Behind {
                    batcher: Batcher::spawn(limits, metrics, flush),
                    owed,
                }
            }
        };
        let path = Self {
            store: store.clone(),
            window: switches.event_window,
            way,
        };
        path.announce(switches);
        path
    }

    /// Applies an event. It is durable when this returns, but for write-behind.
    pub async fn take(&self, effect: Effect) -> Result<(), StoreError> {
        match &self.way {
            Way::Direct => {}
            Way::SqliteWriter { queue } => {
                if self.store.pool_gauge().queued_writes >= Some(*queue) {
                    return Err(StoreError::Overloaded);
                }
            }
            Way::Grouped(batcher) => return batcher.submit(effect).await.map_err(refusal)?,
            Way::Behind { batcher, owed } => {
                // Before it can be written, which takes it off again.
                owed.fetch_add(1, Ordering::Relaxed);
                let accepted = batcher.accept(effect).map(drop).map_err(refusal);
                return accepted.inspect_err(|_| {
                    owed.fetch_sub(1, Ordering::Relaxed);
                });
            }
        }
        self.store.advance(&effect, self.window).await?;
        Ok(())
    }

    /// Says in the log what an operator must know of the way.
    fn announce(&self, switches: &Switches) {
        match &self.way {
            Way::Direct | Way::Grouped(..) => {}
            Way::SqliteWriter { .. } => tracing::info!(
                "events go to the writer of SQLite one by one: it commits in groups by itself"
            ),
            Way::Behind { .. } => tracing::warn!(
                events = count(switches.event_queue).get() + count(switches.event_batch).get(),
                "events are acknowledged before they are written: a crash loses up to so many"
            ),
        }
    }

    /// Whether no event is taken any more.
    pub fn has_ended(&self) -> bool {
        match &self.way {
            Way::Direct | Way::SqliteWriter { .. } => false,
            Way::Grouped(batcher) => batcher.has_ended(),
            Way::Behind { batcher, .. } => batcher.has_ended(),
        }
    }

    /// Takes no more events and writes those that were accepted.
    pub async fn close(&self) {
        match &self.way {
            Way::Direct | Way::SqliteWriter { .. } => {}
            Way::Grouped(batcher) => batcher.close().await,
            Way::Behind { batcher, .. } => batcher.close().await,
        }
    }

    /// Says in the log what is lost where the process ends before it was closed.
    pub(crate) fn give_up(&self) {
        if let Way::Behind { owed, .. } = &self.way {
            let events = owed.load(Ordering::Relaxed);
            if events > 0 {
                tracing::error!(
                    events,
                    "events that were acknowledged are lost: up to so many were not written"
                );
            }
        }
    }
}

fn count(most: NonZeroU32) -> NonZeroUsize {
    NonZeroUsize::try_from(most).unwrap_or(NonZeroUsize::MAX)
}

fn refusal(refused: Refused) -> StoreError {
    match refused {
        Refused::Full => StoreError::Overloaded,
        Refused::Closed => StoreError::Closed,
    }
}

/// Writes what has gathered.
#[derive(Debug, Clone)]
struct Flusher {
    store: Store,
    window: Duration,
    metrics: EventFlushMetrics,
}

impl Flusher {
    async fn write_group(self, effects: Vec<Effect>) -> Vec<Result<(), StoreError>> {
        let outcomes = self.flush(&effects).await;
        outcomes
            .into_iter()
            .map(|touched| touched.map(drop))
            .collect()
    }

    /// Nobody hears of a failure any more: what may pass is tried again, while the queue fills up
    /// and then refuses. Events without an id that were written although the database failed count
    /// twice.
    async fn write_behind(&self, effects: Vec<Effect>) {
        let mut left = effects;
        let mut pause = FIRST_PAUSE;
        for again in (0..TRIES).rev() {
            let outcomes = self.flush(&left).await;
            let mut failed = Vec::new();
            for (effect, outcome) in left.into_iter().zip(outcomes) {
                match outcome {
                    Ok(_) => {}
                    Err(error) if again > 0 && error.may_pass() => failed.push(effect),
                    Err(error) => tracing::error!(
                        %error,
                        user = effect.user_id,
                        "an event that was acknowledged is lost"
                    ),
                }
            }
            left = failed;
            if left.is_empty() {
                break;
            }
            tracing::warn!(
                events = left.len(),
                "acknowledged events could not be written yet"
            );
            tokio::time::sleep(pause).await;
            pause *= 2;
        }
    }

    /// One try; how many rows each event touched.
    async fn flush(&self, effects: &[Effect]) -> Vec<Result<u64, StoreError>> {
        let outcomes = self.store.advance_all(effects, self.window).await;
        if outcomes.iter().any(Result::is_err) {
            self.metrics.failures.inc();
        }
        outcomes
    }
}
