//! The JSON Schema of scenario files, by which editors complete and check them: it takes what the
//! parser takes, and refuses what editors can see to be wrong.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use brunt_loadgen::Scenario;
use serde_json::Value;

fn schema() -> jsonschema::Validator {
    let schema = include_str!("../../scenarios/scenario.schema.json");
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

/// What the schema says against `text`, place by place.
fn complaints(text: &str) -> Vec<String> {
    let value: Value = toml::from_str(text).unwrap();
    let schema = schema();
    let errors = schema.iter_errors(&value);
    errors
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

#[test]
fn the_scenarios_of_the_repository_fit_and_name_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_eq!(complaints(&text), [""; 0], "{}", path.display());
            let names_it = text.starts_with("#:schema ./scenario.schema.json\n");
            assert!(names_it, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= 3);
}

/// Some examples are single tables: what they need beside themselves stands elsewhere on the page.
const REST: &str = "\n[actions.browse]\nhttp = \"GET /\"\n";

#[test]
fn the_scenarios_of_the_documentation_fit() {
    let page = include_str!("../../docs/scenarios.md");
    let mut seen = 0;
    for block in page.split("```toml\n").skip(1) {
        let (text, _) = block.split_once("```").unwrap();
        let stage = "[[stages]]\nname = \"x\"\nduration = \"1s\"\n";
        let stream = "[[stages.streams]]\nname = \"x\"\nrate = \"1/s\"\nmix = { browse = 1 }\n";
        let head = "format = 1\nname = \"page\"\n";
        let whole = if text.starts_with("format") {
            text.to_owned()
        } else if text.starts_with("[[stages.streams]]") {
            format!("{head}{stage}{text}{REST}")
        } else if text.starts_with("[[stages]]") {
            format!("{head}{text}{REST}")
        } else {
            format!("{head}{text}{REST}{stage}{stream}")
        };
        assert_eq!(complaints(&whole), [""; 0], "{whole}");
        seen += 1;
    }
    assert!(seen >= 6);
}

const RIGHT: &str = r#"format = 1
name = "right"
proto = "shop.proto"
include = ["more.toml"]
[addresses]
http = "http://${env:HOST:-127.0.0.1}:8000"
[users]
count = 10
[defaults]
timeout = "1.5s"
[actions.browse]
http = "GET /"
user = "each"
[actions.event]
grpc = "a.B/C"
message = "{}"
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
rate = "90/min"
mix = { browse = 1, event = 2 }
[gauges]
host = true
[gauges.process.shop]
port = 8000
tree = true
[gauges.prometheus.shop]
address = "http"
metrics = ["shop_*"]
[gauges.database.main]
url = "postgres://db/shop"
[[captures]]
component = "shop"
kinds = ["cpu", "heap"]
windows = 2
"#;

/// What is right in it, and what is wrong in its place.
const WRONG: &[(&str, &str)] = &[
    ("format = 1", "format = 2"),
    ("host = true", "host = 1"),
    ("port = 8000\n", ""),
    ("port = 8000", "port = 0"),
    ("port = 8000", "port = 8000\npid = 1"),
    ("port = 8000", "prot = 8000"),
    ("tree = true", "tree = \"yes\""),
    ("process.shop", "process.Shop"),
    ("address = \"http\"\n", ""),
    (
        "address = \"http\"",
        "address = \"http\"\nurl = \"http://127.0.0.1/\"",
    ),
    ("address = \"http\"", "url = \"https://127.0.0.1/metrics\""),
    ("metrics = [\"shop_*\"]\n", ""),
    ("postgres://db/shop", "mysql://db/shop"),
    ("\"cpu\", \"heap\"", "\"cpu\", \"hepa\""),
    ("\"cpu\", \"heap\"", "\"cpu\", \"cpu\""),
    ("windows = 2", "windows = 0"),
    ("windows = 2", "windows = 11"),
    ("component = \"shop\"\n", ""),
    ("format = 1\n", ""),
    ("name = \"right\"", "name = \"Not Right\""),
    ("proto", "porto"),
    ("http://${env:HOST:-127.0.0.1}:8000", "127.0.0.1:8000"),
    (
        "http://${env:HOST:-127.0.0.1}:8000",
        "http://me:secret@127.0.0.1:8000",
    ),
    ("count = 10", "count = \"10\""),
    ("count = 10", "id = \"${index}\""),
    ("timeout = \"1.5s\"", "timeout = \"1.5\""),
    ("timeout = \"1.5s\"", "timeout = 2"),
    ("timeout = \"1.5s\"", "timeout = \"0s\""),
    ("user = \"each\"", "timeout = \"0.0s\""),
    ("user = \"each\"", "targets = { p95 = \"0ms\" }"),
    ("duration = \"10s\"", "duration = \"0 min\""),
    (
        "rate = \"90/min\"",
        "rate = \"9/s\"\nspike = { rate = \"1/s\", at = \"1s\", for = \"0s\" }",
    ),
    (
        "component = \"shop\"",
        "component = \"shop\"\nduration = \"0s\"",
    ),
    ("timeout = \"1.5s\"", "rate = \"1/s\""),
    ("http = \"GET /\"", "http = \"/\""),
    ("http = \"GET /\"\n", ""),
    ("http = \"GET /\"", "http = \"GET /\"\ngrpc = \"a.B/C\""),
    ("user = \"each\"", "user = \"every\""),
    ("user = \"each\"", "draw = { n = [1] }"),
    ("user = \"each\"", "targets = { p96 = \"1s\" }"),
    ("user = \"each\"", "headers = { x = 1 }"),
    ("message = \"{}\"\n", ""),
    ("grpc = \"a.B/C\"", "grpc = \"C\""),
    ("duration = \"10s\"", "duration = \"10 seconds\""),
    ("duration = \"10s\"\n", ""),
    ("duration = \"10s\"", "duration = \"10s\"\njudged = \"no\""),
    ("rate = \"90/min\"", "rate = \"90\""),
    ("rate = \"90/min\"", "rate = 90"),
    ("rate = \"90/min\"", "rate = \"9/s\"\nmax_in_flight = 0"),
    ("rate = \"90/min\"", "rate = \"9/s\"\nusers = 3"),
    ("rate = \"90/min\"", "rate = \"9/s\"\nthink = \"1s\""),
    ("rate = \"90/min\"", "users = 3\nmax_in_flight = 3"),
    (
        "rate = \"90/min\"",
        "users = 3\nthink = { uniform = [\"1s\"] }",
    ),
    (
        "rate = \"90/min\"",
        "users = 3\nramp = [{ at = \"0s\", rate = \"1/s\" }]",
    ),
    (
        "rate = \"90/min\"",
        "rate = \"9/s\"\nramp = [{ at = \"0s\", rate = \"1/s\" }]",
    ),
    ("rate = \"90/min\"", "ramp = [{ at = \"0s\" }]"),
    ("rate = \"90/min\"", "rate = \"9/s -> 1\""),
    ("rate = \"90/min\"", "rate = \"9/s\"\nprocess = \"odd\""),
    ("rate = \"90/min\"", "rate = \"9/s\"\nspeed = 2.0"),
    (
        "rate = \"90/min\"",
        "rate = \"9/s\"\nspike = { rate = \"1/s\", at = \"1s\" }",
    ),
    ("browse = 1", "browse = 0"),
    (
        "duration = \"10s\"",
        "duration = \"10s\"\nabort_when = [\"p98 > 1s for 1s\"]",
    ),
    (
        "proto = \"shop.proto\"",
        "proto = \"shop.proto\"\nabort_when = [\"failed > 5 for 5s\"]",
    ),
    (
        "proto = \"shop.proto\"",
        "proto = \"shop.proto\"\nbearer = \"secret\"",
    ),
    ("[users]", "[http]\nversion = \"3\"\n[users]"),
    ("[users]", "[grpc]\nreflection = \"yes\"\n[users]"),
    ("[users]", "[tls]\ncertificate = \"a.pem\"\n[users]"),
    ("[users]", "[login]\nonce_per = \"run\"\n[users]"),
    ("[users]", "[data.a]\npick = \"unique\"\n[users]"),
    ("user = \"each\"", "json = \"1\"\ntext = \"1\""),
    ("user = \"each\"", "metadata = { x = \"1\" }"),
    ("user = \"each\"", "bearer = \"secret\""),
    ("user = \"each\"", "extract = { a = \"b\" }"),
    ("user = \"each\"", "checks = { status = 99 }"),
    ("user = \"each\"", "checks = { size = {} }"),
    ("user = \"each\"", "checks = { stats = 200 }"),
    (
        "message = \"{}\"",
        "message = \"{}\"\nquery = { a = \"b\" }",
    ),
    ("mix = { browse = 1, event = 2 }", "mix = {}"),
    ("http = \"GET /\"", "code = true\nhttp = \"GET /\""),
    ("http = \"GET /\"", "code = false"),
    ("http = \"GET /\"", "code = true\nquery = { a = \"b\" }"),
    ("http = \"GET /\"", "code = true\nextract = { a = \"$\" }"),
    (
        "http = \"GET /\"",
        "code = true\nchecks = { json = [\"$\"] }",
    ),
    ("http = \"GET /\"", "code = true\nvalues = { a = 1 }"),
    ("user = \"each\"", "values = { a = \"b\" }"),
    ("user = \"each\"", "extract = [\"a\"]"),
];

/// A whole scenario but for its stages.
const NO_STAGES: &str =
    "format = 1\nname = \"none\"\nstages = []\n[actions.browse]\nhttp = \"GET /\"\n";

#[test]
fn a_scenario_without_a_stage_is_refused_by_the_schema_and_by_the_parser() {
    assert!(!complaints(NO_STAGES).is_empty());
    let refused = Scenario::parse(Path::new("test.toml"), NO_STAGES).unwrap_err();
    assert!(
        refused
            .to_string()
            .contains("test.toml:3: the scenario: stages is empty")
    );
}

/// One mistake at a time: the schema and the parser both refuse it.
#[test]
fn typical_mistakes_are_refused_by_the_schema_and_by_the_parser() {
    assert_eq!(complaints(RIGHT), [""; 0]);
    let parse = |text: &str| Scenario::parse(Path::new("test.toml"), text);
    let without_include = RIGHT.replace("include = [\"more.toml\"]\n", "");
    parse(&without_include).unwrap();
    let closed = without_include.replace("user = \"each\"\n", "").replace(
        "rate = \"90/min\"",
        "users = 3\nthink = { exponential = \"1s\" }\niterations = 9",
    );
    assert_eq!(complaints(&closed), [""; 0]);
    parse(&closed).unwrap();
    let code = "code = true\nvalues = { a = \"${run}\" }\nextract = [\"b\"]";
    let code = without_include.replace("http = \"GET /\"", code);
    let code = code.replace("[users]", "redis = \"redis://127.0.0.1:6379\"\n[users]");
    assert_eq!(complaints(&code), [""; 0]);
    parse(&code).unwrap();
    for shape in [
        "rate = \"0/s -> 9/s\"\nprocess = \"poisson\"",
        "rate = \"9/s\"\nspike = { rate = \"0/s\", at = \"1s\", for = \"2s\" }",
        "ramp = [{ at = \"0s\", rate = \"0/s\" }, { at = \"9s\", rate = \"9/s\" }]\nprocess = \"even\"",
    ] {
        let shaped = without_include.replace("rate = \"90/min\"", shape);
        assert_eq!(complaints(&shaped), [""; 0]);
    }
    for (right, wrong) in WRONG {
        let text = without_include.replacen(right, wrong, 1);
        assert_ne!(text, without_include, "{right:?} is not in the scenario");
        assert!(!complaints(&text).is_empty(), "the schema takes {wrong:?}");
        assert!(parse(&text).is_err(), "the parser takes {wrong:?}");
    }
}

const SESSION: &str = r#"
[sessions.visit]
user = "any"
targets = { p95 = "3s" }
steps = ["browse", { chance = "30 %", times = 2, action = "event", pause = "1s" }, { steps = ["browse"], pause = { uniform = ["1s", "2s"] } }, { one_of = [{ weight = 3, action = "browse" }, { weight = 1, steps = ["event"], times = 2 }] }]
"#;

/// The same of a session.
const WRONG_SESSION: &[(&str, &str)] = &[
    ("visit]", "Visit]"),
    ("\"any\"", "\"all\""),
    ("p95 = \"3s\"", "p95 = 3"),
    ("[\"browse\", {", "[7, {"),
    ("[\"browse\"]", "[]"),
    ("[\"browse\"]", "\"browse\""),
    ("30 %", "0 %"),
    ("30 %", "130 %"),
    ("\"30 %\"", "0.3"),
    ("times = 2, action", "times = 0, action"),
    ("times = 2, action", "pauses = \"1s\", action"),
    (
        "action = \"event\"",
        "action = \"event\", steps = [\"event\"]",
    ),
    ("action = \"event\", pause", "pause"),
    ("pause = \"1s\"", "pause = 1"),
    ("weight = 3, ", ""),
    ("weight = 3", "weight = 0"),
    ("weight = 3", "weight = 3, chance = \"3 %\""),
];

#[test]
fn typical_mistakes_in_sessions_are_refused_by_the_schema_and_by_the_parser() {
    let parse = |text: &str| Scenario::parse(Path::new("test.toml"), text);
    let scenario = RIGHT.replace("include = [\"more.toml\"]\n", "");
    let scenario = scenario.replace("browse = 1, event", "browse = 1, visit = 1, event");
    let right = scenario.clone() + SESSION;
    assert_eq!(complaints(&right), [""; 0]);
    parse(&right).unwrap();
    for (right, wrong) in WRONG_SESSION {
        let session = SESSION.replacen(right, wrong, 1);
        assert_ne!(session, SESSION, "{right:?} is not in the session");
        let text = scenario.clone() + &session;
        assert!(!complaints(&text).is_empty(), "the schema takes {wrong:?}");
        assert!(parse(&text).is_err(), "the parser takes {wrong:?}");
    }
}
