//! A short way to run a scenario some of whose actions are functions.

use std::path::Path;

use brunt_loadgen::{Actions, RunError, RunOptions, RunOutcome, Scenario, run_with};
use brunt_record::{ActionTotals, Record};
use tokio_util::sync::CancellationToken;

use super::options;

/// One stage with one stream; `actions` are its actions, and what else belongs above the stages.
pub(crate) fn scenario(actions: &str, mix: &str, rate: &str, duration: &str, more: &str) -> String {
    format!(
        r#"format = 1
name = "test"
{actions}
[[stages]]
name = "load"
duration = "{duration}"
grace = "1min"
[[stages.streams]]
name = "main"
rate = "{rate}"
mix = {{ {mix} }}
{more}"#
    )
}

pub(crate) async fn try_run(
    actions: &Actions,
    text: &str,
    folder: &Path,
    threads: usize,
    stop: CancellationToken,
) -> Result<RunOutcome, RunError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/test.toml");
    let scenario = Scenario::parse(&path, text).unwrap();
    let options = RunOptions {
        threads: Some(threads),
        ..options(folder)
    };
    run_with(actions, &scenario, text, options, stop, |_| {}).await
}

/// The record of a run, in which nothing disagrees.
pub(crate) async fn record_of(actions: &Actions, text: &str, threads: usize) -> Record {
    let temp = tempfile::tempdir().unwrap();
    let stop = CancellationToken::new();
    let outcome = try_run(actions, text, temp.path(), threads, stop).await;
    let record = Record::open(&outcome.unwrap().dir).unwrap();
    assert_adds_up(&record);
    record
}

pub(crate) fn assert_adds_up(record: &Record) {
    assert_eq!(record.problems(), []);
    for total in &record.manifest.totals {
        let settled = total.ok + total.failed + total.unsent;
        assert_eq!(total.offered, settled, "{total:?}");
    }
}

pub(crate) fn total<'r>(record: &'r Record, action: &str) -> &'r ActionTotals {
    let mut totals = record.manifest.totals.iter();
    totals.find(|total| total.action == action).unwrap()
}
