//! Noise floors: what they are computed from, what they are good for, and what they change.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_report::calibration::{Calibration, FloorUse, sights};
use brunt_report::comparison::{NotJudged, Statistic, Tolerances, Verdict};
use brunt_report::gate::{RuleOutcome, foresee};
use brunt_report::{CompareOptions, Run, compare, compare_sets, gate, load};
use jiff::{SignedDuration, Timestamp};
use support::Synthetic;

/// How the medians of the runs of one thing stray, as factors.
const STRAY: [f64; 6] = [1.0, 1.03, 0.97, 1.02, 0.98, 1.01];

fn now() -> Timestamp {
    "2026-02-01T00:00:00Z".parse().unwrap()
}

const A_MONTH: SignedDuration = SignedDuration::from_hours(30 * 24);

fn run(id: usize, change: impl Fn(&mut Synthetic)) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let mut run = Synthetic::two_stages("p8");
    change(&mut run);
    let mut run = load(&run.write(temp.path())).unwrap();
    run.manifest.id = format!("run-{id}");
    run
}

fn straying(by: f64) -> impl Fn(&mut Synthetic) {
    move |run| {
        let actions = run.stages.iter_mut().flat_map(|stage| &mut stage.actions);
        for action in actions {
            action.median_us *= by;
        }
    }
}

/// Runs of the same thing.
fn same() -> Vec<Run> {
    let runs = STRAY.into_iter().enumerate();
    runs.map(|(id, by)| run(id, straying(by))).collect()
}

#[test]
fn the_noise_floor_is_how_the_logarithms_vary_from_run_to_run() {
    let made = Calibration::of(&same(), now(), A_MONTH).unwrap();
    assert_eq!(made.records.len(), 6);
    let ln: Vec<f64> = STRAY.iter().map(|by| by.ln()).collect();
    let mean = ln.iter().sum::<f64>() / 6.0;
    let s = (ln.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 5.0).sqrt();
    for floor in &made.floors {
        // Histograms keep three digits.
        assert!((floor.s_aa - s).abs() < 1e-3, "{floor:?}, {s}");
    }
    let names = made.floors.iter().map(|f| (&*f.action, f.statistic));
    let names: Vec<_> = names.collect();
    assert_eq!(names.len(), 3 * 6, "{names:?}");
    assert!(names.contains(&("claim", Statistic::Mean)));
    let text = serde_json::to_string(&made).unwrap();
    let mut back: Calibration = serde_json::from_str(&text).unwrap();
    for (back, made) in back.floors.iter_mut().zip(&made.floors) {
        // To the last digit but one.
        assert!((back.s_aa - made.s_aa).abs() < 1e-12);
        back.clone_from(made);
    }
    assert_eq!(back, made);
    insta::assert_snapshot!(brunt_report::calibration::text(&made));
    let sights = sights(&made, &Tolerances::default());
    assert_eq!(sights.len(), 3 * 4);
}

#[test]
fn what_says_nothing_about_noise_is_left_out_and_told() {
    let mut runs = same();
    runs.push(run(6, |run| run.clock_step_us = 1_000_000));
    runs.push(run(7, |run| run.action("claim").unsent = 0.8));
    let made = Calibration::of(&runs, now(), A_MONTH).unwrap();
    let left: Vec<&str> = made.left_out.iter().map(|one| &*one.record).collect();
    assert_eq!(left, ["run-6", "run-7"]);
    assert_eq!(made.records.len(), 6);

    let error = Calibration::of(&runs[2..], now(), A_MONTH).unwrap_err();
    insta::assert_snapshot!(error.to_string());
    let mut other = same();
    other[3] = run(3, |run| run.action("list").rate_per_s = 320);
    other[4].manifest.host.cores = Some(64);
    let error = Calibration::of(&other, now(), A_MONTH).unwrap_err();
    insta::assert_snapshot!(error.to_string());
}

/// A comparison by a floor that may be used, or not.
fn by_floor(made: &Calibration, at: Timestamp, a: &Run, b: &Run) -> CompareOptions {
    let why = made.refusals(at, [&a.manifest, &b.manifest]);
    if why.is_empty() {
        CompareOptions {
            calibration: made.by_statistic(),
            floor: FloorUse::Calibrated {
                file: "noise.json".into(),
                runs: made.records.len() as u32,
                made_at: made.made_at,
                expires_at: made.expires_at,
            },
            ..CompareOptions::default()
        }
    } else {
        CompareOptions {
            floor: FloorUse::Refused {
                file: "noise.json".into(),
                why,
            },
            ..CompareOptions::default()
        }
    }
}

#[test]
fn a_floor_is_used_for_the_runs_that_it_is_of_and_until_it_expires() {
    let made = Calibration::of(&same(), now(), A_MONTH).unwrap();
    let (a, b) = (run(10, |_| {}), run(11, |_| {}));
    let check = |at: &str, change: &dyn Fn(&mut Run), refused: &[&str]| {
        let mut b = b.clone();
        change(&mut b);
        let why = made.refusals(at.parse().unwrap(), [&a.manifest, &b.manifest]);
        let why: Vec<String> = why.iter().map(ToString::to_string).collect();
        assert_eq!(why, refused);
    };
    check("2026-02-20T00:00:00Z", &|_| {}, &[]);
    // Kernels and versions of the service come and go.
    let later = |b: &mut Run| {
        b.manifest.host.kernel = Some("Linux 7".into());
        b.manifest.phase = "p9".into();
        b.manifest.labels.insert("commit".into(), "abc".into());
    };
    check("2026-02-20T00:00:00Z", &later, &[]);
    check(
        "2026-03-03T00:00:00Z",
        &|_| {},
        &["it expired on 2026-03-03"],
    );
    let elsewhere = |b: &mut Run| {
        b.manifest.host.cores = Some(64);
        b.manifest.build.version = "9.9.9".into();
        b.manifest.overrides = vec!["--scale".into(), "2".into()];
        b.manifest
            .labels
            .insert("database".into(), "postgres".into());
    };
    let refused = [
        "changes to it: calibrated with none, the run has --scale 2",
        "database: calibrated with no label, the run has postgres",
        "cores: calibrated with 2, the run has 64",
        "brunt: calibrated with 0.1.0, the run has 9.9.9",
    ];
    check("2026-02-20T00:00:00Z", &elsewhere, &refused);
}

#[test]
fn a_report_says_which_floor_it_stands_on() {
    let made = Calibration::of(&same(), now(), A_MONTH).unwrap();
    let (a, b) = (run(10, |_| {}), run(11, |_| {}));
    let told = |at: &str| {
        let options = by_floor(&made, at.parse().unwrap(), &a, &b);
        let document = brunt_report::document(&compare(&a, &b, &options));
        let text = brunt_report::markdown(&document, "charts").text;
        let line = text.lines().find(|line| line.contains("Noise floor"));
        line.unwrap().to_owned()
    };
    insta::assert_snapshot!(
        [told("2026-02-20T00:00:00Z"), told("2026-04-01T00:00:00Z")].join("\n")
    );
}

#[test]
fn what_was_unbounded_in_a_run_of_the_calibration_is_not_judged_by_it() {
    let mut runs = same();
    // More than one in a hundred, and too few for an overload.
    runs[2] = run(2, |run| run.action("claim").failed = 0.015);
    let made = Calibration::of(&runs, now(), A_MONTH).unwrap();
    let without = made.without.iter().map(|one| (&*one.action, one.statistic));
    assert_eq!(
        without.collect::<Vec<_>>(),
        [("claim", Statistic::P99), ("claim", Statistic::P999)]
    );
    let text = brunt_report::calibration::text(&made);
    assert!(text.contains("play / claim: no floor of p99,"), "{text}");

    let (a, b) = (run(10, |_| {}), run(11, |_| {}));
    let verdict = |b: &Run, statistic| {
        let comparison = compare(&a, b, &by_floor(&made, now(), &a, b));
        let claim = comparison.action("play", "claim").unwrap();
        claim.statistic(statistic).unwrap().verdict
    };
    let no_floor = Verdict::NotJudged {
        reason: NotJudged::NoFloor,
    };
    assert_eq!(verdict(&b, Statistic::P99), no_floor);
    assert_eq!(verdict(&b, Statistic::P95), Verdict::Equivalent);
    let extreme = Verdict::NotJudged {
        reason: NotJudged::Extreme,
    };
    assert_eq!(verdict(&b, Statistic::Max), extreme);
    // What the runs of the calibration did by themselves is no regression.
    let failing = run(12, |run| run.action("claim").failed = 0.015);
    assert_eq!(verdict(&failing, Statistic::P99), no_floor);
    let overloaded = run(13, |run| run.action("claim").unsent = 0.8);
    assert_eq!(verdict(&overloaded, Statistic::P99), Verdict::OverloadBegan);

    let options = by_floor(&made, now(), &a, &b);
    let comparison = compare(&a, &b, &options);
    let rules = [brunt_report::Rule::parse("claim: p99 +15%").unwrap()];
    let row = &gate(&rules, &comparison).rows[0];
    assert_eq!(row.outcome, RuleOutcome::NotJudged, "{row:?}");
    let foresight = foresee(&rules, &comparison, &options, 50);
    assert!(!foresight.resolves() && foresight.rows.is_empty());
    let told = foresight.to_string();
    assert!(told.contains("so no noise floor"), "{told}");
}

#[test]
fn three_runs_a_side_pass_what_one_cannot_tell() {
    let made = Calibration::of(&same(), now(), A_MONTH).unwrap();
    let runs = same();
    let options = by_floor(&made, now(), &runs[0], &runs[3]);
    let rule = [brunt_report::Rule::parse("p95 +5%").unwrap()];
    let one = compare_sets(&runs[..1], &runs[3..4], &options).unwrap();
    let outcome = gate(&rule, &one);
    assert_eq!(outcome.exit_code(), 3, "{outcome:?}");
    let three = compare_sets(&runs[..3], &runs[3..], &options).unwrap();
    let outcome = gate(&rule, &three);
    assert_eq!(outcome.exit_code(), 0, "{outcome:?}");
    // Side by side with what it says.
    let why = |comparison| gate(&rule, comparison).rows[0].why.to_string();
    insta::assert_snapshot!([why(&one), why(&three)].join("\n"));
}
