//! A pool that says how long its connections are waited for.

use std::ops::Deref;
use std::time::Instant;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt as _, StreamExt as _, TryFutureExt as _, TryStreamExt as _};
use sqlx::pool::PoolConnection;
use sqlx::{Database, Describe, Either, Execute, Executor, Pool, SqlStr};

use crate::contention;
use crate::metrics::PoolMetrics;

/// A pool of connections; statements are sent through it as through the pool itself.
#[derive(Debug)]
pub(super) struct MeteredPool<DB: Database> {
    pool: Pool<DB>,
    metrics: PoolMetrics,
}

impl<DB: Database> MeteredPool<DB> {
    pub(super) fn new(pool: Pool<DB>) -> Self {
        Self {
            pool,
            metrics: PoolMetrics::default(),
        }
    }

    pub(super) fn metrics(&self) -> &PoolMetrics {
        &self.metrics
    }

    /// A connection, for more than one statement.
    pub(super) async fn acquire(&self) -> Result<PoolConnection<DB>, sqlx::Error> {
        let waiting = Waiting::on(&self.metrics);
        let start = Instant::now();
        let connection = contention::waiting("a database connection", self.pool.acquire()).await;
        drop(waiting);
        let waited = start.elapsed().as_secs_f64();
        self.metrics.acquire.observe(waited);
        connection
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

// Not derived: that would ask for a database that can be cloned.
impl<DB: Database> Clone for MeteredPool<DB> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            metrics: self.metrics.clone(),
        }
    }
}

/// For its size, its options and its end.
impl<DB: Database> Deref for MeteredPool<DB> {
    type Target = Pool<DB>;

    fn deref(&self) -> &Pool<DB> {
        &self.pool
    }
}

impl<'p, DB: Database> Executor<'p> for &'_ MeteredPool<DB>
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
        async move { pool.acquire().await?.fetch_optional(query).await }.boxed()
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
