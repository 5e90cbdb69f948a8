//! Questions about the rows that a user must have, and inserting them, for many users at once too.

use std::collections::HashMap;

use futures_util::TryFutureExt as _;

use super::super::{Assignments, StoreError};
use super::{PgStore, answered};
use crate::instant::Instant;

impl PgStore {
    pub(in crate::store) async fn count_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<usize, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from user_goal_progress where user_id = $1 and goal_id = any($2)",
        )
        .bind(user)
        .bind(&goals.goal_ids)
        .fetch_one(&self.pool)
        .await?;
        Ok(count as usize)
    }

    pub(in crate::store) async fn has_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<bool, StoreError> {
        // Ends at the first that is missing.
        Ok(sqlx::query_scalar(
            "select not exists (
                 select from unnest($2::text[]) as needed (goal_id)
                 where not exists (
                     select from user_goal_progress as row
                     where row.user_id = $1 and row.goal_id = needed.goal_id
                 )
             )",
        )
        .bind(user)
        .bind(&goals.goal_ids)
        .fetch_one(&self.pool)
        .await?)
    }

    pub(in crate::store) async fn assign(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<u64, StoreError> {
        // In order, by the collation of the database: a selection of this user must not wait for it in turn.
        let done = sqlx::query(
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
             select $1, $2, goal_id, challenge_id, is_active, case when is_active then $3 end, expires_at, $3, $3
             from unnest($4::text[], $5::text[], $6::bool[], $7::timestamptz[])
                 as goal (goal_id, challenge_id, is_active, expires_at)
             order by goal_id
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

    pub(in crate::store) async fn assign_together(
        &self,
        users: &[&str],
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<Vec<u64>, StoreError> {
        // In order: two such statements that meet must not wait for each other.
        let query = sqlx::query_as(
            "with new as (
                 insert into user_goal_progress
                     (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
                 select user_id, $1, goal_id, challenge_id, is_active, case when is_active then $2 end, expires_at, $2, $2
                 from unnest($3::text[]) as player (user_id)
                 cross join unnest($4::text[], $5::text[], $6::bool[], $7::timestamptz[])
                     as goal (goal_id, challenge_id, is_active, expires_at)
                 order by user_id, goal_id
                 on conflict (user_id, goal_id) do nothing
                 returning user_id
             )
             select user_id, count(*) from new group by user_id",
        )
        .bind(namespace)
        .bind(now)
        .bind(users)
        .bind(&goals.goal_ids)
        .bind(&goals.challenge_ids)
        .bind(&goals.active)
        .bind(&goals.expires_at);
        let inserted = query.fetch_all(&self.pool).err_into();
        let counts: Vec<(String, i64)> = answered(inserted).await?;
        let mut counts: HashMap<String, i64> = counts.into_iter().collect();
        // Taken out: of requests for one user the first is told of the rows.
        let taken = users
            .iter()
            .map(|user| counts.remove(*user).unwrap_or(0) as u64);
        Ok(taken.collect())
    }
}
