//! What a store gives out to be held: for faults on purpose.

use std::time::Duration;

use sqlx::Postgres;
use sqlx::Sqlite;

use super::pool::Lease;
use super::{Store, StoreError};

/// The advisory lock of the fault; any number that nobody else uses.
const FAULT_LOCK: i64 = 0x6272_756e_7400;

/// A connection that nobody else gets while this lives.
#[derive(Debug)]
pub enum HeldConnection {
    /// To PostgreSQL.
    Pg(Lease<Postgres>),
    /// To SQLite, for reading.
    Sqlite(Lease<Sqlite>),
}

impl Store {
    /// Takes this many connections out of the pool.
    pub async fn hold_connections(&self, count: usize) -> Result<Vec<HeldConnection>, StoreError> {
        let mut held = Vec::new();
        for _ in 0..count {
            held.push(match self {
                Self::Pg(store) => HeldConnection::Pg(store.pool.acquire().await?),
                Self::Sqlite(store) => HeldConnection::Sqlite(store.readers.acquire().await?),
            });
        }
        Ok(held)
    }

    /// Takes the one lock that all who call this share, and holds it for this long; a connection as
    /// well, from the first wait on. SQLite has no such lock, and so nothing happens there.
    pub async fn hold_advisory_lock(&self, time: Duration) -> Result<(), StoreError> {
        let Self::Pg(store) = self else {
            return Ok(());
        };
        // One statement, whose transaction ends the lock. Materialised: else the planner might sleep
        // before it locks. To stand in line is what the fault is for.
        sqlx::query(
            "with patient as materialized (select set_config('lock_timeout', '0', true)),
             taken as materialized (select pg_advisory_xact_lock($1) from patient)
             select pg_sleep($2) from taken",
        )
        .bind(FAULT_LOCK)
        .bind(time.as_secs_f64())
        .execute(&store.pool)
        .await?;
        Ok(())
    }
}
