//! Which levels there are, and the gauges that they are made of.

use super::LevelUnit;
use LevelUnit::{Bytes, BytesPerSecond, Cores, Count, PerSecond, Share};

/// A level that sources may have.
pub(super) struct LevelKind {
    /// Of which sources: the beginning of their names.
    sources: &'static str,
    pub(super) what: &'static str,
    pub(super) unit: LevelUnit,
    /// Gauges to be added up: counters by their rates, others as they were. Where they have labels, there
    /// is a level for each of these.
    pub(super) gauges: &'static [&'static str],
}

const fn level(
    sources: &'static str,
    what: &'static str,
    unit: LevelUnit,
    gauges: &'static [&'static str],
) -> LevelKind {
    LevelKind {
        sources,
        what,
        unit,
        gauges,
    }
}

/// What cores and memory are called, of which there are charts.
pub(crate) const CORES: &str = "cores busy";
pub(crate) const MEMORY: &str = "memory";
/// Of which there is nothing to tell on most machines.
pub(crate) const STOLEN: &str = "stolen by other machines";

const LEVELS: [LevelKind; 41] = [
    level(
        "process/",
        CORES,
        Cores,
        &["cpu_user_us_total", "cpu_system_us_total"],
    ),
    level("process/", MEMORY, Bytes, &["memory_bytes"]),
    // Of several processes, in the sum of which what they share would count for each.
    level(
        "process/",
        "private memory",
        Bytes,
        &["memory_private_bytes"],
    ),
    level("process/", "threads", Count, &["threads"]),
    level("process/", "open descriptors", Count, &["descriptors"]),
    level("process/", "processes", Count, &["processes"]),
    level(
        "process/",
        "context switches, for want of work",
        PerSecond,
        &["switches_voluntary_total"],
    ),
    level(
        "process/",
        "context switches, for want of a core",
        PerSecond,
        &["switches_involuntary_total"],
    ),
    level(
        "process/",
        "pages read from a disk",
        PerSecond,
        &["page_reads_total"],
    ),
    level(
        "host",
        CORES,
        Cores,
        &[
            "cpu_user_us_total",
            "cpu_system_us_total",
            "cpu_interrupt_us_total",
            "cpu_steal_us_total",
        ],
    ),
    level("host", STOLEN, Cores, &["cpu_steal_us_total"]),
    level(
        "host",
        "some task waits for a core",
        Share,
        &["pressure_cpu_some_us_total"],
    ),
    level(
        "host",
        "some task waits for a disk",
        Share,
        &["pressure_io_some_us_total"],
    ),
    level(
        "host",
        "some task waits for memory",
        Share,
        &["pressure_memory_some_us_total"],
    ),
    level("host", "load of the last minute", Count, &["load_1m"]),
    level("host", "tasks that can run", Count, &["runnable"]),
    level("host", "tasks that wait for a disk", Count, &["blocked"]),
    level("host", "context switches", PerSecond, &["switches_total"]),
    level(
        "host",
        "network, received",
        BytesPerSecond,
        &["network_received_bytes_total"],
    ),
    level(
        "host",
        "network, sent",
        BytesPerSecond,
        &["network_sent_bytes_total"],
    ),
    level(
        "host",
        "network, packets lost",
        PerSecond,
        &["network_dropped_total"],
    ),
    level(
        "host",
        "loopback, sent",
        BytesPerSecond,
        &["loopback_sent_bytes_total"],
    ),
    level(
        "host",
        "loopback, packets lost",
        PerSecond,
        &["loopback_dropped_total"],
    ),
    level("host", "disk, busy", Share, &["disk_busy_us_total"]),
    level(
        "host",
        "disk, read",
        BytesPerSecond,
        &["disk_read_bytes_total"],
    ),
    level(
        "host",
        "disk, written",
        BytesPerSecond,
        &["disk_written_bytes_total"],
    ),
    level("host", "disk, writes", PerSecond, &["disk_writes_total"]),
    level("host", "disk, flushes", PerSecond, &["disk_flushes_total"]),
    level("postgres/", "connections", Count, &["connections"]),
    level("postgres/", "active", Count, &["active"]),
    level("postgres/", "active and running", Count, &["running"]),
    level("postgres/", "waiting for a lock", Count, &["lock_waits"]),
    level(
        "postgres/",
        "idle in transaction",
        Count,
        &["idle_in_transaction"],
    ),
    level("sqlite/", "database file", Bytes, &["file_bytes"]),
    level("sqlite/", "write-ahead log", Bytes, &["wal_bytes"]),
    level("sqlite/", "pages", Count, &["pages"]),
    level("sqlite/", "free pages", Count, &["free_pages"]),
    level(
        "redis/",
        CORES,
        Cores,
        &["cpu_user_us_total", "cpu_system_us_total"],
    ),
    level("redis/", MEMORY, Bytes, &["memory_bytes"]),
    level("redis/", "clients", Count, &["clients"]),
    level("redis/", "blocked clients", Count, &["blocked_clients"]),
];

/// The levels that `source` may have.
pub(super) fn of(source: &str) -> impl Iterator<Item = &'static LevelKind> {
    LEVELS
        .iter()
        .filter(move |kind| source.starts_with(kind.sources))
}
