//! `brunt demo` and its neighbours, end to end: real processes, real sockets, real databases.

#![allow(clippy::unwrap_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use brunt_record::{Ending, Problem, Record};
use support::chromium::look;
use support::{check_demo, records_of};

fn brunt(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(args)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A smoke demo in `out`; returns its directory.
fn demo(out: &Path, database: &str) -> PathBuf {
    let out = out.to_str().unwrap();
    let output = brunt(&[
        "demo",
        "--plan",
        "smoke",
        "--database",
        database,
        "--out",
        out,
    ]);
    let code = output.status.code().unwrap();
    // A slow machine may make a record invalid (3), which is no failure of the demo.
    assert!(code == 0 || code == 3, "{code}\n{}", text(&output.stderr));
    let stdout = text(&output.stdout);
    let report = stdout
        .lines()
        .last()
        .unwrap()
        .strip_prefix("report: ")
        .unwrap();
    assert!(
        !stdout.contains("users launched"),
        "stdout carries the product only:\n{stdout}"
    );
    Path::new(report).parent().unwrap().to_owned()
}

/// The page fits its window at every width, has its charts, and is light or dark as asked for.
fn look_at(page: &Path, title: &str) {
    let html = std::fs::read_to_string(page).unwrap();
    for outside in ["src=\"http", "href=\"http", "@import", "url(http"] {
        assert!(
            !html.contains(outside),
            "the page is self-contained, it has {outside}"
        );
    }
    for width in [390, 820, 1280] {
        let [light, dark] = [false, true].map(|dark| look(page, width, dark));
        assert_ne!(light.background, dark.background);
        for look in [light, dark] {
            assert!(look.content_width <= look.window_width, "{width}: {look:?}");
            assert!(look.charts >= 3, "{width}: {look:?}");
            assert_eq!(look.title, title);
        }
    }
}

/// On the committed records: what a slow machine makes of a demo may have nothing to be judged.
#[test]
fn four_figures_at_the_top_stand_in_one_row_or_in_two() {
    let temp = tempfile::tempdir().unwrap();
    let records =
        records_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results/examples/demo-sqlite"));
    let page = temp.path().join("report.html");
    let [a, b] = [0, 1].map(|i| records[i].to_str().unwrap());
    let output = brunt(&["compare", a, b, "--html", page.to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for (width, cards) in [(390, "2+2"), (820, "2+2"), (1280, "4")] {
        assert_eq!(look(&page, width, false).cards, cards, "{width}");
    }
}

#[test]
fn more_than_two_records_are_told_in_a_row() {
    let temp = tempfile::tempdir().unwrap();
    let records =
        records_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("results/examples/demo-postgres"));
    let [a, b] = [0, 1].map(|i| records[i].to_str().unwrap());
    let [page, json] = ["story.html", "story.json"].map(|name| temp.path().join(name));
    let files = [&page, &json].map(|path| path.to_str().unwrap());
    let output = brunt(&["compare", a, b, a, "--html", files[0], "--json", files[1]]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for line in ["phase9 is better than", "is worse than phase9"] {
        assert!(said.contains(line), "{line}: {said}");
    }
    look_at(&page, "run A (phase8) to run B (phase8)");
    let story: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(story["runs"].as_array().map(Vec::len), Some(3));
    assert_eq!(story["steps"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_demo_on_sqlite_leaves_two_whole_records_and_a_report() {
    let temp = tempfile::tempdir().unwrap();
    let demo = demo(temp.path(), "sqlite");
    check_demo(&demo);

    look_at(&demo.join("report.html"), "phase9 against phase8");
    let records = records_of(&demo);
    let [a, b] = [0, 1].map(|i| records[i].to_str().unwrap());
    let render = |folder: &str| {
        let folder = temp.path().join(folder);
        let file = |name: &str| folder.join(name).to_str().unwrap().to_owned();
        let (html, md, json) = (file("r.html"), file("r.md"), file("r.json"));
        let output = brunt(&[
            "compare", a, b, "--html", &html, "--md", &md, "--json", &json,
        ]);
        assert!([0, 3].contains(&output.status.code().unwrap()));
        [html, md, json].map(|path| std::fs::read(path).unwrap())
    };
    assert_eq!(
        render("first"),
        render("second"),
        "the same records give the same bytes"
    );

    let gate = brunt(&["gate", a, b, "--rule", "gameplay/challenges: p95 < 1us"]);
    assert!(
        [1, 3].contains(&gate.status.code().unwrap()),
        "{}",
        text(&gate.stdout)
    );
    let gate = brunt(&["gate", a, b, "--rule", "p95 < 50"]);
    assert_eq!(gate.status.code(), Some(2), "{}", text(&gate.stderr));
    let missing = brunt(&["compare", a, "no-such-record"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("no-such-record"));
}

#[test]
fn a_demo_on_postgresql_leaves_two_whole_records_and_a_report() {
    let temp = tempfile::tempdir().unwrap();
    check_demo(&demo(temp.path(), "postgres"));
}

/// A demo that has recorded some seconds, and the record that it is writing.
fn demo_under_way(out: &Path) -> (Child, PathBuf) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .args(["demo", "--plan", "short", "--out", out.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    loop {
        let demos = std::fs::read_dir(out).unwrap().flatten();
        let runs = demos.flat_map(|demo| std::fs::read_dir(demo.path()).unwrap().flatten());
        let mut records = runs.map(|run| run.path());
        let rows = |record: &PathBuf| {
            let counts = std::fs::read_to_string(record.join("counts.csv"));
            counts.map_or(0, |text| text.lines().count())
        };
        if let Some(record) = records.find(|record| rows(record) > 3) {
            return (child, record);
        }
        assert!(
            child.try_wait().unwrap().is_none(),
            "the demo ended by itself"
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([name, &id])
            .status()
            .unwrap()
            .success()
    );
}

#[test]
fn an_interrupted_demo_keeps_the_record_and_exits_130() {
    let temp = tempfile::tempdir().unwrap();
    let (child, dir) = demo_under_way(temp.path());
    signal(&child, "-INT");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", text(&output.stderr));
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), []);
    assert_eq!(record.manifest.completeness.ending, Ending::Interrupted);
    assert_eq!(text(&output.stdout).trim(), dir.to_str().unwrap());
}

#[test]
fn a_killed_generator_leaves_a_readable_record_that_says_so() {
    let temp = tempfile::tempdir().unwrap();
    let (mut child, dir) = demo_under_way(temp.path());
    signal(&child, "-KILL");
    child.wait().unwrap();
    let record = Record::open(&dir).unwrap();
    assert_eq!(record.problems(), [Problem::Incomplete]);
    assert!(record.counts.len() >= 3, "{:?}", record.counts);
    let dir = dir.to_str().unwrap();
    let output = brunt(&["compare", dir, dir]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        text(&output.stdout).contains("invalid"),
        "{}",
        text(&output.stdout)
    );
}

#[test]
fn a_target_that_is_down_is_exit_2_with_its_address() {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/smoke.toml");
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http=http://{}", free.local_addr().unwrap());
    drop(free);
    let output = brunt(&["run", scenario.to_str().unwrap(), "--address", &address]);
    assert_eq!(output.status.code(), Some(2));
    let said = text(&output.stderr);
    assert!(
        said.contains(&address["http=".len()..]) && said.contains("hint:"),
        "{said}"
    );
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn every_verb_explains_itself_with_examples() {
    let verbs = [
        "demo",
        "run",
        "init",
        "compare",
        "gate",
        "calibrate",
        "duet",
        "trend",
        "baseline",
        "audit",
        "knee",
        "mark",
        "profile",
        "serve",
        "schema",
        "completions",
    ];
    for verb in verbs {
        let output = brunt(&[verb, "--help"]);
        assert_eq!(output.status.code(), Some(0));
        assert!(
            text(&output.stdout).contains("Examples:\n  brunt "),
            "{verb}"
        );
    }
    let script = brunt(&["completions", "bash"]);
    assert!(verbs.iter().all(|verb| text(&script.stdout).contains(verb)));
}
