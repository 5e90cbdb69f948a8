//! The outbox in PostgreSQL. Every method is one statement, and so one transaction.

use super::super::outbox::delivery_columns;
use super::super::row::progress_columns;
use super::super::{Claim, DeadDelivery, Delivery, OutboxGauge, Retry, StoreError};
use super::PgStore;
use crate::instant::Instant;
use crate::progress::Progress;

impl PgStore {
    pub(in crate::store) async fn claim_owing(
        &self,
        claim: &Claim,
        request: &str,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let sql = concat!(
            "with claimed as (
                 update user_goal_progress set
                     status = 'claimed',
                     claim_key = coalesce(claim_key, $3),
                     claimed_at = $4,
                     granted_at = null,
                     version = version + 1,
                     updated_at = $4
                 where user_id = $1 and goal_id = $2 and status = 'completed'
                 returning *
             ),
             owed as (
                 insert into reward_outbox (idempotency_key, user_id, goal_id, request, due_at, created_at)
                 select claim_key, user_id, goal_id, $5, $4, $4 from claimed
             )
             select ",
            progress_columns!(),
            " from claimed"
        );
        let query = sqlx::query_as(sql)
            .bind(&claim.user_id)
            .bind(&claim.goal_id)
            .bind(&claim.key)
            .bind(now)
            .bind(request);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    pub(in crate::store) async fn lease_deliveries(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        // Skip locked: instances that ask at the same time share the rows instead of waiting for
        // each other. The locks go with the statement; what keeps a row is its new due time.
        let sql = concat!(
            "with due as (
                 select idempotency_key from reward_outbox
                 where dead_at is null and due_at <= $1
                 order by due_at
                 limit $3
                 for update skip locked
             )
             update reward_outbox set due_at = $2, attempts = attempts + 1
             where idempotency_key = any(select idempotency_key from due)
             returning ",
            delivery_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(now)
            .bind(until)
            .bind(i64::from(limit));
        Ok(query.fetch_all(&self.pool).await?)
    }

    pub(in crate::store) async fn finish_delivery(
        &self,
        key: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        // The progress only where the key is still its own: the goal may have started anew since.
        let done = sqlx::query_scalar::<_, i64>(
            "with done as (
                 delete from reward_outbox where idempotency_key = $1
                 returning user_id, goal_id
             ),
             granted as (
                 update user_goal_progress as row set
                     granted_at = $2, version = row.version + 1, updated_at = $2
                 from done
                 where row.user_id = done.user_id and row.goal_id = done.goal_id
                     and row.claim_key = $1
             )
             select count(*) from done",
        )
        .bind(key)
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(done == 1)
    }

    pub(in crate::store) async fn fail_delivery(
        &self,
        delivery: &Delivery,
        retry: Retry,
        error: &str,
    ) -> Result<bool, StoreError> {
        let (due_at, dead_at) = match retry {
            Retry::At(due) => (Some(due), None),
            Retry::Never(now) => (None, Some(now)),
        };
        let done = sqlx::query(
            "update reward_outbox set
                 due_at = coalesce($3, due_at), dead_at = $4, last_error = $5
             where idempotency_key = $1 and attempts = $2 and dead_at is null",
        )
        .bind(&delivery.key)
        .bind(i32::try_from(delivery.attempt).unwrap_or(i32::MAX))
        .bind(due_at)
        .bind(dead_at)
        .bind(error)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    pub(in crate::store) async fn revive_deliveries(
        &self,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "update reward_outbox set due_at = $1, dead_at = null where dead_at is not null",
        )
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected())
    }

    pub(in crate::store) async fn dead_deliveries(
        &self,
        limit: u32,
    ) -> Result<Vec<DeadDelivery>, StoreError> {
        let query = sqlx::query_as(
            "select idempotency_key, user_id, goal_id, attempts, last_error, dead_at
             from reward_outbox where dead_at is not null order by dead_at limit $1",
        );
        Ok(query.bind(i64::from(limit)).fetch_all(&self.pool).await?)
    }

    pub(in crate::store) async fn outbox_gauge(&self) -> Result<OutboxGauge, StoreError> {
        let query = sqlx::query_as(
            "select count(*) filter (where dead_at is null),
                 count(*) filter (where dead_at is not null),
                 min(created_at) filter (where dead_at is null)
             from reward_outbox",
        );
        Ok(query.fetch_one(&self.pool).await?)
    }
}
