//! Records with sessions: rows of their own, and nothing counted twice.

#![allow(clippy::unwrap_used)]

mod page;
mod support;

use brunt_record::LatencyTarget;
use brunt_report::comparison::{Conclusion, Statistic, TargetVerdict, Verdict};
use brunt_report::document::build;
use brunt_report::gate::RuleOutcome;
use brunt_report::render::{html, markdown};
use brunt_report::{CompareOptions, Comparison, Rule, compare, gate, load_pair};
use page::Page;
use support::{Action, Synthetic};

/// Beside the actions of "play" 300 sessions a second.
fn synthetic(phase: &str) -> Synthetic {
    let mut synthetic = Synthetic::two_stages(phase);
    let mut player = Action::new("player", 300, 60_000.0);
    player.targets = vec![LatencyTarget {
        quantile: 0.95,
        limit_us: 200_000,
    }];
    player.kind = "step-claim".into();
    synthetic.stages[1].actions.push(player);
    synthetic.sessions = vec!["player".into()];
    synthetic
}

fn with(change: impl FnOnce(&mut Synthetic)) -> Comparison {
    let temp = tempfile::tempdir().unwrap();
    let mut b = synthetic("p9");
    change(&mut b);
    let a = synthetic("p8").write(temp.path());
    let (a, b) = load_pair(&a, &b.write(temp.path())).unwrap();
    assert_eq!(b.problems, []);
    compare(&a, &b, &CompareOptions::default())
}

#[test]
fn sessions_stand_beside_the_actions_and_in_no_sum_of_them() {
    let without = {
        let temp = tempfile::tempdir().unwrap();
        let a = Synthetic::two_stages("p8").write(temp.path());
        let b = Synthetic::two_stages("p9").write(temp.path());
        let (a, b) = load_pair(&a, &b).unwrap();
        compare(&a, &b, &CompareOptions::default())
    };
    let comparison = with(|b| b.action("player").failed = 0.1);
    assert_eq!(comparison.stages, without.stages);
    assert_eq!(comparison.validity, without.validity);
    assert_eq!(comparison.actions.len(), without.actions.len());
    let [player] = &comparison.sessions[..] else {
        panic!("{:?}", comparison.sessions);
    };
    assert_eq!(player.counts.b.unwrap().failed, 1_200);
    assert_eq!(player.counts.b.unwrap().offered, 12_000);
    let kinds: Vec<_> = comparison.failures.iter().map(|f| &*f.kind).collect();
    assert_eq!(kinds, ["step-claim"]);
    let target = comparison.targets.iter();
    let target = target.filter(|t| t.action.as_deref() == Some("player"));
    let verdicts: Vec<_> = target
        .map(|t| (t.results.a.verdict, t.results.b.verdict))
        .collect();
    // A tenth of them failed: the p95 is beyond every success.
    assert_eq!(verdicts, [(TargetVerdict::Met, TargetVerdict::Missed)]);
}

#[test]
fn a_session_that_got_slower_is_a_regression_of_its_own() {
    let comparison = with(|b| b.action("player").median_us *= 2.0);
    let player = comparison.action("play", "player").unwrap();
    let p95 = player.statistic(Statistic::P95).unwrap();
    assert_eq!(p95.verdict, Verdict::Regressed);
    assert_eq!(comparison.verdict.actions.worse, 0);
    assert_eq!(comparison.verdict.sessions.worse, 1);
    assert_eq!(comparison.verdict.conclusion, Conclusion::Worse);
    let outcome = |rule: &str| {
        let rules = [Rule::parse(rule).unwrap()];
        let rows = gate(&rules, &comparison).rows;
        rows.iter().map(|row| row.outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcome("play/player: p95 +10%"), [RuleOutcome::Failed]);
    assert_eq!(outcome("p95 +10%").len(), 3, "of the actions");
}

#[test]
fn the_report_names_sessions_as_such() {
    let comparison = with(|b| b.action("player").failed = 0.1);
    let document = build(&comparison);
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    let text = markdown(&document, "charts").text;
    let (_, section) = text.split_once("## Comparison by session").unwrap();
    let (section, _) = section.split_once("\n## Failures").unwrap();
    insta::assert_snapshot!("section", section);
    assert!(text.contains("play / session player"));
    let targets = text.split_once("## Targets").unwrap().1;
    assert!(
        targets
            .split_once("\n## ")
            .unwrap()
            .0
            .contains("play / session player")
    );
}
