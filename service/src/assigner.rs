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

impl NewUser {
    fn gets_the_rows_of(&self, other: &Self) -> bool {
        // By what they hold: where challenges rotate, and for those who have some of the rows, each
        // request makes its own.
        let same_goals = Arc::ptr_eq(&self.goals, &other.goals) || self.goals == other.goals;
        same_goals && self.namespace == other.namespace
    }
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

    /// Whether no user is accepted any more.
    pub fn has_ended(&self) -> bool {
        self.batches.as_ref().is_some_and(Batcher::has_ended)
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
    results.resize_with(users.len(), || Err(StoreError::Closed));
    for places in groups(&users) {
        let NewUser {
            namespace, goals, ..
        } = &users[places[0]];
        let of_place = |place: &usize| users[*place].user_id.as_str();
        let ids: Vec<_> = places.iter().map(of_place).collect();
        let at = Instant::now();
        match store.assign_together(&ids, namespace, goals, at).await {
            Ok(counts) => {
                for (place, rows) in places.into_iter().zip(counts) {
                    results[place] = Ok(Assigned { rows, at });
                }
            }
            // One of them is to blame; the others must not suffer for it.
            Err(error) if error.is_about_content() && places.len() > 1 => {
                for (place, user) in places.into_iter().zip(ids) {
                    results[place] = assign_alone(store, user, namespace, goals).await;
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

/// The positions of users who get the same rows, group by group. There are few groups: one at rest, others
/// for those who have some of the rows, and while a window ends or the catalogue changes.
fn groups(users: &[NewUser]) -> Vec<Vec<usize>> {
    let mut groups = Vec::<Vec<usize>>::new();
    for (position, user) in users.iter().enumerate() {
        let same = |group: &&mut Vec<usize>| users[group[0]].gets_the_rows_of(user);
        match groups.iter_mut().find(same) {
            Some(group) => group.push(position),
            None => groups.push(vec![position]),
        }
    }
    groups
}
