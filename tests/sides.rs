//! The runs of each side at the command line: records, folders of them, baselines, pairs.

#![allow(clippy::unwrap_used)]

#[path = "support/records.rs"]
mod records;

use records::{brunt_in, copies, text};

#[test]
fn sides_are_records_or_folders_of_them() {
    let temp = tempfile::tempdir().unwrap();
    let records = copies(temp.path(), 4);
    let rule = ["--rule", "init/*: p95 +50%", "--json", "gate.json"];
    let named = [
        "--baseline",
        &records[0],
        "--baseline",
        &records[1],
        &records[2],
        &records[3],
    ];
    for sides in [&named[..], &["same", "same"]] {
        let output = brunt_in(temp.path(), &[&["gate"], sides, &rule].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let set = [
        "baseline",
        "set",
        "main",
        &records[0],
        &records[1],
        &records[2],
    ];
    assert!(brunt_in(temp.path(), &set).status.success());
    let shown = brunt_in(temp.path(), &["baseline", "list"]);
    assert!(
        text(&shown.stdout).contains("3 runs"),
        "{}",
        text(&shown.stdout)
    );
    let output = brunt_in(
        temp.path(),
        &[&["gate", "main", "same"], &rule[..]].concat(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let paired = |sides: &[&str]| {
        let output = brunt_in(temp.path(), &[&["gate", "--paired"], sides, &rule].concat());
        (output.status.code(), text(&output.stderr).to_owned())
    };
    assert_eq!(paired(&named).0, Some(0));
    let (code, said) = paired(&["--baseline", &records[0], &records[1]]);
    assert!(code == Some(2) && said.contains("two or more"), "{said}");
    let three = brunt_in(
        temp.path(),
        &["gate", &records[0], &records[1], &records[2]],
    );
    assert_eq!(three.status.code(), Some(2));
    assert!(
        text(&three.stderr).contains("--baseline A1"),
        "{}",
        text(&three.stderr)
    );
}
