//! Inserts the rows of new users: each by itself, or those of several users in one statement.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::batch::{Batcher, Limits};
use crate::instant::Instant;
use crate::keys::Bound;
use crate::metrics::{Metrics, NewUserFlushMetrics};
use crate::phase::Switches;
use crate::store::{Assignments, DatabaseKind, Store, StoreError};

/// New users that may wait for their rows.
const QUEUE: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();

/// Inserts rows, in the way that the phase says.
#[derive(Debug)]
pub struct Assigner {
    store: Store,
    /// Absent where each user has a statement of its own.
    batches: Option<Batcher<NewUser, Result<Assigned, StoreError>>>,
}

/// What came of an insert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assigned {
    /// So many rows are new.
    pub rows: u64,
    /// And say that they were made at this time.
    pub at: Instant,
}

#[derive(Debug, Clone)]
struct NewUser {
    user_id: String,
    namespace: String,
    goals: Arc<Assignments>,
}

impl Assigner {
    /// Must be called on a runtime, which batches need.
    pub fn new(store: Store, switches: &Switches, metrics: &Metrics) -> Self {
        let batches = match (switches.initialise_batch, store.kind()) {
            // SQLite's writer commits for several users already.
            (Bound::Off, _) | (_, DatabaseKind::Sqlite) => None,
            (Bound::At(most), DatabaseKind::Postgres) => {
                let limits = Limits {
                    linger: switches.initialise_linger,
                    batch: NonZeroUsize::try_from(most).unwrap_or(NonZeroUsize::MAX),
                    queue: QUEUE,
                };
                let store = store.clone();
                let NewUserFlushMetrics(metrics) = metrics.group();
                Some(Batcher::spawn(limits, metrics, move |users| {
                    let store = store.clone();
                    async move { assign_together(&store, users).await }
                }))
            }
        };
        Self { store, batches }
    }

    /// Inserts rows for these goals where they are missing; returns when they are durable.
    pub async fn assign(
        &self,
        user: &str,
        namespace: &str,
        goals: &Arc<Assignments>,
    ) -> Result<Assigned, StoreError> {
        match &self.batches {
            None => assign_alone(&self.store, user, namespace, goals).await,
            Some(batches) => {
                let user = NewUser {
                    user_id: user.to_owned(),
                    namespace: namespace.to_owned(),
                    goals: goals.clone(),
                };
                batches.submit(user).await?
            }
        }
    }

    /// Inserts what was accepted, and accepts no more.
    pub async fn close(&self) {
        if let Some(batches) = &self.batches {
            batches.close().await;
        }
    }
}

async fn assign_alone(
    store: &Store,
    user: &str,
    namespace: &str,
    goals: &Assignments,
) -> Result<Assigned, StoreError> {
    let at = Instant::now();
    let rows = store.assign(user, namespace, goals, at).await?;
    Ok(Assigned { rows, at })
}

async fn assign_together(store: &Store, users: Vec<NewUser>) -> Vec<Result<Assigned, StoreError>> {
    let mut results = Vec::with_capacity(users.len());
    // One, but for the moment in which the catalogue changes.
    for group in users.chunk_by(|a, b| Arc::ptr_eq(&a.goals, &b.goals)) {
        let NewUser {
            namespace, goals, ..
        } = &group[0];
        let ids: Vec<_> = group.iter().map(|user| user.user_id.as_str()).collect();
        let at = Instant::now();
        match store.assign_together(&ids, namespace, goals, at).await {
            Ok(counts) => {
                results.extend(counts.into_iter().map(|rows| Ok(Assigned { rows, at })));
            }
            // One of them is to blame; the others must not suffer for it.
            Err(error) if error.is_about_content() && group.len() > 1 => {
                for user in ids {
                    results.push(assign_alone(store, user, namespace, goals).await);
                }
            }
            Err(error) => results.extend(group.iter().map(|_| Err(error.clone()))),
        }
    }
    results
}
