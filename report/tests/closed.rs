//! Records of the closed model, and of stages with streams of both models.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_report::comparison::{
    Aspect, Conclusion, Fact, Finding, LoadModel, RunState, StageState, Statistic, Verdict,
};
use brunt_report::document::build;
use brunt_report::render::{html, markdown, terminal};
use brunt_report::{CompareOptions, Comparison};
use support::{Synthetic, compared};

fn held(a: &Synthetic, b: &Synthetic) -> Comparison {
    compared(a, b, &CompareOptions::default())
}

/// What `change` makes of run B, against the unchanged run A.
fn with(change: impl FnOnce(&mut Synthetic)) -> Comparison {
    let mut b = Synthetic::closed("p9");
    change(&mut b);
    held(&Synthetic::closed("p8"), &b)
}

/// In "play" `list` at a rate, `claim` by users.
fn mixed(phase: &str) -> Synthetic {
    let mut run = Synthetic::two_stages(phase);
    run.action("claim").closed = true;
    run
}

fn throughput(comparison: &Comparison, stage: &str) -> (Verdict, u64, u64) {
    let mut rows = comparison.stages.iter();
    let row = rows.find(|row| row.stage == stage).unwrap();
    let throughput = row.throughput.as_ref().unwrap();
    let per_s = |side: Option<_>| -> u64 {
        let side: brunt_report::comparison::Throughput = side.unwrap();
        side.per_s.round() as u64
    };
    (
        throughput.verdict,
        per_s(throughput.sides.a),
        per_s(throughput.sides.b),
    )
}

#[test]
fn users_who_got_less_done_are_a_regression_and_more_an_improvement() {
    let slower = |b: &mut Synthetic| {
        for name in ["list", "claim"] {
            b.action(name).rate_per_s = 180;
        }
    };
    let comparison = with(slower);
    assert!(comparison.comparable.judged);
    assert_eq!(comparison.comparable.differences, []);
    assert_eq!(
        throughput(&comparison, "play"),
        (Verdict::Regressed, 599, 359)
    );
    let (verdict, a, b) = throughput(&comparison, "init");
    assert_eq!((a, b), (597, 597));
    // 5 % from run to run are assumed: equal runs cannot be told to be within 5 %.
    assert_eq!(verdict, Verdict::Inconclusive);
    assert_eq!(comparison.verdict.conclusion, Conclusion::Worse);
    assert_eq!(comparison.verdict.throughputs.worse, 1);
    assert!(comparison.verdict.facts.iter().any(|fact| matches!(
        fact,
        Fact::Throughput { stage, percent: Some(percent), verdict: Verdict::Regressed }
            if stage == "play" && (percent + 40.0).abs() < 0.5
    )));
    let document = build(&comparison);
    let said =
        "Throughput of the closed streams in stage play: 598.5/s -> 359.1/s, -40.0 % (regressed).";
    let top = terminal(&document).replace('\n', " ");
    assert!(top.contains(said), "{top}");
    let text = markdown(&document, "charts").text;
    assert!(text.contains(said) && html(&document).unwrap().contains("Throughput in play"));
    assert!(text.contains("judge it by its throughput"));

    let mut slow = Synthetic::closed("p8");
    slower(&mut slow);
    let back = held(&slow, &Synthetic::closed("p9"));
    assert_eq!(throughput(&back, "play").0, Verdict::Improved);
    assert_eq!(back.verdict.conclusion, Conclusion::Better);
}

#[test]
fn without_due_times_nobody_is_late_and_nothing_is_delivered() {
    let comparison = with(|b| b.action("claim").lateness_us = 30_000);
    assert_eq!(comparison.validity.b.state, RunState::Valid);
    assert_eq!(comparison.validity.b.findings, []);
    let stage = comparison.validity.b.stage("play").unwrap();
    assert_eq!(stage.model, LoadModel::Closed);
    assert_eq!((stage.lateness, stage.delivered), (None, None));
    assert_eq!(stage.planned, None);
    assert_eq!(stage.answered, Some(1.0));
    let text = markdown(&build(&comparison), "charts").text;
    let row = text
        .lines()
        .find(|line| line.starts_with("| play | B: p9 |"));
    insta::assert_snapshot!(row.unwrap());
}

#[test]
fn failures_of_users_are_no_overload() {
    let comparison = with(|b| b.action("claim").failed = 0.2);
    let stage = comparison.validity.b.stage("play").unwrap();
    assert_eq!((stage.state, stage.overloaded), (StageState::Valid, false));
    assert_eq!(stage.answered, Some(0.9));
    let row = &comparison.stages[1];
    assert_eq!(row.success.verdict, Verdict::Regressed);
    // What fails is not got done.
    assert_eq!(throughput(&comparison, "play").2, 539);
    assert_eq!(comparison.verdict.conclusion, Conclusion::Worse);
}

#[test]
fn requests_in_flight_that_contradict_their_service_times_are_a_warning() {
    for (share, warned) in [
        (1.0, false),
        (1.09, false),
        (0.91, false),
        (1.2, true),
        (0.7, true),
    ] {
        let comparison = with(|b| b.action("claim").in_flight = share);
        let findings = &comparison.validity.b.findings;
        let found = findings
            .iter()
            .any(|f| matches!(f, Finding::Bookkeeping { .. }));
        assert_eq!(found, warned, "{share}: {findings:?}");
        assert_eq!(comparison.validity.b.state, RunState::Valid);
        if share > 1.1 {
            insta::assert_snapshot!(findings[0].to_string());
        }
    }
    // An open model has its lateness, and its sums, for that.
    let mut open = Synthetic::two_stages("p9");
    open.action("claim").in_flight = 2.0;
    let comparison = held(&Synthetic::two_stages("p8"), &open);
    assert_eq!(comparison.validity.b.findings, []);
}

#[test]
fn other_users_are_another_load_and_said_once() {
    let comparison = with(|b| b.players = 10);
    assert!(!comparison.comparable.judged);
    let told: Vec<String> = comparison
        .comparable
        .differences
        .iter()
        .filter(|difference| matches!(&difference.what, Aspect::Process { stage, .. } if stage == "play"))
        .map(|d| format!("{}: {} / {}", d.what, d.a, d.b))
        .collect();
    assert_eq!(
        told,
        ["stream play/players: arrival process: closed: 50 users / closed: 10 users"]
    );
    assert_eq!(comparison.comparable.differences.len(), 2);
}

#[test]
fn users_who_are_done_early_are_measured_while_they_were_at_work() {
    let early = |phase| {
        let mut run = Synthetic::closed(phase);
        run.stages[0].idle_s = 30;
        run
    };
    let comparison = held(&early("p8"), &early("p9"));
    let (_, a, b) = throughput(&comparison, "init");
    // 12,000 requests in the 20 s that they took and the second in which the last were answered.
    assert_eq!((a, b), (571, 571));

    // A record that says when they were done: the whole seconds before, and windows of that time.
    let told = |phase| {
        let mut run = early(phase);
        run.stages[0].ends_early = true;
        run
    };
    let comparison = held(&told("p8"), &told("p9"));
    assert_eq!(comparison.validity.b.findings, []);
    let (_, a, b) = throughput(&comparison, "init");
    assert_eq!((a, b), (597, 597));
    let span = comparison.series.b.stage("init").unwrap();
    assert!((span.ended_s - 20.1).abs() < 1e-9, "{span:?}");
    let row = comparison.action("init", "initialize-new").unwrap();
    let p95 = &row.statistic(Statistic::P95).unwrap().estimates.b;
    assert_eq!(p95.windows, Some(10), "{p95:?}");
}

#[test]
fn in_a_mixed_stage_each_stream_is_held_against_its_own_model() {
    let mut b = mixed("p9");
    // The generator's fault, had claim been due at an instant.
    b.action("claim").lateness_us = 30_000;
    let comparison = held(&mixed("p8"), &b);
    let stage = comparison.validity.b.stage("play").unwrap();
    assert_eq!(
        (stage.model, stage.state),
        (LoadModel::Mixed, StageState::Valid)
    );
    assert!(stage.lateness.unwrap().p99_us <= 200);
    assert_eq!(
        throughput(&comparison, "play"),
        (Verdict::Inconclusive, 299, 299)
    );
    assert!(comparison.stages[0].throughput.is_none());
    let text = markdown(&build(&comparison), "charts").text;
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with("| play |") && line.contains("p9"))
        .collect();
    insta::assert_snapshot!(rows.join("\n"));

    b.action("claim").failed = 0.5;
    assert_eq!(
        held(&mixed("p8"), &b).validity.b.state,
        RunState::Valid,
        "users offer no more than is answered"
    );
    b.action("list").unsent = 0.4;
    let comparison = held(&mixed("p8"), &b);
    assert_eq!(comparison.validity.b.state, RunState::Overloaded);
    let stage = comparison.validity.b.stage("play").unwrap();
    assert_eq!(stage.answered, Some(0.6));
    assert_eq!(throughput(&comparison, "play").0, Verdict::OverloadBegan);
    let claim = comparison.action("play", "claim").unwrap();
    assert_eq!(
        claim.statistic(Statistic::P95).unwrap().verdict,
        Verdict::OverloadBegan
    );

    let mut late = mixed("p9");
    late.action("list").lateness_us = 30_000;
    assert_eq!(
        held(&mixed("p8"), &late).validity.b.state,
        RunState::Invalid
    );
}
