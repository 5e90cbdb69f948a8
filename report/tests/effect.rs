//! Actions that did not do what they declare.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_record::Effect;
use brunt_report::comparison::{Finding, NotJudged, Side, Statistic, TargetVerdict, Verdict};
use brunt_report::gate::RuleOutcome;
use brunt_report::{CompareOptions, Comparison, Rule, Run, compare, gate, load};
use support::Synthetic;
use support::gauges::{counter, evidence};

const INSERTED: &str = "table_inserts_total{table=\"progress\"}";

/// 600 new users a second in "init" declare ten rows each; the database inserts `rows_per_s`.
fn run(phase: &str, rows_per_s: Option<f64>) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let mut synthetic = Synthetic::two_stages(phase);
    synthetic.action("initialize-new").effect = Some(Effect {
        table: "progress".into(),
        inserts: 10,
    });
    let mut run = load(&synthetic.write(temp.path())).unwrap();
    let rows = rows_per_s.map(|per_s| counter("postgres/main", INSERTED, per_s, 10));
    run.evidence = evidence(rows.into_iter().collect());
    run
}

fn compared(a: Option<f64>, b: Option<f64>) -> Comparison {
    let (a, b) = (run("p8", a), run("p9", b));
    compare(&a, &b, &CompareOptions::default())
}

#[test]
fn an_action_that_inserted_less_than_it_declares_is_not_judged() {
    let unseen = |side| NotJudged::EffectUnseen { side };
    for (a, b, expected) in [
        (Some(6_000.0), Some(6_000.0), None),
        // Eager rows are more than declared; a counter trails by a second; nobody counted.
        (Some(300_000.0), Some(5_500.0), None),
        (None, Some(6_000.0), None),
        // Reads of one user.
        (Some(6_000.0), Some(12.0), Some(unseen(Side::B))),
        (Some(12.0), Some(6_000.0), Some(unseen(Side::A))),
    ] {
        let comparison = compared(a, b);
        let row = comparison.action("init", "initialize-new").unwrap();
        let verdict = row.statistic(Statistic::P95).unwrap().verdict;
        let told = match verdict {
            Verdict::NotJudged { reason } => Some(reason),
            _ => None,
        };
        assert_eq!(told, expected, "{a:?} {b:?}");
        let other = comparison.action("play", "list").unwrap();
        let other = other.statistic(Statistic::P95).unwrap().verdict;
        assert!(!matches!(other, Verdict::NotJudged { .. }), "{other:?}");
    }
}

#[test]
fn neither_its_targets_nor_rules_on_it_are_judged_and_the_report_says_why() {
    let comparison = compared(Some(6_000.0), Some(12.0));
    let reason = NotJudged::EffectUnseen { side: Side::B };
    let mut targets = comparison.targets.iter();
    let of_action = |action: &Option<String>| action.as_deref() == Some("initialize-new");
    let target = targets.find(|row| of_action(&row.action)).unwrap();
    assert_eq!(target.results.a.verdict, TargetVerdict::Met);
    let not_judged = TargetVerdict::NotJudged { reason };
    assert_eq!(target.results.b.verdict, not_judged);

    let rules = ["init: p95 < 50ms", "init: p95 +10%"].map(|text| Rule::parse(text).unwrap());
    let outcome = gate(&rules, &comparison);
    let outcomes = outcome.rows.iter().map(|row| row.outcome);
    assert!(outcomes.eq([RuleOutcome::NotJudged; 2]), "{outcome:?}");

    let findings = &comparison.validity.b.findings;
    let found = findings.iter().find_map(|finding| match finding {
        Finding::EffectUnseen { expected, seen, .. } => Some((*expected, *seen, finding)),
        _ => None,
    });
    let (expected, seen, finding) = found.unwrap();
    assert_eq!((expected, seen), (120_000, 240));
    assert!(finding.to_string().starts_with(
        "init/initialize-new: it declares that each success inserts 10 rows into progress, 120,000 in the stage, and the database inserted 240."
    ), "{finding}");
}
