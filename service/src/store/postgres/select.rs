//! Goals that a player selects, in PostgreSQL.

use super::super::row::progress_columns;
use super::super::selection::{on_selected, starts_anew};
use super::super::{Assignments, Selection, StoreError};
use super::PgStore;
use crate::instant::Instant;

impl PgStore {
    pub(in crate::store) async fn select(
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
}
