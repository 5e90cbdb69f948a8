//! Progress in PostgreSQL.

mod events;
mod initialise;
mod set_active;

use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, Postgres};

use super::metered_pool::MeteredPool;
use super::row::progress_columns;
use super::selection::{on_selected, starts_anew};
use super::{Assignment, Assignments, Claim, Effect, PoolGauge, PoolLimits, Selection, StoreError};
use crate::instant::Instant;
use crate::metrics::PoolMetrics;
use crate::progress::Progress;

/// A pool of connections to PostgreSQL.
#[derive(Debug, Clone)]
pub struct PgStore {
    pool: MeteredPool<Postgres>,
}

/// What a switch changes of a row that is there, given in SQL whether it is on, and the time.
macro_rules! on_activation {
    ($is_active:literal, $now:literal) => {
        concat!(
            "is_active = ",
            $is_active,
            ", assigned_at = case
                 when ",
            $is_active,
            " and not row.is_active then ",
            $now,
            " else row.assigned_at
             end,
             version = row.version + 1,
             updated_at = ",
            $now
        )
    };
}
use on_activation;

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
            .connect_with(options)
            .await?;
        sqlx::migrate!("migrations/postgres").run(&pool).await?;
        Ok(Self {
            pool: MeteredPool::new(pool),
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

    pub(super) async fn assign(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
             select $1, $2, goal_id, challenge_id, is_active, case when is_active then $3 end, expires_at, $3, $3
             from unnest($4::text[], $5::text[], $6::bool[], $7::timestamptz[])
                 as goal (goal_id, challenge_id, is_active, expires_at)
             on conflict (user_id, goal_id) do nothing",
        )
        .bind(user)
        .bind(namespace)
        .bind(now)
        .bind(&goals.goal_ids)
        .bind(&goals.challenge_ids)
        .bind(&goals.active)
        .bind(&goals.expires_at)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    pub(super) async fn set_active(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        let sql = concat!(
            "insert into user_goal_progress as row
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
             values ($1, $2, $3, $4, $5, case when $5 then $6 end, $6, $6)
             on conflict (user_id, goal_id) do update set ",
            on_activation!("excluded.is_active", "excluded.updated_at"),
            " returning ",
            progress_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(user)
            .bind(namespace)
            .bind(&goal.goal_id)
            .bind(&goal.challenge_id)
            .bind(goal.is_active)
            .bind(now);
        Ok(query.fetch_one(&self.pool).await?)
    }

    pub(super) async fn select(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        replaced: Option<&str>,
        now: Instant,
    ) -> Result<Selection, StoreError> {
        // By the ids of goals: all who write several rows of a user lock them in that order.
        let sql = concat!(
            "insert into user_goal_progress as row
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
             select $1, $2, goal_id, challenge_id, is_active, case when is_active then $3 end, expires_at, $3, $3
             from (
                 select goal_id, challenge_id, true as is_active, expires_at
                 from unnest($4::text[], $5::text[], $6::timestamptz[]) as goal (goal_id, challenge_id, expires_at)
                 union all
                 select goal_id, challenge_id, false, null
                 from user_goal_progress
                 where user_id = $1 and challenge_id = $7 and goal_id <> all($4)
                     and is_active and (expires_at is null or expires_at > $3)
             ) as goal
             order by goal_id",
            on_selected!(),
            progress_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(user)
            .bind(namespace)
            .bind(now)
            .bind(&goals.goal_ids)
            .bind(&goals.challenge_ids)
            .bind(&goals.expires_at)
            .bind(replaced);
        Ok(Selection::of_written(query.fetch_all(&self.pool).await?))
    }

    pub(super) async fn advance(
        &self,
        effect: &Effect,
        window: Duration,
    ) -> Result<u64, StoreError> {
        events::advance(&self.pool, effect, window).await
    }

    pub(super) async fn advance_all(
        &self,
        effects: &[Effect],
        window: Duration,
    ) -> Vec<Result<u64, StoreError>> {
        events::advance_all(&self.pool, effects, window).await
    }

    pub(super) async fn forget_events(
        &self,
        before: Instant,
        limit: u32,
    ) -> Result<u64, StoreError> {
        events::forget(&self.pool, before, limit).await
    }

    pub(super) async fn begin_claim(
        &self,
        user: &str,
        goal: &str,
        new_key: &str,
        now: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let key: Option<String> = sqlx::query_scalar(
            "update user_goal_progress set
                 status = 'claiming',
                 claim_key = coalesce(claim_key, $3),
                 version = version + 1,
                 updated_at = $4
             where user_id = $1 and goal_id = $2 and status = 'completed'
             returning claim_key",
        )
        .bind(user)
        .bind(goal)
        .bind(new_key)
        .bind(now)
        .fetch_optional(&self.pool)
        .await?;
        Ok(key.map(|key| Claim {
            user_id: user.to_owned(),
            goal_id: goal.to_owned(),
            key,
        }))
    }

    pub(super) async fn finish_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let sql = concat!(
            "update user_goal_progress set
                 status = 'claimed', claimed_at = $4, version = version + 1, updated_at = $4
             where user_id = $1 and goal_id = $2 and status = 'claiming' and claim_key = $3
             returning ",
            progress_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(&claim.user_id)
            .bind(&claim.goal_id)
            .bind(&claim.key)
            .bind(now);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    pub(super) async fn release_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "update user_goal_progress set
                 status = 'completed', version = version + 1, updated_at = $4
             where user_id = $1 and goal_id = $2 and status = 'claiming' and claim_key = $3",
        )
        .bind(&claim.user_id)
        .bind(&claim.goal_id)
        .bind(&claim.key)
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(super) async fn stuck_claims(
        &self,
        since_before: Instant,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select user_id, goal_id, claim_key from user_goal_progress
             where status = 'claiming' and updated_at < $1
             limit $2",
        )
        .bind(since_before)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Claim::from).collect())
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

impl From<(String, String, String)> for Claim {
    fn from((user_id, goal_id, key): (String, String, String)) -> Self {
        Self {
            user_id,
            goal_id,
            key,
        }
    }
}
