//! Response times that are longer than records tell apart: said as such, never as the figure at which
//! histograms end.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::LatencyTarget;
use brunt_report::comparison::{
    NoInterval, NotJudged, Side, Statistic, StatisticComparison, TargetVerdict, Value, Verdict,
};
use brunt_report::document::build;
use brunt_report::gate::RuleOutcome;
use brunt_report::render::{html, markdown, terminal};
use brunt_report::{CompareOptions, Comparison, Rule, gate};
use support::{Synthetic, compared};

const BEYOND: &str = "≥ 120 s";

/// Two runs in which the median of one action is so many seconds; its p95 is twice that.
fn of(a_s: f64, b_s: f64) -> Comparison {
    let run = |phase: &str, median_s: f64| {
        let mut run = Synthetic::two_stages(phase);
        let claim = run.action("claim");
        claim.median_us = median_s * 1e6;
        claim.targets.push(LatencyTarget {
            quantile: 0.5,
            limit_us: 150_000_000,
        });
        run
    };
    let (a, b) = (run("p8", a_s), run("p9", b_s));
    compared(&a, &b, &CompareOptions::default())
}

fn claim(comparison: &Comparison, statistic: Statistic) -> &StatisticComparison {
    let row = comparison.action("play", "claim").unwrap();
    row.statistic(statistic).unwrap()
}

#[test]
fn a_change_to_what_is_not_told_apart_is_judged_where_it_is_sure() {
    let beyond = Verdict::NotJudged {
        reason: NotJudged::Beyond,
    };
    for (a_s, b_s, expected) in [
        (0.02, 300.0, Verdict::Regressed),
        (300.0, 0.02, Verdict::Improved),
        // 100 s -> 120 s or more is 20 % at least; from 118 s it may be less than matters.
        (100.0, 300.0, Verdict::Regressed),
        (300.0, 100.0, Verdict::Improved),
        (118.0, 300.0, beyond),
        (300.0, 118.0, beyond),
        (300.0, 200.0, beyond),
    ] {
        let comparison = of(a_s, b_s);
        let p50 = claim(&comparison, Statistic::P50);
        assert_eq!(p50.verdict, expected, "{a_s} s -> {b_s} s");
        assert_eq!(p50.change, None, "{a_s} s -> {b_s} s");
    }
}

#[test]
fn what_is_not_told_apart_has_neither_figure_nor_interval() {
    let comparison = of(0.02, 60.0);
    // Half of 60 s, and the tail above 120 s.
    let p50 = &claim(&comparison, Statistic::P50).estimates.b;
    assert!(p50.value.us().is_some() && p50.interval.is_some());
    for statistic in [Statistic::P99, Statistic::P999, Statistic::Max] {
        let b = &claim(&comparison, statistic).estimates.b;
        assert_eq!((b.value, b.interval), (Value::Beyond, None), "{statistic}");
    }
    let p99 = &claim(&comparison, Statistic::P99).estimates.b;
    assert_eq!(p99.no_interval, Some(NoInterval::Beyond));
    // Of a sum with unknown parts there is no mean.
    let mean = &claim(&comparison, Statistic::Mean).estimates.b;
    assert_eq!(mean.value, Value::NotMeasured);

    let document = build(&comparison);
    let texts = [
        markdown(&document, "charts").text,
        terminal(&document),
        html(&document).unwrap(),
    ];
    assert!(texts[0].contains(BEYOND) && texts[2].contains(BEYOND));
    for text in texts {
        for figure in ["120.0", "120.06", "134"] {
            let said = text.match_indices(figure).any(|(at, _)| {
                let rest = &text[at..];
                rest.split_whitespace().nth(1) == Some("s")
            });
            assert!(!said, "{figure} s");
        }
    }
}

#[test]
fn a_limit_below_is_missed_and_one_above_cannot_be_told() {
    let comparison = of(0.02, 300.0);
    let outcome = |quantile: f64| {
        let mut rows = comparison.targets.iter();
        let row = rows.find(|row| {
            row.action.as_deref() == Some("claim")
                && matches!(row.target, brunt_report::comparison::Target::Latency { quantile: q, .. } if (q - quantile).abs() < 1e-9)
        });
        row.unwrap().results.get(Side::B).clone()
    };
    let below = outcome(0.95);
    assert_eq!((below.verdict, below.ratio), (TargetVerdict::Missed, None));
    let above = outcome(0.5);
    assert_eq!(above.verdict, TargetVerdict::Inconclusive);
    assert_eq!(above.within, None, "who knows how many were within 150 s");

    for (rule, expected, why) in [
        ("claim: p50 < 50ms", RuleOutcome::Failed, BEYOND),
        ("claim: p50 < 200s", RuleOutcome::Inconclusive, BEYOND),
        ("claim: p50 +10%", RuleOutcome::Failed, BEYOND),
    ] {
        let row = &gate(&[Rule::parse(rule).unwrap()], &comparison).rows[0];
        let said = row.why.to_string();
        assert_eq!(row.outcome, expected, "{rule}: {said}");
        assert!(said.contains(why), "{rule}: {said}");
    }
    // A fifth more at least: more than a tenth, and perhaps not a half.
    let comparison = of(100.0, 300.0);
    for (rule, expected) in [
        ("claim: p50 +10%", RuleOutcome::Failed),
        ("claim: p50 +50%", RuleOutcome::Inconclusive),
    ] {
        let row = &gate(&[Rule::parse(rule).unwrap()], &comparison).rows[0];
        assert_eq!(row.outcome, expected, "{rule}: {}", row.why);
    }
}
