//! Ways of switching a goal on or off, where one writer does all of it.

use futures_util::future::try_join_all;

use super::super::row::progress_columns;
use super::super::{ActiveWrite, Assignment, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;
use crate::progress::Progress;

impl SqliteStore {
    pub(crate) async fn row_of_goal(
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

    pub(crate) async fn set_active_at(
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

    pub(crate) async fn set_active_locked(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        self.set_active(user, namespace, goal, now).await
    }

    pub(crate) async fn set_active_together(
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
