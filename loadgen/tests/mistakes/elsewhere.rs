//! What a scenario takes from elsewhere: the environment, defaults, other files.

use std::time::Duration;

use brunt_loadgen::Scenario;
use brunt_loadgen::scenario::{Load, Think};

use super::mistakes;

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
fn what_the_environment_lacks_of_a_pause_or_of_an_included_file_is_named() {
    let load = INCLUDES
        .replace(
            "\"actions.toml\", \"missing.toml\", 7, \"actions.toml\", \"users.toml\", \"broken.toml\"",
            "\"${env:BRUNT_NOT_SET:-actions}.toml\"",
        )
        .replace(
            "rate = \"1/s\"",
            "users = 1\nthink = { uniform = [\"${env:BRUNT_NOT_SET}\", \"${env:BRUNT_NOT_SET:-3}\"] }",
        )
        + "[[stages.streams]]\nname = \"more\"\nusers = 1\nthink = \"${env:CARGO_PKG_NAME}\"\nmix = { browse = 1 }\n";
    let actions = "[actions.wrong]\nhttp = \"wrong\"\n";
    let told = mistakes_in_files(&[("load.toml", &load), ("actions.toml", actions)]);
    assert!(!told.contains("brunt-loadgen"), "{told}");
    insta::assert_snapshot!(told);
    let missing = load.replace(":-actions", "");
    insta::assert_snapshot!(mistakes_in_files(&[("load.toml", &missing)]));
}

/// Pauses and included files that the environment names are those that it names.
#[test]
fn pauses_and_included_files_are_taken_from_the_environment() {
    let temp = tempfile::tempdir().unwrap();
    let load = r#"format = 1
name = "elsewhere"
include = ["${env:BRUNT_NOT_SET:-actions}.toml"]
[sessions.visit]
steps = [{ action = "browse", pause = { exponential = "${env:BRUNT_NOT_SET:-4s}" } }]
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
users = 1
think = { uniform = ["${env:BRUNT_NOT_SET:-1s}", "3s"] }
mix = { visit = 1 }
"#;
    let actions = "[actions.browse]\nhttp = \"GET /\"\n";
    for (name, text) in [("load.toml", load), ("actions.toml", actions)] {
        std::fs::write(temp.path().join(name), text).unwrap();
    }
    let (scenario, _) = Scenario::read(&temp.path().join("load.toml")).unwrap();
    let Load::Closed(closed) = &scenario.stages[0].streams[0].load else {
        panic!("{:?}", scenario.stages);
    };
    let seconds = Duration::from_secs;
    assert_eq!(closed.think, Think::Uniform(seconds(1), seconds(3)));
    assert_eq!(scenario.sessions[0].mean_pause(), seconds(4));
    assert_eq!(
        scenario.includes[0].name,
        "${env:BRUNT_NOT_SET:-actions}.toml"
    );
}

#[test]
fn include_is_a_list() {
    insta::assert_snapshot!(mistakes_in_files(&[(
        "load.toml",
        &INCLUDES
            .replace("include = [", "include = { files = [")
            .replace("\"broken.toml\"]", "\"broken.toml\"] }"),
    )]));
}

#[test]
fn a_place_of_the_environment_ends() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "${env:HOME"
success = "${env:HOME"
stages = []
"#
    ));
}

/// The other half of the test below, which sets the variable.
#[test]
#[ignore = "it needs an environment of its own"]
fn a_variable_holds_no_text() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "environment"
success = "${env:BRUNT_NO_TEXT}"
stages = []
"#
    ));
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStrExt as _;

    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "elsewhere::a_variable_holds_no_text",
            "--ignored",
        ])
        .env("BRUNT_NO_TEXT", std::ffi::OsStr::from_bytes(b"\xff"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}"
    );
}
