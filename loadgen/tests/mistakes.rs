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

/// A stage of 10 s with one stream of these settings.
fn stream(settings: &str) -> String {
    format!(
        r#"format = 1
name = "shapes"
[addresses]
http = "http://127.0.0.1:8000"
[actions.browse]
http = "GET /"
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "api"
mix = {{ browse = 1 }}
{settings}
"#
    )
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
fn mistakes_in_when_arrivals_are_due_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("empty.csv", "# nothing\n"),
        ("torn.csv", "0.5\n0.7\nsoon\n"),
        ("back.csv", "us\n70\n12\n"),
        ("late.csv", "11\n"),
        ("counts.csv", "second,stage,action\n0,a,b\n"),
        ("good.csv", "0\n0.5\n"),
    ] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let told = [
        "",
        "rate = \"0/s\"",
        "rate = \"1/s -> fast\"",
        "rate = \"1/s -> 2/s -> 3/s\"",
        "rate = \"1/s -> 2/s\"\nspike = { rate = \"5/s\", at = \"1s\", for = \"1s\" }",
        "rate = \"1/s\"\nramp = [{ at = \"0s\", rate = \"1/s\" }]",
        "ramp = 3",
        "ramp = []",
        "ramp = [3]",
        "ramp = [\n{ at = \"2s\", rate = \"1/s\" },\n{ at = \"1s\", rate = \"1\" },\n{ att = \"30s\", rate = \"0/s\" },\n{ at = \"30s\", rate = \"0/s\" },\n]",
        "ramp = [{ at = \"0s\", rate = \"0/s\" }]",
        "spike = { at = \"8s\", for = \"4s\" }",
        "rate = \"1/s\"\nspike = { rate = \"5/s\", at = \"8s\", for = \"0s\", from = 1 }",
        "rate = \"1/s\"\nprocess = \"poison\"",
        "rate = \"1/s\"\nspeed = 2",
        "replay = \"good.csv\"\nspeed = \"2\"\nrate = \"3/s\"\nprocess = \"poisson\"",
        "replay = \"good.csv\"\nspeed = 0",
        "replay = \"missing.csv\"",
        "replay = \"empty.csv\"",
        "replay = \"torn.csv\"",
        "replay = \"back.csv\"",
        "replay = \"late.csv\"",
        "replay = \"counts.csv\"",
    ]
    .map(|settings| {
        let path = folder.path().join("load.toml");
        let found = Scenario::parse(&path, &stream(settings)).unwrap_err();
        let found = found.to_string();
        let found = found.replace(&format!("{}/", folder.path().display()), "");
        format!("{settings}\n=> {found}\n")
    });
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn mistakes_in_thresholds_are_named() {
    let text = stream("rate = \"1/s\"").replace(
        "name = \"load\"",
        "name = \"load\"\nabort_when = \"p99 > 2s for 10s\"",
    );
    insta::assert_snapshot!(mistakes(&format!(
        r#"abort_when = [
"p99 < 2s for 10s",
"p98 > 2s for 10s",
"p99 > 2 for 10s",
"failed > 5 for 5s",
"in_flight > many for 3s",
"p99 > 2s for 1500ms",
]
{text}"#
    )));
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
fn mistakes_in_actions_that_are_code() {
    insta::assert_snapshot!(mistakes(&scenario(
        "reserve",
        r#"[addresses]
http = "http://127.0.0.1:8000"
redis = "127.0.0.1:6379"
queue = "amqp://me:secret@127.0.0.1:5672"
Log = 5
files = "file:///tmp"
[actions.reserve]
code = true
values = { key = "${env:BRUNT_NOT_SET}", shelf = "${shlf}", n = 1 }
draw = { shelf = [1, 10] }
json = "{}"
checks = { status = 200 }
extract = { token = "$.token" }
[actions.pay]
code = true
http = "POST /payments"
values = {}
[actions.give]
code = "yes"
[actions.take]
code = true
extract = ["user", 5]
[actions.refund]
http = "POST /refunds"
values = { a = "b" }
extract = ["token"]
[actions.nothing]
code = false
"#
    )));
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
    assert_eq!(whole.len(), 2);
    // What begins with a stage or a stream goes on where the first example ends.
    let more = parts.iter().filter(|part| part.starts_with("[[stages"));
    let more: Vec<&str> = more.copied().collect();
    assert_eq!(more.len(), 2);
    let longer = whole[0].to_owned() + &more.concat();
    for text in [whole[0], whole[1], &longer] {
        Scenario::parse(&folder.path().join("docs.toml"), text).unwrap();
    }
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
