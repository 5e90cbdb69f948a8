//! Rewards that are owed, as the store hands them out.

use serde::Serialize;
use sqlx::{ColumnIndex, Database, Decode, FromRow, Row, Type};

use crate::instant::Instant;

/// A reward that is owed, leased to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Idempotency key of the grant, and the row's own.
    pub key: String,
    /// Who is owed.
    pub user_id: String,
    /// For what.
    pub goal_id: String,
    /// What the reward platform is sent: JSON.
    pub request: String,
    /// Which attempt this is, from 1. Another lease of the same row has another number.
    pub attempt: u32,
    /// Since when it is owed.
    pub since: Instant,
}

/// What becomes of a delivery that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is tried again from then on.
    At(Instant),
    /// It is set aside, now.
    Never(Instant),
}

/// A reward that was given up: an operator decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadDelivery {
    /// Idempotency key of the grant.
    pub key: String,
    /// Who is owed.
    pub user_id: String,
    /// For what.
    pub goal_id: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed; absent if it was never heard of.
    pub last_error: Option<String>,
    /// When it was given up.
    pub dead_at: Instant,
}

/// How much is owed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxGauge {
    /// Rewards that are waiting or being asked for.
    pub pending: u64,
    /// Rewards that were given up.
    pub dead: u64,
    /// Since when the oldest of the pending ones is owed; absent if there is none.
    pub oldest: Option<Instant>,
}

/// The columns of [`Delivery`], in the order in which they are read.
macro_rules! delivery_columns {
    () => {
        "idempotency_key, user_id, goal_id, request, attempts, created_at"
    };
}
pub(super) use delivery_columns;

impl<'r, R> FromRow<'r, R> for Delivery
where
    R: Row,
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    Instant: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            key: row.try_get(0)?,
            user_id: row.try_get(1)?,
            goal_id: row.try_get(2)?,
            request: row.try_get(3)?,
            attempt: row.try_get::<i32, _>(4)?.unsigned_abs(),
            since: row.try_get(5)?,
        })
    }
}

impl<'r, R> FromRow<'r, R> for DeadDelivery
where
    R: Row,
    usize: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    Instant: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            key: row.try_get(0)?,
            user_id: row.try_get(1)?,
            goal_id: row.try_get(2)?,
            attempts: row.try_get::<i32, _>(3)?.unsigned_abs(),
            last_error: row.try_get(4)?,
            dead_at: row.try_get(5)?,
        })
    }
}

impl<'r, R> FromRow<'r, R> for OutboxGauge
where
    R: Row,
    usize: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<Instant>: Decode<'r, R::Database> + Type<R::Database>,
    R::Database: Database,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            pending: row.try_get::<i64, _>(0)?.unsigned_abs(),
            dead: row.try_get::<i64, _>(1)?.unsigned_abs(),
            oldest: row.try_get(2)?,
        })
    }
}
