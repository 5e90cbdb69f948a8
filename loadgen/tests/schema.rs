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

#[test]
fn the_scenario_of_the_documentation_fits() {
    let page = include_str!("../../docs/scenarios.md");
    let (_, rest) = page.split_once("```toml\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    assert_eq!(complaints(text), [""; 0]);
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
"#;

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
    for (right, wrong) in [
        ("format = 1", "format = 2"),
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
        ("browse = 1", "browse = 0"),
        ("mix = { browse = 1, event = 2 }", "mix = {}"),
    ] {
        let text = without_include.replacen(right, wrong, 1);
        assert_ne!(text, without_include, "{right:?} is not in the scenario");
        assert!(!complaints(&text).is_empty(), "the schema takes {wrong:?}");
        assert!(parse(&text).is_err(), "the parser takes {wrong:?}");
    }
}
