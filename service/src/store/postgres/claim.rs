//! Claims in PostgreSQL.

use super::super::row::progress_columns;
use super::super::{Claim, StoreError};
use super::PgStore;
use crate::instant::Instant;
use crate::progress::Progress;

impl PgStore {
    pub(in crate::store) async fn begin_claim(
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

    pub(in crate::store) async fn finish_claim(
        &self,
        claim: &Claim,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let sql = concat!(
            "update user_goal_progress set
                 status = 'claimed', claimed_at = $4, granted_at = $4, version = version + 1, updated_at = $4
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

    pub(in crate::store) async fn release_claim(
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

    pub(in crate::store) async fn stuck_claims(
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
}
