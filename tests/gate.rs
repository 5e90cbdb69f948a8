//! The gate at the command line, on committed records: its files, and baselines by name.

#![allow(clippy::unwrap_used)]

#[path = "support/records.rs"]
mod records;

use std::path::{Path, PathBuf};

use records::{brunt_in, copies, text};

/// The committed records of phase8 and phase9.
fn examples() -> [String; 2] {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("results/examples/demo-sqlite");
    let entries = std::fs::read_dir(folder).unwrap();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    ["phase8", "phase9"].map(|phase| {
        let named = |path: &&PathBuf| path.to_str().unwrap().ends_with(phase);
        let found = paths.iter().find(named).unwrap();
        found.to_str().unwrap().to_owned()
    })
}

#[test]
fn a_gate_writes_what_build_servers_read() {
    let temp = tempfile::tempdir().unwrap();
    let [a, b] = examples();
    let summary = temp.path().join("summary.md");
    std::fs::write(&summary, "before\n").unwrap();
    let files = [
        "--junit",
        "gate.xml",
        "--json",
        "gate.json",
        "--gitlab",
        "load.json",
    ];
    let mut args = vec!["gate", &a, &b, "--rule", "p95 < 1us", "--format", "github"];
    args.extend(files);
    args.extend(["--summary", "summary.md"]);
    let output = brunt_in(temp.path(), &args);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(
        said.contains("::error title=init/initialize-new") && said.ends_with("gate: failed\n"),
        "{said}"
    );
    let read = |name: &str| std::fs::read_to_string(temp.path().join(name)).unwrap();
    assert!(
        read("gate.xml").contains("failures=\"5\""),
        "{}",
        read("gate.xml")
    );
    let summary = read("summary.md");
    assert!(
        summary.starts_with("before\n") && summary.contains("gate: failed"),
        "{summary}"
    );
    let gate: serde_json::Value = serde_json::from_str(&read("gate.json")).unwrap();
    assert_eq!(gate["outcome"], "failed");
    let load: serde_json::Value = serde_json::from_str(&read("load.json")).unwrap();
    assert_eq!(load["metrics"]["checks"]["fails"], 7);
    assert!(
        load["metrics"]["http_req_waiting"]["p(95)"]
            .as_f64()
            .unwrap()
            > 0.0
    );
}

#[test]
fn a_baseline_has_a_name_and_moves_on_purpose_only() {
    let temp = tempfile::tempdir().unwrap();
    let [a, b] = examples();
    let baseline = |args: &[&str]| brunt_in(temp.path(), &[&["baseline"], args].concat());
    assert_eq!(text(&baseline(&["list"]).stdout), "");
    let missing = baseline(&["show", "main"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("brunt baseline set NAME RECORD"));

    assert_eq!(
        text(&baseline(&["set", "main", &a]).stdout),
        "results/baselines/main\n"
    );
    let again = baseline(&["set", "main", &b]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        text(&again.stderr).contains("--replace"),
        "{}",
        text(&again.stderr)
    );
    assert!(text(&baseline(&["show", "main"]).stdout).contains("phase8"));

    assert!(baseline(&["set", "main", &b, "--replace"]).status.success());
    assert!(text(&baseline(&["show", "main"]).stdout).contains("phase9"));
    let list = baseline(&["list"]);
    assert!(text(&list.stdout).starts_with("main ") && text(&list.stdout).lines().count() == 1);

    // By its name, with every byte of the record.
    let output = brunt_in(
        temp.path(),
        &["gate", "main", &b, "--rule", "init/*: p95 < 1s"],
    );
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    let output = brunt_in(temp.path(), &["compare", "main", &b]);
    assert!(
        !text(&output.stdout).contains("invalid"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn what_is_no_whole_record_is_no_baseline() {
    let temp = tempfile::tempdir().unwrap();
    let [a, _] = examples();
    for (name, record, said) in [
        ("../main", a.as_str(), "is no name of a baseline"),
        ("", a.as_str(), "is no name of a baseline"),
        ("main", "nowhere", "nowhere"),
    ] {
        let output = brunt_in(temp.path(), &["baseline", "set", name, record]);
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(
            text(&output.stderr).contains(said),
            "{}",
            text(&output.stderr)
        );
    }
    // A record that lost its end.
    let copied = temp.path().join("cut");
    std::fs::create_dir(&copied).unwrap();
    for entry in std::fs::read_dir(&a).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copied.join(entry.file_name())).unwrap();
        }
    }
    let counts = copied.join("counts.csv");
    let rows = std::fs::read_to_string(&counts).unwrap();
    std::fs::write(&counts, &rows[..rows.len() / 2]).unwrap();
    let output = brunt_in(temp.path(), &["baseline", "set", "main", "cut"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
    assert!(!temp.path().join("results/baselines/main").exists());
}

#[test]
fn what_cannot_be_judged_or_is_not_the_same_thing_is_no_baseline() {
    let check = |change: &dyn Fn(&mut serde_json::Value), said: Option<&str>| {
        let temp = tempfile::tempdir().unwrap();
        let records = copies(temp.path(), 3);
        let path = Path::new(&records[1]).join("run.json");
        let manifest = std::fs::read_to_string(&path).unwrap();
        let mut manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
        change(&mut manifest);
        std::fs::write(path, manifest.to_string()).unwrap();
        let set = |records: &[String]| {
            let mut args = vec!["baseline", "set", "main"];
            args.extend(records.iter().map(String::as_str));
            let output = brunt_in(temp.path(), &args);
            let told = text(&output.stderr).to_owned();
            (output.status.code().unwrap(), told)
        };
        let (code, told) = set(&records);
        assert_eq!(code, if said.is_some() { 2 } else { 0 }, "{told}");
        let said = said.unwrap_or_default();
        assert!(told.contains(said), "{said} is not in {told}");
        let kept = temp.path().join("results/baselines/main").exists();
        assert_eq!(kept, code == 0);
        if code == 2 {
            assert_eq!(set(&records[..1]).0, 0, "the others are good");
        }
    };
    check(&|_| {}, None);
    check(&|run| run["labels"]["commit"] = "abc".into(), None);
    check(
        &|run| run["generator"]["clock_step_us"] = 2_000_000.into(),
        Some("The wall clock moved by 2.00 s"),
    );
    check(
        &|run| run["phase"] = "phase10".into(),
        Some("phase: phase10 instead of phase9"),
    );
    check(
        &|run| run["scenario"]["sha256"] = "0123456789abcdef".into(),
        Some("scenario file: sha256 0123456789ab instead of sha256"),
    );
}

#[test]
fn what_cannot_be_told_counts_as_the_file_or_the_option_says() {
    let temp = tempfile::tempdir().unwrap();
    let [_, b] = examples();
    // A record against itself: one run a side tells no 5 %.
    let rules = "init/*: p50 +5%\n";
    for (name, text) in [
        ("plain.rules", rules.to_owned()),
        ("pass.rules", format!("{rules}inconclusive = pass\n")),
        ("wrong.rules", format!("{rules}inconclusive = maybe\n")),
    ] {
        std::fs::write(temp.path().join(name), text).unwrap();
    }
    for (file, option, code) in [
        ("plain.rules", None, 3),
        ("plain.rules", Some("fail"), 1),
        ("plain.rules", Some("pass"), 0),
        ("pass.rules", None, 0),
        ("pass.rules", Some("no-verdict"), 3),
        ("wrong.rules", None, 2),
    ] {
        let mut args = vec!["gate", &b, &b, "--rules", file];
        args.extend(option.iter().flat_map(|option| ["--inconclusive", option]));
        let output = brunt_in(temp.path(), &args);
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        assert_eq!(
            output.status.code(),
            Some(code),
            "{file} {option:?}\n{said}"
        );
    }
}
