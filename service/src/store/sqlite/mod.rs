//! Progress in SQLite: readers beside one writer.
//!
//! SQLite admits one writer at a time. Instead of letting connections fight for that place, all
//! writes go to the one task in [`writer`], which commits many of them at once.

mod checkpoint;
mod claim;
mod events;
mod initialise;
mod outbox;
mod select;
mod set_active;
mod write;
mod writer;

use std::num::NonZeroU32;
use std::time::Duration;

use checkpoint::Checkpoints;
use sqlx::ConnectOptions;
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use writer::Writer;

use super::pool::Pool;
use super::row::progress_columns;
use super::{Assignments, Gate, PoolGauge, PoolLimits, StoreError};
use crate::metrics::{PoolMetrics, WriterMetrics};
use crate::progress::Progress;

/// Every reader is a thread; more than this only adds switches between them.
const MAX_READERS: NonZeroU32 = NonZeroU32::new(8).unwrap();

/// How long a connection waits for another process's lock before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);

/// Pages that the writer keeps: the inner nodes of the tree, and the leaves it works on.
const WRITER_CACHE_KIB: u32 = 64 * 1024;

/// Pages that each reader keeps; behind them is the system's cache, which all share.
const READER_CACHE_KIB: u32 = 8 * 1024;

fn cached(options: SqliteConnectOptions, kib: u32) -> SqliteConnectOptions {
    // Negative: in KiB, not in pages.
    options.pragma("cache_size", format!("-{kib}"))
}

/// A database file with its readers and its writer.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pub(super) readers: Pool<Sqlite>,
    writer: Writer,
    checkpoints: Checkpoints,
    pub(super) gate: Gate,
}

impl SqliteStore {
    pub(super) async fn connect(url: &str, limits: PoolLimits) -> Result<Self, StoreError> {
        if url.contains(":memory:") || url.contains("mode=memory") {
            return Err(StoreError::InMemory);
        }
        let options = url
            .parse::<SqliteConnectOptions>()?
            .create_if_missing(true)
            .busy_timeout(BUSY_TIMEOUT)
            .journal_mode(SqliteJournalMode::Wal)
            // In WAL mode only FULL syncs the log at every commit.
            .synchronous(SqliteSynchronous::Full)
            // See `checkpoint`.
            .pragma("wal_autocheckpoint", "0");
        let mut writer = cached(options.clone(), WRITER_CACHE_KIB).connect().await?;
        sqlx::migrate!("migrations/sqlite").run(&mut writer).await?;
        let folding = options.clone().connect().await?;
        let writer = Writer::spawn(writer);
        let reading = options.read_only(true).create_if_missing(false);
        let limits = PoolLimits {
            connections: limits.connections.min(MAX_READERS),
            ..limits
        };
        Ok(Self {
            readers: Pool::open(cached(reading, READER_CACHE_KIB), limits).await?,
            checkpoints: Checkpoints::spawn(folding, &writer),
            writer,
            gate: Gate::default(),
        })
    }

    pub(super) async fn rows_of_user(&self, user: &str) -> Result<Vec<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress where user_id = ?1"
        );
        Ok(sqlx::query_as(sql)
            .bind(user)
            .fetch_all(&self.readers)
            .await?)
    }

    pub(super) async fn rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<Vec<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress
              where user_id = ?1 and goal_id in (select value ->> 0 from json_each(?2))"
        );
        let query = sqlx::query_as(sql).bind(user).bind(goals.json());
        Ok(query.fetch_all(&self.readers).await?)
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        if self.writer.has_ended() {
            return Err(StoreError::Closed);
        }
        sqlx::query("select 1").execute(&self.readers).await?;
        Ok(())
    }

    pub(super) fn pool_gauge(&self) -> PoolGauge {
        self.readers.gauge(Some(self.writer.queued()))
    }

    pub(super) fn pool_metrics(&self) -> &PoolMetrics {
        self.readers.metrics()
    }

    /// What the writer counts.
    pub(crate) fn writer_metrics(&self) -> &WriterMetrics {
        self.writer.metrics()
    }

    pub(super) async fn close(&self) {
        // The others first: only a writer that is the last to close folds all of the log.
        self.readers.close().await;
        self.checkpoints.close().await;
        self.writer.close().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_database_without_its_writer_does_not_answer() {
        let directory = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", directory.path().join("test.db").display());
        let limits = PoolLimits {
            connections: NonZeroU32::MIN,
            timeout: Duration::from_mins(1),
        };
        let store = SqliteStore::connect(&url, limits).await.unwrap();
        store.ping().await.unwrap();
        // As when its task panics.
        store.writer.close().await;
        let error = store.ping().await.unwrap_err();
        assert!(matches!(error, StoreError::Closed), "{error}");
    }
}
