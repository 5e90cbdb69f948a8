//! `brunt run` with a threshold, against a server that takes connections and never answers.

#![allow(clippy::unwrap_used)]

use std::net::TcpListener;
use std::process::Command;

use brunt_record::{Ending, Record};

#[test]
fn a_run_that_a_threshold_ends_exits_1_and_says_which() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = server.local_addr().unwrap();
    // Connections wait in the backlog, as they do before a service that hangs.
    let temp = tempfile::tempdir().unwrap();
    let scenario = temp.path().join("hangs.toml");
    let text = format!(
        r#"format = 1
name = "hangs"
abort_when = ["in_flight > 5 for 1s"]
[addresses]
http = "http://{address}"
[actions.work]
http = "GET /"
timeout = "1min"
[[stages]]
name = "load"
duration = "10min"
[[stages.streams]]
name = "main"
rate = "40/s"
mix = {{ work = 1 }}
"#
    );
    std::fs::write(&scenario, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_brunt"))
        .arg("run")
        .arg(&scenario)
        .arg("--out")
        .arg(temp.path().join("runs"))
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    let record = String::from_utf8(output.stdout).unwrap();
    let record = Record::open(std::path::Path::new(record.trim())).unwrap();
    assert_eq!(record.problems(), []);
    let completeness = &record.manifest.completeness;
    assert_eq!(completeness.ending, Ending::Aborted);
    let reason = completeness.reason.as_ref().unwrap();
    assert!(
        reason.starts_with("threshold \"in_flight > 5 for 1s\" of the scenario: from second "),
        "{reason}"
    );
    assert!(said.contains(&format!("aborted by {reason}\n")), "{said}");
    drop(server);
}
