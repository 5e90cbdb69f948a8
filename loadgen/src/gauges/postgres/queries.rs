//! What PostgreSQL is asked, by its version.
//!
//! Columns that are texts are labels; every other one is a gauge of that name. Statements begin with
//! a comment, by which they are told from those of the service.

use super::super::reading::Depth;

/// A question that is asked again and again.
#[derive(Clone, Copy)]
pub(super) struct Query {
    /// What messages name it.
    pub(super) name: &'static str,
    /// Is it asked every second, or every ten?
    pub(super) every_second: bool,
    pub(super) sql: &'static str,
}

impl Query {
    pub(super) fn is_due(self, depth: Depth) -> bool {
        self.every_second || depth.is_thorough()
    }
}

const fn each_second(name: &'static str, sql: &'static str) -> Query {
    Query {
        name,
        every_second: true,
        sql,
    }
}

const fn each_ten(name: &'static str, sql: &'static str) -> Query {
    Query {
        name,
        every_second: false,
        sql,
    }
}

/// What a server of `version` (150004 is 15.4) is asked.
pub(super) fn of_version(version: u32) -> Vec<Query> {
    let mut queries = vec![DATABASE, ACTIVITY, WAITS, WAL_POSITION, TABLES, INDEXES];
    if version >= 140_000 {
        queries.extend([SESSIONS, WAL]);
    }
    if version >= 160_000 {
        queries.push(IO);
    }
    // In 17 checkpoints have a view of their own.
    if version >= 170_000 {
        queries.extend([CHECKPOINTER, WRITER]);
    } else {
        queries.push(WRITER_AND_CHECKPOINTS);
    }
    // Until 12 it was total_time, and there were no WAL bytes.
    if version >= 130_000 {
        queries.push(STATEMENT_SUMS);
    }
    queries
}

/// Times of the views are milliseconds.
const DATABASE: Query = each_second(
    "pg_stat_database",
    "select /* brunt */ extract(epoch from clock_timestamp())::float8 * 1e6 as clock_us,
        numbackends::float8 as connections,
        xact_commit::float8 as commits_total, xact_rollback::float8 as rollbacks_total,
        blks_hit::float8 as blocks_hit_total, blks_read::float8 as blocks_read_total,
        tup_returned::float8 as rows_scanned_total, tup_fetched::float8 as rows_fetched_total,
        tup_inserted::float8 as rows_inserted_total, tup_updated::float8 as rows_updated_total,
        tup_deleted::float8 as rows_deleted_total, temp_bytes::float8 as temporary_bytes_total,
        deadlocks::float8 as deadlocks_total, conflicts::float8 as conflicts_total,
        blk_read_time * 1e3 as block_read_us_total, blk_write_time * 1e3 as block_write_us_total
    from pg_stat_database where datname = current_database()",
);

const SESSIONS: Query = each_second(
    "pg_stat_database",
    "select /* brunt */ active_time * 1e3 as active_us_total,
        idle_in_transaction_time * 1e3 as idle_in_transaction_us_total,
        sessions::float8 as sessions_total
    from pg_stat_database where datname = current_database()",
);

const ACTIVITY: Query = each_second(
    "pg_stat_activity",
    "select /* brunt */ count(*) filter (where state = 'active')::float8 as active,
        count(*) filter (where state = 'idle')::float8 as idle,
        count(*) filter (where state like 'idle in transaction%')::float8 as idle_in_transaction,
        count(*) filter (where state = 'active' and wait_event_type = 'Lock')::float8
            as lock_waits,
        count(*) filter (where state = 'active' and wait_event_type is null)::float8 as running,
        coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8 * 1e6
            as longest_transaction_us
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend'",
);

const WAITS: Query = each_second(
    "pg_stat_activity",
    "select /* brunt */ wait_event_type as type, wait_event as event, count(*)::float8 as waiting
    from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()
        and backend_type = 'client backend' and state = 'active' and wait_event is not null
    group by 1, 2",
);

/// Of the whole server.
const WAL_POSITION: Query = each_second(
    "the position in the write-ahead log",
    "select /* brunt */ pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8
        as wal_position_bytes_total",
);

const TABLES: Query = each_ten(
    "pg_stat_user_tables",
    "select /* brunt */ relname::text as table, seq_scan::float8 as table_scans_total,
        seq_tup_read::float8 as table_rows_scanned_total,
        coalesce(idx_scan, 0)::float8 as table_index_scans_total,
        n_tup_ins::float8 as table_inserts_total, n_tup_upd::float8 as table_updates_total,
        n_tup_hot_upd::float8 as table_hot_updates_total,
        n_tup_del::float8 as table_deletes_total, n_live_tup::float8 as table_rows,
        n_dead_tup::float8 as table_dead_rows,
        (vacuum_count + autovacuum_count)::float8 as table_vacuums_total,
        pg_total_relation_size(relid)::float8 as table_bytes
    from pg_stat_user_tables
    order by n_tup_ins + n_tup_upd + n_tup_del + seq_scan + coalesce(idx_scan, 0) desc, relid
    limit 40",
);

const INDEXES: Query = each_ten(
    "pg_stat_user_indexes",
    "select /* brunt */ relname::text as table, indexrelname::text as index,
        idx_scan::float8 as index_scans_total, idx_tup_read::float8 as index_rows_read_total
    from pg_stat_user_indexes order by idx_scan desc, indexrelid limit 40",
);

/// Of the whole server.
const WAL: Query = each_ten(
    "pg_stat_wal",
    "select /* brunt */ wal_records::float8 as wal_records_total,
        wal_fpi::float8 as wal_full_pages_total, wal_bytes::float8 as wal_bytes_total,
        wal_buffers_full::float8 as wal_buffers_full_total
    from pg_stat_wal",
);

/// Of the whole server.
const IO: Query = each_ten(
    "pg_stat_io",
    "select /* brunt */ backend_type::text as backend,
        sum(coalesce(reads, 0))::float8 as io_reads_total,
        sum(coalesce(writes, 0))::float8 as io_writes_total,
        sum(coalesce(extends, 0))::float8 as io_extends_total,
        sum(coalesce(fsyncs, 0))::float8 as io_fsyncs_total
    from pg_stat_io group by 1
    having sum(coalesce(reads, 0) + coalesce(writes, 0) + coalesce(fsyncs, 0)) > 0",
);

const WRITER_AND_CHECKPOINTS: Query = each_ten(
    "pg_stat_bgwriter",
    "select /* brunt */ checkpoints_timed::float8 as checkpoints_timed_total,
        checkpoints_req::float8 as checkpoints_requested_total,
        checkpoint_write_time * 1e3 as checkpoint_write_us_total,
        checkpoint_sync_time * 1e3 as checkpoint_sync_us_total,
        buffers_checkpoint::float8 as checkpoint_blocks_total,
        buffers_clean::float8 as writer_blocks_total,
        buffers_backend::float8 as backend_blocks_total,
        buffers_alloc::float8 as allocated_blocks_total
    from pg_stat_bgwriter",
);

const CHECKPOINTER: Query = each_ten(
    "pg_stat_checkpointer",
    "select /* brunt */ num_timed::float8 as checkpoints_timed_total,
        num_requested::float8 as checkpoints_requested_total,
        write_time * 1e3 as checkpoint_write_us_total,
        sync_time * 1e3 as checkpoint_sync_us_total,
        buffers_written::float8 as checkpoint_blocks_total
    from pg_stat_checkpointer",
);

const WRITER: Query = each_ten(
    "pg_stat_bgwriter",
    "select /* brunt */ buffers_clean::float8 as writer_blocks_total,
        buffers_alloc::float8 as allocated_blocks_total
    from pg_stat_bgwriter",
);

/// The sums over all statements, but for those of the sampler.
const STATEMENT_SUMS: Query = each_ten(
    STATEMENTS_NAME,
    "select /* brunt */ coalesce(sum(calls), 0)::float8 as statements_total,
        coalesce(sum(total_exec_time), 0)::float8 * 1e3 as statement_us_total,
        coalesce(sum(rows), 0)::float8 as statement_rows_total,
        coalesce(sum(wal_bytes), 0)::float8 as statement_wal_bytes_total
    from pg_stat_statements
    where dbid = (select oid from pg_database where datname = current_database())
        and query not like 'select /* brunt */%'",
);

pub(super) const STATEMENTS_NAME: &str = "pg_stat_statements";

/// A snapshot of all statements; nested and outermost executions together. Those that this user may
/// not see are one row, which has no `queryid`.
pub(super) fn snapshot(version: u32) -> &'static str {
    if version >= 130_000 {
        "select /* brunt */ queryid, sum(calls)::int8, sum(total_exec_time)::float8,
            sum(rows)::int8, sum(shared_blks_hit)::int8, sum(shared_blks_read)::int8,
            sum(shared_blks_dirtied)::int8, sum(shared_blks_written)::int8,
            sum(wal_bytes)::int8, min(query)
        from pg_stat_statements
        where dbid = (select oid from pg_database where datname = current_database())
            and query not like 'select /* brunt */%'
        group by queryid order by queryid"
    } else {
        "select /* brunt */ queryid, sum(calls)::int8, sum(total_time)::float8,
            sum(rows)::int8, sum(shared_blks_hit)::int8, sum(shared_blks_read)::int8,
            sum(shared_blks_dirtied)::int8, sum(shared_blks_written)::int8,
            null::int8, min(query)
        from pg_stat_statements
        where dbid = (select oid from pg_database where datname = current_database())
            and query not like 'select /* brunt */%'
        group by queryid order by queryid"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where columns moved, a server is asked for those that it has.
    #[test]
    fn every_version_is_asked_for_what_it_has() {
        for (version, asked, not_asked) in [
            (120_000, "pg_stat_bgwriter", "pg_stat_wal"),
            (150_004, "checkpoints_timed::", "pg_stat_io"),
            (160_001, "pg_stat_io", "pg_stat_checkpointer"),
            (170_000, "pg_stat_checkpointer", "checkpoints_timed::"),
            (180_000, "num_timed", "buffers_backend"),
        ] {
            let queries = of_version(version);
            let has = |text: &str| queries.iter().any(|query| query.sql.contains(text));
            assert!(has(asked), "{version}: {asked}");
            assert!(!has(not_asked), "{version}: {not_asked}");
            let marked = |query: &Query| query.sql.starts_with("select /* brunt */");
            assert!(queries.iter().all(marked));
        }
        assert!(snapshot(120_000).contains("total_time"));
        assert!(snapshot(130_000).contains("total_exec_time"));
    }
}
