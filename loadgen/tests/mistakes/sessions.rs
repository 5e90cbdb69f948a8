//! What users do in a visit.

use brunt_loadgen::Scenario;

use super::mistakes;

#[test]
fn mistakes_in_sessions_are_told() {
    insta::assert_snapshot!(mistakes(
        r#"format = 1
name = "sessions"
[addresses]
http = "http://127.0.0.1:8000"
[users]
count = 10
[actions.browse]
http = "GET /goals"
extract = { goal = "$.goals[0].id" }
[actions.choose]
http = "PUT /goals/${goal}"
extract = { place = "header:location" }
[actions.claim]
http = "POST /goals/${goal}/claim?at=${place}"
[sessions.browse]
steps = ["claim"]
[sessions.alone]
steps = "browse"
[sessions.empty]
steps = []
[sessions.none]
user = "all"
[sessions.Steps]
steps = [
    "brwose",
    7,
    {},
    { action = "browse", steps = ["browse"] },
    { action = "browse", pauses = "1s" },
    { action = "browse", times = 0 },
    { action = "browse", chance = 0.3 },
    { action = "browse", chance = "0 %" },
    { action = "browse", chance = "101 %" },
    { action = "browse", pause = "soon" },
    { one_of = [] },
    { one_of = [{ action = "browse" }, { weight = 0, action = "browse" }, { weight = 1, chance = "5 %", action = "browse" }, "browse"] },
]
[sessions.chance]
steps = [{ chance = "30 %", action = "browse" }, { one_of = [{ weight = 1, chance = "5 %", action = "browse" }] }]
[sessions.maybe]
steps = [
    { chance = "30 %", action = "browse" },
    "choose",
    { one_of = [{ weight = 1, action = "browse" }, { weight = 1, steps = ["browse", "choose"] }] },
    "claim",
]
[sessions.endless]
steps = [{ times = 1000, steps = [{ times = 11, action = "browse" }] }]
targets = { p95 = 3 }
[sessions.each]
user = "each"
steps = ["browse"]
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
rate = "2/s"
mix = { each = 1, choose = 1, plyer = 1 }
[[stages.streams]]
name = "closed"
users = 1
mix = { each = 1 }
"#
    ));
}

#[test]
fn a_session_takes_each_user_and_each_row_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("players.csv"), "name\nAnn\n").unwrap();
    let text = r#"format = 1
name = "sessions"
[addresses]
http = "http://127.0.0.1:8000"
[users]
count = 10
[data.players]
file = "players.csv"
pick = "unique"
[actions.browse]
http = "GET /goals/${players.name}"
[sessions.each]
user = "each"
steps = ["browse", "browse"]
[[stages]]
name = "load"
duration = "10s"
[[stages.streams]]
name = "main"
rate = "2/s"
mix = { each = 1 }
"#;
    let error = Scenario::parse(&folder.path().join("load.toml"), text).unwrap_err();
    let told = error.to_string();
    let folder = folder.path().display().to_string() + "/";
    insta::assert_snapshot!(told.replace(&folder, ""));
}
