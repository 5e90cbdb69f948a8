//! Questions about the rows that a user must have, and inserting them for many users.

use futures_util::future::try_join_all;

use super::super::{Assignments, StoreError};
use super::SqliteStore;
use crate::instant::Instant;

impl SqliteStore {
    pub(crate) async fn count_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<usize, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from user_goal_progress
             where user_id = ?1 and goal_id in (select value ->> 0 from json_each(?2))",
        )
        .bind(user)
        .bind(goals.json())
        .fetch_one(&self.readers)
        .await?;
        Ok(count as usize)
    }

    pub(crate) async fn has_rows_of_goals(
        &self,
        user: &str,
        goals: &Assignments,
    ) -> Result<bool, StoreError> {
        // Ends at the first that is missing.
        Ok(sqlx::query_scalar(
            "select not exists (
                 select 1 from json_each(?2) as needed
                 where not exists (
                     select 1 from user_goal_progress as row
                     where row.user_id = ?1 and row.goal_id = needed.value ->> 0
                 )
             )",
        )
        .bind(user)
        .bind(goals.json())
        .fetch_one(&self.readers)
        .await?)
    }

    pub(crate) async fn assign_together(
        &self,
        users: &[&str],
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<Vec<u64>, StoreError> {
        // The writer puts them into one transaction.
        try_join_all(
            users
                .iter()
                .map(|user| self.assign(user, namespace, goals, now)),
        )
        .await
    }
}
