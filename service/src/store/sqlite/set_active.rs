//! Ways of switching a goal on or off, where one writer does all of it.

use futures_util::future::try_join_all;
use sqlx::SqliteConnection;

use super::super::row::progress_columns;
use super::super::{ActiveWrite, Assignment, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;
use crate::progress::Progress;

/// What a switch changes of a row that is there, given in SQL whether it is on, and the time.
macro_rules! on_activation {
    ($is_active:literal, $now:literal) => {
        concat!(
            "is_active = ",
            $is_active,
            ", assigned_at = iif(",
            $is_active,
            " and not row.is_active, ",
            $now,
            ", row.assigned_at),
             version = row.version + 1,
             updated_at = ",
            $now
        )
    };
}

pub(super) async fn set_active(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goal: &Assignment,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress as row
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, iif(?5, ?6, null), ?6, ?6)
         on conflict (user_id, goal_id) do update set ",
        on_activation!("excluded.is_active", "excluded.updated_at"),
        " returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(&goal.goal_id)
        .bind(&goal.challenge_id)
        .bind(goal.is_active)
        .bind(now)
        .fetch_one(connection)
        .await?;
    Ok(Written::Row(Some(row)))
}

pub(super) async fn activate_first(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goal: &Assignment,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
         values (?1, ?2, ?3, ?4, ?5, iif(?5, ?6, null), ?6, ?6)
         on conflict (user_id, goal_id) do nothing
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(&goal.goal_id)
        .bind(&goal.challenge_id)
        .bind(goal.is_active)
        .bind(now)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

pub(super) async fn set_active_at(
    connection: &mut SqliteConnection,
    user: &str,
    goal: &Assignment,
    version: i64,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "update user_goal_progress as row set ",
        on_activation!("?3", "?4"),
        " where user_id = ?1 and goal_id = ?2 and version = ?5
         returning ",
        progress_columns!()
    );
    let row = sqlx::query_as(sql)
        .bind(user)
        .bind(&goal.goal_id)
        .bind(goal.is_active)
        .bind(now)
        .bind(version)
        .fetch_optional(connection)
        .await?;
    Ok(Written::Row(row))
}

impl SqliteStore {
    pub(in crate::store) async fn set_active(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        let write = Write::SetActive {
            user: user.to_owned(),
            namespace: namespace.to_owned(),
            goal: goal.clone(),
            now,
        };
        let row = self.writer.write(write).await?.row();
        row.ok_or_else(|| sqlx::Error::RowNotFound.into())
    }

    pub(in crate::store) async fn row_of_goal(
        &self,
        user: &str,
        goal: &str,
    ) -> Result<Option<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress where user_id = ?1 and goal_id = ?2"
        );
        let query = sqlx::query_as(sql).bind(user).bind(goal);
        Ok(query.fetch_optional(&self.readers).await?)
    }

    pub(in crate::store) async fn set_active_at(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        version: Option<i64>,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let write = Write::SetActiveAt {
            user: user.to_owned(),
            namespace: namespace.to_owned(),
            goal: goal.clone(),
            version,
            now,
        };
        self.writer.write(write).await.map(Written::row)
    }

    pub(in crate::store) async fn set_active_locked(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        self.set_active(user, namespace, goal, now).await
    }

    pub(in crate::store) async fn set_active_together(
        &self,
        writes: &[ActiveWrite],
        now: Instant,
    ) -> Result<Vec<Progress>, StoreError> {
        let write = |write: &ActiveWrite| {
            let ActiveWrite {
                user_id,
                namespace,
                goal,
            } = write.clone();
            async move { self.set_active(&user_id, &namespace, &goal, now).await }
        };
        try_join_all(writes.iter().map(write)).await
    }
}
