//! Every mistake in a scenario is reported, with its line and a hint.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use brunt_loadgen::Scenario;

#[path = "mistakes/arrivals.rs"]
mod arrivals;
#[path = "mistakes/code.rs"]
mod code;
#[path = "mistakes/data.rs"]
mod data;
#[path = "mistakes/elsewhere.rs"]
mod elsewhere;
#[path = "mistakes/gauges.rs"]
mod gauges;
#[path = "mistakes/requests.rs"]
mod requests;
#[path = "mistakes/sessions.rs"]
mod sessions;

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

/// A scenario of one stage that sends `mix`, with `rest` at its end.
fn scenario(mix: &str, rest: &str) -> String {
    format!(
        r#"format = 1
name = "load"
[[stages]]
name = "main"
duration = "1s"
[[stages.streams]]
name = "api"
rate = "10/s"
mix = {{ {mix} = 1 }}
{rest}"#
    )
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

/// The first example is a whole file, the others are parts of it.
#[test]
fn the_scenarios_of_the_documentation_are_right() {
    let page = include_str!("../../docs/scenarios.md");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("arrivals.csv"), "0.5\n").unwrap();
    let players = "name,shelf\n".to_owned() + &"Ann,7\n".repeat(100);
    std::fs::write(folder.path().join("players.csv"), players).unwrap();
    let texts = page.split("```toml\n").skip(1);
    let texts = texts.map(|rest| rest.split_once("```").unwrap().0);
    let (whole, parts): (Vec<&str>, Vec<&str>) =
        texts.partition(|text| text.starts_with("format = 1"));
    assert_eq!(whole.len(), 3);
    // What begins with a stage or a stream goes on where the first example ends.
    let more = parts.iter().filter(|part| part.starts_with("[[stages"));
    let more: Vec<&str> = more.copied().collect();
    assert_eq!(more.len(), 2);
    let longer = whole[0].to_owned() + &more.concat();
    for text in whole.iter().copied().chain([&*longer]) {
        Scenario::parse(&folder.path().join("docs.toml"), text).unwrap();
    }
}

#[test]
fn mistakes_in_users_addresses_and_captures() {
    let load = scenario(
        "browse",
        r#"[addresses]
http = "http://127.0.0.1:8000/api"
admin = "http://127.0.0.1:8002/?a=b"
[actions.browse]
http = "GET /${no:where}/${open"
user = "any"
timeout = "1.2.3s"
[actions.again]
http = "GET /"
grpc = "a.B/C"
timeout = "99999999999999999999h"
[[captures]]
component = "The Service"
stage = "main"
duration = "2s"
"#,
    );
    let load = load.replace("rate = \"10/s\"", "rate = \"10/h\"");
    insta::assert_snapshot!(mistakes(&load));
    let load = scenario(
        "browse",
        r#"[users]
count = 0
[actions.browse]
http = "GET /"
user = "every"
"#,
    );
    let load = load.replace("{ browse = 1 }", "{}");
    insta::assert_snapshot!(mistakes(&format!("proto = \"a.proto\"\n{load}")));
}
