//! Questions about the rows that a user must have, and inserting them, for many users too.

use futures_util::future::try_join_all;
use sqlx::SqliteConnection;

use super::super::{Assignments, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;

pub(super) async fn assign(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goals: &str,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    // "where true": else SQLite reads "on conflict" as the condition of a join.
    let done = sqlx::query(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
         select ?1, ?2, value ->> 0, value ->> 1, value ->> 2, iif(value ->> 2, ?3, null), value ->> 3, ?3, ?3
         from json_each(?4)
         where true
         on conflict (user_id, goal_id) do nothing",
    )
    .bind(user)
    .bind(namespace)
    .bind(now)
    .bind(goals)
    .execute(connection)
    .await?;
    Ok(Written::Count(done.rows_affected()))
}

impl SqliteStore {
    pub(in crate::store) async fn count_rows_of_goals(
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

    pub(in crate::store) async fn has_rows_of_goals(
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

    pub(in crate::store) async fn assign(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        now: Instant,
    ) -> Result<u64, StoreError> {
        let write = Write::Assign {
            user: user.to_owned(),
            namespace: namespace.to_owned(),
            goals: goals.json().to_owned(),
            now,
        };
        self.writer.write(write).await.map(Written::count)
    }

    pub(in crate::store) async fn assign_together(
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
