//! The runs of each side at the command line: records, folders of them, baselines, pairs.

#![allow(clippy::unwrap_used)]

#[path = "support/records.rs"]
mod records;

use std::path::Path;

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

/// The record in `folder` with these labels beside its own.
fn label(folder: &str, labels: &[(&str, &str)]) {
    let path = Path::new(folder).join("run.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let mut manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    for (name, value) in labels {
        manifest["labels"][name] = (*value).into();
    }
    std::fs::write(path, manifest.to_string()).unwrap();
}

#[test]
fn pairs_are_those_that_a_duet_has_labelled() {
    let temp = tempfile::tempdir().unwrap();
    let records = copies(temp.path(), 6);
    let sides = ["a", "b", "b", "a", "a", "b"];
    for (i, record) in records.iter().enumerate() {
        let pair = (i / 2 + 1).to_string();
        label(record, &[("duet-side", sides[i]), ("duet-pair", &pair)]);
    }
    let [a, b] = [["0", "3", "4"], ["1", "2", "5"]];
    let check = |a: &[&str], b: &[&str], code, said: &[&str]| {
        let mut args = vec!["gate", "--paired", "--rule", "init/*: p95 +50%"];
        let path = |name: &str| format!("same/{name}");
        let [a, b] = [a, b].map(|side| side.iter().map(|name| path(name)).collect::<Vec<_>>());
        args.extend(a.iter().flat_map(|record| ["--baseline", record]));
        args.extend(b.iter().map(String::as_str));
        let output = brunt_in(temp.path(), &args);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}\n{told}");
        for part in said {
            assert!(told.contains(part), "{part} is not in\n{told}");
        }
    };
    check(&a, &b, 0, &[]);
    // One record is gone on either side: as many, and no pairs.
    check(
        &["0", "4"],
        &["1", "2"],
        2,
        &[
            "same/4 is of pair 3, of which B has no run",
            "same/2 is of pair 2, of which A has no run",
        ],
    );
    check(
        &a,
        &b[..2],
        2,
        &["same/4 is of pair 3, of which B has no run"],
    );
    check(
        &["3", "0", "4"],
        &b,
        2,
        &["same/3 is of pair 2, and same/1 beside it of pair 1"],
    );
    check(
        &["0", "2", "4"],
        &["1", "3", "5"],
        2,
        &["same/2 is of side b, same/0 of side a"],
    );
}
