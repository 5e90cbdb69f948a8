//! Ways of switching a goal on or off: whatever the row held, by what it held, and many rows at once.

use futures_util::TryFutureExt as _;
use sqlx::postgres::PgRow;
use sqlx::{Acquire as _, FromRow, PgConnection, Row as _};

use super::super::row::progress_columns;
use super::super::{ActiveWrite, Assignment, StoreError};
use super::{PgStore, answered};
use crate::instant::Instant;
use crate::progress::Progress;

/// A row that somebody deletes again and again is given up.
const LOCK_ATTEMPTS: usize = 3;

/// What a switch changes of a row that is there, given in SQL whether it is on, and the time.
macro_rules! on_activation {
    ($is_active:literal, $now:literal) => {
        concat!(
            "is_active = ",
            $is_active,
            ", assigned_at = case
                 when ",
            $is_active,
            " and not row.is_active then ",
            $now,
            " else row.assigned_at
             end,
             version = row.version + 1,
             updated_at = ",
            $now
        )
    };
}

impl PgStore {
    pub(in crate::store) async fn set_active(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        let sql = concat!(
            "insert into user_goal_progress as row
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
             values ($1, $2, $3, $4, $5, case when $5 then $6 end, $6, $6)
             on conflict (user_id, goal_id) do update set ",
            on_activation!("excluded.is_active", "excluded.updated_at"),
            " returning ",
            progress_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(user)
            .bind(namespace)
            .bind(&goal.goal_id)
            .bind(&goal.challenge_id)
            .bind(goal.is_active)
            .bind(now);
        Ok(query.fetch_one(&self.pool).await?)
    }

    pub(in crate::store) async fn row_of_goal(
        &self,
        user: &str,
        goal: &str,
    ) -> Result<Option<Progress>, StoreError> {
        let sql = concat!(
            "select ",
            progress_columns!(),
            " from user_goal_progress where user_id = $1 and goal_id = $2"
        );
        let query = sqlx::query_as(sql).bind(user).bind(goal);
        Ok(query.fetch_optional(&self.pool).await?)
    }

    pub(in crate::store) async fn set_active_at(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        version: Option<i64>,
        now: Instant,
    ) -> Result<Option<Progress>, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let row = write_at(&mut connection, user, namespace, goal, version, now).await?;
        connection.give_back();
        Ok(row)
    }

    pub(in crate::store) async fn set_active_locked(
        &self,
        user: &str,
        namespace: &str,
        goal: &Assignment,
        now: Instant,
    ) -> Result<Progress, StoreError> {
        let mut connection = self.pool.acquire().await?;
        let mut transaction = connection.begin().await?;
        for _ in 0..LOCK_ATTEMPTS {
            let version: Option<i64> = sqlx::query_scalar(
                "select version from user_goal_progress
                 where user_id = $1 and goal_id = $2
                 for update",
            )
            .bind(user)
            .bind(&goal.goal_id)
            .fetch_optional(&mut *transaction)
            .await?;
            // Where there is no row to lock, another may insert it first; then it can be locked.
            let row = write_at(&mut transaction, user, namespace, goal, version, now).await?;
            if let Some(row) = row {
                transaction.commit().await?;
                connection.give_back();
                return Ok(row);
            }
        }
        Err(StoreError::Conflict)
    }

    pub(in crate::store) async fn set_active_together(
        &self,
        writes: &[ActiveWrite],
        now: Instant,
    ) -> Result<Vec<Progress>, StoreError> {
        let column = |of: fn(&ActiveWrite) -> &str| writes.iter().map(of).collect::<Vec<_>>();
        let active: Vec<bool> = writes.iter().map(|write| write.goal.is_active).collect();
        // In order: two such statements that meet must not wait for each other.
        let sql = concat!(
            "insert into user_goal_progress as row
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
             select user_id, namespace, goal_id, challenge_id, is_active,
                 case when is_active then $1 end, $1, $1
             from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bool[])
                 as write (user_id, namespace, goal_id, challenge_id, is_active)
             order by user_id, goal_id
             on conflict (user_id, goal_id) do update set ",
            on_activation!("excluded.is_active", "excluded.updated_at"),
            " returning ",
            progress_columns!(),
            ", user_id"
        );
        let query = sqlx::query_as(sql)
            .bind(now)
            .bind(column(|write| &write.user_id))
            .bind(column(|write| &write.namespace))
            .bind(column(|write| &write.goal.goal_id))
            .bind(column(|write| &write.goal.challenge_id))
            .bind(active);
        let written = query.fetch_all(&self.pool).err_into();
        let mut rows: Vec<Owned> = answered(written).await?;
        let key = |row: &Owned| (row.user_id.clone(), row.row.goal_id.clone());
        rows.sort_by_cached_key(key);
        let found = |write: &ActiveWrite| {
            let wanted = (&write.user_id, &write.goal.goal_id);
            let place = rows.binary_search_by(|row| (&row.user_id, &row.row.goal_id).cmp(&wanted));
            place.map(|place| rows[place].row.clone())
        };
        let rows: Result<Vec<_>, _> = writes.iter().map(found).collect();
        rows.map_err(|_| sqlx::Error::RowNotFound.into())
    }
}

/// A row with its user.
struct Owned {
    user_id: String,
    row: Progress,
}

impl FromRow<'_, PgRow> for Owned {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            row: Progress::from_row(row)?,
            user_id: row.try_get("user_id")?,
        })
    }
}

/// Writes the row if it is still at this version, or if there still is none.
async fn write_at(
    connection: &mut PgConnection,
    user: &str,
    namespace: &str,
    goal: &Assignment,
    version: Option<i64>,
    now: Instant,
) -> Result<Option<Progress>, sqlx::Error> {
    let Some(version) = version else {
        let sql = concat!(
            "insert into user_goal_progress
                 (user_id, namespace, goal_id, challenge_id, is_active, assigned_at, created_at, updated_at)
             values ($1, $2, $3, $4, $5, case when $5 then $6 end, $6, $6)
             on conflict (user_id, goal_id) do nothing
             returning ",
            progress_columns!()
        );
        let query = sqlx::query_as(sql)
            .bind(user)
            .bind(namespace)
            .bind(&goal.goal_id)
            .bind(&goal.challenge_id)
            .bind(goal.is_active)
            .bind(now);
        return query.fetch_optional(connection).await;
    };
    let sql = concat!(
        "update user_goal_progress as row set ",
        on_activation!("$3", "$4"),
        " where user_id = $1 and goal_id = $2 and version = $5
         returning ",
        progress_columns!()
    );
    let query = sqlx::query_as(sql)
        .bind(user)
        .bind(&goal.goal_id)
        .bind(goal.is_active)
        .bind(now)
        .bind(version);
    query.fetch_optional(connection).await
}
