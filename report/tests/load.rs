//! Records are digested into runs.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::Ending;
use brunt_report::comparison::{RunState, Value};
use brunt_report::{CompareOptions, compare, load};
use support::Synthetic;

#[test]
fn counts_windows_and_points_add_up() {
    let temp = tempfile::tempdir().unwrap();
    let mut synthetic = Synthetic::two_stages("p1");
    synthetic.action("claim").failed = 0.02;
    synthetic.stages[1].warmup_s = 5;
    let run = load(&synthetic.write(temp.path())).unwrap();
    assert_eq!(run.problems, []);
    assert_eq!(
        run.actions
            .iter()
            .map(|a| a.action.as_str())
            .collect::<Vec<_>>(),
        ["initialize-new", "list", "claim"]
    );
    let init = run.action("init", "initialize-new").unwrap();
    assert_eq!(init.counts.offered, 12_000);
    assert_eq!(init.judged(), (12_000, 12_000));
    assert_eq!(init.response.len(), 12_000);
    assert_eq!(
        init.windows.iter().map(|w| w.arrivals().len()).sum::<u64>(),
        12_000
    );

    let claim = run.action("play", "claim").unwrap();
    assert_eq!(claim.counts.offered, 12_000);
    assert_eq!(claim.counts.failed, 240);
    assert_eq!(claim.failures["http-503"], 240);
    // Five seconds of warm-up are not judged, but what was open at their end is.
    let (ok, all) = claim.judged();
    assert_eq!((ok, all), (claim.response.len(), 35 * 300 + 30));
    let series = run
        .series
        .actions
        .iter()
        .find(|s| s.action == "claim")
        .unwrap();
    assert_eq!(series.points.iter().map(|p| p.offered).sum::<u64>(), 12_000);
    assert!(series.points.iter().all(|p| p.p50.us().is_some()));
    assert_eq!(series.points[5].p99, Value::Unbounded);
    assert!(series.spectrum.last().unwrap().quantile <= 0.98);
}

#[test]
fn a_record_that_was_cut_short_is_digested_as_far_as_it_goes() {
    let temp = tempfile::tempdir().unwrap();
    let mut synthetic = Synthetic::two_stages("p1");
    synthetic.ending = Ending::Running;
    let run = load(&synthetic.write(temp.path())).unwrap();
    assert!(!run.finished);
    assert_eq!(run.action("play", "list").unwrap().counts.offered, 12_000);
}

#[test]
fn a_log_without_the_successes_that_were_counted_is_a_problem() {
    let temp = tempfile::tempdir().unwrap();
    let dir = Synthetic::two_stages("p1").write(temp.path());
    let path = dir.join("latency.hlog");
    let text = std::fs::read_to_string(&path).unwrap();
    let cut: Vec<&str> = text
        .lines()
        .filter(|l| !l.contains("play/list/ok/response"))
        .collect();
    std::fs::write(&path, cut.join("\n") + "\n").unwrap();
    let run = load(&dir).unwrap();
    let state = compare(&run, &run, &CompareOptions::default())
        .validity
        .a
        .state;
    assert_eq!(state, RunState::Invalid);
    let problems: Vec<String> = run.problems.iter().map(ToString::to_string).collect();
    assert!(
        problems.contains(&"play/list: counts.csv sums to 12000 ok, latency.hlog to 0".to_owned()),
        "{problems:?}"
    );
}
