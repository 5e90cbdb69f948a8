//! Switches goals on or off, in the way that the phase says; all ways come to the same.

use std::num::{NonZeroU32, NonZeroUsize};
use std::time::Duration;

use crate::batch::{Batcher, Limits};
use crate::instant::Instant;
use crate::metrics::{Metrics, SetActiveFlushMetrics, SetActiveMetrics};
use crate::phase::{SetActive, Switches};
use crate::progress::Progress;
use crate::rounds::rounds;
use crate::store::{ActiveWrite, Assignment, DatabaseKind, Store, StoreError};

/// Writes that share a statement: bounds how long the first of them waits for the last.
const TOGETHER: Limits = Limits {
    // What comes during a commit gathers for the next; a lone write need not wait.
    linger: Duration::ZERO,
    batch: NonZeroUsize::new(256).unwrap(),
    queue: NonZeroUsize::new(4096).unwrap(),
};

/// The longest pause between two tries, as random as it is.
const MAX_PAUSE_MS: u32 = 8;

/// A way of switching goals on or off.
#[derive(Debug)]
pub struct Activator {
    store: Store,
    way: Way,
}

#[derive(Debug)]
enum Way {
    RowUpdate,
    RowLock,
    Optimistic {
        attempts: NonZeroU32,
        metrics: SetActiveMetrics,
    },
    Queued(Batcher<ActiveWrite, Result<Progress, StoreError>>),
}

impl Activator {
    /// Must be called on a runtime, which the queue needs.
    pub fn new(store: Store, switches: &Switches, metrics: &Metrics) -> Self {
        let way = match (switches.set_active, store.kind()) {
            (SetActive::RowUpdate, _)
            // SQLite's writer is the queue of every row.
            | (SetActive::Queued, DatabaseKind::Sqlite) => Way::RowUpdate,
            (SetActive::RowLock, _) => Way::RowLock,
            (SetActive::Optimistic, _) => Way::Optimistic {
                attempts: switches.set_active_attempts,
                metrics: metrics.group(),
            },
            (SetActive::Queued, DatabaseKind::Postgres) => {
                let store = store.clone();
                let SetActiveFlushMetrics(metrics) = metrics.group();
                Way::Queued(Batcher::spawn(TOGETHER, metrics, move |writes| {
                    let store = store.clone();
                    async move { write_together(&store, writes).await }
                }))
            }
        };
        Self { store, way }
    }

    /// Writes the row of the goal, inserting it where the player has none yet.
    pub async fn set_active(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
    ) -> Result<Progress, StoreError> {
        let (store, now) = (&self.store, Instant::now());
        match &self.way {
            Way::RowUpdate => store.set_active(user, namespace, goal, now).await,
            Way::RowLock => store.set_active_locked(user, namespace, goal, now).await,
            Way::Optimistic { attempts, metrics } => {
                for attempt in 0..attempts.get() {
                    if attempt > 1 {
                        // Those who met twice step out of each other's way.
                        let pause = fastrand::u32(0..=attempt.min(MAX_PAUSE_MS));
                        tokio::time::sleep(Duration::from_millis(pause.into())).await;
                    }
                    let row = store.row_of_goal(user, &goal.goal_id).await?;
                    let version = row.map(|row| row.version);
                    let now = Instant::now();
                    let written = store
                        .set_active_at(user, namespace, goal, version, now)
                        .await?;
                    if let Some(row) = written {
                        return Ok(row);
                    }
                    metrics.conflicts.inc();
                }
                metrics.given_up.inc();
                Err(StoreError::Conflict)
            }
            Way::Queued(queue) => {
                let write = ActiveWrite {
                    user_id: user.to_owned(),
                    namespace: namespace.to_owned(),
                    goal: goal.clone(),
                };
                queue.submit(write).await?
            }
        }
    }

    /// Whether no write is accepted any more.
    pub fn has_ended(&self) -> bool {
        matches!(&self.way, Way::Queued(queue) if queue.has_ended())
    }

    /// Writes what was accepted, and accepts no more.
    pub async fn close(&self) {
        if let Way::Queued(queue) = &self.way {
            queue.close().await;
        }
    }
}

/// Writes in the order in which they came, as many at once as there are different rows.
async fn write_together(
    store: &Store,
    writes: Vec<ActiveWrite>,
) -> Vec<Result<Progress, StoreError>> {
    let mut results = Vec::with_capacity(writes.len());
    results.resize_with(writes.len(), || Err(StoreError::Closed));
    for places in rounds(
        writes
            .iter()
            .map(|write| (&write.user_id, &write.goal.goal_id)),
    ) {
        let round: Vec<_> = places.iter().map(|place| writes[*place].clone()).collect();
        match store.set_active_together(&round, Instant::now()).await {
            Ok(rows) => {
                for (place, row) in places.into_iter().zip(rows) {
                    results[place] = Ok(row);
                }
            }
            // One of them is to blame; the others must not suffer for it.
            Err(error) if error.is_about_content() && round.len() > 1 => {
                for (place, write) in places.into_iter().zip(round) {
                    let ActiveWrite {
                        user_id,
                        namespace,
                        goal,
                    } = write;
                    let now = Instant::now();
                    results[place] = store.set_active(&user_id, &namespace, &goal, now).await;
                }
            }
            Err(error) => {
                for place in places {
                    results[place] = Err(error.clone());
                }
            }
        }
    }
    results
}
