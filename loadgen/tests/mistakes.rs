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
fn mistakes_in_checks_and_extracts() {
    insta::assert_snapshot!(mistakes(&scenario(
        "claim",
        r#"[actions.list]
http = "GET /goals"
extract = { goal = "challenges[0].id", user = "$.user", n = 5, tag = "header:e tag", x = "$.a[" }
[actions.list.checks]
status = ["2xx", 99, "ok"]
code = "ok"
headers = { etag = 5, "x y" = "a" }
json = { "a.b" = 1, "$.a" = [1] }
contains = [1]
regex = "("
size = { min = 5, max = 1 }
body = "x"
[actions.claim]
http = "POST /goals/${goal}/claim"
[actions.event]
grpc = "a.B/C"
message = "{}"
checks = { status = 200, code = "notfound", contains = "a", size = {} }
"#
    )));
}

#[test]
fn mistakes_in_what_is_sent_and_how() {
    insta::assert_snapshot!(mistakes(&scenario(
        "buy",
        r#"[http]
version = "3"
connections = "none"
cookies = true
redirects = -1
[tls]
insecure = 1
certificate = "tests/data/none.pem"
ca = "tests/data/body.xml"
[addresses]
http = "https://example.com"
admin = "https://127.0.0.1:8002"
[actions.buy]
http = "POST /orders"
json = "{}"
text = "${userr}"
query = { n = 1 }
bearer = "a-token"
[actions.file]
http = "POST /orders"
file = "tests/data/none.bin"
form = ["a"]
bearer = "${env:BRUNT_NOT_SET}"
[actions.event]
grpc = "a.B/C"
message = "{}"
json = "{}"
metadata = { "x y" = "a" }
"#
    )));
}

#[test]
fn mistakes_in_data_and_login() {
    insta::assert_snapshot!(mistakes(&scenario(
        "buy",
        r#"[data.players]
file = "tests/data/players.csv"
pick = "unique"
[data.Tokens]
file = "tests/data/tokens.jsonl"
pick = "once"
[data.none]
file = "tests/data/none.csv"
[data.login]
file = "tests/data/players.csv"
[data.odd]
file = "tests/data/body.xml"
[login]
action = "signin"
once_per = "user"
[actions.sign-in]
http = "GET /sign-in"
[actions.buy]
http = "POST /${players.idd}/${players.id}/${login.token}"
"#
    )));
    let login = scenario(
        "buy",
        r#"[users]
count = 3
[login]
action = "sign-in"
once = "user"
[actions.sign-in]
http = "GET /${goal}"
bearer = "${login.token}"
extract = { token = "$.token" }
[actions.buy]
http = "POST /${user}"
extract = { goal = "$" }
[actions.none]
http = "GET /${login.tokn}"
"#,
    );
    insta::assert_snapshot!(mistakes(&format!("bearer = \"a-token\"\n{login}")));
}

#[test]
fn mistakes_in_grpc() {
    let scenario = scenario(
        "event",
        "[actions.event]\ngrpc = \"a.B/C\"\nmessage = \"{}\"\n",
    );
    for (name, settings) in [
        (
            "grpc_both",
            "proto = \"a.proto\"\ngrpc = { reflection = true, proto = 1 }\n",
        ),
        ("grpc_nothing", "grpc = { include = [1, \"protos\"] }\n"),
    ] {
        insta::assert_snapshot!(name, mistakes(&format!("{settings}{scenario}")));
    }
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

#[test]
fn the_scenarios_of_the_documentation_are_right() {
    let page = include_str!("../../docs/scenarios.md");
    let folder = tempfile::tempdir().unwrap();
    let players = "name,shelf\n".to_owned() + &"Ann,7\n".repeat(100);
    std::fs::write(folder.path().join("players.csv"), players).unwrap();
    let texts = page.split("```toml\n").skip(1);
    let texts = texts.map(|rest| rest.split_once("```").unwrap().0);
    // The rest are parts of a scenario.
    let whole: Vec<_> = texts
        .filter(|text| text.starts_with("format = 1"))
        .collect();
    assert_eq!(whole.len(), 2);
    for text in whole {
        Scenario::parse(&folder.path().join("docs.toml"), text).unwrap();
    }
}
