//! How much was in use: cores, memory, threads, connections.

use schemars::JsonSchema;
use serde::Serialize;

use super::value::Sides;
use crate::run::{Evidence, Run};

/// What a level is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LevelUnit {
    /// Cores that were busy: CPU time per time.
    Cores,
    /// Bytes.
    Bytes,
    /// A share of the time, 0 to 1.
    Share,
    /// Things.
    Count,
}

/// Mean and peak of what was in use in the judged span of a stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Level {
    /// Over the time.
    pub mean: f64,
    /// The highest of its readings, which are a second apart.
    pub peak: f64,
}

/// One level of one source in a stage of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct LevelComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Whose: `process/service`, `host`.
    pub source: String,
    /// What, in a few words.
    pub what: String,
    /// In what.
    pub unit: LevelUnit,
    /// In each run; absent where it was not measured.
    pub sides: Sides<Option<Level>>,
}

/// A level that sources may have.
pub(crate) struct LevelKind {
    /// Of which sources: the beginning of their names.
    sources: &'static str,
    what: &'static str,
    unit: LevelUnit,
    /// Gauges to be added up: counters by their rates, others as they were.
    gauges: &'static [&'static str],
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

use LevelUnit::{Bytes, Cores, Count, Share};

/// What cores and memory are called, of which there are charts.
pub(crate) const CORES: &str = "cores busy";
pub(crate) const MEMORY: &str = "memory";
/// Of which there is nothing to tell on most machines.
pub(crate) const STOLEN: &str = "stolen by other machines";

const LEVELS: [LevelKind; 22] = [
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

/// All levels of `source` in `stage`.
pub(super) fn levels(runs: Sides<&Run>, stage: &str, source: &str) -> Vec<LevelComparison> {
    let mut levels = Vec::new();
    let mut add = |what: &str, unit: LevelUnit, gauges: &[&str]| {
        let sides = runs.map(|run| {
            let span = run.series.stage(stage)?;
            let [from, until] = [span.judged_from_s, span.ended_s].map(|s| (s * 1e6) as u64);
            let course = course(&run.evidence, source, gauges);
            mean_and_peak(
                course
                    .into_iter()
                    .filter(|(at, _)| (from..=until).contains(at)),
            )
        });
        if sides.a.is_some() || sides.b.is_some() {
            levels.push(LevelComparison {
                stage: stage.to_owned(),
                source: source.to_owned(),
                what: what.to_owned(),
                unit,
                sides,
            });
        }
    };
    for kind in LEVELS
        .iter()
        .filter(|kind| source.starts_with(kind.sources))
    {
        let several = [runs.a, runs.b].map(|run| run.evidence.gauge(source, "processes").is_some());
        let skipped = match kind.gauges {
            ["memory_bytes"] => several.contains(&true),
            ["memory_private_bytes"] => !several.contains(&true),
            _ => false,
        };
        if !skipped {
            add(kind.what, kind.unit, kind.gauges);
        }
    }
    if source.starts_with("prometheus/") {
        // Whoever asked for a metric knows what it is called.
        let mut names: Vec<&str> = Vec::new();
        for run in [runs.a, runs.b] {
            let gauges = run.evidence.of_source(source);
            for gauge in gauges.filter(|gauge| !gauge.counter) {
                if !names.contains(&gauge.name.as_str()) {
                    names.push(&gauge.name);
                }
            }
        }
        for name in names {
            add(name, Count, &[name]);
        }
    }
    levels
}

/// What `gauges` of `source` came to over the whole run, in the unit of a level: microseconds since
/// its start, and the sum. Rates of times are shares: cores, or parts of the time.
pub(crate) fn course(evidence: &Evidence, source: &str, gauges: &[&str]) -> Vec<(u64, f64)> {
    let mut sum: Option<Vec<(u64, f64)>> = None;
    for name in gauges {
        let Some(gauge) = evidence.gauge(source, name) else {
            // A kernel that does not know it counts it elsewhere.
            continue;
        };
        let points = if gauge.counter {
            let rates = gauge.rates(0, u64::MAX).into_iter();
            rates.map(|(at, rate)| (at, rate / 1e6)).collect()
        } else {
            gauge.points.clone()
        };
        match &mut sum {
            None => sum = Some(points),
            // All gauges of a reading have the same instant.
            Some(sum) => {
                for ((_, value), (_, more)) in sum.iter_mut().zip(points) {
                    *value += more;
                }
            }
        }
    }
    sum.unwrap_or_default()
}

/// The gauges of cores and of memory of `source`, for charts; none where it has no such level.
pub(crate) fn charted(evidence: &Evidence, source: &str, what: &str) -> Vec<(u64, f64)> {
    let several = evidence.gauge(source, "processes").is_some();
    let kind = LEVELS
        .iter()
        .find(|kind| source.starts_with(kind.sources) && kind.what == what);
    match kind {
        Some(kind) if what == MEMORY && several => {
            debug_assert_eq!(kind.gauges, ["memory_bytes"]);
            course(evidence, source, &["memory_private_bytes"])
        }
        Some(kind) => course(evidence, source, kind.gauges),
        None => Vec::new(),
    }
}

fn mean_and_peak(points: impl Iterator<Item = (u64, f64)>) -> Option<Level> {
    let (mut count, mut sum, mut peak) = (0.0, 0.0, f64::NEG_INFINITY);
    for (_, value) in points {
        count += 1.0;
        sum += value;
        peak = value.max(peak);
    }
    (count > 0.0).then(|| Level {
        mean: sum / count,
        peak,
    })
}
