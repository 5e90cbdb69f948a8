//! Every sentence of a report is made from values of its JSON, and the ledger says which.

#![allow(clippy::unwrap_used)]

mod claims;
mod story;
mod support;

use std::path::Path;

use brunt_report::comparison::{Comparison, Statistic};
use brunt_report::document::{build, sequence, stated};
use brunt_report::stated::compare_if_stated;
use brunt_report::{Against, CompareOptions, ComparisonOutput, Sequence, load};
use claims::check;
use support::{Synthetic, compared};

fn check_pair(comparison: &Comparison) -> usize {
    check(comparison, &build(comparison))
}

#[test]
fn every_sentence_of_the_story_has_its_values() {
    assert!(check_pair(&story::comparison()) > 30);
}

#[test]
fn every_sentence_about_real_records_has_its_values() {
    let mut better = Synthetic::two_stages("phase9");
    better.action("claim").median_us = 9_000.0;
    better.action("list").median_us = 5_000.0;
    let mut failing = Synthetic::two_stages("phase9");
    failing.action("claim").failed = 0.02;
    failing.action("list").growth = 0.6;
    failing.action("list").lateness_us = 4_000;
    let mut overloaded = Synthetic::two_stages("phase9");
    overloaded.action("list").unsent = 0.3;
    let mut other = Synthetic::two_stages("phase9");
    other.seed = 7;
    other.stages[0].seconds = 30;
    for b in [better, failing, overloaded, other] {
        let a = Synthetic::two_stages("phase8");
        assert!(check_pair(&compared(&a, &b, &CompareOptions::default())) > 10);
    }
    let (a, b) = (Synthetic::closed("phase8"), Synthetic::closed("phase9"));
    check_pair(&compared(&a, &b, &CompareOptions::default()));
}

#[test]
fn every_sentence_about_runs_in_a_row_has_its_values() {
    let mut overloaded = Synthetic::two_stages("phase8");
    overloaded.action("initialize-new").piled_up = 0.542;
    let mut better = Synthetic::two_stages("phase9");
    better.action("claim").median_us = 9_000.0;
    let mut late = Synthetic::two_stages("phase10");
    late.action("list").lateness_us = 4_000;
    let mut invalid = Synthetic::two_stages("phase11");
    invalid.clock_step_us = 1_000_000;
    let mut other = Synthetic::two_stages("phase12");
    other.stages[0].seconds = 30;
    let phase8 = Synthetic::two_stages("phase8");
    for runs in [
        vec![overloaded, better.clone(), late, invalid],
        vec![phase8, better, other],
    ] {
        let temp = tempfile::tempdir().unwrap();
        let runs: Vec<_> = (0..)
            .zip(runs)
            .map(|(i, run): (u32, Synthetic)| {
                load(&run.write(&temp.path().join(i.to_string()))).unwrap()
            })
            .collect();
        for against in [Against::Previous, Against::First] {
            let made = Sequence::of(&runs, against, &CompareOptions::default()).unwrap();
            let document = sequence(&made);
            // A title, and a line a step; in the part of each step at least two.
            assert!(check(&made, &document) > 3 * made.steps.len());
            let title = document.claims().next().unwrap().1;
            assert!(!title.pointers.is_empty());
        }
    }
}

#[test]
fn every_sentence_about_what_documents_state_has_its_values() {
    let examples =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../results/examples/recorded-phases-8-9");
    let [a, b] = ["stated-phase8", "stated-phase9"].map(|name| examples.join(name));
    let told = |dirs: &[&Path]| {
        let comparison = compare_if_stated(dirs).unwrap().unwrap();
        check(&comparison, &stated(&comparison))
    };
    assert!(told(&[&a, &b]) > 20);
    told(&[&a, &a]);
}

#[test]
fn a_claim_names_where_its_values_stand() {
    let comparison = story::comparison();
    let output = ComparisonOutput::of(&comparison).unwrap();
    let claims = output.ledger.iter();
    let worst = claims
        .filter(|claim| claim.sentence.starts_with("Largest regression"))
        .collect::<Vec<_>>();
    let [worst] = &worst[..] else {
        panic!("{worst:?}");
    };
    assert_eq!(worst.section, "verdict");
    let at = comparison.actions[2]
        .statistics
        .iter()
        .position(|one| one.statistic == Statistic::P95)
        .unwrap();
    let pointer = format!("/actions/2/statistics/{at}/estimates/b/value/us");
    let p95 = &comparison.actions[2].statistics[at];
    let us = p95.estimates.b.value.us();
    assert_eq!(worst.values[&pointer].as_f64(), us);
    // What it says stands in the JSON itself.
    let json = serde_json::to_value(&output).unwrap();
    assert_eq!(json.pointer(&pointer), Some(&worst.values[&pointer]));
}
