//! Mistakes in what is read and taken beside the load.

use super::{mistakes, scenario};

#[test]
fn mistakes_in_gauges() {
    insta::assert_snapshot!(mistakes(&scenario(
        "browse",
        r#"[actions.browse]
http = "GET /"
[gauges]
host = "yes"
hots = true
[gauges.process.Service]
port = 8000
[gauges.process.generator]
port = 8000
[gauges.process.nobody]
tree = 1
[gauges.process.two]
port = 99999
pid = 3
[gauges.process.none]
pid = 0
[gauges.process.empty]
name = ""
[gauges.process.odd]
prot = 8000
[gauges.prometheus.nowhere]
metrics = ["up"]
[gauges.prometheus.both]
address = "http"
url = "http://127.0.0.1:9100/metrics"
metrics = 7
[gauges.prometheus.secret]
url = "http://me:secret@127.0.0.1:9100/metrics"
path = "/metrics"
[gauges.database.other]
url = "mysql://me:secret@127.0.0.1/shop"
[gauges.database.memory]
url = "sqlite::memory:"
[gauges.database.missing]
"#
    )));
}

#[test]
fn mistakes_in_captures() {
    insta::assert_snapshot!(mistakes(&scenario(
        "browse",
        r#"[actions.browse]
http = "GET /"
[[captures]]
component = "shop"
duration = "3min"
kinds = ["cpu", "cpu", "hepa", 7]
[[captures]]
address = "https://127.0.0.1:8002"
paths = { cpu = "profile", haep = "/heap" }
[[captures]]
component = "shop"
address = "Admin"
stage = "mian"
windows = 11
[[captures]]
component = "shop"
stage = "main"
duration = "200ms"
windows = 3
"#
    )));
}
