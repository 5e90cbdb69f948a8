//! Reads a row of `user_goal_progress` from either database.

use sqlx::{ColumnIndex, Database, Decode, FromRow, Row, Type};

use crate::day::Day;
use crate::instant::Instant;
use crate::progress::{Progress, Status};

/// The columns of [`Progress`], in the order in which they are read.
macro_rules! progress_columns {
    () => {
        "goal_id, progress, status, version, is_active, assigned_at, expires_at, completed_at, claimed_at, counted_on"
    };
}
pub(super) use progress_columns;

// By position: looking ten names up in each of 500 rows is work without a purpose.
impl<'r, R> FromRow<'r, R> for Progress
where
    R: Row,
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    Status: Decode<'r, R::Database> + Type<R::Database>,
    Instant: Decode<'r, R::Database> + Type<R::Database>,
    Day: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            goal_id: row.try_get(0)?,
            progress: row.try_get(1)?,
            status: row.try_get(2)?,
            version: row.try_get(3)?,
            is_active: row.try_get(4)?,
            assigned_at: row.try_get(5)?,
            expires_at: row.try_get(6)?,
            completed_at: row.try_get(7)?,
            claimed_at: row.try_get(8)?,
            counted_on: row.try_get(9)?,
        })
    }
}
