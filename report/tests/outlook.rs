//! Readiness and recommendations by their rules, and what documents state.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::Path;

use brunt_report::comparison::{Readiness, Recommendation, Spread, Standing, Watched};
use brunt_report::stated::{Delivery, Doubt, StatedVerdict, compare_if_stated};
use brunt_report::{CompareOptions, Comparison, Run, compare_sets, document, load, markdown};
use support::{Synthetic, compared};

use Standing::{Failed, NotMeasured, Passed, Undecided};

fn against_phase8(change: impl FnOnce(&mut Synthetic)) -> Comparison {
    let mut b = Synthetic::two_stages("phase9");
    change(&mut b);
    let a = Synthetic::two_stages("phase8");
    compared(&a, &b, &CompareOptions::default())
}

/// Functional, targets, stability, scalability and overall of B.
fn standings(readiness: &Readiness) -> [Standing; 5] {
    let of = |i: usize| readiness.criteria[i].sides.b.standing;
    [of(0), of(1), of(2), of(3), readiness.overall.b]
}

/// The rules that fired, by name.
fn rules(comparison: &Comparison) -> Vec<String> {
    let all = comparison.recommendations.iter();
    all.map(|one| {
        let json = serde_json::to_value(one).unwrap();
        json["rule"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[test]
fn a_service_is_ready_where_all_criteria_pass() {
    let check = |change: fn(&mut Synthetic), expected: [Standing; 5], fired: &[&str]| {
        let comparison = against_phase8(change);
        let found = standings(&comparison.readiness);
        assert_eq!(found, expected, "{:#?}", comparison.readiness.criteria);
        let rules = rules(&comparison);
        for rule in fired {
            assert!(
                rules.iter().any(|r| r == rule),
                "{rule} is not in {rules:?}"
            );
        }
    };
    check(
        |_| {},
        [Passed, Passed, Passed, Passed, Passed],
        &["calibrate"],
    );
    check(
        |b| {
            b.action("claim").failed = 0.02;
            b.action("claim").kind = "check-body".into();
        },
        [Failed, Failed, Failed, Passed, Failed],
        &["remove-failures"],
    );
    check(
        |b| b.action("claim").median_us = 60_000.0,
        [Passed, Failed, Passed, Passed, Failed],
        &["explain-regression", "meet-target"],
    );
    check(
        // Few enough for every target to be met.
        |b| b.action("claim").failed = 0.0002,
        [Undecided, Passed, Passed, Passed, Undecided],
        &[],
    );
    check(
        |b| {
            for name in ["initialize-new", "list", "claim"] {
                b.action(name).failed = 1.0;
            }
        },
        [Undecided, Failed, Failed, Failed, Failed],
        &["remove-failures"],
    );
    check(
        |b| {
            for name in ["initialize-new", "list", "claim"] {
                b.action(name).failed = 1.0;
                b.action(name).kind = "timeout".into();
            }
        },
        [NotMeasured, Failed, Failed, Failed, Failed],
        &["remove-failures"],
    );
    check(
        |b| b.action("list").growth = 0.8,
        [Passed, Passed, Undecided, Passed, Undecided],
        &["find-steady-state"],
    );
    check(
        // Enough for a p95, and too few for one in each tenth of the stage.
        |b| b.action("list").rate_per_s = 90,
        [Passed, Passed, Undecided, Passed, Undecided],
        &[],
    );
    check(
        |b| b.rates = vec![(0, 500.0), (40, 700.0)],
        [Passed, Passed, Undecided, Passed, Undecided],
        &[],
    );
    check(
        // A's plan has one, and the union is judged.
        |b| b.success_target = None,
        [Passed, Passed, Passed, Passed, Passed],
        &[],
    );
    check(
        |b| b.action("list").lateness_us = 90_000,
        [
            NotMeasured,
            NotMeasured,
            NotMeasured,
            NotMeasured,
            NotMeasured,
        ],
        &["run-again"],
    );
    check(
        |b| b.action("list").unsent = 0.3,
        [Passed, Failed, Failed, Failed, Failed],
        &["find-carried-rate"],
    );
}

#[test]
fn what_to_watch_follows_from_targets_and_what_is_left_of_them() {
    let comparison = against_phase8(|b| b.action("claim").median_us = 60_000.0);
    let mut seen = 0;
    for watch in &comparison.readiness.watches {
        let Watched::Latency { action, .. } = &watch.what else {
            continue;
        };
        seen += 1;
        assert!((watch.alert_at - 50_000.0).abs() < 1e-9);
        assert!((watch.headroom - (1.0 - watch.measured / 50_000.0)).abs() < 1e-9);
        if action == "claim" {
            assert_eq!(watch.warn_at, None);
        } else {
            let middle = f64::midpoint(watch.measured, 50_000.0);
            assert!((watch.warn_at.unwrap() - middle).abs() < 1e-6);
        }
    }
    assert_eq!(seen, 3);
}

#[test]
fn longer_runs_are_advised_where_they_help() {
    let check = |factors: &[f64], growth: f64, paired: bool, wanted: Spread, act: &str| {
        let temp = tempfile::tempdir().unwrap();
        let side = |name: &str, by: f64| -> Vec<Run> {
            let runs = factors.iter().enumerate().map(|(i, factor)| {
                let mut run = Synthetic::two_stages(&format!("{name}{i}"));
                let claim = run.action("claim");
                claim.median_us *= by * factor;
                claim.growth = growth;
                load(&run.write(temp.path())).unwrap()
            });
            runs.collect()
        };
        let mut b = side("b", 1.08);
        if paired {
            // Else the pairs agree on every change.
            b.rotate_left(1);
        }
        let options = CompareOptions {
            paired,
            ..CompareOptions::default()
        };
        let comparison = compare_sets(&side("a", 1.0), &b, &options).unwrap();
        let mut all = comparison.recommendations.iter();
        let found = all.find_map(|one| match one {
            Recommendation::RunMore { action, spread, .. } if action == "claim" => Some(*spread),
            _ => None,
        });
        assert_eq!(found, Some(wanted));
        let text = markdown(&document(&comparison), "charts").text;
        let said = format!("{act} to tell how claim changed.");
        assert!(text.contains(&said), "{said} is not in\n{text}");
    };
    let calibrate = "Calibrate the noise floor, make more runs of each side or use `brunt duet`";
    let more = "Make more runs of each side or use `brunt duet`";
    check(&[1.0], 0.0, false, Spread::NoiseFloor, calibrate);
    check(&[1.0], 1.5, false, Spread::WithinRuns, "Run longer");
    check(&[1.0, 1.3], 0.0, false, Spread::BetweenRuns, more);
    check(&[1.0, 1.3], 0.0, true, Spread::Pairs, "Make more pairs");
}

#[test]
fn no_recommendation_without_its_evidence() {
    let same = against_phase8(|_| {});
    for one in &same.recommendations {
        assert!(
            matches!(
                one,
                Recommendation::Calibrate { .. } | Recommendation::RunMore { .. }
            ),
            "{one:?}"
        );
    }
}

#[test]
fn what_a_document_states_is_held_against_itself() {
    let examples =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/examples/recorded-phases-8-9");
    let dirs = ["stated-phase8", "stated-phase9"].map(|name| examples.join(name));
    let comparison = compare_if_stated(&[&dirs[0], &dirs[1]]).unwrap().unwrap();
    let loads = comparison.stages.iter().map(|row| row.sides.a.unwrap());
    let loads: Vec<(Delivery, u64)> = loads
        .map(|load| (load.delivery, load.in_flight.unwrap().round() as u64))
        .collect();
    assert_eq!(
        loads,
        [
            (Delivery::TooLittle, 577),
            (Delivery::TooLittle, 65),
            (Delivery::TooMuch, 5)
        ]
    );
    let verdicts = comparison.targets.iter().map(|row| row.results.b.verdict);
    let within = StatedVerdict::WithinUnderAnotherLoad {
        delivery: Delivery::TooMuch,
    };
    assert_eq!(
        verdicts.collect::<Vec<_>>(),
        [
            StatedVerdict::Missed,
            StatedVerdict::Estimated,
            StatedVerdict::Missed,
            StatedVerdict::Missed,
            StatedVerdict::Missed,
            StatedVerdict::Estimated,
            within,
            StatedVerdict::Estimated,
        ]
    );
    let total = comparison.doubts.a.iter().find_map(|doubt| match doubt {
        Doubt::Total {
            failed_sum,
            sound_sum,
            ..
        } => Some((*failed_sum, *sound_sum)),
        _ => None,
    });
    assert_eq!(total, Some((1_015, Some(517_174))));
    assert!(compare_if_stated(&[&examples]).unwrap().is_none());
}
