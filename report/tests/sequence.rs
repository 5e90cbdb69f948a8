//! Runs in a row: what each step changed, and what all of them come to.

#![allow(clippy::unwrap_used)]

mod page;
mod support;

use std::path::{Path, PathBuf};

use brunt_report::comparison::{Conclusion, Side};
use brunt_report::render::{html, markdown, terminal_in};
use brunt_report::{Against, CompareOptions, Sequence, document, load_all};
use page::Page;
use support::Synthetic;

fn sequence(folder: &Path, runs: &[Synthetic], against: Against) -> Option<Sequence> {
    let dirs: Vec<_> = (0..)
        .map(|i: usize| folder.join(i.to_string()))
        .zip(runs)
        .map(|(parent, run)| run.write(&parent))
        .collect();
    let dirs: Vec<&Path> = dirs.iter().map(PathBuf::as_path).collect();
    let runs = load_all(&dirs).unwrap();
    Sequence::of(&runs, against, &CompareOptions::default())
}

/// Overloaded, then fast, then the same once more, then slow in one action.
fn story() -> Vec<Synthetic> {
    let mut overloaded = Synthetic::two_stages("phase8");
    overloaded.action("initialize-new").piled_up = 0.542;
    let fast = Synthetic::two_stages("phase9");
    let mut same = Synthetic::two_stages("phase10");
    same.seed = 2;
    let mut slow = Synthetic::two_stages("phase11");
    slow.action("claim").median_us *= 2.0;
    vec![overloaded, fast, same, slow]
}

#[test]
fn every_run_is_held_against_the_one_before_it() {
    let temp = tempfile::tempdir().unwrap();
    let sequence = sequence(temp.path(), &story(), Against::Previous).unwrap();
    let conclusions: Vec<_> = sequence
        .steps
        .iter()
        .map(|step| step.verdict.conclusion)
        .collect();
    assert_eq!(
        conclusions,
        [
            Conclusion::Better,
            Conclusion::Inconclusive,
            Conclusion::Worse
        ]
    );
    assert_eq!(sequence.whole.verdict.conclusion, Conclusion::Mixed);
    let phases: Vec<_> = sequence.runs.iter().map(|run| run.phase.as_str()).collect();
    assert_eq!(phases, ["phase8", "phase9", "phase10", "phase11"]);
    for (i, step) in sequence.steps.iter().enumerate() {
        assert_eq!(step.runs.get(Side::A), &sequence.runs[i]);
        assert_eq!(step.runs.get(Side::B), &sequence.runs[i + 1]);
    }

    let document = document::sequence(&sequence);
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    for absent in ["00A0\"", "NaN", "~"] {
        assert!(!page.contains(absent), "{absent}");
    }
    let markdown = markdown(&document, "charts");
    assert_eq!(markdown.files.len(), 3, "one an action");
    for (_, svg) in &markdown.files {
        Page::parse(std::str::from_utf8(svg).unwrap()).unwrap();
    }
    insta::assert_snapshot!("markdown", markdown.text);
    insta::assert_snapshot!("terminal", terminal_in(&document, 40));
}

#[test]
fn every_run_may_be_held_against_the_first() {
    let temp = tempfile::tempdir().unwrap();
    let runs = &story()[1..];
    let sequence = sequence(temp.path(), runs, Against::First).unwrap();
    for (i, step) in sequence.steps.iter().enumerate() {
        assert_eq!(step.runs.get(Side::A), &sequence.runs[0]);
        assert_eq!(step.runs.get(Side::B), &sequence.runs[i + 1]);
    }
    let document = document::sequence(&sequence);
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    insta::assert_snapshot!("against_the_first", markdown(&document, "charts").text);
}

#[test]
fn one_run_is_no_sequence() {
    let temp = tempfile::tempdir().unwrap();
    assert_eq!(
        sequence(temp.path(), &story()[..1], Against::Previous),
        None
    );
}

#[test]
fn runs_of_one_phase_are_told_apart_by_their_place() {
    let temp = tempfile::tempdir().unwrap();
    let runs = [
        Synthetic::two_stages("phase9"),
        Synthetic::two_stages("phase9"),
        Synthetic::two_stages("phase<b>10"),
    ];
    let sequence = sequence(temp.path(), &runs, Against::Previous).unwrap();
    let document = document::sequence(&sequence);
    let text = terminal_in(&document, 40);
    assert!(
        text.contains("phase9 (1)") && text.contains("phase9 (2)"),
        "{text}"
    );
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    assert!(!page.contains("phase<b>10"));
}

#[test]
fn a_target_that_only_later_runs_have_is_named_in_its_row() {
    let temp = tempfile::tempdir().unwrap();
    let mut runs = story();
    for early in &mut runs[..3] {
        early.action("claim").targets.clear();
    }
    let document = document::sequence(&sequence(temp.path(), &runs, Against::Previous).unwrap());
    let text = markdown(&document, "charts").text;
    let row = text.lines().find(|line| line.contains("missed, 1.55×"));
    let row = row.unwrap();
    assert!(row.starts_with("| play / claim<br>"), "{row}");
    // Its name, and one cell a run.
    assert_eq!(row.matches(" |").count(), 1 + runs.len(), "{row}");
}
