//! Folds the write-ahead log into the database, beside the writer instead of in its way.
//!
//! SQLite would do it within whichever commit fills the log, and everybody behind that commit would
//! wait until some thousand pages are written and synced. Here a connection of its own copies what there
//! is while the writer goes on; then the writer copies the little that came meanwhile, after which
//! the log begins anew.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sqlx::{Connection as _, SqliteConnection};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::writer::{State, Writer};
use crate::background::Background;

/// How often: what is written in the meantime is what the log holds.
const INTERVAL: Duration = Duration::from_secs(1);

/// Copies all that nobody reads from any more, and waits for nobody.
const CHECKPOINT: &str = "pragma wal_checkpoint(passive)";

/// A handle to the task, which ends with the last of them.
#[derive(Debug, Clone)]
pub(super) struct Checkpoints {
    task: Background,
    /// Nobody may have closed the store.
    _guard: Arc<DropGuard>,
}

impl Checkpoints {
    pub(super) fn spawn(connection: SqliteConnection, writer: &Writer) -> Self {
        let task = Background::spawn("SQLite checkpoints", |closing| {
            run(connection, writer.state(), closing)
        });
        Self {
            _guard: Arc::new(task.guard()),
            task,
        }
    }

    pub(super) async fn close(&self) {
        self.task.close().await;
    }
}

async fn run(mut connection: SqliteConnection, writer: Arc<State>, closing: CancellationToken) {
    let mut ticks = tokio::time::interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut folded = writer.commits();
    loop {
        tokio::select! {
            () = closing.cancelled() => break,
            _ = ticks.tick() => {}
        }
        let commits = writer.commits();
        if commits == folded {
            continue;
        }
        folded = commits;
        checkpoint(&mut connection, &writer).await;
        writer.fold();
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the connection that folds the log did not close cleanly");
    }
}

/// One pass. Where it fails, the log is longer at the next.
pub(super) async fn checkpoint(connection: &mut SqliteConnection, writer: &State) {
    let metrics = writer.metrics();
    let began = Instant::now();
    // Whether it was kept from work, pages in the log, and how many of them are in the database.
    let folded = sqlx::query_as::<_, (i64, i64, i64)>(CHECKPOINT).fetch_one(connection);
    match folded.await {
        Ok((_, pages, _)) => {
            metrics.fold.observe(began.elapsed().as_secs_f64());
            metrics.log_pages.set(pages);
        }
        Err(error) => {
            tracing::warn!(%error, "the write-ahead log could not be folded into the database");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::super::{PoolLimits, SqliteStore};
    use crate::instant::Instant;
    use crate::store::Assignment;

    /// See "WAL Header Format" in <https://www.sqlite.org/fileformat2.html>: it grows whenever the log
    /// begins anew.
    fn sequence(log: &std::path::Path) -> u32 {
        let bytes = std::fs::read(log).unwrap();
        u32::from_be_bytes(bytes[12..16].try_into().unwrap())
    }

    #[tokio::test]
    async fn the_log_begins_anew_while_writes_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("a.db").display());
        let limits = PoolLimits {
            connections: NonZeroU32::MIN,
            timeout: super::INTERVAL,
        };
        let store = SqliteStore::connect(&url, limits).await.unwrap();
        let goal = Assignment {
            goal_id: "goal".to_owned(),
            challenge_id: "challenge".to_owned(),
            is_active: true,
            expires_at: None,
        };
        let log = folder.path().join("a.db-wal");
        let first = sequence(&log);
        let writing = async {
            while sequence(&log) < first + 2 {
                let now = Instant::now();
                store.set_active("ann", "brunt", &goal, now).await.unwrap();
            }
        };
        let patience = std::time::Duration::from_mins(1);
        tokio::time::timeout(patience, writing).await.unwrap();
        store.close().await;
        assert!(!log.exists(), "all of it is in the database");
    }
}
