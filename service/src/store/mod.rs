//! Where progress is kept: PostgreSQL or SQLite behind one set of methods about goals, not about SQL.
//!
//! Every write is durable when its method returns. No method holds a lock or a transaction open
//! for its caller.

mod assignments;
mod claim;
mod effect;
mod error;
mod gate;
mod held;
mod outbox;
mod owing;
mod pool;
mod postgres;
mod row;
mod selection;
mod sqlite;

use std::fmt;
use std::num::NonZeroU32;
use std::time::Duration;

pub use assignments::{Assignment, Assignments};
pub use claim::Claim;
pub use effect::{Advance, Effect};
pub use error::StoreError;
pub use gate::Gate;
pub use held::HeldConnection;
pub use outbox::{DeadDelivery, Delivery, OutboxGauge, Retry};
pub use postgres::PgStore;
pub use selection::Selection;
pub use sqlite::SqliteStore;
use tracing::Instrument as _;

use crate::instant::Instant;
use crate::metrics::PoolMetrics;
use crate::progress::Progress;

/// One of the two databases.
#[derive(Debug, Clone)]
pub enum Store {
    /// PostgreSQL.
    Pg(PgStore),
    /// SQLite.
    Sqlite(SqliteStore),
}

/// Which database a [`Store`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    /// PostgreSQL.
    Postgres,
    /// SQLite.
    Sqlite,
}

impl fmt::Display for DatabaseKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        })
    }
}

/// A goal to be switched on or off for a user, among others that are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActiveWrite {
    /// Whose.
    pub user_id: String,
    /// For the row, if it is a new one.
    pub namespace: String,
    /// The goal, as it is to be.
    pub goal: Assignment,
}

/// How many connections to the database may be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimits {
    /// At most so many.
    pub connections: NonZeroU32,
    /// A statement waits so long for a free one before it is refused.
    pub timeout: Duration,
}

/// How many connections to the database there are, now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolGauge {
    /// At most so many are opened.
    pub max: u32,
    /// So many are open.
    pub open: u32,
    /// So many of the open ones do nothing.
    pub idle: u32,
    /// Writes that wait for SQLite's writer; absent where there is no such thing.
    pub queued_writes: Option<usize>,
}

/// Carries a method call to the database that the store is, through its gate; what is awaited, in a
/// span of its name.
macro_rules! dispatch {
    ($store:expr, $inner:ident => $same:ident.$method:ident($($argument:tt)*).await) => {
        async {
            let gate = $store.gate();
            if gate.is_shut() {
                gate.wait().await;
            }
            match $store {
                Store::Pg($inner) => $same.$method($($argument)*).await,
                Store::Sqlite($inner) => $same.$method($($argument)*).await,
            }
        }
        .instrument(tracing::debug_span!(concat!("store.", stringify!($method))))
        .await
    };
}
use dispatch;

impl Store {
    /// Connects and migrates.
    ///
    /// `url` is `postgres://…` or `sqlite:PATH`; the file is created where there is none.
    pub async fn connect(url: &str, pool: PoolLimits) -> Result<Self, StoreError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Pg(PgStore::connect(url, pool).await?))
        } else if url.starts_with("sqlite:") {
            Ok(Self::Sqlite(SqliteStore::connect(url, pool).await?))
        } else {
            Err(StoreError::UnknownScheme)
        }
    }

    /// Which database this is.
    pub fn kind(&self) -> DatabaseKind {
        match self {
            Self::Pg(_) => DatabaseKind::Postgres,
            Self::Sqlite(_) => DatabaseKind::Sqlite,
        }
    }

    /// Everything that is stored about a user.
    pub async fn rows_of_user(&self, user: &str) -> Result<Vec<Progress>, StoreError> {
        dispatch!(self, s => s.rows_of_user(user).await)
    }

    /// What is stored about a user for these goals, in no particular order.
    pub async fn rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<Vec<Progress>, StoreError> {
        dispatch!(self, s => s.rows_of_goals(user, goals).await)
    }

    /// What is stored about a user for one goal.
    pub async fn row_of_goal(
        &self,
        user: &str,
        goal: &str,
    ) -> Result<Option<Progress>, StoreError> {
        dispatch!(self, s => s.row_of_goal(user, goal).await)
    }

    /// For how many of these goals the user has a row.
    pub async fn count_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<usize, StoreError> {
        dispatch!(self, s => s.count_rows_of_goals(user, goals).await)
    }

    /// Whether the user has a row for each of these goals.
    pub async fn has_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<bool, StoreError> {
        dispatch!(self, s => s.has_rows_of_goals(user, goals).await)
    }

    /// Inserts rows for these goals, leaving rows that exist as they are. Returns how many are new.
    pub async fn assign(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<u64, StoreError> {
        dispatch!(self, s => s.assign(user, namespace, goals, now).await)
    }

    /// [`assign`](Self::assign) for several users in one statement: all of it happens, or nothing.
    ///
    /// Returns how many rows are new, user by user.
    pub async fn assign_together(
        &self,
        users: &[&str],
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<Vec<u64>, StoreError> {
        dispatch!(self, s => s.assign_together(users, namespace, goals, now).await)
    }

    /// Switches a goal on or off as the assignment says, inserting its row if there is none.
    pub async fn set_active(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        dispatch!(self, s => s.set_active(user, namespace, goal, now).await)
    }

    /// Switches all these goals on, and with `replaced` the other goals of that challenge off.
    ///
    /// Rows that are over start from nothing, others keep their progress.
    pub async fn select(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        replaced: Option<&str>,
        now: Instant,
    ) -> Result<Selection, StoreError> {
        dispatch!(self, s => s.select(user, namespace, goals, replaced, now).await)
    }

    /// [`set_active`](Self::set_active) in a transaction that locks the row before it writes it.
    ///
    /// In SQLite there is one writer, whose transaction is the lock: there it is `set_active`.
    pub async fn set_active_locked(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        dispatch!(self, s => s.set_active_locked(user, namespace, goal, now).await)
    }

    /// [`set_active`](Self::set_active) if the row is at this version, or if there is none and
    /// `version` is none; else nothing happens, and none is returned.
    pub async fn set_active_at(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        version: Option<i64>,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        dispatch!(self, s => s.set_active_at(user, namespace, goal, version, now).await)
    }

    /// [`set_active`](Self::set_active) for many rows, none of them twice, in one statement: all of
    /// it happens, or nothing. Returns the rows in the order of the writes.
    ///
    /// In SQLite it is one statement a row, in the transactions of the one writer.
    pub async fn set_active_together(
        &self,
        writes: &[ActiveWrite],
        now: Instant,
    ) -> Result<Vec<Progress>, StoreError> {
        dispatch!(self, s => s.set_active_together(writes, now).await)
    }

    /// Applies an event to the player's active, unfinished rows that have not expired. Returns how
    /// many it touched.
    ///
    /// An event that touched a row is remembered with it, and one of the same key that comes within
    /// `window` touches nothing.
    pub async fn advance(&self, effect: &Effect, window: Duration) -> Result<u64, StoreError> {
        dispatch!(self, s => s.advance(effect, window).await)
    }

    /// Applies many events in their order, together: [`Store::advance`] for each of them, but
    /// committed at once. One that fails leaves the others alone.
    pub async fn advance_all(
        &self,
        effects: &[Effect],
        window: Duration,
    ) -> Vec<Result<u64, StoreError>> {
        dispatch!(self, s => s.advance_all(effects, window).await)
    }

    /// Forgets up to `limit` events that were seen before that instant. Returns how many.
    pub async fn forget_events(&self, before: Instant, limit: u32) -> Result<u64, StoreError> {
        dispatch!(self, s => s.forget_events(before, limit).await)
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        dispatch!(self, s => s.ping().await)
    }

    /// How many connections there are, now.
    pub fn pool_gauge(&self) -> PoolGauge {
        match self {
            Self::Pg(store) => store.pool_gauge(),
            Self::Sqlite(store) => store.pool_gauge(),
        }
    }

    /// What the pool counts.
    pub fn pool_metrics(&self) -> &PoolMetrics {
        match self {
            Self::Pg(store) => store.pool_metrics(),
            Self::Sqlite(store) => store.pool_metrics(),
        }
    }

    /// Finishes what was accepted and closes all connections.
    pub async fn close(&self) {
        match self {
            Self::Pg(store) => store.close().await,
            Self::Sqlite(store) => store.close().await,
        }
    }

    /// Where statements can be held up.
    pub fn gate(&self) -> &Gate {
        match self {
            Self::Pg(store) => &store.gate,
            Self::Sqlite(store) => &store.gate,
        }
    }
}
