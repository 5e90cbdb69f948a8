//! Rules of a gate on what was used.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_report::gate::RuleOutcome::{self, Failed, Inconclusive, NotJudged, Passed};
use brunt_report::gate::{Evidence, GateOutcome, RuleRow, foresee};
use brunt_report::run::Gauge;
use brunt_report::{CompareOptions, Comparison, Rule, Run, compare, compare_sets, gate, load};
use support::Synthetic;
use support::gauges::{constant, counter, evidence, readings};

const SERVICE: &str = "process/service";
const MAIN: &str = "postgres/main";
const MIB: f64 = 1024.0 * 1024.0;

/// What one run used.
#[derive(Clone, Copy)]
struct Used {
    /// For each of the 600 requests a second.
    cpu_us: f64,
    rows: f64,
    rows_written: f64,
    /// How many seconds lie between two readings of the database.
    every_s: u64,
    /// Bytes at a second.
    memory: fn(u64) -> f64,
}

const USED: Used = Used {
    cpu_us: 200.0,
    rows: 4.0,
    rows_written: 0.0,
    every_s: 1,
    memory: |_| 64.0 * MIB,
};

fn gauges(used: &Used) -> Vec<Gauge> {
    let database = |name: &str, per_request: f64| {
        let per_s = 600.0 * per_request;
        counter(MAIN, name, per_s, used.every_s)
    };
    let cores = 600.0 * used.cpu_us / 1e6;
    vec![
        counter("process/generator", "cpu_user_us_total", 0.5e6, 1),
        counter("process/generator", "cpu_system_us_total", 0.5e6, 1),
        counter(SERVICE, "cpu_user_us_total", cores * 0.75e6, 1),
        counter(SERVICE, "cpu_system_us_total", cores * 0.25e6, 1),
        readings(SERVICE, "memory_bytes", 1, used.memory),
        database("statement_rows_total", used.rows),
        constant(MAIN, "rows_inserted_total", 0.0),
        constant(MAIN, "rows_deleted_total", 0.0),
        database("rows_updated_total", used.rows_written),
    ]
}

fn run(phase: &str, used: &Used, change: impl Fn(&mut Synthetic)) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let mut synthetic = Synthetic::two_stages(phase);
    change(&mut synthetic);
    let mut run = load(&synthetic.write(temp.path())).unwrap();
    run.evidence = evidence(gauges(used));
    run
}

/// Run B, which used `used`, against one that used [`USED`].
fn compared(used: &Used, change: impl Fn(&mut Synthetic)) -> Comparison {
    let (a, b) = (run("p8", &USED, |_| {}), run("p9", used, change));
    compare(&a, &b, &CompareOptions::default())
}

fn rules(texts: &[&str]) -> Vec<Rule> {
    let rules = texts.iter().map(|text| Rule::parse(text).unwrap());
    rules.collect()
}

fn gated(texts: &[&str], comparison: &Comparison) -> GateOutcome {
    gate(&rules(texts), comparison)
}

fn line(row: &RuleRow) -> String {
    let (place, rule) = (row.place(), &row.rule);
    format!(
        "{place} | {rule} | {} | {:?}: {}",
        row.evidence, row.outcome, row.why
    )
}

fn table(outcome: &GateOutcome) -> String {
    let rows: Vec<String> = outcome.rows.iter().map(line).collect();
    let floor = outcome.noise_floor().unwrap_or_default();
    format!("{}\n{floor}", rows.join("\n"))
}

/// The outcome of every rule by itself, and a part of why.
fn check(comparison: &Comparison, cases: &[(&str, RuleOutcome, &str)]) {
    for (rule, outcome, why) in cases {
        let gate = gated(&[rule], comparison);
        assert!(!gate.rows.is_empty());
        for row in &gate.rows {
            assert_eq!(row.outcome, *outcome, "{}", line(row));
            assert!(row.why.to_string().contains(why), "{}", line(row));
        }
    }
}

#[test]
fn costs_and_memory_keep_their_limits_or_not() {
    let same = compared(&USED, |_| {});
    check(
        &same,
        &[
            ("service.cpu < 250us", Passed, "whole interval keeps"),
            ("service.cpu < 150us", Failed, "no part of the interval"),
            ("*.rows < 5", Passed, "whole interval keeps"),
            ("main.rows-written < 1", Passed, "B spent nothing"),
            ("main.rows-written +5%", Passed, "B spent nothing"),
            ("service.cpu +20%", Passed, "95 % confidence"),
            // With an assumed noise floor of 5 %.
            ("service.cpu +10%", Inconclusive, "make 4 runs a side"),
            ("service.memory < 70MB", Passed, "highest reading keeps"),
            (
                "process/service.memory < 60MB",
                Failed,
                "highest reading is above",
            ),
            ("service.memory-growth < 1%", Passed, "whole interval keeps"),
        ],
    );
    let worse = Used {
        cpu_us: 400.0,
        rows_written: 0.5,
        every_s: 10,
        // A third of itself over the longer stage.
        memory: |s| (64.0 + 0.64 * s as f64) * MIB,
        ..USED
    };
    check(
        &compared(&worse, |_| {}),
        &[
            ("service.cpu +20%", Failed, "certain and beyond"),
            ("main.rows-written +5%", NotJudged, "A spent nothing"),
            // Windows of a few seconds share readings that are ten apart.
            ("main.rows < 5", Inconclusive, "few samples"),
            ("main.rows +5%", NotJudged, "few samples"),
            (
                "service.memory-growth < 10%",
                Failed,
                "no part of the interval",
            ),
            (
                "service.memory-growth < 50%",
                Passed,
                "whole interval keeps",
            ),
        ],
    );
}

#[test]
fn growth_that_is_not_told_from_waves_is_inconclusive() {
    let waves = Used {
        memory: |s| (64.0 + 16.0 * (s as f64 * 1.1).sin()) * MIB,
        ..USED
    };
    let waves = compared(&waves, |_| {});
    let rule = (
        "service.memory-growth < 10%",
        Inconclusive,
        "inside the interval",
    );
    check(&waves, &[rule]);
    // A reading every four seconds is one a window of four seconds, and less in the shorter stage.
    let mut seldom = run("p9", &USED, |_| {});
    let memory = readings(SERVICE, "memory_bytes", 4, |_| 64.0 * MIB);
    seldom.evidence = evidence(vec![memory]);
    let seldom = compare(
        &run("p8", &USED, |_| {}),
        &seldom,
        &CompareOptions::default(),
    );
    check(
        &seldom,
        &[
            ("service.memory-growth < 10%", Inconclusive, "few samples"),
            ("service.memory < 70MB", Passed, "highest reading keeps"),
            ("service.cpu < 1s", NotJudged, "not measured in run B"),
            ("service.cpu +20%", NotJudged, "not measured in run B"),
        ],
    );
}

#[test]
fn what_may_not_be_judged_is_not() {
    check(
        &compared(&USED, |_| {}),
        &[
            ("nobody.cpu < 1s", NotJudged, "neither run has a source"),
            ("main.memory < 1GB", NotJudged, "not measured in run B"),
            ("main.wal < 1KB", NotJudged, "not measured in run B"),
            ("finale/*: service.cpu < 1s", NotJudged, "no judged stage"),
        ],
    );
    let all = [
        "service.cpu < 1s",
        "service.memory < 1GB",
        "service.memory-growth < 9%",
    ];
    let invalid = compared(&USED, |b| b.clock_step_us = 1_000_000);
    let why = "the record of run B is invalid";
    check(&invalid, &all.map(|rule| (rule, NotJudged, why)));
    check(&invalid, &[("service.cpu +20%", NotJudged, why)]);

    // Limits need no other run.
    let other = compared(&USED, |b| b.action("list").rate_per_s = 310);
    check(&other, &all.map(|rule| (rule, Passed, "")));
    check(&other, &[("service.cpu +20%", NotJudged, "same load")]);

    // What a request costs says little where requests fail; memory was measured all the same.
    let overloaded = compared(&USED, |b| b.action("claim").unsent = 0.8);
    check(
        &overloaded,
        &[
            ("play/*: service.cpu < 1s", NotJudged, "overloaded in run B"),
            ("play/*: service.cpu +20%", NotJudged, "overloaded in run B"),
            ("init/*: service.cpu < 1s", Passed, "whole interval"),
            ("play/*: service.memory < 1GB", Passed, "highest reading"),
        ],
    );
}

#[test]
fn every_source_is_told_by_its_name_but_the_generator() {
    let outcome = gated(
        &[
            "*.cpu < 250us",
            "generator.cpu < 2ms",
            "play/*: *.cpu +20%",
            "play/*: main.rows +20%",
            "service.memory < 70MB",
            "play/*: service.memory-growth < 10%",
            "play/*: main.rows-written < 1",
        ],
        &compared(
            &Used {
                cpu_us: 210.0,
                ..USED
            },
            |_| {},
        ),
    );
    insta::assert_snapshot!(table(&outcome));
}

#[test]
fn relative_costs_are_tested_together_with_percentiles() {
    let level = |texts: &[&str]| {
        let outcome = gated(texts, &compared(&USED, |_| {}));
        let change = match &outcome.rows[0].evidence {
            Evidence::RelativeCost { change, .. } => *change,
            other => panic!("{other:?}"),
        };
        change.unwrap().level
    };
    // Equal runs: the first in their order has the smallest of equal p.
    for (texts, tests) in [
        (&["play/*: service.cpu +20%"][..], 1.0),
        (&["play/*: service.cpu +20%", "claim: p95 +20%"], 2.0),
        (&["service.cpu +20%", "p95 +20%"], 5.0),
    ] {
        let level = level(texts);
        assert!(
            (level - (1.0 - 0.05 / tests)).abs() < 1e-12,
            "{texts:?}: {level}"
        );
    }
}

#[test]
fn several_runs_resolve_what_one_cannot() {
    let options = CompareOptions::default();
    let side = |name: &str, cpu_us: f64, runs: usize| -> Vec<Run> {
        let used = Used { cpu_us, ..USED };
        (0..runs)
            .map(|i| run(&format!("{name}{i}"), &used, |_| {}))
            .collect()
    };
    let judged = |a: &[Run], b: &[Run], options: &CompareOptions| {
        let comparison = compare_sets(a, b, options).unwrap();
        gated(&["play/*: service.cpu +10%"], &comparison).rows[0].outcome
    };
    let (a, b) = (side("a", 200.0, 4), side("b", 200.0, 4));
    assert_eq!(judged(&a[..1], &b[..1], &options), Inconclusive);
    assert_eq!(judged(&a, &b, &options), Passed);
    assert_eq!(judged(&a, &side("c", 260.0, 4), &options), Failed);
    let paired = CompareOptions {
        paired: true,
        ..CompareOptions::default()
    };
    assert_eq!(judged(&a[..2], &b[..2], &paired), Passed);

    // One run of a side that did not measure it leaves the side without.
    let mut bare = side("b", 200.0, 2);
    bare[1].evidence = evidence(vec![]);
    assert_eq!(judged(&a, &bare, &options), NotJudged);

    let told = |cost: &str, runs| {
        let comparison = compare_sets(&a, &a, &options).unwrap();
        let rules = rules(&[cost, "play/*: service.memory < 1GB", "main.memory < 1GB"]);
        let foresight = foresee(&rules, &comparison, &options, runs);
        (foresight.resolves(), foresight.to_string())
    };
    let told = [
        told("play/*: *.cpu +10%", 3),
        told("play/*: *.cpu +10%", 4),
        // Nothing of it was measured, and there is no such source.
        told("play/*: main.wal +10%", 50),
        told("play/*: nobody.cpu +10%", 50),
    ];
    let (resolves, told): (Vec<bool>, Vec<String>) = told.into_iter().unzip();
    assert_eq!(resolves, [false, true, false, false]);
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn the_highest_peak_of_several_runs_counts() {
    let large = Used {
        memory: |_| 96.0 * MIB,
        ..USED
    };
    let (a, b) = (run("p8", &USED, |_| {}), run("p9", &large, |_| {}));
    let both = [a.clone(), b];
    let comparison = compare_sets(&[a.clone(), a], &both, &CompareOptions::default()).unwrap();
    check(
        &comparison,
        &[
            ("service.memory < 90MB", Failed, "highest reading is above"),
            ("service.memory < 110MB", Passed, "highest reading keeps"),
            ("service.memory-growth < 1%", Passed, "whole interval keeps"),
        ],
    );
}
