//! Several runs a side: what becomes of values, counts and verdicts.

#![allow(clippy::unwrap_used)]

mod support;

use brunt_report::comparison::{
    Conclusion, CriterionKind, NoiseSource, NotJudged, RunState, Side, Spread, Standing, Statistic,
    Value, Verdict,
};
use brunt_report::gate::Why;
use brunt_report::{CompareOptions, Comparison, Rule, Run, compare, compare_sets, gate, load};
use support::Synthetic;

fn run(id: &str, by: f64, change: impl Fn(&mut Synthetic)) -> Run {
    let temp = tempfile::tempdir().unwrap();
    let mut run = Synthetic::two_stages(id);
    for action in run.stages.iter_mut().flat_map(|stage| &mut stage.actions) {
        action.median_us *= by;
    }
    change(&mut run);
    load(&run.write(temp.path())).unwrap()
}

fn p95(comparison: &Comparison) -> &brunt_report::comparison::StatisticComparison {
    let claim = comparison.action("play", "claim").unwrap();
    claim.statistic(Statistic::P95).unwrap()
}

fn us(value: Value) -> f64 {
    value.us().unwrap()
}

#[test]
fn one_run_a_side_is_the_same_as_a_pair() {
    let (a, b) = (run("p8", 1.0, |_| {}), run("p9", 1.2, |_| {}));
    let options = CompareOptions::default();
    let pair = compare(&a, &b, &options);
    let sets = compare_sets(std::slice::from_ref(&a), &[b], &options).unwrap();
    assert!(pair == sets);
    assert!(compare_sets(&[a], &[], &options).is_none());
}

#[test]
fn values_are_geometric_means_and_counts_are_sums() {
    let options = CompareOptions::default();
    // By less than the floor: what one run differs from the next by does not decide.
    let a = [run("p8", 1.0, |_| {}), run("p8b", 1.0404, |_| {})];
    let b = [
        run("p9", 1.5, |_| {}),
        run("p9b", 1.5, |_| {}),
        run("p9c", 1.5, |_| {}),
    ];
    let alone = compare(&a[0], &b[0], &options);
    let both = compare_sets(&a, &b, &options).unwrap();
    let [alone_p95, set_p95] = [&alone, &both].map(p95);
    let ratio = us(set_p95.estimates.a.value) / us(alone_p95.estimates.a.value);
    assert!((ratio - 1.02).abs() < 2e-3, "{ratio}");
    let certainty = |c: &Comparison| p95(c).change.clone().unwrap().certainty.unwrap();
    let [one, set] = [&alone, &both].map(certainty);
    assert_eq!((set.runs.a, set.runs.b), (2, 3));
    // s_AA²(1/2 + 1/3) against s_AA²(1 + 1).
    let narrower = set.standard_error / one.standard_error;
    assert!(
        (narrower - (5.0f64 / 12.0).sqrt()).abs() < 1e-9,
        "{narrower}"
    );
    let offered = |c: &Comparison| {
        let row = c.action("play", "claim").unwrap();
        let counts = row.counts.map(|counts| counts.unwrap().offered);
        let success = row.success.sides.map(|success| success.offered);
        (counts.a, counts.b, success.a, success.b)
    };
    assert_eq!(offered(&alone), (12_000, 12_000, 12_000, 12_000));
    assert_eq!(offered(&both), (24_000, 36_000, 24_000, 36_000));
    let of_target = |c: &Comparison| c.targets[0].results.b.within.unwrap().offered;
    assert_eq!(of_target(&both), 3 * of_target(&alone));
    assert_eq!(both.repeats.a.len() + both.repeats.b.len(), 3);
}

#[test]
fn one_bad_run_spoils_its_side() {
    let options = CompareOptions::default();
    let sets = |a: &[Run], b: &[Run]| compare_sets(a, b, &options).unwrap();
    let good = || run("p8", 1.0, |_| {});
    let late = run("p9", 1.0, |run| run.clock_step_us = 1_000_000);
    let invalid = sets(&[good(), good()], &[good(), late]);
    assert_eq!(invalid.verdict.conclusion, Conclusion::Invalid);
    assert_eq!(invalid.repeats.b[0].state, RunState::Invalid);
    let other = run("p9", 1.0, |run| run.action("list").rate_per_s = 320);
    let foreign = sets(&[good(), other], &[good(), good()]);
    assert_eq!(foreign.verdict.conclusion, Conclusion::NotComparable);
    let said = &foreign.comparable.differences;
    assert!(
        said.iter()
            .any(|d| d.forbids && d.b.contains("20260101-120000-p9")),
        "{said:?}"
    );
    let overloaded = run("p9", 1.0, |run| run.action("claim").unsent = 0.8);
    let began = sets(&[good(), good()], &[good(), overloaded]);
    let rules = [Rule::parse("claim: p95 +10%").unwrap()];
    assert_eq!(gate(&rules, &began).exit_code(), 1);
}

#[test]
fn one_run_that_drifts_leaves_its_side_undecided() {
    let good = || run("p8", 1.0, |_| {});
    let drifting = run("p9", 1.0, |run| run.action("list").growth = 0.8);
    let sets = compare_sets(
        &[good(), good()],
        &[good(), drifting],
        &CompareOptions::default(),
    );
    let comparison = sets.unwrap();
    let of = |side| {
        let mut criteria = comparison.readiness.criteria.iter();
        let stability = criteria.find(|one| one.what == CriterionKind::Stability);
        stability.unwrap().sides.get(side).standing
    };
    assert_eq!(of(Side::A), Standing::Passed);
    assert_eq!(of(Side::B), Standing::Undecided);
}

#[test]
fn pairs_need_no_noise_floor() {
    // The machine moves by a third from pair to pair; B is 20 % slower in each.
    let moves = [1.0, 1.3, 0.9, 1.1];
    let side = |name: &str, by: f64| -> Vec<Run> {
        let runs = moves.iter().enumerate();
        let stray = |i: usize| 1.0 + 0.004 * i as f64;
        runs.map(|(i, moved)| run(&format!("{name}{i}"), moved * by * stray(i), |_| {}))
            .collect()
    };
    let (a, b) = (side("a", 1.0), side("b", 1.2));
    let same = side("c", 1.0);
    let options = CompareOptions {
        paired: true,
        ..CompareOptions::default()
    };
    let rules = [Rule::parse("p95 +5%").unwrap()];
    let code = |b: &[Run], options: &CompareOptions| {
        gate(&rules, &compare_sets(&a, b, options).unwrap()).exit_code()
    };
    assert_eq!((code(&b, &options), code(&same, &options)), (1, 0));
    let unpaired = CompareOptions::default();
    assert_eq!(code(&same, &unpaired), 3);
    let comparison = compare_sets(&a, &b, &options).unwrap();
    let certainty = p95(&comparison).change.clone().unwrap().certainty.unwrap();
    assert_eq!(certainty.noise.source, NoiseSource::Paired { pairs: 4 });
    assert_eq!(certainty.degrees_of_freedom, Some(3.0));
    assert_eq!(certainty.spread, Spread::Pairs);

    // Too few requests for an interval within a run, which pairs do not ask for.
    let p999 = |comparison: &Comparison| {
        let claim = comparison.action("play", "claim").unwrap();
        claim.statistic(Statistic::P999).unwrap().clone()
    };
    let paired = p999(&comparison);
    assert_eq!(paired.verdict, Verdict::Regressed);
    assert_eq!(paired.estimates.a.interval, None);
    let certainty = paired.change.unwrap().certainty.unwrap();
    assert_eq!(certainty.variances.a, None);
    let few = Verdict::NotJudged {
        reason: NotJudged::FewSamples,
    };
    let alone = compare_sets(&a, &b, &unpaired).unwrap();
    assert_eq!(p999(&alone).verdict, few);
}

#[test]
fn runs_that_differ_by_more_than_the_floor_say_so_themselves() {
    // B is 12 % slower, which 5 % of noise would tell, and the runs of a side differ by 15 %.
    let side = |name: &str, by: f64| -> Vec<Run> {
        let moves = [1.0, 1.16, 0.86].into_iter().enumerate();
        moves
            .map(|(i, moved)| run(&format!("{name}{i}"), moved * by, |_| {}))
            .collect()
    };
    let (a, b) = (side("a", 1.0), side("b", 1.12));
    let comparison = compare_sets(&a, &b, &CompareOptions::default()).unwrap();
    let p95 = p95(&comparison);
    assert_eq!(p95.verdict, Verdict::Inconclusive);
    let certainty = p95.change.as_ref().unwrap().certainty.as_ref().unwrap();
    assert_eq!(certainty.spread, Spread::BetweenRuns);
    assert_eq!(certainty.degrees_of_freedom, Some(4.0));
    let s = certainty.standard_error / (2.0f64 / 3.0).sqrt();
    assert!((s - 0.15).abs() < 5e-3, "{s}");
    // How many it takes follows from what they show, not from the floor.
    let rules = [Rule::parse("claim: p95 +40%").unwrap()];
    let Why::CannotResolve { needed, .. } = gate(&rules, &comparison).rows[0].why else {
        panic!("{:?}", gate(&rules, &comparison).rows[0]);
    };
    assert_eq!(needed, Some(4));
}
