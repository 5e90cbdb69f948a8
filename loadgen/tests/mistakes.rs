//! Every mistake in a scenario is reported, with its line and a hint.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use brunt_loadgen::Scenario;

fn mistakes(text: &str) -> String {
    Scenario::parse(Path::new("load.toml"), text)
        .unwrap_err()
        .to_string()
}

#[test]
fn all_mistakes_of_a_file_are_reported_at_once() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "My Load"
sucess = "99 %"
[addresses]
http = "127.0.0.1:8000"
grpc = "http://user:secret@127.0.0.1:8001"
[users]
count = 10
id = "user-${n}"
[actions.browse]
http = "/challenges"
timeout = "10"
headers = { "x user" = "a" }
[actions.claim]
http = "POST /goals/${goal}/claim"
user = "each"
draw = { gaol = [1] }
targets = { p96 = "50ms", p95 = 50 }
[actions.event]
grpc = "OnMessage"
[actions.nothing]
[[stages]]
name = "init"
duration = "1d"
warmup = "2min"
[[stages.streams]]
name = "api"
rate = "300"
mix = { brwose = 1, claim = 0 }
[[stages]]
name = "init"
duration = "0s"
[[stages]]
name = "gameplay"
duration = "1min"
[[stages.streams]]
name = "api"
rate = "1/s"
max_in_flight = 0
mix = { claim = 1 }
[[captures]]
component = "service"
stage = "gamplay"
"#
    ));
}

#[test]
fn what_is_not_toml_is_named_with_its_line() {
    insta::assert_snapshot!(mistakes("format = 1\nname = \"a\nseed = \n"));
}

#[test]
fn an_empty_file_says_what_a_scenario_needs() {
    insta::assert_snapshot!(mistakes(""));
}

#[test]
fn wrong_types_are_named() {
    insta::assert_snapshot!(mistakes(
        "format = 2\nname = 7\nactions = []\nstages = \"all\"\nusers = 3\nsuccess = \"often\"\n"
    ));
}

/// Of a folder with these files; the first is the scenario.
fn mistakes_in_files(files: &[(&str, &str)]) -> String {
    let temp = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(temp.path().join(name), text).unwrap();
    }
    let error = Scenario::read(&temp.path().join(files[0].0)).unwrap_err();
    let folder = format!("{}/", temp.path().display());
    error.to_string().replace(&folder, "")
}

#[test]
fn what_the_environment_lacks_is_named_and_what_it_holds_is_not() {
    let holds = std::env::var("CARGO_PKG_NAME").unwrap();
    let text = mistakes(
        r#"format = 1
name = "environment"
success = "${env:CARGO_PKG_NAME}"
proto = "${env:BRUNT_NOT_SET}"
[addresses]
http = "http://${env:BRUNT_NOT_SET}:80"
admin = "${env:CARGO_PKG_NAME}"
[actions.browse]
http = "GET /?key=${env:BRUNT_NOT_SET}"
headers = { authorization = "Bearer ${env:not a name}" }
json = '{"secret": "${env:BRUNT_NOT_SET"}'
timeout = "${env:CARGO_PKG_NAME}"
[[stages]]
name = "load"
duration = "${env:CARGO_PKG_NAME:-10s}"
[[stages.streams]]
name = "main"
rate = "${env:CARGO_PKG_NAME}/s"
mix = { browse = 1 }
"#,
    );
    assert!(!text.contains(&holds), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn mistakes_in_defaults_are_told_once_where_they_stand() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "defaults"
[defaults]
timeout = "10"
grace = 5
warmup = "20s"
max_in_flight = 0
headers = { "x user" = "a" }
timeuot = "1s"
[actions.browse]
http = "GET /"
[actions.other]
http = "GET /other"
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
rate = "1/s"
mix = { browse = 1, other = 1 }
"#,
    ));
}

const INCLUDES: &str = r#"format = 1
name = "includes"
include = ["actions.toml", "missing.toml", 7, "actions.toml", "users.toml", "broken.toml"]
[users]
count = 10
[actions.browse]
http = "GET /"
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
rate = "1/s"
mix = { browse = 1, wrong = 1 }
"#;

#[test]
fn mistakes_in_included_files_are_told_with_the_file() {
    let actions = r#"seed = 1

[actions.browse]
http = "GET /again"

[actions.wrong]
http = "wrong"
"#;
    insta::assert_snapshot!(mistakes_in_files(&[
        (
            "load.toml",
            &INCLUDES
                .replace(", \"broken.toml\"", "")
                .replace("\"missing.toml\", ", ""),
        ),
        ("actions.toml", actions),
        ("users.toml", "[users]\ncount = 11\nid = \"${n}\"\n"),
    ]));
    insta::assert_snapshot!(mistakes_in_files(&[
        ("load.toml", INCLUDES),
        ("actions.toml", actions),
        ("users.toml", "users = 3\n"),
        ("broken.toml", "\n[actions.broken\n"),
    ]));
}

#[test]
fn the_scenarios_of_the_repository_are_right() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            Scenario::read(&path).unwrap();
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

#[test]
fn the_scenario_of_the_documentation_is_right() {
    let page = include_str!("../../docs/scenarios.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    Scenario::parse(Path::new("docs/scenarios.md"), text).unwrap();
}

#[test]
fn mistakes_of_a_closed_model_are_told() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "closed"
[addresses]
http = "http://127.0.0.1:8000"
[users]
count = 10
[actions.browse]
http = "GET /"
[actions.register]
http = "POST /users"
user = "each"
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "both"
users = 5
rate = "5/s"
mix = { browse = 1 }
[[stages.streams]]
name = "bound"
users = 5
max_in_flight = 3
think = "soon"
mix = { register = 1 }
[[stages.streams]]
name = "none"
users = 0
think = { uniform = ["3s", "1s"] }
iterations = 0
mix = { browse = 1 }
[[stages.streams]]
name = "open"
rate = "1/s"
think = "1s"
mix = { browse = 1 }
[[stages.streams]]
name = "neither"
mix = { browse = 1 }
"#
    ));
}
