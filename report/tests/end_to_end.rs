//! From two records on disk to a report.

#![allow(clippy::unwrap_used)]

mod page;
mod support;

use std::path::Path;

use brunt_report::document::build;
use brunt_report::render::{html, markdown, summary, terminal};
use brunt_report::{CompareOptions, compare, run};
use page::Page;
use support::Synthetic;

#[test]
fn two_records_become_a_report() {
    let temp = tempfile::tempdir().unwrap();
    let mut a = Synthetic::two_stages("phase8");
    a.action("initialize-new").unsent = 0.5;
    a.action("initialize-new").failed = 0.1;
    a.action("list").failed = 0.002;
    let mut b = Synthetic::two_stages("phase9");
    b.action("claim").median_us = 9_000.0;
    b.action("list").median_us = 3_600.0;
    let (mut a, mut b) = run::load_pair(&a.write(temp.path()), &b.write(temp.path())).unwrap();
    "runs/phase8".clone_into(&mut a.label);
    "runs/phase9".clone_into(&mut b.label);
    let document = build(&compare(&a, &b, &CompareOptions::default()));
    let page = html(&document).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    insta::assert_snapshot!("markdown", markdown(&document, "charts").text);
    insta::assert_snapshot!("terminal", terminal(&document));
    insta::assert_snapshot!("summary", summary(&document));
}

#[test]
fn notes_beside_a_record_are_told_as_notes() {
    let temp = tempfile::tempdir().unwrap();
    let [a, b] = ["phase8", "phase9"].map(|phase| Synthetic::two_stages(phase).write(temp.path()));
    let document = |a: &Path, b: &Path| {
        let (a, b) = run::load_pair(a, b).unwrap();
        build(&compare(&a, &b, &CompareOptions::default()))
    };
    let without = html(&document(&a, &b)).unwrap();
    assert!(!without.contains("Note on"));
    std::fs::write(
        b.join("notes.md"),
        "# Why\n\nThe pool was **raised**. <script>x</script>\n",
    )
    .unwrap();
    let noted = document(&a, &b);
    let page = html(&noted).unwrap();
    Page::parse(&page).unwrap().check_ids().unwrap();
    assert!(
        page.contains("Note on phase9")
            && page.contains("<strong>raised</strong>")
            && !page.contains("<script>x")
    );
    let text = markdown(&noted, "charts").text;
    assert!(
        text.contains("### Note on phase9\n\n> # Why\n>\n> The pool was **raised**."),
        "{text}"
    );
    // They are no part of the record: it stays whole.
    assert!(text.contains("phase9: valid, without a warning"), "{text}");
}
