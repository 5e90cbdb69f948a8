//! `statements.csv`: what `pg_stat_statements` held before and after each stage.
//!
//! A snapshot is a row for every statement, its counters as the server tells them, since it began to
//! count. Snapshot *k* was taken before the *k*-th stage that ran (from 0), and serves as the one
//! after the stage before it; the last one was taken after the last stage. What a stage did is the
//! difference of two; a statement that the earlier one lacks began at 0. A snapshot that could not
//! be taken leaves a gap in the numbers.
//!
//! **Merging** takes the file of the first record that has one.

use serde::{Deserialize, Serialize};

/// One statement in one snapshot.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRow {
    /// Number of the snapshot, from 0.
    pub snapshot: u32,
    /// When it was taken, microseconds since the start of the run; 0 before it.
    pub at_us: u64,
    /// The source, as in `gauges.csv`.
    pub source: String,
    /// The server's hash of the statement: the same within a database, not between two.
    pub queryid: i64,
    /// How often it was executed.
    pub calls: u64,
    /// Time in executions, microseconds.
    pub total_us: u64,
    /// Rows returned or affected.
    pub rows: u64,
    /// Blocks that it found in the shared cache.
    pub blocks_hit: u64,
    /// Blocks that it read.
    pub blocks_read: u64,
    /// Blocks that it dirtied.
    pub blocks_dirtied: u64,
    /// Blocks that it had to write itself.
    pub blocks_written: u64,
    /// Bytes of write-ahead log that it caused; absent before PostgreSQL 13.
    pub wal_bytes: Option<u64>,
    /// The text without literals, cut off where it is long; in the first row of a `queryid` only,
    /// empty in the others.
    pub text: String,
}
