//! `brunt import figures`, and the report on what two documents state.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const RECORDED: &str = "results/examples/recorded-phases-8-9/phases-8-9.json";

fn brunt(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Imports `file` into `out`; what is printed, and what is said.
fn import(file: &Path, out: &Path) -> (Option<i32>, String, String) {
    let output = brunt(&["import", "figures", path(file), "--out", path(out)]);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[test]
fn the_recorded_phases_are_compared_by_what_their_document_states() {
    let temp = tempfile::tempdir().unwrap();
    let (code, printed, said) = import(Path::new(RECORDED), temp.path());
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("phase8: init sends initialize-new; gameplay sends initialize-returning, challenges, set-active; events sends events"), "{said}");
    let dirs: Vec<&str> = printed.lines().collect();
    let report = temp.path().join("report.md");
    let json = temp.path().join("report.json");
    let html = temp.path().join("report.html");
    let output = brunt(&[
        "compare",
        dirs[0],
        dirs[1],
        "--md",
        path(&report),
        "--json",
        path(&json),
        "--html",
        path(&html),
    ]);
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    let markdown = fs::read_to_string(report).unwrap().replace('\\', "");
    for right in [
        "-78.8 % (4.71× faster)",
        "-75.1 %",
        "-80.8 %",
        "-63.3 %",
        "-47.4 % (1.90× faster)",
        "-54.9 %",
        "-69.0 %",
        "+25.6 % (1.26× slower)",
        "+15.7 %",
        "-4.8 %",
        "-12.4 %",
        "-36.4 %",
        "+129.9 % (2.30× slower)",
        "+73.8 %",
        "+87.5 %",
        "missed, 54×",
        "missed, 89.4×",
        "missed, 1.57×",
        "missed, 5.01×",
        "headroom 86.9 %",
        "87.63 %",
        "+12.4 points",
        "580 of 4,687",
        "12.37 %",
        "-98.0 % (50× fewer)",
        "1,033 of 544,105",
        "1,015 of 517,174",
        "13.02 % of its load: 4,687 of 36,000 requests",
        "577 requests were in flight",
        "there are 899,914 left",
    ] {
        assert!(markdown.contains(right), "{right} is missing");
    }
    // What the table says of itself is nobody's claim.
    let (report, _) = markdown
        .split_once("The table of figures says of itself")
        .unwrap();
    for wrong in [
        "471", "52 %", "99 %", "+20 %", "+54 %", "12.9", "0.00 %", "300,000", "99.89", "ACHIEVED",
        "~",
    ] {
        assert!(!report.contains(wrong), "{wrong} is there");
    }
    let json: serde_json::Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
    assert_eq!(json["targets"][0]["results"]["b"]["ratio"], 54.0);
    let html = fs::read_to_string(html).unwrap();
    assert!(html.contains("No verdict: documents state these figures"));
}

#[test]
fn nothing_is_overwritten_and_nothing_else_is_made_of_it() {
    let temp = tempfile::tempdir().unwrap();
    let (_, printed, _) = import(Path::new(RECORDED), temp.path());
    let (code, _, said) = import(Path::new(RECORDED), temp.path());
    assert_eq!(code, Some(2));
    assert!(said.contains("exists already"), "{said}");
    let dirs: Vec<&str> = printed.lines().collect();
    let recorded = tempfile::tempdir().unwrap();
    fs::write(recorded.path().join("counts.csv"), "").unwrap();
    for (args, expected) in [
        (
            vec!["gate", dirs[0], dirs[1]],
            "holds the figures of a document",
        ),
        (
            vec!["compare", dirs[0], dirs[1], dirs[0]],
            "figures of 3 documents: two are compared at a time",
        ),
        (
            vec!["compare", dirs[0], path(recorded.path())],
            "compare two of one kind",
        ),
    ] {
        let output = brunt(&args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let said = text(&output.stderr);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn every_mistake_of_the_file_is_told() {
    let temp = tempfile::tempdir().unwrap();
    let file = temp.path().join("figures.json");
    fs::write(
        &file,
        r#"{
  "plan": { "load": { "offered_rps": 100, "second": 60 } },
  "phases": [
    { "name": "", "endpoints": { "list": { "p95_ms": -3, "p50_ms": "fast", "failed": 1.5 } }, "verdict": "good" },
    { "name": "b", "endpoints": { "list": { "p50_ms": 9, "p95_ms": 3, "failed": 7, "total": 2 } } }
  ],
  "target": {}
}"#,
    )
    .unwrap();
    let (code, _, said) = import(&file, temp.path());
    assert_eq!(code, Some(2));
    insta::assert_snapshot!(said.replace(path(temp.path()), "DIR"));
    fs::write(&file, "{\n\"plan\": ,\n}").unwrap();
    let (_, _, said) = import(&file, temp.path());
    assert!(said.contains("figures.json:2: expected value"), "{said}");
}
