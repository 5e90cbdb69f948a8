//! What is sent, how, and what must come back.

use brunt_loadgen::Scenario;

use super::{mistakes, scenario};

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
fn what_takes_no_time_is_a_mistake() {
    insta::assert_snapshot!(mistakes(&scenario(
        "buy",
        r#"[defaults]
timeout = "0ms"
grace = "0s"
[actions.buy]
http = "POST /orders"
timeout = "0s"
targets = { p95 = "0.0s" }
[[captures]]
component = "shop"
duration = "0s"
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
fn mistakes_in_certificates_and_codes() {
    let folder = tempfile::tempdir().unwrap();
    let issued = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    for (name, content) in [
        ("ca.pem", issued.cert.pem()),
        ("odd.key", "<a/>".to_owned()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let text = scenario(
        "event",
        r#"[tls]
insecure = true
ca = "ca.pem"
certificate = "ca.pem"
key = "odd.key"
[actions.event]
grpc = "a.B/C"
message = "{}"
checks = { code = "missing" }
"#,
    );
    let path = folder.path().join("load.toml");
    let found = Scenario::parse(&path, &text).unwrap_err().to_string();
    insta::assert_snapshot!(found.replace(&format!("{}/", folder.path().display()), ""));
}
