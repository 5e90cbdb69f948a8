//! Progress in PostgreSQL.

mod claim;
mod events;
mod initialise;
mod outbox;
mod select;
mod set_active;

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, Postgres};

use super::metered_pool::MeteredPool;
use super::row::progress_columns;
use super::{Assignments, Gate, PoolGauge, PoolLimits, StoreError};
use crate::metrics::PoolMetrics;
use crate::progress::Progress;

/// A pool of connections to PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgStore {
    pub(super) pool: MeteredPool<Postgres>,
    pub(super) gate: Gate,
}

/// A connection that has been idle for longer is asked whether it still lives before it is used.
/// Asking always, as the pool would, is one more round trip for every statement.
const TRUSTED_IDLE: Duration = Duration::from_secs(5);

/// Every statement of the service finds its rows by an index. A statement is planned once a
/// connection, maybe while the table is almost empty, and a plan that reads all of it would be kept
/// until the statistics are renewed, a minute and many thousand rows later. Where a table must be
/// read after all, the price of that must not make PostgreSQL compile the statement first.
const PLANNER: [(&str, &str); 5] = [
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
    ("enable_material", "off"),
    ("jit", "off"),
];

impl PgStore {
    pub(super) async fn connect(url: &str, limits: PoolLimits) -> Result<Self, StoreError> {
        let options = url.parse::<PgConnectOptions>()?.options(PLANNER);
        let pool = PgPoolOptions::new()
            .max_connections(limits.connections.get())
            // All of them from the start: a pool that grows forks a server process for each
            // connection in the very moment in which the database is slow.
            .min_connections(limits.connections.get())
            .idle_timeout(None)
            .acquire_timeout(limits.timeout)
            // All connections of a run are opened at once, and would be opened again at once.
            .max_lifetime(None)
            .test_before_acquire(false)
            .before_acquire(|connection, state| {
                Box::pin(async move {
                    if state.idle_for > TRUSTED_IDLE {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            })
            // Not waited for: the first one serves the migrations, the others come meanwhile.
            .connect_lazy_with(options);
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self {
            pool: MeteredPool::new(pool),
            gate: Gate::default(),
        })
    }

    pub(super) async fn rows_of_user(&self, user: &str) -> Result<Vec<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress where user_id = $1"
        );
        Ok(sqlx::query_as(sql).bind(user).fetch_all(&self.pool).await?)
    }

    pub(super) async fn rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<Vec<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress where user_id = $1 and goal_id = any($2)"
        );
        let query = sqlx::query_as(sql).bind(user).bind(&goals.goal_ids);
        Ok(query.fetch_all(&self.pool).await?)
    }

    pub(super) async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("select 1").execute(&self.pool).await?;
        Ok(())
    }

    pub(super) fn pool_gauge(&self) -> PoolGauge {
        PoolGauge {
            max: self.pool.options().get_max_connections(),
            open: self.pool.size(),
            idle: self.pool.num_idle() as u32,
            queued_writes: None,
        }
    }

    pub(super) fn pool_metrics(&self) -> &PoolMetrics {
        self.pool.metrics()
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}
