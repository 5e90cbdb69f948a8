//! Whole records through loading and comparing.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::LatencyTarget;
use brunt_report::comparison::{
    Aspect, Conclusion, Fact, Measured, NoInterval, NotJudged, RunState, Side, StageState,
    Statistic, Target, TargetVerdict, Value, Verdict, VerdictCounts,
};
use brunt_report::document::build;
use brunt_report::render::terminal;
use brunt_report::{CompareOptions, Comparison};
use support::{Synthetic, compared};

/// What `change` makes of run B, against the unchanged run A.
fn with(change: impl FnOnce(&mut Synthetic)) -> Comparison {
    let a = Synthetic::two_stages("p8");
    let mut b = Synthetic::two_stages("p9");
    change(&mut b);
    compared(&a, &b, &CompareOptions::default())
}

fn verdict(comparison: &Comparison, stage: &str, action: &str, statistic: Statistic) -> Verdict {
    let row = comparison.action(stage, action).unwrap();
    row.statistic(statistic).unwrap().verdict
}

#[test]
fn identical_runs_neither_improved_nor_regressed() {
    let comparison = with(|_| {});
    assert!(comparison.comparable.judged);
    assert_eq!(comparison.comparable.differences, []);
    assert_eq!(comparison.validity.a.state, RunState::Valid);
    let counts = comparison.verdict.statistics;
    assert_eq!((counts.worse, counts.better), (0, 0));
    assert_eq!(comparison.verdict.successes.equivalent, 2);
    assert_eq!(comparison.verdict.targets.b.missed, 0);
    for row in &comparison.actions {
        for one in &row.statistics {
            if let Some(change) = &one.change {
                assert!(change.percent.abs() < 1e-9, "{row:?}");
            }
        }
    }
}

#[test]
fn a_third_of_the_latency_is_an_improvement_and_its_mirror_a_regression() {
    let faster = |b: &mut Synthetic| b.action("claim").median_us /= 3.0;
    let comparison = with(faster);
    assert_eq!(
        verdict(&comparison, "play", "claim", Statistic::P95),
        Verdict::Improved
    );
    assert_eq!(comparison.verdict.conclusion, Conclusion::Better);
    let row = comparison.action("play", "claim").unwrap();
    let change = row
        .statistic(Statistic::P95)
        .unwrap()
        .change
        .as_ref()
        .unwrap();
    assert!((change.factor - 1.0 / 3.0).abs() < 0.01, "{change:?}");
    assert!((change.percent + 66.7).abs() < 0.5);
    assert!(change.certainty.as_ref().unwrap().stands_out);
    assert!(comparison.verdict.facts.iter().any(|fact| matches!(
        fact,
        Fact::BestChange { action, percent: Some(_), .. } if action == "claim"
    )));

    let mut slow = Synthetic::two_stages("p8");
    faster(&mut slow);
    let back = compared(
        &slow,
        &Synthetic::two_stages("p9"),
        &CompareOptions::default(),
    );
    assert_eq!(
        verdict(&back, "play", "claim", Statistic::P95),
        Verdict::Regressed
    );
    assert_eq!(back.verdict.conclusion, Conclusion::Worse);
}

#[test]
fn extremes_are_never_judged_and_few_samples_have_no_interval() {
    let comparison = with(|b| b.action("claim").median_us *= 10.0);
    for statistic in [Statistic::Min, Statistic::Max] {
        let reason = NotJudged::Extreme;
        assert_eq!(
            verdict(&comparison, "play", "claim", statistic),
            Verdict::NotJudged { reason }
        );
    }
    let row = comparison.action("play", "claim").unwrap();
    let p999 = row.statistic(Statistic::P999).unwrap();
    assert!(p999.change.as_ref().unwrap().certainty.is_none());
    assert!(p999.estimates.a.value.us().is_some());
    let reason = p999.estimates.a.no_interval;
    assert!(
        matches!(reason, Some(NoInterval::FewSamples { needed: 20_000, .. })),
        "{reason:?}"
    );
    // 12,000 arrivals: ten windows are too small for the p99, five are not.
    assert_eq!(
        row.statistic(Statistic::P99).unwrap().estimates.a.windows,
        Some(5)
    );
    assert_eq!(
        row.statistic(Statistic::P95).unwrap().estimates.a.windows,
        Some(10)
    );
}

/// 30/s for 40 s are 240 requests in each of five windows, too few for an interval of the p95 (400):
/// the share within the limit decides, on 1,200 requests.
#[test]
fn few_samples_are_held_against_a_limit_by_the_share_within_it() {
    let check = |limit_us: u64, expected: TargetVerdict| {
        let comparison = with(|b| {
            let claim = b.action("claim");
            claim.rate_per_s = 30;
            claim.targets = vec![LatencyTarget {
                quantile: 0.95,
                limit_us,
            }];
        });
        let rows = comparison.targets.iter();
        let mut rows = rows.filter(|row| {
            row.action.as_deref() == Some("claim")
                && matches!(row.target, Target::Latency { limit_us: us, .. } if us == limit_us)
        });
        let result = &rows.next().unwrap().results.b;
        assert!(result.within.is_some());
        assert!(matches!(&result.measured, Measured::Latency(e) if e.interval.is_none()));
        assert_eq!(result.verdict, expected, "{limit_us}: {result:?}");
    };
    check(20_000, TargetVerdict::Missed);
    check(500_000, TargetVerdict::Met);
}

#[test]
fn failures_do_not_make_a_run_look_faster() {
    // 99.99 % fail; the successes that are left are quick.
    let comparison = with(|b| {
        let claim = b.action("claim");
        claim.failed = 0.9999;
        claim.median_us /= 2.0;
    });
    let row = comparison.action("play", "claim").unwrap();
    let p50 = row.statistic(Statistic::P50).unwrap();
    assert_eq!(p50.estimates.b.value, Value::Unbounded);
    assert!(p50.estimates.b.over_successes.us().unwrap() < p50.estimates.a.value.us().unwrap());
    assert_eq!(p50.change, None);
    assert_eq!(p50.verdict, Verdict::OverloadBegan);
    assert_eq!(comparison.verdict.conclusion, Conclusion::Worse);
    let target = |side: Side| {
        let mut rows = comparison.targets.iter();
        let row = rows.find(|t| t.action.as_deref() == Some("claim")).unwrap();
        row.results.get(side).clone()
    };
    assert_eq!(target(Side::A).verdict, TargetVerdict::Met);
    assert_eq!(target(Side::B).verdict, TargetVerdict::Missed);
    assert_eq!(target(Side::B).ratio, None);
    let failures = comparison
        .failures
        .iter()
        .find(|f| f.kind == "http-503")
        .unwrap();
    assert_eq!(failures.counts.a, Some(0));
    assert!(failures.counts.b > Some(11_900));
}

#[test]
fn a_grace_long_enough_to_answer_everything_hides_no_overload() {
    let mut a = Synthetic::two_stages("p8");
    a.action("initialize-new").piled_up = 0.542;
    let b = Synthetic::two_stages("p9");
    let comparison = compared(&a, &b, &CompareOptions::default());
    let stage = comparison.validity.a.stage("init").unwrap();
    assert_eq!(
        (stage.state, stage.answered),
        (StageState::Overloaded, Some(1.0))
    );
    let backlog = stage.backlog.unwrap();
    assert_eq!(backlog.open, [1_686, 3_312, 4_938, 6_564]);
    assert!((backlog.answered - 0.453).abs() < 0.001);
    let row = comparison.action("init", "initialize-new").unwrap();
    assert_eq!(
        verdict(&comparison, "init", "initialize-new", Statistic::P95),
        Verdict::OverloadEnded
    );
    let answered = row.overloaded.a.unwrap();
    assert_eq!(
        (answered.share, answered.while_due),
        (backlog.answered, true)
    );
    let said = terminal(&build(&comparison)).replace('\n', " ");
    for words in [
        "p8 could not carry the load of stage init: 45 % of its arrivals were answered while they came due",
        "overloaded (45 % answered while due)",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_stage_that_was_behind_at_its_end_alone_is_not_overloaded() {
    // What is open at the end of every quarter is that of a steady 100 ms, however much it is.
    let steady = Synthetic::two_stages("p9");
    // A ramp has more in flight the higher its rate is.
    let mut ramp = steady.clone();
    ramp.rates = vec![(0, 0.0), (20, 1_200.0)];
    ramp.action("initialize-new").piled_up = 0.542;
    for run in [steady, ramp] {
        let comparison = compared(&run, &run, &CompareOptions::default());
        let stage = comparison.validity.a.stage("init").unwrap();
        assert_eq!((stage.state, stage.backlog), (StageState::Valid, None));
    }
}

#[test]
fn a_service_that_answers_13_percent_is_overloaded_not_slow() {
    let mut a = Synthetic::two_stages("p8");
    a.action("initialize-new").unsent = 0.87;
    a.saturated = vec!["init/load".into()];
    let b = Synthetic::two_stages("p9");
    let comparison = compared(&a, &b, &CompareOptions::default());
    assert_eq!(comparison.validity.a.state, RunState::Overloaded);
    let stage = comparison.validity.a.stage("init").unwrap();
    assert_eq!(stage.state, StageState::Overloaded);
    assert!((stage.answered.unwrap() - 0.13).abs() < 0.001);
    let row = comparison.action("init", "initialize-new").unwrap();
    assert!((row.overloaded.a.unwrap().share - 0.13).abs() < 0.001);
    assert_eq!(row.overloaded.b, None);
    for one in row.statistics.iter().filter(|s| s.tolerance.is_some()) {
        assert_eq!(one.verdict, Verdict::OverloadEnded, "{}", one.statistic);
        let certainty = one.change.as_ref().and_then(|c| c.certainty.as_ref());
        assert_eq!(certainty, None);
    }
    // The other stage was not overloaded and is compared as ever.
    assert!(!matches!(
        verdict(&comparison, "play", "list", Statistic::P95),
        Verdict::OverloadEnded | Verdict::NotJudged { .. }
    ));
    assert_eq!(comparison.verdict.conclusion, Conclusion::Better);
    let back = compared(&b, &a, &CompareOptions::default());
    assert_eq!(
        verdict(&back, "init", "initialize-new", Statistic::P95),
        Verdict::OverloadBegan
    );
}

#[test]
fn finite_to_unbounded_is_a_regression_without_overload() {
    // 99.5 % answered: not overloaded, but no p99.9.
    let comparison = with(|b| b.action("claim").failed = 0.005);
    assert_eq!(comparison.validity.b.state, RunState::Valid);
    assert_eq!(
        verdict(&comparison, "play", "claim", Statistic::P999),
        Verdict::Regressed
    );
    let stage = comparison
        .stages
        .iter()
        .find(|s| s.stage == "play")
        .unwrap();
    assert_eq!(stage.success.verdict, Verdict::Regressed);
    assert!((stage.success.difference.unwrap().points + 0.25).abs() < 0.01);
    let mut a = Synthetic::two_stages("p8");
    a.action("claim").failed = 0.005;
    let both = compared(&a, &a.clone(), &CompareOptions::default());
    let reason = NotJudged::BothUnbounded;
    assert_eq!(
        verdict(&both, "play", "claim", Statistic::P999),
        Verdict::NotJudged { reason }
    );
}

#[test]
fn another_load_is_not_compared_unless_forced() {
    let change = |b: &mut Synthetic| {
        b.action("claim").rate_per_s = 310;
        b.seed = 2;
    };
    let comparison = with(change);
    assert!(!comparison.comparable.judged);
    let told: Vec<String> = comparison
        .comparable
        .differences
        .iter()
        .map(|d| {
            format!(
                "{}: {} / {} {}",
                d.what,
                d.a,
                d.b,
                if d.forbids { "!" } else { "" }
            )
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    let reason = NotJudged::NotComparable;
    assert_eq!(
        verdict(&comparison, "play", "list", Statistic::P95),
        Verdict::NotJudged { reason }
    );
    assert_eq!(comparison.verdict.conclusion, Conclusion::NotComparable);
    assert_eq!(
        comparison.verdict.actions,
        VerdictCounts {
            not_judged: 3,
            ..VerdictCounts::default()
        }
    );
    // Targets need no other run.
    assert_eq!(comparison.verdict.targets.b.not_judged, 0);

    let mut b = Synthetic::two_stages("p9");
    change(&mut b);
    let options = CompareOptions {
        force: true,
        ..CompareOptions::default()
    };
    let forced = compared(&Synthetic::two_stages("p8"), &b, &options);
    assert!(forced.comparable.judged && forced.comparable.forced);
    assert!(!matches!(
        verdict(&forced, "play", "list", Statistic::P95),
        Verdict::NotJudged { .. }
    ));
}

#[test]
fn other_data_are_another_load_and_another_seed_is_not() {
    let comparison = with(|b| b.scenario = "name = \"synthetic\" # other users\n".into());
    assert!(!comparison.comparable.judged);
    assert_eq!(comparison.comparable.differences[0].what, Aspect::Scenario);
    assert!(with(|b| b.seed = 9).comparable.judged);
    // The same file may include another text, and a command line may change the number of users.
    let included = with(|b| b.included = Some("[users]".into()));
    assert!(!included.comparable.judged);
    assert_eq!(included.comparable.differences[0].what, Aspect::Scenario);
    let mut a = Synthetic::two_stages("p8");
    a.users = Some(100);
    let mut b = Synthetic::two_stages("p9");
    assert!(
        compared(&a, &b, &CompareOptions::default())
            .comparable
            .judged
    );
    b.users = Some(10);
    let fewer = compared(&a, &b, &CompareOptions::default());
    assert!(!fewer.comparable.judged);
    assert_eq!(fewer.comparable.differences[0].what, Aspect::Users);
}

#[test]
fn swapping_the_runs_mirrors_every_verdict() {
    let mirrored = |verdict: Verdict| match verdict {
        Verdict::Regressed => Verdict::Improved,
        Verdict::Improved => Verdict::Regressed,
        Verdict::OverloadBegan => Verdict::OverloadEnded,
        Verdict::OverloadEnded => Verdict::OverloadBegan,
        Verdict::NotJudged {
            reason: NotJudged::Overloaded { side: Side::A },
        } => Verdict::NotJudged {
            reason: NotJudged::Overloaded { side: Side::B },
        },
        Verdict::NotJudged {
            reason: NotJudged::Overloaded { side: Side::B },
        } => Verdict::NotJudged {
            reason: NotJudged::Overloaded { side: Side::A },
        },
        same => same,
    };
    for (slower, failed, unsent) in [
        (1.0, 0.0, 0.0),
        (1.03, 0.0, 0.0),
        (1.08, 0.004, 0.0),
        (1.5, 0.0, 0.6),
        (4.0, 0.008, 0.0),
        (0.2, 0.4, 0.0),
    ] {
        let a = Synthetic::two_stages("p8");
        let mut b = Synthetic::two_stages("p9");
        let claim = b.action("claim");
        (claim.median_us, claim.failed, claim.unsent) = (claim.median_us * slower, failed, unsent);
        let forth = compared(&a, &b, &CompareOptions::default());
        let back = compared(&b, &a, &CompareOptions::default());
        for (x, y) in forth.actions.iter().zip(&back.actions) {
            for (x, y) in x.statistics.iter().zip(&y.statistics) {
                assert_eq!(
                    x.verdict,
                    mirrored(y.verdict),
                    "{} at {slower} {failed} {unsent}",
                    x.statistic
                );
            }
        }
        for (x, y) in forth.stages.iter().zip(&back.stages) {
            assert_eq!(x.success.verdict, mirrored(y.success.verdict));
        }
    }
}
