//! What the real binary makes of files, variables and flags.

#![allow(clippy::unwrap_used, reason = "a test ends by panicking")]

use std::path::Path;
use std::process::{Command, Output};

use challenge_service::keys::SecretUrl;
use challenge_service::settings::all_keys;

/// Resolves and prints, in a folder with `service.toml` in it.
fn print_config(file: &str, variables: &[(&str, &str)], flags: &[&str]) -> (Output, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("service.toml");
    std::fs::write(&path, file).unwrap();
    print_config_of(&path, variables, flags)
}

fn print_config_of(path: &Path, variables: &[(&str, &str)], flags: &[&str]) -> (Output, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
        .arg("--print-config")
        .args(["--config", path.to_str().unwrap()])
        .args(flags)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout.clone()).unwrap();
    (output, printed)
}

/// The settings come out with these lines.
fn check(file: &str, variables: &[(&str, &str)], flags: &[&str], lines: &[&str]) {
    let (output, printed) = print_config(file, variables, flags);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for line in lines {
        assert!(
            printed.lines().any(|l| l == *line),
            "no {line} in\n{printed}"
        );
    }
}

#[test]
fn each_layer_goes_over_the_ones_before() {
    let pool = ("CHALLENGE_POOL", "51");
    let file = "phase = \"phase8\"\npool = 50\nrole = \"api\"\n";
    check(
        "",
        &[],
        &[],
        &["phase = \"phase9\"", "pool = 25", "role = \"all\""],
    );
    let of_file = [
        "phase = \"phase8\"",
        "pool = 50",
        "role = \"api\"",
        "materialisation = \"eager\"",
    ];
    check(file, &[], &[], &of_file);
    check(file, &[pool], &[], &["pool = 51", "role = \"api\""]);
    check(file, &[pool], &["--pool", "52"], &["pool = 52"]);
    check(
        file,
        &[pool],
        &["--phase", "phase10"],
        &["pool = 51", "materialisation = \"lazy\""],
    );
    check(
        file,
        &[],
        &["--phase", "phase10"],
        &["phase = \"phase10\"", "pool = 50"],
    );
    check(
        file,
        &[("CHALLENGE_PHASE", "phase10")],
        &[],
        &["phase = \"phase10\""],
    );
    check(
        "allow_mock_user = true",
        &[],
        &[],
        &["allow_mock_user = true"],
    );
    check("", &[], &["--allow-mock-user"], &["allow_mock_user = true"]);
    check(
        "",
        &[("CHALLENGE_ALLOW_MOCK_USER", "true")],
        &[],
        &["allow_mock_user = true"],
    );
    check(
        "allow_mock_user = true",
        &[],
        &["--allow-mock-user=false"],
        &["allow_mock_user = false"],
    );
    // Empty: as good as not there.
    check(file, &[("CHALLENGE_POOL", "")], &[], &["pool = 50"]);
}

#[test]
fn what_is_printed_can_be_read_again_and_comes_to_the_same() {
    for flags in [
        &["--phase", "phase8"][..],
        &["--phase=phase12", "--pool=7", "--role=events"],
        &[
            "--rewards=outbox",
            "--reward-timeout=1500ms",
            "--faults=cpu=2ms,share=5% pool=9",
        ],
    ] {
        let (_, printed) = print_config("", &[], flags);
        let (output, again) = print_config(&printed, &[], &[]);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(printed, again);
    }
}

#[test]
fn passwords_are_not_printed() {
    let database = (
        "CHALLENGE_DATABASE",
        "postgres://ann:secret@localhost/challenge",
    );
    check(
        "",
        &[database],
        &[],
        &["database = \"postgres://ann:***@localhost/challenge\""],
    );
    let (_, printed) = print_config("", &[database], &[]);
    assert!(!printed.contains("secret"));
    // Without its scheme.
    let database_only = ("CHALLENGE_DATABASE", "ann:secret@localhost/challenge");
    check("", &[database_only], &[], &["database = \"***\""]);
    let url = SecretUrl::from(database.1);
    assert_eq!(url.expose(), database.1);
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let (output, printed) = print_config(
        "pool = \"many\"\nroel = \"api\"\nhttp = [1]\nevents = \"directly\"\nevent_linger = \"6ms\"\nfaults = \"cpu=1ms slow=1s lock=spin,max=1\"\n",
        &[
            ("CHALLENGE_GRPC", "nowhere"),
            ("CHALLENGE_MATERIALIZATION", "lazy"),
        ],
        &["--set-active", "boldly", "--role", "player"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert_eq!(printed, "");
    for told in [
        "service.toml:1: \"many\" is no value for pool\n  hint: pool is a whole number from 1\n",
        "service.toml:2: unknown key roel\n  hint: keys are phase, role, database, ",
        "service.toml:3: http is neither text nor number\n",
        "service.toml:4: \"directly\" is no value for events\n  hint: events is direct, group-commit or write-behind\n",
        "service.toml:5: \"6ms\" is no value for event_linger\n  hint: event_linger is a length of time up to 5ms, ",
        "service.toml:6: \"cpu=1ms slow=1s lock=spin,max=1\" is no value for faults: \
         slow=1s: \"slow\" is no fault: latency, error, cpu, memory, lock or pool; \
         lock=spin,max=1: lock: \"spin\" is neither mutex nor advisory",
        "CHALLENGE_GRPC: \"nowhere\" is no value for grpc\n",
        "CHALLENGE_MATERIALIZATION: unknown key materialization\n",
        "--set-active: \"boldly\" is no value for set_active\n  hint: set_active is row-update",
        "--role: \"player\" is no value for role\n  hint: role is api, events or all\n",
        "10 mistakes in the settings",
    ] {
        assert!(said.contains(told), "no {told} in\n{said}");
    }
}

#[test]
fn a_file_that_is_broken_or_missing_is_a_mistake() {
    let (output, _) = print_config("pool = 5\nrole =\n", &[], &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("service.toml:2: not TOML: "), "{said}");
    let (output, _) = print_config_of(Path::new("/nowhere/service.toml"), &[], &[]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("/nowhere/service.toml: No such file"),
        "{said}"
    );
}

#[test]
fn only_who_serves_players_needs_their_cache() {
    let redis = "phase = \"phase10\"\ncache = \"redis\"\n";
    for role in ["all", "api"] {
        let (output, _) = print_config(redis, &[], &["--role", role]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("no redis is given"), "{said}");
    }
    check(redis, &[], &["--role", "events"], &["role = \"events\""]);
}

/// Every key and every value of the tables stands in the docs, with its flag in the help.
#[test]
fn docs_and_help_have_every_key() {
    let docs = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/service.md"))
        .unwrap();
    let help = Command::new(env!("CARGO_BIN_EXE_challenge-service"))
        .arg("--help")
        .output()
        .unwrap();
    let help = String::from_utf8(help.stdout).unwrap();
    for key in all_keys() {
        let row = format!("| `{}` |", key.name);
        let row = docs.lines().find(|line| line.starts_with(&row));
        let row = row.unwrap_or_else(|| panic!("docs/service.md has no row for {}", key.name));
        for form in (key.forms)().iter().filter(|form| form.exact) {
            assert!(
                row.contains(&format!("`{}`", form.text)),
                "no {} in {row}",
                form.text
            );
        }
        if let Some(default) = key.default {
            assert!(
                row.contains(&format!("`{default}`")),
                "no {default} in {row}"
            );
        }
        assert!(help.contains(&key.flag()), "no {} in {help}", key.flag());
        assert!(
            help.contains(&key.variable()),
            "no {} in {help}",
            key.variable()
        );
    }
    let mut of_keys = false;
    for line in docs.lines() {
        if line.starts_with("| ") && !line.starts_with("| `") {
            of_keys = line.starts_with("| key |") || line.starts_with("| switch |");
        }
        let name = line
            .strip_prefix("| `")
            .and_then(|rest| rest.split('`').next());
        if let (true, Some(name)) = (of_keys, name) {
            let known = all_keys().any(|key| key.name == name);
            assert!(known, "the docs have a key {name} that is none");
        }
    }
}

#[test]
fn no_two_keys_have_one_name() {
    let mut names: Vec<_> = all_keys().map(|key| key.name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}
