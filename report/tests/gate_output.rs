//! What a gate says to people and build servers.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_report::gate::{GateOutcome, Inconclusive, output};
use brunt_report::{CompareOptions, Rule, Run, compare, gate, load, load_pair};
use support::Synthetic;

/// A gate with a rule of every outcome, and the runs that were judged.
fn gated() -> (GateOutcome, [Run; 1]) {
    let temp = tempfile::tempdir().unwrap();
    let mut b = Synthetic::two_stages("p9");
    b.action("claim").median_us *= 2.0;
    b.action("list").failed = 0.2;
    b.action("list").kind = "http-503".into();
    let a = Synthetic::two_stages("p8").write(temp.path());
    let (a, b) = load_pair(&a, &b.write(temp.path())).unwrap();
    let rules = [
        "init/initialize-new: p95 < 50ms",
        "claim: p95 +10%",
        "list: p95 +10%",
        "initialize-new: p50 +5%",
        "play/*: success >= 99.95%",
        "no-such-action: p95 < 1s",
    ];
    let rules: Vec<Rule> = rules
        .iter()
        .map(|text| Rule::parse(text).unwrap())
        .collect();
    (
        gate(&rules, &compare(&a, &b, &CompareOptions::default())),
        [b],
    )
}

#[test]
fn every_form_says_the_same() {
    let (outcome, runs) = gated();
    insta::assert_snapshot!("text", output::text(&outcome));
    insta::assert_snapshot!("markdown", output::markdown(&outcome));
    insta::assert_snapshot!("github", output::github(&outcome));
    insta::assert_snapshot!("junit", output::junit(&outcome).unwrap());
    insta::assert_json_snapshot!("gitlab", output::gitlab(&outcome, &runs));
}

#[test]
fn gitlab_is_told_of_all_runs_and_of_what_is_unbounded() {
    let (outcome, [failing]) = gated();
    let temp = tempfile::tempdir().unwrap();
    let fine = load(&Synthetic::two_stages("p8").write(temp.path())).unwrap();
    let metrics = |runs: &[Run]| output::gitlab(&outcome, runs)["metrics"].clone();
    let p95 = |runs: &[Run]| metrics(runs)["http_req_waiting"]["p(95)"].as_f64().unwrap();
    let [of_fine, of_failing] = [&fine, &failing].map(|run| p95(std::slice::from_ref(run)));
    assert!((of_failing - 120_000.0).abs() < 1e-9, "{of_failing}");
    assert!(of_fine < 100.0, "{of_fine}");
    // Of both together one arrival in thirty fails: it is bounded, and above that of the good one.
    let both = [fine, failing];
    let of_both = p95(&both);
    assert!(of_fine < of_both && of_both < 120_000.0, "{of_both}");
    let requests = |runs: &[Run]| metrics(runs)["http_reqs"]["count"].as_u64().unwrap();
    assert_eq!(requests(&both), requests(&both[..1]) + requests(&both[1..]));
    let rate = |runs: &[Run]| metrics(runs)["http_reqs"]["rate"].as_f64().unwrap();
    let mean = f64::midpoint(rate(&both[..1]), rate(&both[1..]));
    assert!((rate(&both) - mean).abs() < 0.02);
}

#[test]
fn junit_counts_what_failed_and_what_could_not_be_judged() {
    let (outcome, _) = gated();
    let xml = output::junit(&outcome).unwrap();
    let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (6, 3, 2));
}

#[test]
fn every_form_counts_what_is_inconclusive_as_is_wanted() {
    let (outcome, runs) = gated();
    for (counting, failures, errors, annotations, said) in [
        (Inconclusive::NoVerdict, 3, 2, 5, "gate: failed"),
        (
            Inconclusive::Pass,
            3,
            1,
            4,
            "gate: failed (1 inconclusive rule counts as passed)",
        ),
        (
            Inconclusive::Fail,
            4,
            1,
            5,
            "gate: failed (1 inconclusive rule counts as failed)",
        ),
    ] {
        let outcome = outcome.clone().counting(counting);
        let xml = output::junit(&outcome).unwrap();
        let report = quick_junit::Report::deserialize_from_str(&xml).unwrap();
        assert_eq!(
            (report.failures, report.errors),
            (failures, errors),
            "{xml}"
        );
        let github = output::github(&outcome);
        assert_eq!(github.lines().count(), annotations, "{github}");
        assert!(output::text(&outcome).ends_with(&format!("{said}\n")));
        assert!(output::markdown(&outcome).contains(said));
        let checks = &output::gitlab(&outcome, &runs)["metrics"]["checks"];
        assert_eq!(checks["fails"], failures + errors);
    }
}

#[test]
fn what_passed_is_no_annotation_and_text_ends_no_command() {
    let (mut outcome, _) = gated();
    outcome.rows.truncate(1);
    assert_eq!(output::github(&outcome), "");
    let (mut outcome, _) = gated();
    for row in &mut outcome.rows {
        row.rule = "a\n::set-output name=x::y|<b>".into();
    }
    let github = output::github(&outcome);
    assert_eq!(github.lines().count(), 5);
    assert!(
        github
            .lines()
            .all(|line| line.starts_with("::error title=") || line.starts_with("::warning title="))
    );
    let markdown = output::markdown(&outcome);
    assert!(
        !markdown.contains("<b>") && markdown.contains("x::y\\|&lt;b>"),
        "{markdown}"
    );
}
