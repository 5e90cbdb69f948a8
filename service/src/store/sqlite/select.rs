//! Goals that a player selects, in SQLite.

use sqlx::SqliteConnection;

use super::super::row::progress_columns;
use super::super::selection::{on_selected, starts_anew};
use super::super::{Assignments, Selection, StoreError};
use super::SqliteStore;
use super::write::{Write, Written};
use crate::instant::Instant;

pub(super) async fn select(
    connection: &mut SqliteConnection,
    user: &str,
    namespace: &str,
    goals: &str,
    replaced: Option<&str>,
    now: Instant,
) -> Result<Written, sqlx::Error> {
    let sql = concat!(
        "insert into user_goal_progress as row
             (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, expires_at, created_at, updated_at)
         select ?1, ?2, goal_id, challenge_id, is_active, iif(is_active, ?3, null), expires_at, ?3, ?3
         from (
             select value ->> 0 as goal_id, value ->> 1 as challenge_id, 1 as is_active, value ->> 3 as expires_at
             from json_each(?4)
             union all
             select goal_id, challenge_id, 0, null
             from user_goal_progress
             where user_id = ?1 and challenge_id = ?5
                 and goal_id not in (select value ->> 0 from json_each(?4))
                 and is_active and (expires_at is null or expires_at > ?3)
         )
         where true",
        on_selected!(),
        progress_columns!()
    );
    let rows = sqlx::query_as(sql)
        .bind(user)
        .bind(namespace)
        .bind(now)
        .bind(goals)
        .bind(replaced)
        .fetch_all(connection)
        .await?;
    Ok(Written::Rows(rows))
}

impl SqliteStore {
    pub(in crate::store) async fn select(
        &self,
        user: &str,
        namespace: &str,
        goals: &Assignments,
        replaced: Option<&str>,
        now: Instant,
    ) -> Result<Selection, StoreError> {
        let write = Write::Select {
            user: user.to_owned(),
            namespace: namespace.to_owned(),
            goals: goals.json().to_owned(),
            replaced: replaced.map(str::to_owned),
            now,
        };
        let rows = self.writer.write(write).await?.rows();
        Ok(Selection::of_written(rows))
    }
}
