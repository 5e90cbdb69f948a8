//! The examples, as their first lines say to run them: real servers, real sockets, whole records.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;

use brunt_record::{ActionTotals, Ending, Record};

/// Beside this test, where `cargo test` has built it.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let built = test.ancestors().nth(2).unwrap().join("examples").join(name);
    assert!(
        built.exists(),
        "cargo build --examples first: {}",
        built.display()
    );
    built
}

/// Runs the example so, which must go well; what became of each action, by its name.
fn check(name: &str, options: &[&str], wanted: &[(&str, u64)]) {
    let temp = tempfile::tempdir().unwrap();
    let output = Command::new(example(name))
        .args(["--quiet", "--out"])
        .arg(temp.path())
        .args(options)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let record = String::from_utf8(output.stdout).unwrap();
    let record = Record::open(Path::new(record.trim())).unwrap();
    assert_eq!(record.problems(), []);
    let manifest = &record.manifest;
    assert_eq!(manifest.completeness.ending, Ending::Complete);
    for (action, offered) in wanted {
        let mut totals = manifest.totals.iter();
        let total: &ActionTotals = totals.find(|t| t.action == *action).unwrap();
        let counts = (total.offered, total.ok, total.failed, total.unsent);
        assert_eq!(counts, (*offered, *offered, 0, 0), "{total:?}");
    }
    assert_eq!(manifest.totals.len(), wanted.len());
}

#[test]
fn redis_is_put_under_load_by_functions() {
    let even = ["--rate", "commands=100/s", "--duration", "2s"];
    check("redis", &even, &[("get-score", 180), ("set-score", 20)]);
}

#[test]
fn actions_of_the_file_and_a_function_share_a_mix() {
    let options = ["--rate", "visitors=50/s", "--duration", "2s"];
    let wanted = [("browse", 70), ("cart", 20), ("order", 10)];
    check("shop", &options, &wanted);
}

#[test]
fn the_command_itself_says_that_it_lacks_the_functions() {
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/redis/redis.toml");
    for more in [&[][..], &["--dry-run"]] {
        let output = Command::new(env!("CARGO_BIN_EXE_brunt"))
            .arg("run")
            .arg(&scenario)
            .args(more)
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains("actions \"get-score\", \"set-score\" are code")
                && said.contains("hint: "),
            "{said}"
        );
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn a_program_shows_its_plan_and_explains_itself() {
    let output = Command::new(example("shop"))
        .arg("--dry-run")
        .output()
        .unwrap();
    let plan = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(plan.contains("function order"), "{plan}");
    let output = Command::new(example("shop"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(help.contains("Usage: shop [OPTIONS] <SCENARIO>"), "{help}");
}
