//! Can records be trusted, and whose fault is it where they cannot?

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::{DataFile, DataKind, Ending, LatencyTarget};
use brunt_report::comparison::{
    Aspect, Conclusion, Fact, Fault, Finding, RunState, Side, StageState,
};
use brunt_report::document::build;
use brunt_report::render::{html, markdown, terminal};
use brunt_report::{CompareOptions, Comparison};
use support::{Synthetic, compared};

/// What `change` makes of run B, against the unchanged run A.
fn with(change: impl FnOnce(&mut Synthetic)) -> Comparison {
    let mut b = Synthetic::two_stages("p9");
    change(&mut b);
    compared(&Synthetic::two_stages("p8"), &b, &CompareOptions::default())
}

#[test]
fn nothing_is_judged_on_an_invalid_record() {
    let by_the_generator = "invalid, by the generator's fault and not by the service's";
    for (what, change, fault, said) in [
        (
            "late",
            (|b| b.action("claim").lateness_us = 30_000) as fn(&mut Synthetic),
            Fault::Generator,
            "It sent play/claim late: 29.8 ms at the p99.",
        ),
        (
            "late for what succeeded",
            |b| {
                // Nearly everything fails: there is no p95 to hold the lateness against.
                b.action("claim").failed = 0.9;
                b.action("claim").lateness_us = 30_000;
            },
            Fault::Generator,
            by_the_generator,
        ),
        (
            "late for the lowest of the targets",
            |b| {
                let claim = b.action("claim");
                claim.lateness_us = 6_500;
                claim.targets.push(LatencyTarget {
                    quantile: 0.5,
                    limit_us: 30_000,
                });
            },
            Fault::Generator,
            "It sent play/claim late",
        ),
        (
            "out of descriptors",
            |b| {
                let claim = b.action("claim");
                claim.failed = 0.01;
                claim.kind = "generator-files".into();
            },
            Fault::Generator,
            "It ran out of file descriptors in play.",
        ),
        (
            "out of ports",
            |b| {
                let claim = b.action("claim");
                claim.failed = 0.9;
                claim.kind = "generator-ports".into();
            },
            Fault::Generator,
            "It ran out of local ports in play.",
        ),
        (
            "clock",
            |b| b.clock_step_us = -200_000,
            Fault::Generator,
            by_the_generator,
        ),
        (
            "interrupted",
            |b| b.ending = Ending::Interrupted,
            Fault::CutShort,
            "did not go to its end, which says nothing about the service",
        ),
        (
            "running",
            |b| b.ending = Ending::Running,
            Fault::CutShort,
            "The run of p9 did not go to its end",
        ),
    ] {
        let comparison = with(change);
        let document = build(&comparison);
        // Lines of the terminal break anywhere.
        let top = terminal(&document).replace('\n', " ");
        assert!(top.contains(said), "{what}: {top}");
        assert!(markdown(&document, "charts").text.contains(said), "{what}");
        assert_eq!(comparison.validity.b.state, RunState::Invalid, "{what}");
        assert_eq!(comparison.verdict.conclusion, Conclusion::Invalid, "{what}");
        assert_eq!(comparison.verdict.targets.b.met, 0, "{what}");
        assert_eq!(
            comparison.verdict.facts[0],
            Fact::Invalid {
                side: Side::B,
                fault
            },
            "{what}"
        );
        let counts = comparison.verdict.statistics;
        assert_eq!(counts.not_judged, 18, "{what}: {counts:?}");
    }
}

/// What never reached the service it cannot have failed to answer, nor can it pass for success.
#[test]
fn what_the_generator_had_no_connection_for_is_no_overload() {
    for (kind, failed, state, overloads) in [
        ("generator-ports", 0.5, StageState::Invalid, false),
        ("generator-files", 0.000_1, StageState::Invalid, false),
        ("connect", 0.5, StageState::Overloaded, true),
        ("connect", 0.000_1, StageState::Valid, false),
    ] {
        let comparison = with(|b| {
            b.action("claim").failed = failed;
            b.action("claim").kind = kind.into();
        });
        let b = &comparison.validity.b;
        assert_eq!(b.stage("play").unwrap().state, state, "{kind} {failed}");
        let mut findings = b.findings.iter();
        let overloaded = findings.any(|finding| finding.overload().is_some());
        assert_eq!(overloaded, overloads, "{kind} {failed}");
    }
}

#[test]
fn a_run_that_a_threshold_ended_says_so_first() {
    let comparison = with(|b| b.ending = Ending::Aborted);
    let why = "threshold \"p99 > 2s for 10s\"";
    assert_eq!(comparison.verdict.conclusion, Conclusion::Invalid);
    assert_eq!(
        comparison.verdict.facts[0],
        Fact::Aborted {
            side: Side::B,
            why: Some(why.to_owned())
        }
    );
    assert_eq!(
        comparison.validity.b.findings[0].to_string(),
        format!(
            "The run was aborted after 62 s by {why}. It is cut short, so that nothing is judged on it: offer less, or see what failed or got slow before the end."
        )
    );
    let said = terminal(&build(&comparison));
    assert!(
        said.contains(&format!("was cut short by {why}: nothing is judged on it")),
        "{said}"
    );
}

#[test]
fn a_rate_that_changes_has_no_drift_and_its_plan_in_the_report() {
    let page = |rates: &[(u64, f64)]| {
        let mut run = Synthetic::two_stages("p9");
        run.rates = rates.to_vec();
        run.action("list").growth = 1.0;
        let comparison = compared(&run, &run, &CompareOptions::default());
        let findings = &comparison.validity.a.findings;
        let drifts = findings.iter().any(|f| matches!(f, Finding::Drift { .. }));
        (drifts, html(&build(&comparison)).unwrap())
    };
    let (drifts, steady) = page(&[]);
    assert!(drifts && !steady.contains("class=\"s-p\""));
    let (drifts, changing) = page(&[(0, 0.0), (20, 900.0)]);
    assert!(!drifts && changing.contains("class=\"s-p\""));
    assert!(changing.contains("ramp, 600/s in the mean: 24,000 arrivals"));
}

#[test]
fn every_finding_says_what_it_means_and_what_to_do() {
    let comparison = with(|b| {
        b.action("claim").lateness_us = 30_000;
        b.action("list").lateness_us = 3_000;
        b.action("initialize-new").failed = 0.63;
        b.action("list").failed = 0.001;
        b.action("list").kind = "generator-ports".into();
        b.action("claim").failed = 0.001;
        b.action("claim").kind = "generator-files".into();
        b.clock_step_us = 250_000;
        b.saturated = vec!["init/load".into()];
        b.shared_host = true;
        b.host_busy = Some(0.97);
        b.ending = Ending::Interrupted;
    });
    let texts: Vec<String> = comparison
        .validity
        .b
        .findings
        .iter()
        .map(|finding| format!("{:?}: {finding}", finding.severity()))
        .collect();
    insta::assert_snapshot!(texts.join("\n"));
}

/// The stage "play" begins with second 21, and ten seconds of it are its warm-up.
#[test]
fn what_happens_in_the_warm_up_is_recorded_and_not_judged() {
    let check = |change: &dyn Fn(&mut Synthetic), answered: f64, overloaded: bool| {
        let comparison = with(|b| {
            b.stages[1].warmup_s = 10;
            change(b);
        });
        let stage = comparison.validity.b.stage("play").unwrap();
        let share = stage.answered.unwrap();
        assert!((share - answered).abs() < 0.002, "{share}");
        assert_eq!(stage.overloaded, overloaded, "{stage:?}");
        let expected = if overloaded {
            StageState::Overloaded
        } else {
            StageState::Valid
        };
        assert_eq!(stage.state, expected);
        comparison
    };
    // A third of the warm-up fails: 8 % of the stage.
    let cold = check(&|b| b.action("claim").failed_cold = 0.66, 1.0, false);
    let counts = cold.validity.b.stage("play").unwrap().counts.unwrap();
    assert_eq!(counts.offered, counts.ok + counts.failed);
    assert!((1_900..2_000).contains(&counts.failed), "{counts:?}");
    let text = markdown(&build(&cold), "charts").text;
    assert!(text.contains("after the warm-up"), "{text}");
    check(&|b| b.action("claim").failed = 0.66, 0.67, true);
    // Every place was taken: at some instant, in the warm-up, after it.
    for (until_s, overloaded) in [(None, true), (Some(30), false), (Some(31), true)] {
        let full = |b: &mut Synthetic| {
            b.saturated = vec!["play/load".into()];
            b.saturated_until_s = until_s;
        };
        check(&full, 1.0, overloaded);
    }
}

#[test]
fn drift_is_flagged_and_a_steady_run_is_not() {
    assert_eq!(with(|_| {}).validity.b.findings, []);
    let growing = with(|b| b.action("claim").growth = 0.5);
    let [
        Finding::Drift {
            action, percent, ..
        },
    ] = &growing.validity.b.findings[..]
    else {
        panic!("{:?}", growing.validity.b.findings);
    };
    assert_eq!(action, "claim");
    assert!((15.0..35.0).contains(percent), "{percent}");
}

/// Files of a run, each by what it is for, its name and a letter of its digest.
fn data(files: &[(DataKind, &str, char)]) -> Vec<DataFile> {
    let files = files.iter().map(|(kind, name, digest)| DataFile {
        kind: *kind,
        name: (*name).to_owned(),
        sha256: digest.to_string().repeat(64),
    });
    files.collect()
}

#[test]
fn other_data_are_another_load_and_what_nobody_noted_does_not_agree() {
    use DataKind::{Body, DataSet, Proto};
    const AGREE: &str = "durations, data and seed agree";
    const NOT_NOTED: &str = "was not recorded";
    let all = Some(data(&[
        (DataSet, "players", 'a'),
        (Body, "upload", 'b'),
        (Proto, "x.proto", 'c'),
    ]));
    let check = |in_a: &Option<Vec<DataFile>>, in_b: Option<Vec<DataFile>>, judged, said: &str| {
        let [mut a, mut b] = ["p8", "p9"].map(Synthetic::two_stages);
        a.data.clone_from(in_a);
        b.data = in_b;
        let comparison = compared(&a, &b, &CompareOptions::default());
        assert_eq!(comparison.comparable.judged, judged, "{said}");
        let text = markdown(&build(&comparison), "charts").text;
        assert!(text.contains(said), "{said:?} is not in\n{text}");
        for claim in [AGREE, NOT_NOTED] {
            assert!(claim == said || !text.contains(claim), "{claim}");
        }
        comparison.comparable.differences
    };
    assert_eq!(check(&all, all.clone(), true, AGREE), []);
    assert_eq!(check(&None, None, true, NOT_NOTED), []);
    assert_eq!(check(&None, all.clone(), true, NOT_NOTED), []);
    let other_rows = data(&[
        (DataSet, "players", 'd'),
        (Body, "upload", 'b'),
        (Proto, "x.proto", 'c'),
    ]);
    let found = check(&all, Some(other_rows), false, "data set \"players\"");
    assert_eq!(
        found[0].what,
        Aspect::Data {
            kind: DataSet,
            name: "players".into()
        }
    );
    assert_eq!(
        (&*found[0].a, &*found[0].b),
        ("sha256 aaaaaaaaaaaa", "sha256 dddddddddddd")
    );
    let no_body = data(&[(DataSet, "players", 'a'), (Proto, "x.proto", 'c')]);
    let found = check(&all, Some(no_body), false, "the body of \"upload\"");
    assert_eq!(found[0].b, "absent");
    let other_proto = data(&[
        (DataSet, "players", 'a'),
        (Body, "upload", 'b'),
        (Proto, "x.proto", 'd'),
    ]);
    let said = "gRPC definitions \"x.proto\"";
    check(&all, Some(other_proto), true, said);
}
