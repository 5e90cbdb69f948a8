//! When arrivals are due, and when a run ends.

use brunt_loadgen::Scenario;

use super::mistakes;

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

#[test]
fn mistakes_in_when_arrivals_are_due_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("empty.csv", "# nothing\n"),
        ("torn.csv", "0.5\n0.7\nsoon\n"),
        ("back.csv", "us\n70\n12\n"),
        ("late.csv", "11\n"),
        ("counts.csv", "second,stage,action\n0,a,b\n"),
        ("torn-counts.csv", "second,offered\n0,7\n1,many\n"),
        ("back-counts.csv", "second,offered\n3,1\n1,1\n"),
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
        "replay = \"torn-counts.csv\"",
        "replay = \"back-counts.csv\"",
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
