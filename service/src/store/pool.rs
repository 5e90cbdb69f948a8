//! Connections to the database: opened at the start, and the one used last given out first.
//!
//! The pool of sqlx asks every connection that comes back whether it lives, which is a round trip more
//! for each statement and wakes the server once more; and it gives them out in turn, so that each of
//! many has cold caches.

use std::fmt;
use std::num::NonZeroU32;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, Instant};

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, Object, PoolConfig, PoolError, QueueMode, Timeouts};
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use sqlx::{
    ConnectOptions as _, Connection, Database, Describe, Either, Execute, Executor, SqlStr,
};
use tokio::runtime::Handle;

use super::{PoolGauge, PoolLimits};
use crate::contention;
use crate::metrics::PoolMetrics;

/// A connection that has been idle for longer is asked whether it still lives before it is used.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// One that does not answer by then is given up: its server may be gone without a word.
const LIVES_WITHIN: Duration = Duration::from_secs(30);

/// So many connections are opened at once.
const OPENING: usize = 4;

type Options<DB> = <<DB as Database>::Connection as Connection>::Options;

/// A pool of connections; statements are sent through it as through a connection.
pub(super) struct Pool<DB: Database> {
    pool: managed::Pool<Opener<DB>>,
    metrics: PoolMetrics,
}

impl<DB: Database> Pool<DB> {
    /// Opens all connections: a pool that grows later has the server start a process for each in the
    /// very moment in which it is slow.
    pub(super) async fn open(
        options: Options<DB>,
        limits: PoolLimits,
    ) -> Result<Self, sqlx::Error> {
        let count = size(limits.connections);
        let within = Some(limits.timeout);
        let config = PoolConfig {
            max_size: count,
            timeouts: Timeouts {
                wait: within,
                create: within,
                recycle: within,
            },
            queue_mode: QueueMode::Lifo,
        };
        let pool = managed::Pool::builder(Opener { options })
            .config(config)
            .runtime(Runtime::Tokio1)
            .build()
            .map_err(|error| sqlx::Error::Configuration(error.into()))?;
        // Together until all are there: one that is given back would be given out again.
        let opening = stream::iter(0..count).map(|_| pool.get());
        let opened: Vec<_> = opening
            .buffer_unordered(OPENING)
            .try_collect()
            .await
            .map_err(refusal)?;
        drop(opened);
        Ok(Self {
            pool,
            metrics: PoolMetrics::default(),
        })
    }

    pub(super) fn metrics(&self) -> &PoolMetrics {
        &self.metrics
    }

    pub(super) fn gauge(&self, queued_writes: Option<usize>) -> PoolGauge {
        let status = self.pool.status();
        let count = |connections| u32::try_from(connections).unwrap_or(u32::MAX);
        PoolGauge {
            max: count(status.max_size),
            open: count(status.size),
            idle: count(status.available),
            queued_writes,
        }
    }

    /// A connection, for more than one statement.
    pub(super) async fn acquire(&self) -> Result<Lease<DB>, sqlx::Error> {
        let waiting = Waiting::on(&self.metrics);
        let start = Instant::now();
        let connection = contention::waiting("a database connection", self.pool.get()).await;
        drop(waiting);
        let waited = start.elapsed().as_secs_f64();
        self.metrics.acquire.observe(waited);
        Ok(Lease(Some(connection.map_err(refusal)?)))
    }

    /// Closes the connections that nobody uses, the others when they come back; gives out no more.
    pub(super) async fn close(&self) {
        // Taken first: the pool drops what it has, and a connection that is dropped ends later.
        let unused = self.pool.retain(|_, _| false).removed;
        self.pool.close();
        for connection in unused {
            // It ends either way.
            let _ = connection.close().await;
        }
    }
}

fn size(connections: NonZeroU32) -> usize {
    usize::try_from(connections.get()).unwrap_or(usize::MAX)
}

fn refusal(error: PoolError<sqlx::Error>) -> sqlx::Error {
    match error {
        PoolError::Backend(error) => error,
        PoolError::Timeout(_) => sqlx::Error::PoolTimedOut,
        PoolError::Closed => sqlx::Error::PoolClosed,
        error @ (PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_)) => {
            sqlx::Error::Configuration(error.to_string().into())
        }
    }
}

/// A connection out of the pool. Where it is dropped, it is asked whether it lives before it goes back:
/// a statement may have failed or been given up, a transaction may have to be rolled back.
pub struct Lease<DB: Database>(Option<Object<Opener<DB>>>);

impl<DB: Database> Lease<DB> {
    /// Puts the connection back at once: all that was asked of it has been answered.
    pub(super) fn give_back(mut self) {
        self.0 = None;
    }
}

impl<DB: Database> Deref for Lease<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        self.0
            .as_ref()
            .expect("a lease has its connection until it ends")
    }
}

impl<DB: Database> DerefMut for Lease<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        self.0
            .as_mut()
            .expect("a lease has its connection until it ends")
    }
}

impl<DB: Database> Drop for Lease<DB> {
    fn drop(&mut self) {
        let Some(mut connection) = self.0.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    let asked = tokio::time::timeout(LIVES_WITHIN, connection.ping());
                    if !matches!(asked.await, Ok(Ok(()))) {
                        drop(Object::take(connection));
                    }
                });
            }
            Err(_) => drop(Object::take(connection)),
        }
    }
}

impl<DB: Database> fmt::Debug for Lease<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Lease").finish_non_exhaustive()
    }
}

/// Opens connections for the pool.
pub(super) struct Opener<DB: Database> {
    options: Options<DB>,
}

impl<DB: Database> managed::Manager for Opener<DB> {
    type Type = DB::Connection;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<DB::Connection, sqlx::Error> {
        self.options.connect().await
    }

    async fn recycle(
        &self,
        connection: &mut DB::Connection,
        metrics: &Metrics,
    ) -> managed::RecycleResult<sqlx::Error> {
        if metrics.last_used() > TRUSTED_IDLE {
            connection.ping().await?;
        }
        Ok(())
    }
}

/// Counts as waiting until it is dropped, by a caller that gave up too.
struct Waiting<'a>(&'a PoolMetrics);

impl<'a> Waiting<'a> {
    fn on(metrics: &'a PoolMetrics) -> Self {
        metrics.waiting.inc();
        Self(metrics)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.dec();
    }
}

impl<DB: Database> fmt::Debug for Pool<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("gauge", &self.gauge(None))
            .finish_non_exhaustive()
    }
}

// Not derived: that would ask for a database that can be cloned.
impl<DB: Database> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

impl<'p, DB: Database> Executor<'p> for &'_ Pool<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    type Database = DB;

    fn fetch_many<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxStream<'e, Result<Either<DB::QueryResult, DB::Row>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let pool = self.clone();
        // Answers of this service are small: read whole, the connection is free before they are
        // made into values.
        async move {
            let mut connection = pool.acquire().await?;
            let answer: Vec<_> = connection.fetch_many(query).try_collect().await?;
            connection.give_back();
            Ok(stream::iter(answer.into_iter().map(Ok)))
        }
        .try_flatten_stream()
        .boxed()
    }

    fn fetch_optional<'e, 'q: 'e, E>(
        self,
        query: E,
    ) -> BoxFuture<'e, Result<Option<DB::Row>, sqlx::Error>>
    where
        'p: 'e,
        E: 'q + Execute<'q, DB>,
    {
        let pool = self.clone();
        async move {
            let mut connection = pool.acquire().await?;
            let row = connection.fetch_optional(query).await?;
            connection.give_back();
            Ok(row)
        }
        .boxed()
    }

    fn prepare_with<'e>(
        self,
        sql: SqlStr,
        parameters: &'e [DB::TypeInfo],
    ) -> BoxFuture<'e, Result<DB::Statement, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        async move { pool.acquire().await?.prepare_with(sql, parameters).await }.boxed()
    }

    fn describe<'e>(self, sql: SqlStr) -> BoxFuture<'e, Result<Describe<DB>, sqlx::Error>>
    where
        'p: 'e,
    {
        let pool = self.clone();
        async move { pool.acquire().await?.describe(sql).await }.boxed()
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Postgres;
    use sqlx::postgres::PgConnectOptions;

    use super::*;
    use crate::throwaway;

    async fn pool(server: &throwaway::Postgres, connections: u32) -> Pool<Postgres> {
        let url = server.create_database("pool").await.unwrap();
        let options: PgConnectOptions = url.parse().unwrap();
        let limits = PoolLimits {
            connections: connections.try_into().unwrap(),
            timeout: Duration::from_mins(1),
        };
        Pool::open(options, limits).await.unwrap()
    }

    #[tokio::test]
    async fn a_connection_that_died_fails_one_statement_and_is_replaced() {
        let server = throwaway::Postgres::start().await.unwrap();
        let pool = pool(&server, 1).await;
        let backend = sqlx::query_scalar("select pg_backend_pid()");
        let before: i32 = backend.fetch_one(&pool).await.unwrap();
        let end = "select pg_terminate_backend(pg_backend_pid())";
        sqlx::query(end).execute(&pool).await.unwrap_err();
        let backend = sqlx::query_scalar("select pg_backend_pid()");
        let after: i32 = backend.fetch_one(&pool).await.unwrap();
        assert_ne!(before, after);
        assert_eq!(pool.gauge(None).open, 1);
    }

    #[tokio::test]
    async fn a_transaction_that_is_given_up_ends() {
        let server = throwaway::Postgres::start().await.unwrap();
        let pool = pool(&server, 2).await;
        let lock = || sqlx::query("select pg_advisory_xact_lock(1)");
        {
            let mut lease = pool.acquire().await.unwrap();
            let mut transaction = lease.begin().await.unwrap();
            lock().execute(&mut *transaction).await.unwrap();
        }
        // Waits for ever while the transaction goes on: of both connections, one holds the lock.
        let mut leases = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
        for lease in &mut leases {
            lock().execute(&mut **lease).await.unwrap();
        }
    }

    #[tokio::test]
    async fn all_connections_are_open_from_the_start_and_closed_at_the_end() {
        let server = throwaway::Postgres::start().await.unwrap();
        let pool = pool(&server, 5).await;
        let gauge = pool.gauge(None);
        assert_eq!((gauge.max, gauge.open, gauge.idle), (5, 5, 5));
        pool.close().await;
        assert_eq!(pool.gauge(None).open, 0);
        let refused = pool.acquire().await.unwrap_err();
        assert!(matches!(refused, sqlx::Error::PoolClosed), "{refused}");
    }
}
