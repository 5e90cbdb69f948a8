//! The one task that writes: group commit.
//!
//! Whatever is queued goes into one transaction, is committed once, and is then acknowledged:
//! the sync to disk, which costs most, is shared by all. An idle writer commits a lone write at
//! once, so nobody waits for company.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use super::checkpoint::checkpoint;
use super::write::{Write, Written};
use crate::background::Background;
use crate::contention::Wait;
use crate::metrics::WriterMetrics;
use crate::store::StoreError;

/// Writes that may wait; beyond it callers wait to get in line.
const QUEUE: usize = 4096;

/// Writes that share a commit: bounds how long the first of them waits for the last.
const BATCH: usize = 512;

/// A handle to the writing task.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: mpsc::Sender<Job>,
    state: Arc<State>,
    task: Background,
}

/// What others see of the task, and ask of it.
#[derive(Debug, Default)]
pub(super) struct State {
    /// Does a transaction go on, so that what comes has to wait for the next?
    busy: AtomicBool,
    /// Transactions so far.
    commits: AtomicU64,
    /// Is the log to be folded before the next one?
    fold: Notify,
    metrics: WriterMetrics,
}

#[derive(Debug)]
struct Job {
    write: Write,
    reply: oneshot::Sender<Result<Written, StoreError>>,
    /// Until its transaction begins.
    wait: Option<Wait>,
}

impl State {
    /// Transactions so far.
    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(super) fn metrics(&self) -> &WriterMetrics {
        &self.metrics
    }

    /// Has the task fold the log into the database before its next transaction.
    pub(super) fn fold(&self) {
        self.fold.notify_one();
    }
}

/// A write that is in line.
#[derive(Debug)]
pub(super) struct Begun(oneshot::Receiver<Result<Written, StoreError>>);

impl Begun {
    /// Returns when the write is durable.
    pub(super) async fn done(self) -> Result<Written, StoreError> {
        self.0.await.map_err(|_| StoreError::Closed)?
    }
}

impl Writer {
    pub(super) fn spawn(connection: SqliteConnection) -> Self {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let state = Arc::new(State::default());
        let task = Background::spawn("SQLite writer", |closing| {
            run(connection, jobs, state.clone(), closing)
        });
        Self { queue, state, task }
    }

    /// Returns when the write is durable.
    pub(super) async fn write(&self, write: Write) -> Result<Written, StoreError> {
        self.begin(write).await?.done().await
    }

    /// Returns when the write is in line: what is begun later is done later.
    pub(super) async fn begin(&self, write: Write) -> Result<Begun, StoreError> {
        let (reply, answer) = oneshot::channel();
        let busy = self.state.busy.load(Ordering::Relaxed);
        let wait = busy.then(|| Wait::begun("the SQLite writer"));
        let job = Job { write, reply, wait };
        self.queue.send(job).await.map_err(|_| StoreError::Closed)?;
        Ok(Begun(answer))
    }

    pub(super) fn metrics(&self) -> &WriterMetrics {
        self.state.metrics()
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.max_capacity() - self.queue.capacity()
    }

    /// Whether no write is taken any more: the store was closed, or the task has panicked.
    pub(super) fn has_ended(&self) -> bool {
        self.queue.is_closed()
    }

    /// Without keeping the task alive.
    pub(super) fn state(&self) -> Arc<State> {
        self.state.clone()
    }

    /// Writes what is queued, then ends the task.
    pub(super) async fn close(&self) {
        self.task.close().await;
    }
}

async fn run(
    mut connection: SqliteConnection,
    mut jobs: mpsc::Receiver<Job>,
    state: Arc<State>,
    closing: CancellationToken,
) {
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            () = closing.cancelled(), if !jobs.is_closed() => jobs.close(),
            () = state.fold.notified() => checkpoint(&mut connection, &state).await,
            received = jobs.recv_many(&mut batch, BATCH) => {
                if received == 0 {
                    break;
                }
                state.busy.store(true, Ordering::Relaxed);
                for job in &mut batch {
                    job.wait = None;
                }
                let began = Instant::now();
                state.metrics.size.observe(received as f64);
                commit_together(&mut connection, &mut batch).await;
                state.metrics.commit.observe(began.elapsed().as_secs_f64());
                state.busy.store(false, Ordering::Relaxed);
                state.commits.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the SQLite writer did not close cleanly");
    }
}

/// Carries out and answers every job of the batch.
async fn commit_together(connection: &mut SqliteConnection, batch: &mut Vec<Job>) {
    let outcome = execute_all(connection, batch).await;
    match outcome {
        Ok(outcomes) => {
            for (job, outcome) in batch.drain(..).zip(outcomes) {
                // The caller may have gone; what it asked for is written all the same.
                let _ = job.reply.send(outcome);
            }
        }
        Err(error) => {
            // Fails when SQLite has rolled back by itself, which is as well.
            let _ = sqlx::query("rollback").execute(&mut *connection).await;
            for job in batch.drain(..) {
                let _ = job.reply.send(Err(error.clone()));
            }
        }
    }
}

/// One outcome a job, or the error that undid them all.
async fn execute_all(
    connection: &mut SqliteConnection,
    batch: &[Job],
) -> Result<Vec<Result<Written, StoreError>>, StoreError> {
    // Immediate: a transaction that turns writer later can meet a lock that no wait resolves.
    sqlx::query("begin immediate")
        .execute(&mut *connection)
        .await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for job in batch {
        match job.write.execute(connection).await {
            Err(error) if undoes_transaction(&error) => return Err(error.into()),
            outcome => outcomes.push(outcome.map_err(StoreError::from)),
        }
    }
    sqlx::query("commit").execute(&mut *connection).await?;
    Ok(outcomes)
}

/// Whether an error leaves more than its own statement undone.
///
/// After a violated constraint the transaction goes on. After others (disk full, I/O, memory,
/// interrupt, see <https://www.sqlite.org/lang_transaction.html>) SQLite may have rolled back.
fn undoes_transaction(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Database(error) => error.kind() == sqlx::error::ErrorKind::Other,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
    use sqlx::{AssertSqlSafe, ConnectOptions as _};

    use super::*;
    use crate::instant::Instant;

    /// A row for each of so many goals.
    fn assign(user: &str, goals: usize) -> Write {
        let goals: Vec<_> = (0..goals)
            .map(|n| serde_json::json!([format!("goal-{n:05}"), "challenge", 1, null]))
            .collect();
        Write::Assign {
            user: user.to_owned(),
            namespace: "test".to_owned(),
            goals: serde_json::Value::from(goals).to_string(),
            now: Instant::now(),
        }
    }

    /// One thread: what is begun without a pause in between is in one group.
    #[tokio::test]
    async fn a_group_that_finds_the_disk_full_is_undone_whole_and_the_writer_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("a.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let mut connection = options.connect().await.unwrap();
        sqlx::migrate!("migrations/sqlite")
            .run(&mut connection)
            .await
            .unwrap();
        let pages: i64 = sqlx::query_scalar("pragma page_count")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        let disk = format!("pragma max_page_count = {}", pages + 2);
        sqlx::query(AssertSqlSafe(disk))
            .execute(&mut connection)
            .await
            .unwrap();
        let mut reader = options.connect().await.unwrap();
        let mut rows = async || -> i64 {
            let count = sqlx::query_scalar("select count(*) from user_goal_progress");
            count.fetch_one(&mut reader).await.unwrap()
        };

        let writer = Writer::spawn(connection);
        writer.write(assign("ann", 1)).await.unwrap();
        let commits = writer.state().commits();
        let mut begun = Vec::new();
        for (user, goals) in [("bob", 1), ("carl", 10_000), ("dora", 1)] {
            begun.push(writer.begin(assign(user, goals)).await.unwrap());
        }
        for write in begun {
            let error = write.done().await.unwrap_err();
            assert!(error.to_string().contains("full"), "{error}");
        }
        assert_eq!(writer.state().commits(), commits + 1, "one group");
        assert_eq!(rows().await, 1, "what was acknowledged before, and no more");
        writer.write(assign("bob", 1)).await.unwrap();
        assert_eq!(rows().await, 2);
        writer.close().await;
    }
}
