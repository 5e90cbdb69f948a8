//! The statements of a database, and which of them changed.

use std::collections::BTreeMap;

use brunt_record::StatementRow;
use schemars::JsonSchema;
use serde::Serialize;

use super::value::Sides;
use crate::run::Run;

/// What one statement did in a stage, warm-up included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct StatementUse {
    /// Executions.
    pub calls: u64,
    /// Time in them, microseconds.
    pub total_us: u64,
    /// Rows returned or affected.
    pub rows: u64,
    /// Bytes of write-ahead log; absent where the server does not count them.
    pub wal_bytes: Option<u64>,
    /// Executions for each request of the stage that succeeded.
    pub calls_per_request: f64,
    /// Time for each of them, microseconds.
    pub us_per_request: f64,
}

/// One statement in a stage of both runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct StatementComparison {
    /// Slug of the stage.
    pub stage: String,
    /// The database.
    pub source: String,
    /// Its text without literals; statements of one text count as one.
    pub text: String,
    /// In each run; absent where the run has no snapshots, all zero where it did not come.
    pub sides: Sides<Option<StatementUse>>,
}

impl StatementComparison {
    /// By how much its time for each request changed, microseconds; its time where one run is all
    /// there is.
    pub fn moved_us(&self) -> f64 {
        let us = |side: Option<StatementUse>| side.map_or(0.0, |side| side.us_per_request);
        us(self.sides.b) - us(self.sides.a)
    }
}

/// All statements of `source` in `stage`, those whose time for each request changed most first.
pub(super) fn statements(runs: Sides<&Run>, stage: &str, source: &str) -> Vec<StatementComparison> {
    let uses = runs.map(|run| uses(run, stage, source));
    let mut texts: Vec<&String> = Vec::new();
    for side in [&uses.a, &uses.b] {
        for text in side.iter().flat_map(BTreeMap::keys) {
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
    }
    let of = |side: &Option<BTreeMap<String, StatementUse>>, text: &String| {
        let side = side.as_ref()?;
        Some(side.get(text).copied().unwrap_or_default())
    };
    let mut statements: Vec<StatementComparison> = texts
        .into_iter()
        .map(|text| StatementComparison {
            stage: stage.to_owned(),
            source: source.to_owned(),
            text: text.clone(),
            sides: uses.as_ref().map(|side| of(side, text)),
        })
        .collect();
    statements.sort_by(|a, b| {
        let moved = b.moved_us().abs().total_cmp(&a.moved_us().abs());
        moved.then_with(|| a.text.cmp(&b.text))
    });
    statements
}

/// By text; none where the run has no snapshots around the stage.
fn uses(run: &Run, stage: &str, source: &str) -> Option<BTreeMap<String, StatementUse>> {
    let stages = run.manifest.plan.stages.iter();
    let mut ran = stages.filter(|stage| stage.started_us.is_some());
    let number = ran.position(|ran| ran.name == stage)? as u32;
    let rows = || {
        run.evidence
            .statements
            .iter()
            .filter(|row| row.source == source)
    };
    let snapshot = |number: u32| -> Option<BTreeMap<i64, &StatementRow>> {
        let rows: BTreeMap<i64, &StatementRow> = rows()
            .filter(|row| row.snapshot == number)
            .map(|row| (row.queryid, row))
            .collect();
        let taken = run
            .evidence
            .statements
            .iter()
            .any(|row| row.snapshot == number);
        taken.then_some(rows)
    };
    let texts: BTreeMap<i64, &str> = rows()
        .filter(|row| !row.text.is_empty())
        .map(|row| (row.queryid, row.text.as_str()))
        .collect();
    let (before, after) = (snapshot(number), snapshot(number + 1)?);
    // Nothing was executed before the first snapshot, or it could not be taken.
    let before = match (before, number) {
        (Some(before), _) => before,
        (None, 0) => BTreeMap::new(),
        (None, _) => return None,
    };
    let requests: u64 = run.stage(stage).map(|action| action.counts.ok).sum();
    let mut uses: BTreeMap<String, StatementUse> = BTreeMap::new();
    for (queryid, row) in after {
        let earlier = before
            .get(&queryid)
            .filter(|earlier| earlier.calls <= row.calls);
        let grown = |value: fn(&StatementRow) -> u64| {
            value(row).saturating_sub(earlier.map_or(0, |earlier| value(earlier)))
        };
        let calls = grown(|row| row.calls);
        if calls == 0 {
            continue;
        }
        let text = texts.get(&queryid).copied().unwrap_or("(not recorded)");
        let one = uses.entry(text.to_owned()).or_default();
        one.calls += calls;
        one.total_us += grown(|row| row.total_us);
        one.rows += grown(|row| row.rows);
        if row.wal_bytes.is_some() {
            *one.wal_bytes.get_or_insert(0) += grown(|row| row.wal_bytes.unwrap_or(0));
        }
    }
    for one in uses.values_mut() {
        let each = |total: u64| total as f64 / requests.max(1) as f64;
        one.calls_per_request = each(one.calls);
        one.us_per_request = each(one.total_us);
    }
    Some(uses)
}
