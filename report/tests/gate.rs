//! Gates: all exit codes, and what the rows say.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::BTreeMap;

use brunt_report::comparison::{Noise, NoiseSource, Statistic};
use brunt_report::gate::{GateOutcome, Inconclusive, Outcome, RuleOutcome, foresee};
use brunt_report::{CompareOptions, Comparison, Rule, compare, gate, load_pair};
use support::Synthetic;

/// A noise floor of 1 % for the p95 of everything.
fn calibrated() -> CompareOptions {
    let noise = Noise {
        s_aa: 0.01,
        source: NoiseSource::Calibrated { runs: 10 },
    };
    let mut calibration = BTreeMap::new();
    for (stage, action) in [
        ("init", "initialize-new"),
        ("play", "list"),
        ("play", "claim"),
    ] {
        calibration.insert((stage.into(), action.into(), Statistic::P95), noise);
    }
    CompareOptions {
        calibration,
        ..CompareOptions::default()
    }
}

fn compared(options: &CompareOptions, change: fn(&mut Synthetic)) -> Comparison {
    let temp = tempfile::tempdir().unwrap();
    let mut b = Synthetic::two_stages("p9");
    change(&mut b);
    let a = Synthetic::two_stages("p8").write(temp.path());
    let (a, b) = load_pair(&a, &b.write(temp.path())).unwrap();
    compare(&a, &b, options)
}

fn gated(rules: &[&str], comparison: &Comparison) -> GateOutcome {
    let rules: Vec<Rule> = rules
        .iter()
        .map(|text| Rule::parse(text).unwrap())
        .collect();
    gate(&rules, comparison)
}

fn table(outcome: &GateOutcome) -> String {
    let rows = outcome.rows.iter().map(|row| {
        format!(
            "{} | {}/{} | {} | {:?}: {}",
            row.rule,
            row.stage.as_deref().unwrap_or("*"),
            row.action.as_deref().unwrap_or("*"),
            row.evidence,
            row.outcome,
            row.why
        )
    });
    let rows: Vec<String> = rows.collect();
    format!("exit {}\n{}", outcome.exit_code(), rows.join("\n"))
}

#[test]
fn exit_codes() {
    type Cases<'a> = &'a [(&'a [&'a str], u8)];
    let check = |change: fn(&mut Synthetic), cases: Cases<'_>| {
        let comparison = compared(&calibrated(), change);
        for (rules, code) in cases {
            let outcome = gated(rules, &comparison);
            let table = table(&outcome);
            assert_eq!(outcome.exit_code(), *code, "{rules:?}\n{table}");
        }
    };
    let unchanged: Cases<'_> = &[
        (&["p95 < 50ms"], 0),
        (&["p95 +10%"], 0),
        (&["p95 +10%", "p95 < 50ms", "success >= 99.9%"], 0),
        (&["claim: p95 < 20ms"], 1),
        // Few samples, an assumed noise floor, no such action, too few requests for four nines.
        (&["p99.9 < 1s"], 3),
        (&["p50 +5%"], 3),
        (&["nothing: p95 < 1s"], 3),
        (&["init/*: success >= 99.99%"], 3),
    ];
    check(|_| {}, unchanged);
    check(
        |b| b.action("claim").median_us *= 1.4,
        &[(&["p95 +10%"], 1), (&["list: p95 +10%"], 0)],
    );
    // Overloaded: a failure, not an absence of a verdict.
    check(
        |b| b.action("claim").unsent = 0.8,
        &[
            (&["play/*: p95 < 50ms"], 1),
            (&["p95 +10%"], 1),
            (&["success >= 99%"], 1),
        ],
    );
    check(
        |b| b.clock_step_us = 1_000_000,
        &[(&["p95 < 50ms"], 3), (&["p95 +10%"], 3), (&[], 3)],
    );
    // Not comparable: limits need no other run.
    check(
        |b| b.action("list").rate_per_s = 320,
        &[(&["p95 +10%"], 3), (&["p95 < 50ms"], 0)],
    );
}

#[test]
fn without_rules_the_targets_and_the_p95_are_judged() {
    let comparison = compared(&calibrated(), |b| {
        for action in ["initialize-new", "list", "claim"] {
            b.action(action).median_us *= 0.9;
        }
    });
    insta::assert_snapshot!(table(&gated(&[], &comparison)));
}

#[test]
fn an_assumed_noise_floor_cannot_pass_ten_percent() {
    let outcome = gated(&["p95 +10%"], &compared(&CompareOptions::default(), |_| {}));
    assert_eq!(outcome.exit_code(), 3);
    insta::assert_snapshot!(table(&outcome));
}

#[test]
fn what_cannot_be_told_counts_as_is_wanted() {
    let comparison = compared(&calibrated(), |_| {});
    for (rules, expected) in [
        // Few samples.
        (
            &["p99.9 < 1s"][..],
            [Outcome::NoVerdict, Outcome::Passed, Outcome::Failed],
        ),
        (
            &["p95 < 50ms", "p50 +5%"],
            [Outcome::NoVerdict, Outcome::Passed, Outcome::Failed],
        ),
        (&["p95 < 50ms"], [Outcome::Passed; 3]),
        (&["p95 < 1us", "p50 +5%"], [Outcome::Failed; 3]),
        // What may not be judged is another thing.
        (&["nothing: p95 < 1s"], [Outcome::NoVerdict; 3]),
        (&["p99.9 +10%"], [Outcome::NoVerdict; 3]),
    ] {
        let all = [
            Inconclusive::NoVerdict,
            Inconclusive::Pass,
            Inconclusive::Fail,
        ];
        let outcome = gated(rules, &comparison);
        let outcomes = all.map(|counting| outcome.clone().counting(counting).outcome);
        assert_eq!(outcomes, expected, "{rules:?}\n{}", table(&outcome));
    }
}

#[test]
fn an_overloaded_run_fails_by_what_it_did_not_answer() {
    let comparison = compared(&calibrated(), |b| {
        b.action("initialize-new").failed = 0.63;
    });
    let rules = ["p95 < 50ms", "p95 +10%", "success >= 99%"];
    let outcome = gated(&rules, &comparison);
    insta::assert_snapshot!(table(&outcome));
}

#[test]
fn a_mean_without_an_interval_keeps_no_limit_by_the_share_within_it() {
    let comparison = compared(&calibrated(), |b| {
        let claim = b.action("claim");
        // From 2 ms to 38 ms: the mean is within, one request of five is not.
        (claim.rate_per_s, claim.wobble) = (1, 0.9);
        claim.targets[0].limit_us = 30_000;
    });
    let outcome = gated(&["claim: mean < 30ms"], &comparison);
    assert_eq!(outcome.rows[0].outcome, RuleOutcome::Inconclusive);
    let outcome = gated(&["claim: p95 < 30ms"], &comparison);
    assert_eq!(outcome.rows[0].outcome, RuleOutcome::Failed);
}

#[test]
fn more_rules_ask_for_more_certainty_and_every_declared_rule_counts() {
    let comparison = compared(&calibrated(), |_| {});
    let alone = gated(&["claim: p95 +10%"], &comparison);
    // The p99.9 has few samples: it is declared, so it counts.
    let rules = ["claim: p95 +10%", "p99.9 +10%"];
    let among = gated(&rules, &comparison);
    let p_of = |outcome: &GateOutcome| match &outcome.rows[0].evidence {
        brunt_report::gate::Evidence::Relative {
            change: Some(change),
            ..
        } => change.level,
        other => panic!("{other:?}"),
    };
    assert!((p_of(&alone) - 0.95).abs() < 1e-12);
    assert!((p_of(&among) - (1.0 - 0.05 / 4.0)).abs() < 1e-12);
    assert_eq!(among.rows[0].outcome, RuleOutcome::Passed);
}

#[test]
fn what_runs_cannot_resolve_is_said_before_they_are_made() {
    let options = calibrated();
    let comparison = compared(&options, |_| {});
    let check = |rules: &[&str], options: &CompareOptions, runs, resolves| {
        let rules: Vec<Rule> = rules
            .iter()
            .map(|rule| Rule::parse(rule).unwrap())
            .collect();
        let foresight = foresee(&rules, &comparison, options, runs);
        assert_eq!(foresight.resolves(), resolves, "{foresight}");
        foresight.to_string()
    };
    let told = [
        check(&["p95 +10%"], &options, 1, true),
        check(&["p95 +2%"], &options, 1, false),
        // The p50 was not calibrated: 5 % are assumed.
        check(&["claim: p50 +10%"], &options, 3, false),
        check(&["claim: p50 +10%"], &options, 4, true),
        check(&["p95 < 50ms"], &options, 1, true),
        check(&["claim: p95 +0.1%"], &options, 50, false),
    ];
    insta::assert_snapshot!(told.join("\n"));
}
