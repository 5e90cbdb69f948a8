//! Many runs: where levels change, what counts, and how it is told.

#![allow(clippy::unwrap_used)]

mod claims;
mod page;
mod support;

use brunt_report::comparison::Statistic;
use brunt_report::render::{html, markdown, terminal};
use brunt_report::{Run, Trend, document, load};
use claims::check;
use page::Page;
use support::Synthetic;

fn run(i: usize, change: impl Fn(&mut Synthetic)) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let mut run = Synthetic::two_stages(if i < 6 { "phase8" } else { "phase9" });
    // A little noise without a period.
    let stray = 1.0 + 0.02 * ((i as f64 * 0.618_033_988_75).fract() - 0.5);
    for action in run.stages.iter_mut().flat_map(|stage| &mut stage.actions) {
        action.median_us *= stray;
    }
    change(&mut run);
    let mut run = load(&run.write(temp.path())).unwrap();
    run.manifest.id = format!("run-{}", i + 1);
    run
}

/// Twelve runs, of which the last six are slower in one action.
fn stepped() -> Vec<Run> {
    let slower = |i: usize| {
        move |run: &mut Synthetic| {
            if i >= 6 {
                run.action("claim").median_us *= 1.3;
            }
        }
    };
    (0..12).map(|i| run(i, slower(i))).collect()
}

fn changes(trend: &Trend, action: &str) -> Vec<(Statistic, u32)> {
    let rows = trend.rows.iter().filter(|row| row.action == action);
    rows.flat_map(|row| row.changes.iter().map(|c| (row.statistic, c.run)))
        .collect()
}

#[test]
fn a_step_is_found_where_it_is_and_nowhere_else() {
    let trend = Trend::of(&stepped()).unwrap();
    let all = [
        Statistic::P50,
        Statistic::P95,
        Statistic::P99,
        Statistic::Mean,
    ];
    assert_eq!(changes(&trend, "claim"), all.map(|one| (one, 6)));
    assert_eq!(changes(&trend, "list"), []);
    let p95 = trend
        .rows
        .iter()
        .find(|row| !row.changes.is_empty())
        .unwrap();
    let change = p95.changes[0];
    assert!(
        (change.percent - 30.0).abs() < 1.0 && change.p <= 0.05,
        "{change:?}"
    );
    assert!(Trend::of(&[]).is_none());
}

#[test]
fn runs_that_cannot_be_compared_do_not_count() {
    let mut runs = stepped();
    runs[3] = run(3, |run| run.action("claim").rate_per_s = 320);
    runs[8] = run(8, |run| run.clock_step_us = 1_000_000);
    let trend = Trend::of(&runs).unwrap();
    let left: Vec<&str> = trend
        .runs
        .iter()
        .filter(|run| run.left_out.is_some())
        .map(|run| &*run.id)
        .collect();
    assert_eq!(left, ["run-4", "run-9"]);
    assert!(trend.rows.iter().all(|row| row.counted == 10));
    assert!(changes(&trend, "claim").contains(&(Statistic::P95, 6)));
}

#[test]
fn a_report_has_every_value_and_every_change() {
    let runs = stepped();
    let trend = Trend::of(&runs).unwrap();
    let told = document::trend(&trend);
    assert_eq!(check(&trend, &told), 2);
    insta::assert_snapshot!(terminal(&told));
    let text = markdown(&told, "charts").text;
    assert!(
        text.contains("run-12") && text.contains("E-divisive"),
        "{text}"
    );
    let page = html(&told).unwrap();
    Page::parse(&page).unwrap();
    let trend = Trend::of(&runs[..5]).unwrap();
    let few = document::trend(&trend);
    // Of every action that its runs are too few.
    assert_eq!(check(&trend, &few), 2 + 3);
    insta::assert_snapshot!(terminal(&few));
}
