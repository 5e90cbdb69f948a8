//! Claims in SQLite.

use sqlx::SqliteConnection;

use super::super::row::progress_columns;
use super::super::{Claim, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;
use crate::progress::Progress;

pub(super) async fn begin(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let key: Option<String> = sqlx::query_scalar(
        "update user_goal_progress set
             status = 'claiming',
             claim_key = coalesce(claim_key, ?3),
             version = version + 1,
             updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'completed'
         returning claim_key",
    )
    .bind(&claim.user_id)
    .bind(&claim.goal_id)
    .bind(&claim.key)
    .bind(now)
    .fetch_optional(connection)
    .await?;
    Ok(Written::Claim(key.map(|key| Claim {
        key,
        ..claim.clone()
    })))
}

pub(super) async fn finish(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "update user_goal_progress set
             status = 'claimed', claimed_at = ?4, granted_at = ?4, version = version + 1, updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'claiming' and claim_key = ?3
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(&claim.user_id)
        .bind(&claim.goal_id)
        .bind(&claim.key)
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

pub(super) async fn release(
    connection: &mut SqliteConnection,
    claim: &Claim,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let done = sqlx::query(
        "update user_goal_progress set
             status = 'completed', version = version + 1, updated_at = ?4
         where user_id = ?1 and goal_id = ?2 and status = 'claiming' and claim_key = ?3",
    )
    .bind(&claim.user_id)
    .bind(&claim.goal_id)
    .bind(&claim.key)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}

impl SqliteStore {
    pub(in crate::store) async fn begin_claim(
        &self,
        user: &str,
        goal: &str,
        new_key: &str,
        now: Instant,
    ) -> Result<Option<Claim>, StoreError> {
        let write = Write::BeginClaim {
            claim: Claim {
                user_id: user.to_owned(),
                goal_id: goal.to_owned(),
                key: new_key.to_owned(),
            },
            now,
        };
        self.writer.write(write).await.map(Written::claim)
    }

    pub(in crate::store) async fn finish_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let write = Write::FinishClaim {
            claim: claim.clone(),
            now,
        };
        self.writer.write(write).await.map(Written::row)
    }

    pub(in crate::store) async fn release_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<bool, StoreError> {
        let write = Write::ReleaseClaim {
            claim: claim.clone(),
            now,
        };
        Ok(self.writer.write(write).await?.count() == 1)
    }

    pub(in crate::store) async fn stuck_claims(
        &self,
        since_before: Instant,
        limit: u32,
    ) -> Result<Vec<Claim>, StoreError> {
        let rows: Vec<(String, String, String)> = sqlx::query_as(
            "select user_id, goal_id, claim_key from user_goal_progress
             where status = 'claiming' and updated_at < ?1
             limit ?2",
        )
        .bind(since_before)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(Claim::from).collect())
    }
}
