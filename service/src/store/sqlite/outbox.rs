//! The outbox in SQLite.

use sqlx::SqliteConnection;

use super::super::outbox::delivery_columns;
use super::super::row::progress_columns;
use super::super::{Claim, DeadDelivery, Delivery, OutboxGauge, Retry, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;
use crate::progress::Progress;

/// A write of the outbox.
///
/// Those that are two statements begin with the one that can be refused, by a constraint: where it
/// fails, or finds nothing, the other is not carried out.
#[derive(Debug)]
pub(super) enum OutboxWrite {
    /// `completed` to `claimed`, and the reward is owed.
    Claim {
        claim: Claim,
        request: String,
        now: Instant,
    },
    /// Take what is due.
    Lease {
        now: Instant,
        until: Instant,
        limit: u32,
    },
    /// The reward was granted.
    Finish { key: String, now: Instant },
    /// An attempt failed.
    Fail {
        delivery: Delivery,
        retry: Retry,
        error: String,
    },
    /// Try again what was set aside.
    Revive { now: Instant },
}

impl OutboxWrite {
    pub(super) async fn execute(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Written, sqlx::Error> {
        match self {
            Self::Claim {
                claim,
                request,
                now,
            } => claim_owing(connection, claim, request, *now).await,
            Self::Lease { now, until, limit } => lease(connection, *now, *until, *limit).await,
            Self::Finish { key, now } => finish(connection, key, *now).await,
            Self::Fail {
                delivery,
                retry,
                error,
            } => fail(connection, delivery, *retry, error).await,
            Self::Revive { now } => revive(connection, *now).await,
        }
    }
}

async fn claim_owing(
    connection: &mut SqliteConnection,
    claim: &Claim,
    request: &str,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let owed = sqlx::query(
        "insert into reward_outbox (idempotency_key, user_id, goal_id, request, due_at, created_at)
         select coalesce(claim_key, ?3), user_id, goal_id, ?5, ?4, ?4
         from user_goal_progress
         where user_id = ?1 and goal_id = ?2 and status = 'completed'",
    )
    .bind(&claim.user_id)
    .bind(&claim.goal_id)
    .bind(&claim.key)
    .bind(now)
    .bind(request)
    .execute(&mut *connection)
    .await?;
    if owed.rows_affected() == 0 {
        return Ok(Written::Row(None));
    }
    let sql = concat!(
        "update user_goal_progress set
             status = 'claimed',
             claim_key = coalesce(claim_key, ?3),
             claimed_at = ?4,
             granted_at = null,
             version = version + 1,
             updated_at = ?4
         where user_id = ?1 and goal_id = ?2
         returning ",
        progress_columns!()
    );
    let row: Progress = sqlx::query_as(sql)
        .bind(&claim.user_id)
        .bind(&claim.goal_id)
        .bind(&claim.key)
        .bind(now)
        .fetch_one(connection)
        .await?;
    Ok(Written::Row(Some(row)))
}

async fn lease(
    connection: &mut SqliteConnection,
    now: Instant,
    until: Instant,
    limit: u32,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "update reward_outbox set due_at = ?2, attempts = attempts + 1
         where idempotency_key in (
             select idempotency_key from reward_outbox
             where dead_at is null and due_at <= ?1
             order by due_at
             limit ?3
         )
         returning ",
        delivery_columns!()
    );
    let leased = sqlx::query_as(sql)
        .bind(now)
        .bind(until)
        .bind(limit)
        .fetch_all(connection)
        .await?;
    Ok(Written::Deliveries(leased))
}

async fn finish(
    connection: &mut SqliteConnection,
    key: &str,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    // The progress only where the key is still its own: the goal may have started anew since.
    sqlx::query(
        "update user_goal_progress as row set
             granted_at = ?2, version = row.version + 1, updated_at = ?2
         from reward_outbox as owed
         where owed.idempotency_key = ?1
             and row.user_id = owed.user_id and row.goal_id = owed.goal_id and row.claim_key = ?1",
    )
    .bind(key)
    .bind(now)
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query("delete from reward_outbox where idempotency_key = ?1")
        .bind(key)
        .execute(connection)
        .await?;
    Ok(Written::Count(done.rows_affected()))
}

async fn fail(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
    retry: Retry,
    error: &str,
) -> Result<Written, sqlx::Error> {
    let (due_at, dead_at) = match retry {
        Retry::At(due) => (Some(due), None),
        Retry::Never(now) => (None, Some(now)),
    };
    let done = sqlx::query(
        "update reward_outbox set due_at = coalesce(?3, due_at), dead_at = ?4, last_error = ?5
         where idempotency_key = ?1 and attempts = ?2 and dead_at is null",
    )
    .bind(&delivery.key)
    .bind(delivery.attempt)
    .bind(due_at)
    .bind(dead_at)
    .bind(error)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}

async fn revive(connection: &mut SqliteConnection, now: Instant) -> Result<Written, sqlx::Error> {
    let done = sqlx::query(
        "update reward_outbox set due_at = ?1, dead_at = null where dead_at is not null",
    )
    .bind(now)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}

impl SqliteStore {
    pub(in crate::store) async fn claim_owing(
        &self,
        claim: &Claim,
        request: &str,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let write = OutboxWrite::Claim {
            claim: claim.clone(),
            request: request.to_owned(),
            now,
        };
        self.write_outbox(write).await.map(Written::row)
    }

    pub(in crate::store) async fn lease_deliveries(
        &self,
        now: Instant,
        until: Instant,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let write = OutboxWrite::Lease { now, until, limit };
        self.write_outbox(write).await.map(Written::deliveries)
    }

    pub(in crate::store) async fn finish_delivery(
        &self,
        key: &str,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let key = key.to_owned();
        let written = self.write_outbox(OutboxWrite::Finish { key, now }).await?;
        Ok(written.count() == 1)
    }

    pub(in crate::store) async fn fail_delivery(
        &self,
        delivery: &Delivery,
        retry: Retry,
        error: &str,
    ) -> Result<bool, StoreError> {
        let write = OutboxWrite::Fail {
            delivery: delivery.clone(),
            retry,
            error: error.to_owned(),
        };
        Ok(self.write_outbox(write).await?.count() == 1)
    }

    pub(in crate::store) async fn revive_deliveries(
        &self,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let write = OutboxWrite::Revive { now };
        self.write_outbox(write).await.map(Written::count)
    }

    pub(in crate::store) async fn dead_deliveries(
        &self,
        limit: u32,
    ) -> Result<Vec<DeadDelivery>, StoreError> {
        let query = sqlx::query_as(
            "select idempotency_key, user_id, goal_id, attempts, last_error, dead_at
             from reward_outbox where dead_at is not null order by dead_at limit ?1",
        );
        Ok(query.bind(limit).fetch_all(&self.readers).await?)
    }

    pub(in crate::store) async fn outbox_gauge(&self) -> Result<OutboxGauge, StoreError> {
        let query = sqlx::query_as(
            "select count(*) filter (where dead_at is null),
                 count(*) filter (where dead_at is not null),
                 min(created_at) filter (where dead_at is null)
             from reward_outbox",
        );
        Ok(query.fetch_one(&self.readers).await?)
    }

    async fn write_outbox(&self, write: OutboxWrite) -> Result<Written, StoreError> {
        self.writer.write(Write::Outbox(write)).await
    }
}
