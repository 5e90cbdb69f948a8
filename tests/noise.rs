//! `brunt calibrate`, `duet` and `trend` at the command line.

#![allow(clippy::unwrap_used)]

#[path = "support/records.rs"]
mod records;
#[path = "support/target.rs"]
mod target;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use brunt_record::Record;
use records::{brunt_in, copies, text};
use target::Target;

/// The one file of results/noise.
fn floor_in(folder: &Path) -> PathBuf {
    let mut entries = std::fs::read_dir(folder.join("results/noise")).unwrap();
    let found = entries.next().unwrap().unwrap().path();
    assert!(entries.next().is_none());
    found
}

#[test]
fn a_gate_finds_the_floor_that_was_calibrated() {
    let temp = tempfile::tempdir().unwrap();
    let records = copies(temp.path(), 5);
    let gate = |more: &[&str]| {
        let args = ["gate", &records[0], &records[1], "--rule", "p95 +10%"];
        let output = brunt_in(temp.path(), &[&args, more].concat());
        assert!(output.stderr.is_empty(), "{}", text(&output.stderr));
        (
            output.status.code().unwrap(),
            text(&output.stdout).to_owned(),
        )
    };
    let (code, said) = gate(&[]);
    assert_eq!(code, 3, "{said}");
    assert!(
        said.contains("noise floor: assumed to be 5 %, brunt calibrate measures it"),
        "{said}"
    );
    let resolves = |runs: &str| {
        let args = [
            "gate",
            &records[0],
            "--can-resolve",
            runs,
            "--rule",
            "p95 +10%",
        ];
        let output = brunt_in(temp.path(), &args);
        (
            output.status.code().unwrap(),
            text(&output.stdout).to_owned(),
        )
    };
    let (code, said) = resolves("3");
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("4 runs a side needed"), "{said}");
    assert_eq!(resolves("4").0, 0);

    let calibrated = brunt_in(temp.path(), &["calibrate", "--from", "same"]);
    assert_eq!(
        calibrated.status.code(),
        Some(0),
        "{}",
        text(&calibrated.stderr)
    );
    let file = floor_in(temp.path());
    let said = text(&calibrated.stdout);
    assert!(
        said.starts_with("results/noise/m3-short_sqlite.json\n"),
        "{said}"
    );
    // The same bytes have no noise: what varies within the runs is left.
    let (code, said) = gate(&[]);
    assert_ne!(code, 1, "{said}");
    assert!(
        said.contains("noise floor: calibrated over 5 runs"),
        "{said}"
    );
    assert_eq!(resolves("1").0, 0);
    let compared = brunt_in(
        temp.path(),
        &[
            "compare",
            &records[0],
            &records[1],
            "--json",
            "c.json",
            "--md",
            "c.md",
        ],
    );
    assert_eq!(
        compared.status.code(),
        Some(0),
        "{}",
        text(&compared.stderr)
    );
    let read = |name: &str| std::fs::read_to_string(temp.path().join(name)).unwrap();
    let json: serde_json::Value = serde_json::from_str(&read("c.json")).unwrap();
    assert_eq!(json["floor"]["floor"], "calibrated");
    assert!(read("c.md").contains("calibrated over 5 runs of the same thing"));

    // Expired, or of another machine: said, and assumed.
    let short = ["calibrate", "--from", "same", "--valid-for", "1ms"];
    assert_eq!(brunt_in(temp.path(), &short).status.code(), Some(0));
    let (code, said) = gate(&[]);
    assert!(code == 3 && said.contains("it expired on"), "{said}");
    let foreign = std::fs::read_to_string(&file).unwrap();
    let foreign = foreign.replace("\"brunt\": \"0.1.0\"", "\"brunt\": \"0.0.1\"");
    std::fs::write(temp.path().join("foreign.json"), foreign).unwrap();
    let (_, said) = gate(&["--noise", "foreign.json"]);
    assert!(
        said.contains("brunt: calibrated with 0.0.1, the run has 0.1.0"),
        "{said}"
    );
    let none = gate_error(temp.path(), &records, "same");
    assert!(none.contains("same"), "{none}");
}

fn gate_error(folder: &Path, records: &[String], noise: &str) -> String {
    let output = brunt_in(
        folder,
        &["gate", &records[0], &records[1], "--noise", noise],
    );
    assert_eq!(output.status.code(), Some(2));
    text(&output.stderr).to_owned()
}

#[test]
fn a_foreign_file_beside_the_floors_is_passed_over() {
    let temp = tempfile::tempdir().unwrap();
    let records = copies(temp.path(), 5);
    let calibrated = brunt_in(temp.path(), &["calibrate", "--from", "same"]);
    assert_eq!(calibrated.status.code(), Some(0));
    let floor = std::fs::read_to_string(floor_in(temp.path())).unwrap();
    let folder = temp.path().join("results/noise");
    let older = floor.replacen("\"schema\": 1", "\"schema\": 0", 1);
    assert_ne!(older, floor);
    std::fs::write(folder.join("older.json"), older).unwrap();
    std::fs::write(folder.join("notes.json"), "[]").unwrap();
    let gate = |more: &[&str]| {
        let args = [
            "gate",
            &records[0],
            &records[1],
            "--rule",
            "init/*: p95 < 10s",
        ];
        brunt_in(temp.path(), &[&args, more].concat())
    };
    let output = gate(&[]);
    let (said, told) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        [
            "passed over results/noise/notes.json: no noise floor",
            "passed over results/noise/older.json: of version 0, this brunt reads 1",
        ]
    );
    let compared = brunt_in(temp.path(), &["compare", &records[0], &records[1]]);
    assert_eq!(compared.status.code(), Some(0), "{said}");
    for named in ["results/noise/notes.json", "results/noise/older.json"] {
        let output = gate(&["--noise", named]);
        assert_eq!(output.status.code(), Some(2), "{}", text(&output.stdout));
        assert!(text(&output.stderr).contains("hint: "));
    }
}

#[test]
fn few_records_are_no_trend_and_say_so() {
    let temp = tempfile::tempdir().unwrap();
    copies(temp.path(), 3);
    let output = brunt_in(
        temp.path(),
        &["trend", "same", "--json", "t.json", "--html", "t.html"],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(
        text(&output.stdout).contains("8 runs or more"),
        "{}",
        text(&output.stdout)
    );
    let json = std::fs::read_to_string(temp.path().join("t.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["runs"].as_array().unwrap().len(), 3);
    assert!(temp.path().join("t.html").exists());
}

/// Ten requests a second for a second, each by a user of its own.
fn scenario(target: &Target) -> String {
    format!(
        r#"format = 1
name = "short"
[addresses]
http = "http://{}"
[users]
count = 10
id = "player-${{index:03}}"
[actions.once]
http = "GET /once/${{user}}"
user = "each"
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = {{ once = 1 }}
"#,
        target.address
    )
}

/// The records in a folder, in their order.
fn records_in(folder: &Path) -> Vec<Record> {
    let entries = std::fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut records: Vec<Record> = paths
        .filter(|path| path.join("run.json").exists())
        .map(|path| Record::open(&path).unwrap())
        .collect();
    records.sort_by_key(|record| record.manifest.started_at);
    records
}

#[test]
fn calibration_runs_the_same_thing_on_fresh_users() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(&target)).unwrap();
    let args = [
        "calibrate",
        "t.toml",
        "-n",
        "5",
        "--pause",
        "0s",
        "--quiet",
        "--out",
        "runs",
    ];
    let output = brunt_in(temp.path(), &args);
    let said = text(&output.stderr);
    // A slow machine may make records invalid, which no calibration takes.
    let few = said.contains("records can be used");
    assert!(output.status.code() == Some(0) || few, "{said}");
    let folder = std::fs::read_dir(temp.path().join("runs")).unwrap().next();
    let records = records_in(&folder.unwrap().unwrap().path());
    let labels: Vec<&str> = records
        .iter()
        .map(|r| &*r.manifest.labels["calibration"])
        .collect();
    assert_eq!(labels, ["1", "2", "3", "4", "5"]);
    let requests = target.http.load(std::sync::atomic::Ordering::SeqCst);
    assert_eq!(requests, 50);
    let nothing = brunt_in(temp.path(), &["calibrate"]);
    assert_eq!(nothing.status.code(), Some(2));
    assert!(
        text(&nothing.stderr).contains("SCENARIO"),
        "{}",
        text(&nothing.stderr)
    );
}

#[test]
fn a_duet_takes_turns_and_reports_on_its_pairs() {
    let [a, b] = [Target::start(), Target::start()];
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(&a)).unwrap();
    let to_b = format!("http=http://{}", b.address);
    let args = [
        "duet", "t.toml", "--b", &to_b, "--pairs", "2", "--pause", "0s", "--quiet", "--out", "runs",
    ];
    let output = brunt_in(temp.path(), &args);
    let code = output.status.code().unwrap();
    assert!(code == 0 || code == 3, "{}", text(&output.stderr));
    let folder = std::fs::read_dir(temp.path().join("runs")).unwrap().next();
    let folder = folder.unwrap().unwrap().path();
    let mut all: Vec<Record> = ["a", "b"]
        .into_iter()
        .flat_map(|side| records_in(&folder.join(side)))
        .collect();
    all.sort_by_key(|record| record.manifest.started_at);
    let order: String = all
        .iter()
        .map(|r| &*r.manifest.labels["duet-side"])
        .collect();
    assert_eq!(order, "abba");
    for target in [&a, &b] {
        assert_eq!(target.grpc.load(std::sync::atomic::Ordering::SeqCst), 0);
        assert_eq!(target.http.load(std::sync::atomic::Ordering::SeqCst), 20);
    }
    let json = std::fs::read_to_string(folder.join("report.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["floor"]["floor"], "paired");
    assert_eq!(json["repeats"]["b"].as_array().unwrap().len(), 1);
    for (args, said) in [
        (&["duet", "t.toml"][..], "--service twice"),
        (&["duet", "t.toml", "--service", "phase9"], "one of two"),
    ] {
        let output = brunt_in(temp.path(), args);
        assert_eq!(output.status.code(), Some(2));
        assert!(
            text(&output.stderr).contains(said),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn an_interrupted_calibration_keeps_what_is_done() {
    let target = Target::start();
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("t.toml"), scenario(&target)).unwrap();
    let mut brunt = Command::new(env!("CARGO_BIN_EXE_brunt"));
    let args = [
        "calibrate",
        "t.toml",
        "-n",
        "100",
        "--quiet",
        "--out",
        "runs",
    ];
    let mut child = brunt
        .current_dir(temp.path())
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let folder = temp.path().join("runs");
    let done = || {
        let inside = std::fs::read_dir(&folder).ok()?.next()?.ok()?;
        Some(records_in(&inside.path()).len())
    };
    while done().unwrap_or(0) < 1 {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = child.id().to_string();
    let interrupted = Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert!(interrupted.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    // However fast that was.
    let calibrated = done() >= Some(5);
    let said = text(&output.stderr);
    assert!(calibrated || said.contains("too few"), "{said}");
    assert_eq!(temp.path().join("results/noise").exists(), calibrated);
}
