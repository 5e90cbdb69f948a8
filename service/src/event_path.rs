//! The way of an event into the database: by itself, in a group, or after it was acknowledged.

use std::time::Duration;

use crate::batch::{Batcher, Limits, Refused};
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
    Behind(Batcher<Effect, ()>),
}

impl EventPath {
    /// The way that the phase asks for, and the task that it needs.
    pub fn new(store: &Store, switches: &Switches) -> Self {
        let limits = Limits {
            linger: switches.event_linger,
            batch: switches.event_batch,
            queue: switches.event_queue,
        };
        let window = switches.event_window;
        let way = match (switches.events, store.kind()) {
            (Events::Direct, _) => Way::Direct,
            (Events::GroupCommit, DatabaseKind::Sqlite) => Way::SqliteWriter {
                queue: limits.queue.get(),
            },
            (Events::GroupCommit, DatabaseKind::Postgres) => {
                let store = store.clone();
                Way::Grouped(Batcher::spawn(limits, move |effects| {
                    write_group(store.clone(), window, effects)
                }))
            }
            (Events::WriteBehind, _) => {
                let store = store.clone();
                Way::Behind(Batcher::spawn(limits, move |effects| {
                    write_behind(store.clone(), window, effects)
                }))
            }
        };
        Self {
            store: store.clone(),
            window,
            way,
        }
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
            Way::Behind(batcher) => return batcher.accept(effect).map(drop).map_err(refusal),
        }
        self.store.advance(&effect, self.window).await?;
        Ok(())
    }

    /// Events that wait for their group; absent where events do not.
    pub fn queued(&self) -> Option<usize> {
        match &self.way {
            Way::Direct | Way::SqliteWriter { .. } => None,
            Way::Grouped(batcher) => Some(batcher.queued()),
            Way::Behind(batcher) => Some(batcher.queued()),
        }
    }

    /// Says in the log what an operator must know of the way.
    pub fn announce(&self, switches: &Switches) {
        match &self.way {
            Way::Direct | Way::Grouped(_) => {}
            Way::SqliteWriter { .. } => tracing::info!(
                "events go to the writer of SQLite one by one: it commits in groups by itself"
            ),
            Way::Behind(_) => tracing::warn!(
                events = switches.event_queue.get() + switches.event_batch.get(),
                "events are acknowledged before they are written: a crash loses up to so many"
            ),
        }
    }

    /// Takes no more events and writes those that were accepted.
    pub async fn close(&self) {
        match &self.way {
            Way::Direct | Way::SqliteWriter { .. } => {}
            Way::Grouped(batcher) => batcher.close().await,
            Way::Behind(batcher) => batcher.close().await,
        }
    }
}

fn refusal(refused: Refused) -> StoreError {
    match refused {
        Refused::Full => StoreError::Overloaded,
        Refused::Closed => StoreError::Closed,
    }
}

async fn write_group(
    store: Store,
    window: Duration,
    effects: Vec<Effect>,
) -> Vec<Result<(), StoreError>> {
    let outcomes = store.advance_all(&effects, window).await;
    outcomes
        .into_iter()
        .map(|touched| touched.map(drop))
        .collect()
}

/// Nobody hears of a failure any more: what may pass is tried again, while the queue fills up and
/// then refuses. Events without an id that were written although the database failed count twice.
async fn write_behind(store: Store, window: Duration, effects: Vec<Effect>) -> Vec<()> {
    let acknowledged = vec![(); effects.len()];
    let mut left = effects;
    let mut pause = FIRST_PAUSE;
    for again in (0..TRIES).rev() {
        let outcomes = store.advance_all(&left, window).await;
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
    acknowledged
}
