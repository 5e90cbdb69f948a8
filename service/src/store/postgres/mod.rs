//! Progress in PostgreSQL.

mod claim;
mod events;
mod initialise;
mod outbox;
mod select;
mod set_active;

use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, Postgres};
use sqlx::{ConnectOptions as _, Connection as _};

use super::pool::Pool;
use super::row::progress_columns;
use super::{Assignments, Gate, PoolGauge, PoolLimits, StoreError};
use crate::metrics::PoolMetrics;
use crate::progress::Progress;

/// A pool of connections to PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgStore {
    pub(super) pool: Pool<Postgres>,
    pub(super) gate: Gate,
}

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

/// How long a statement may wait for a lock, and how long it may take: whoever waits for a batch waits
/// for one flush at a time, which a row that somebody holds from outside must not stop. Such a batch is
/// carried out again in halves, each of which may wait as long. The URL may say otherwise.
const BOUNDS: [(&str, &str); 2] = [("lock_timeout", "5s"), ("statement_timeout", "30s")];

/// A batch may take so long: longer than the server lets its statements take, for the case that the
/// server is gone without a word.
const ANSWERED_WITHIN: Duration = Duration::from_mins(2);

impl PgStore {
    pub(super) async fn connect(url: &str, limits: PoolLimits) -> Result<Self, StoreError> {
        let options = url.parse::<PgConnectOptions>()?;
        let given = options.get_options().unwrap_or_default().to_owned();
        let bounds = BOUNDS.into_iter().filter(|(name, _)| !given.contains(name));
        let options = options.options(PLANNER);
        // Without bounds: what a migration does to a large table takes as long as it takes.
        let mut migrating = options.connect().await?;
        sqlx::migrate!("migrations/postgres")
            .run(&mut migrating)
            .await?;
        migrating.close().await?;
        let pool = Pool::open(options.options(bounds), limits).await;
        Ok(Self {
            pool: pool.map_err(|error| refused(error, limits))?,
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
        self.pool.gauge(None)
    }

    pub(super) fn pool_metrics(&self) -> &PoolMetrics {
        self.pool.metrics()
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

/// What comes of a batch, for which others wait.
async fn answered<T>(batch: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    tokio::time::timeout(ANSWERED_WITHIN, batch)
        .await
        .unwrap_or(Err(StoreError::Unanswered))
}

/// SQLSTATE `too_many_connections`: of the server, the database or the role.
const TOO_MANY_CONNECTIONS: &str = "53300";

fn refused(error: sqlx::Error, limits: PoolLimits) -> StoreError {
    let code = error
        .as_database_error()
        .and_then(sqlx::error::DatabaseError::code);
    if code.is_some_and(|code| code == TOO_MANY_CONNECTIONS) {
        StoreError::TooManyConnections {
            pool: limits.connections,
            source: error.into(),
        }
    } else {
        error.into()
    }
}
