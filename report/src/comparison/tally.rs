//! What else databases count: rows and scans of tables and indexes, checkpoints, deadlocks, hits.

use schemars::JsonSchema;
use serde::Serialize;

use super::change::Change;
use super::cost::{Cost, spent};
use super::side_runs::SideRuns;
use super::value::Sides;
use super::verdict::Situation;
use super::yardstick::Yardstick;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TallyUnit {
    /// Things that happened.
    Count,
    /// Bytes.
    Bytes,
}

/// How often something happened in the judged span of a stage, in both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TallyComparison {
    /// Slug of the stage.
    pub stage: String,
    /// Who counted: `postgres/main`.
    pub source: String,
    /// Of which table, or which table and index; absent where it is of all.
    pub of: Option<String>,
    /// What happened, in a few words.
    pub what: String,
    /// In what.
    pub unit: TallyUnit,
    /// In each run; absent where it was not measured.
    pub sides: Sides<Option<Cost>>,
    /// How B differs from A for each request; absent where one of them was not measured or is nothing.
    pub change: Option<Change>,
}

/// A counter that sources may have.
struct TallyKind {
    /// Of which sources: the beginning of their names.
    sources: &'static str,
    what: &'static str,
    unit: TallyUnit,
    counter: &'static str,
}

const fn tally(
    sources: &'static str,
    what: &'static str,
    unit: TallyUnit,
    counter: &'static str,
) -> TallyKind {
    TallyKind {
        sources,
        what,
        unit,
        counter,
    }
}

use TallyUnit::{Bytes, Count};

const OF_ALL: [TallyKind; 19] = [
    tally(
        "postgres/",
        "transactions rolled back",
        Count,
        "rollbacks_total",
    ),
    tally("postgres/", "deadlocks", Count, "deadlocks_total"),
    tally(
        "postgres/",
        "temporary files",
        Bytes,
        "temporary_bytes_total",
    ),
    tally(
        "postgres/",
        "blocks found in its cache",
        Count,
        "blocks_hit_total",
    ),
    tally("postgres/", "blocks read", Count, "blocks_read_total"),
    tally(
        "postgres/",
        "checkpoints by the clock",
        Count,
        "checkpoints_timed_total",
    ),
    tally(
        "postgres/",
        "checkpoints on demand",
        Count,
        "checkpoints_requested_total",
    ),
    tally(
        "postgres/",
        "blocks written by checkpoints",
        Count,
        "checkpoint_blocks_total",
    ),
    tally(
        "postgres/",
        "blocks written by backends",
        Count,
        "backend_blocks_total",
    ),
    tally(
        "postgres/",
        "whole pages in the log",
        Count,
        "wal_full_pages_total",
    ),
    tally(
        "sqlite/",
        "times that the log began anew",
        Count,
        "wal_restarts_total",
    ),
    tally("redis/", "keys found", Count, "hits_total"),
    tally("redis/", "keys not found", Count, "misses_total"),
    tally("redis/", "keys expired", Count, "expired_keys_total"),
    tally("redis/", "keys evicted", Count, "evicted_keys_total"),
    tally("redis/", "errors", Count, "errors_total"),
    tally(
        "redis/",
        "connections refused",
        Count,
        "rejected_connections_total",
    ),
    tally("redis/", "received", Bytes, "received_bytes_total"),
    tally("redis/", "sent", Bytes, "sent_bytes_total"),
];

/// Of every table, then of every index.
const OF_EACH: [&[TallyKind]; 2] = [
    &[
        tally("postgres/", "rows inserted", Count, "table_inserts_total"),
        tally("postgres/", "rows updated", Count, "table_updates_total"),
        tally(
            "postgres/",
            "rows updated in place",
            Count,
            "table_hot_updates_total",
        ),
        tally("postgres/", "rows deleted", Count, "table_deletes_total"),
        tally(
            "postgres/",
            "scans of the whole table",
            Count,
            "table_scans_total",
        ),
        tally(
            "postgres/",
            "rows read by these",
            Count,
            "table_rows_scanned_total",
        ),
        tally(
            "postgres/",
            "scans by an index",
            Count,
            "table_index_scans_total",
        ),
        tally("postgres/", "vacuums", Count, "table_vacuums_total"),
    ],
    &[
        tally(
            "postgres/",
            "scans of the index",
            Count,
            "index_scans_total",
        ),
        tally("postgres/", "entries read", Count, "index_rows_read_total"),
    ],
];

/// All that `source` counted in `stage`. Of single tables and indexes only what happened at all.
pub(super) fn tallies(
    runs: Sides<SideRuns<'_>>,
    stage: &str,
    source: &str,
    situation: Situation,
    yardstick: Yardstick,
) -> Vec<TallyComparison> {
    let row = |kind: &TallyKind, labels: &str| {
        source.starts_with(kind.sources).then_some(())?;
        let counter = format!("{}{labels}", kind.counter);
        let (sides, change) = spent(runs, (stage, source), &[counter], situation, yardstick)?;
        Some(TallyComparison {
            stage: stage.to_owned(),
            source: source.to_owned(),
            of: (!labels.is_empty()).then(|| values(labels)),
            what: kind.what.to_owned(),
            unit: kind.unit,
            sides,
            change,
        })
    };
    let of_all = OF_ALL.iter().filter_map(|kind| row(kind, ""));
    let mut rows: Vec<TallyComparison> = of_all.collect();
    for kinds in OF_EACH {
        for labels in labels(runs, source, kinds[0].counter) {
            let of_one = kinds.iter().filter_map(|kind| row(kind, &labels));
            rows.extend(of_one.filter(happened));
        }
    }
    rows
}

fn happened(row: &TallyComparison) -> bool {
    let sides = [row.sides.a, row.sides.b];
    sides.iter().flatten().any(|side| side.total > 0.0)
}

/// The labels that a gauge has in any run of either side, as they stand behind its name.
pub(super) fn labels(runs: Sides<SideRuns<'_>>, source: &str, gauge: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for run in runs.a.all().chain(runs.b.all()) {
        let gauges = run.evidence.of_source(source);
        let labels = gauges.filter_map(|known| known.name.strip_prefix(gauge));
        for labels in labels.filter(|labels| labels.starts_with('{')) {
            if !all.iter().any(|known| known == labels) {
                all.push(labels.to_owned());
            }
        }
    }
    all.sort();
    all
}

/// `progress, progress_pkey` of `{table="progress",index="progress_pkey"}`.
pub(super) fn values(labels: &str) -> String {
    let values = labels.split('"').skip(1).step_by(2);
    values.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn labels_are_told_by_their_values() {
        for (labels, told) in [
            (r#"{disk="vda"}"#, "vda"),
            (
                r#"{table="progress",index="progress_pkey"}"#,
                "progress, progress_pkey",
            ),
            ("", ""),
        ] {
            assert_eq!(values(labels), told, "{labels}");
        }
    }
}
