//! What can never be sent is found before anything is, all of it at once and with its lines.

#![allow(clippy::unwrap_used)]

use std::path::Path;

use brunt_loadgen::{Scenario, check};

const ACTIONS: &str = r#"[users]
count = 5
[data.players]
file = "tests/data/players.csv"
[actions.blank]
http = "GET /a b/${user}"
headers = { x-right = "right", x-note = "${env:CARGO_PKG_NAME}\u0007" }
bearer = "${env:CARGO_PKG_NAME}\n"
[actions.part]
http = "GET /a#b"
query = { q = "a # b" }
[actions.open]
http = "POST /"
json = '{"name": "${players.name}", "n": ${n}'
draw = { n = [1, 3] }
[actions.bare]
http = "POST /"
json = '{"id": ${user}}'
[actions.right]
http = "POST /%41/${players.name}?q=${user}"
json = '{"goal": "${goal}", "n": ${score}, "name": "${players.name}"}'
[actions.give]
http = "GET /"
extract = { goal = "$.goal", score = "$.score" }
[actions.text]
http = "POST /"
text = '{"broken": '
[sessions.visit]
steps = ["give", "right"]
[[stages]]
name = "load"
duration = "1s"
[[stages.streams]]
name = "main"
rate = "1/s"
mix = { visit = 1 }
"#;

const CALLS: &str = r#"[actions.none]
grpc = "shop.v1.Shop/Sell"
message = '{}'
[actions.watch]
grpc = "shop.v1.Shop/Watch"
message = '{}'
[actions.buy]
grpc = "shop.v1.Shop/Buy"
metadata = { x-note = "a\u0007" }
message = '{"itm": "lamp"}'
[actions.sold]
grpc = "shop.v1.Shop/Buy"
message = '{"item": "${goal}"}'
"#;

const PROTO: &str = "proto = \"tests/data/protos/shop/shop.proto\"\n";
const INCLUDE: &str = "grpc = { include = [\"tests/data/protos/include\"] }\n";
const ADDRESSES: &str =
    "[addresses]\nhttp = \"http://127.0.0.1:1\"\ngrpc = \"http://127.0.0.1:1\"\n";

fn mistakes(text: &str) -> String {
    let text = format!("format = 1\nname = \"load\"\n{text}");
    let scenario = Scenario::parse(Path::new("load.toml"), &text).unwrap();
    check(&scenario).unwrap_err().to_string()
}

#[test]
fn requests_that_can_never_be_sent_are_mistakes_with_their_lines() {
    let told = mistakes(&format!("{PROTO}{INCLUDE}{ADDRESSES}{CALLS}{ACTIONS}"));
    assert!(!told.contains("brunt-loadgen"), "{told}");
    insta::assert_snapshot!(told);
}

#[test]
fn addresses_and_definitions_that_are_missing_are_told_with_everything_else() {
    insta::assert_snapshot!(mistakes(&format!("{PROTO}{CALLS}{ACTIONS}")));
}
